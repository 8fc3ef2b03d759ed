#include "pier/net/deadline_clock.hpp"

#include "pier/net/limited_wait.hpp"

#include <catch2/catch.hpp>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

struct noted final : deadline_clock::hook {
    explicit noted(std::string& o, char n) : order(o), name(n) {}
    void expired() override { order += name; }
    std::string& order;
    char name;
};

} // namespace

TEST_CASE("Deadlines of any duration expire in their order", "[net][deadline]")
{
    asio::io_context context;
    deadline_clock clock(context);
    std::string order;
    noted a(order, 'a'), b(order, 'b'), c(order, 'c'), d(order, 'd');
    auto began = std::chrono::steady_clock::now();
    clock.arm(c, 90ms);
    clock.arm(a, 20ms);
    clock.arm(b, 50ms);
    clock.arm(d, 50ms);
    d.disarm();
    context.run();
    CHECK(order == "abc");
    CHECK(std::chrono::steady_clock::now() - began >= 80ms);
    CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("A deadline armed anew counts from then", "[net][deadline]")
{
    asio::io_context context;
    deadline_clock clock(context);
    std::string order;
    noted a(order, 'a'), b(order, 'b');
    clock.arm(a, 2000ms);
    clock.arm(b, 500ms);
    context.run_for(20ms);
    clock.arm(a, 10ms);
    context.run();
    CHECK(order == "ab");
}

TEST_CASE("With nothing armed the clock holds no loop, and may go at any time", "[net][deadline]")
{
    asio::io_context context;
    std::string order;
    noted a(order, 'a');
    auto began = std::chrono::steady_clock::now();
    {
        deadline_clock clock(context);
        clock.arm(a, 60s);
        clock.rest(); // something is armed
        context.poll();
        CHECK_FALSE(context.stopped());
        a.disarm();
        clock.rest();
        context.run();
        clock.arm(a, 60s);
        a.disarm();
    }
    context.restart();
    context.run();
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    CHECK(order.empty());
}

TEST_CASE("An operation's patience ends what it waits for", "[net][deadline]")
{
    asio::io_context context;
    deadline_clock clock(context);
    limited_wait patience(clock);
    event one(context), other(context);
    {
        limited_wait::guard outer(patience, one);
        {
            limited_wait::guard inner(patience, other);
        }
        patience.limit(20ms);
        context.run();
        CHECK(one.is_set());
        CHECK_FALSE(other.is_set());
        CHECK(patience.why() == limited_wait::ending::deadline);
    }
    patience.resume();
    CHECK_FALSE(patience.ended());
    patience.cancel();
    patience.resume();
    CHECK(patience.ended());
    limited_wait::guard late(patience, other);
    CHECK(other.is_set());
}
