#include "pier/ping/delay_queue.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <random>

using namespace pier::ping;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::steady_clock::time_point start{1h};

} // namespace

TEST_CASE("delay queue: by time, then as they came")
{
    budget room(1 << 20);
    delay_queue<std::unique_ptr<int>> queue(room);
    CHECK_FALSE(queue.pop(start));
    int due[] = {5, 3, 5, 1, 3};
    for (int i = 0; i < 5; ++i)
        CHECK(queue.push(start + due[i] * 1ms, 10, std::make_unique<int>(i)));
    CHECK(queue.size() == 5);
    CHECK(queue.due() == start + 1ms);
    CHECK_FALSE(queue.pop(start));
    for (int expected : {3, 1, 4, 0, 2}) {
        auto next = queue.pop(start + 5ms);
        REQUIRE(next);
        CHECK(**next == expected);
    }
    CHECK(queue.empty());
}

TEST_CASE("delay queue: random times come out sorted")
{
    budget room(1 << 20);
    delay_queue<int> queue(room);
    std::mt19937 random(1);
    for (int i = 0; i < 1'000; ++i)
        queue.push(start + std::chrono::milliseconds(random() % 100), 1, i);
    auto last = start;
    for (int i = 0; i < 1'000; ++i) {
        REQUIRE(queue.due() >= last);
        last = queue.due();
        REQUIRE(queue.pop(last));
    }
}

TEST_CASE("delay queue: bounded in bytes, what each costs beside its octets included")
{
    budget room(10'000);
    {
        delay_queue<int> queue(room), other(room);
        std::size_t count = 0;
        while (queue.push(start, 100, 0))
            ++count;
        CHECK(count < 100);
        CHECK(count >= 50);
        CHECK_FALSE(other.push(start, 100, 0)); // they share it
        CHECK(queue.pop(start));
        CHECK(other.push(start, 100, 0));
        CHECK_FALSE(queue.push(start, 100, 0));
        queue.clear();
        CHECK(queue.empty());
        CHECK_FALSE(queue.push(start, 10'000, 0));
        CHECK(queue.push(start, 9'000, 0));
    }
    CHECK(room.taken() == 0);
    budget nothing(0);
    delay_queue<int> none(nothing);
    CHECK_FALSE(none.push(start, 0, 0));
}
