#include "pier/net/run_on.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <thread>

using namespace pier::net;

namespace {

task<> ask(asio::io_context& here, asio::io_context& there, std::thread::id& worked, std::thread::id& resumed)
{
    auto work = [&worked] { worked = std::this_thread::get_id(); };
    auto asking = run_on(there, here.get_executor(), work, nothrow);
    auto [error] = co_await std::move(asking);
    resumed = std::this_thread::get_id();
    CHECK_FALSE(error);
}

} // namespace

TEST_CASE("work runs on the other thread, its result is awaited on one's own")
{
    asio::io_context here, there;
    auto guard = asio::make_work_guard(there);
    std::thread other([&] { there.run(); });
    std::thread::id worked, resumed;
    asio::co_spawn(here, ask(here, there, worked, resumed), [](std::exception_ptr) {});
    here.run(); // does not end before the answer is there
    CHECK(worked == other.get_id());
    CHECK(resumed == std::this_thread::get_id());
    guard.reset();
    other.join();
}
