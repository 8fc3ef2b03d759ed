#include "pier/net/pace_clock.hpp"

#include "pier/net/spawn.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

using numbers = std::vector<int>;

ticks precise_now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

struct waiters {
    asio::io_context context;
    pace_clock clock{context};
    numbers woken;

    task<> wait(int number, ticks now, ticks due)
    {
        auto [error] = co_await clock.wait_until(now, due);
        (void)error;
        woken.push_back(number);
    }
    void begin(int number, ticks now, ticks due)
    {
        spawn(context, wait(number, now, due), [](std::exception_ptr error) { CHECK_FALSE(error); });
    }
};

} // namespace

TEST_CASE("who waits until the same moment is woken in the order in which they began")
{
    waiters w;
    for (ticks in : {40, 47}) { // wherever between two ticks that is
        ticks now = precise_now();
        ticks due = now + in;
        w.woken.clear();
        for (int i = 0; i < 16; ++i) {
            w.begin(i, now + i, due); // one millisecond after the other, by the clock that they go by
            std::this_thread::sleep_for(1ms);
        }
        w.context.restart();
        w.context.run();
        CHECK(w.woken == numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    }
}

TEST_CASE("who waits for the same moment is woken at once, in one turn")
{
    waiters w;
    ticks now = precise_now();
    ticks due = now + 40;
    for (int i = 0; i < 16; ++i)
        w.begin(i, now + i, due);
    while (w.woken.empty())
        w.context.run_one();
    w.context.poll();
    CHECK(w.woken.size() == 16);
}

TEST_CASE("whose moment is earlier is woken earlier, and none too early")
{
    waiters w;
    ticks now = precise_now();
    w.begin(2, now, now + 60);
    w.begin(1, now, now + 20);
    w.begin(3, now, now + 100);
    for (ticks due : {now + 20, now + 60, now + 100}) {
        std::size_t before = w.woken.size();
        while (w.woken.size() == before)
            w.context.run_one();
        CHECK(precise_now() >= due + pace_clock::coarseness.count());
    }
    CHECK(w.woken == numbers{1, 2, 3});
}

TEST_CASE("a wait ends at the longest, whatever is left of it")
{
    waiters w;
    ticks now = precise_now();
    w.begin(1, now, now + 1'000'000);
    w.begin(2, now, now + pace_clock::longest.count());
    w.context.run_for(10s);
    CHECK(w.woken == numbers{1, 2});
    CHECK(precise_now() >= now + pace_clock::longest.count());
}

TEST_CASE("a slot serves again, round after round")
{
    waiters w;
    constexpr ticks lap = (pace_clock::tick * pace_clock::slots).count();
    ticks first = precise_now() + 20;
    for (int i = 0; i < 3; ++i) {
        ticks due = first + i * lap;
        while (precise_now() < due - 100)
            std::this_thread::sleep_for(1ms);
        w.begin(i, precise_now(), due);
        w.context.restart();
        w.context.run();
        CHECK(precise_now() >= due);
    }
    CHECK(w.woken == numbers{0, 1, 2});
}
