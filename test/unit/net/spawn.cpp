#include "pier/net/spawn.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <stdexcept>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

task<> end_at_once()
{
    co_return;
}

task<> throw_at_once()
{
    throw std::runtime_error("at once");
    co_return;
}

/// `kept` is as long as it runs.
task<> wait_on(timer& pause, std::shared_ptr<int> kept, bool fails)
{
    ++*kept;
    auto [error] = co_await pause.async_wait(nothrow);
    (void)error;
    ++*kept;
    if (fails)
        throw std::runtime_error("after a wait");
}

task<> wait_deeper(timer& pause, std::shared_ptr<int> kept, bool fails)
{
    co_await wait_on(pause, kept, fails);
    ++*kept;
}

std::string said(const std::exception_ptr& error)
{
    try {
        if (error)
            std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    }
    return "nothing";
}

/// What a coroutine that ends says of itself: once, and what it threw.
struct ending {
    int times = 0;
    std::string what;

    auto noted()
    {
        return [this](std::exception_ptr error) {
            ++times;
            what = said(error);
        };
    }
};

} // namespace

TEST_CASE("a coroutine that does not wait has ended when it was spawned")
{
    asio::io_context context;
    ending end;
    SECTION("well")
    {
        spawn(context, end_at_once(), end.noted());
        CHECK(end.what == "nothing");
    }
    SECTION("by an exception")
    {
        spawn(context, throw_at_once(), end.noted());
        CHECK(end.what == "at once");
    }
    CHECK(end.times == 1);
    CHECK(context.run() == 0);
    CHECK(end.times == 1);
}

TEST_CASE("a coroutine that waits ends in the event loop")
{
    bool fails = GENERATE(false, true);
    asio::io_context context;
    timer pause(context, 1ms);
    ending end;
    auto kept = std::make_shared<int>(0);
    spawn(context, wait_deeper(pause, kept, fails), end.noted());
    CHECK(*kept == 1);
    CHECK(end.times == 0);
    context.run();
    CHECK(end.times == 1);
    CHECK(end.what == (fails ? "after a wait" : "nothing"));
    CHECK(*kept == (fails ? 2 : 3));
    CHECK(kept.use_count() == 1);
}

TEST_CASE("a coroutine that waits when its context ends lets go of what it holds, and says nothing")
{
    std::optional<asio::io_context> context(std::in_place);
    ending end;
    auto kept = std::make_shared<int>(0);
    {
        timer pause(*context, 1h);
        spawn(*context, wait_deeper(pause, kept, false), end.noted());
        context->poll();
        CHECK(kept.use_count() > 1);
        // The timer goes first, and calls the wait off; nobody runs the loop any more.
    }
    context.reset();
    CHECK(kept.use_count() == 1);
    CHECK(*kept == 1);
    CHECK(end.times == 0);
}
