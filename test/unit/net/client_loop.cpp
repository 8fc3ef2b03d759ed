#include "pier/net/client_loop.hpp"

#include "pier/net/blocking_pool.hpp"
#include "pier/net/event.hpp"
#include "pier/net/spawn.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

task<> wait_for(event& what)
{
    co_await what.wait();
}

task<> fail()
{
    throw std::runtime_error("failed");
    co_return;
}

task<> signal_and_wait(event& what)
{
    ::raise(SIGTERM);
    co_await what.wait();
}

task<> block(home where, std::shared_ptr<std::atomic<bool>> go_on)
{
    auto work = [go_on] {
        while (!*go_on)
            std::this_thread::sleep_for(1ms);
    };
    auto [error] = co_await where.pool.run(where.context.get_executor(), work, nothrow);
    (void)error;
}

} // namespace

TEST_CASE("A client's loop runs until its coroutine ends", "[net][client loop]")
{
    client_loop loop;
    event never(loop.context());
    timer soon(loop.context(), 10ms);
    soon.async_wait([&](auto) { never.set(); });
    loop.run(wait_for(never));
    CHECK(loop.signal() == 0);
    CHECK_THROWS_WITH(loop.run(fail()), "failed");
    event again(loop.context());
    again.set();
    loop.run(wait_for(again));
}

TEST_CASE("A signal interrupts a client's loop once", "[net][client loop]")
{
    client_loop loop;
    event told(loop.context());
    loop.run(signal_and_wait(told), [&] { told.set(); });
    CHECK(loop.signal() == SIGTERM);
    struct sigaction now{};
    ::sigaction(SIGTERM, nullptr, &now);
    CHECK(now.sa_handler == SIG_DFL);
}

TEST_CASE("A client's loop ends while something of its pool is still blocked", "[net][client loop]")
{
    auto go_on = std::make_shared<std::atomic<bool>>(false);
    auto began = std::chrono::steady_clock::now();
    {
        client_loop loop;
        event soon(loop.context());
        timer pause(loop.context(), 20ms);
        pause.async_wait([&](auto) { soon.set(); });
        spawn(loop.context(), block(loop.home(), go_on), [](std::exception_ptr) {});
        loop.run(wait_for(soon));
    }
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    *go_on = true;
}
