#include "pier/net/shard.hpp"

#include "pier/net/blocking_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace pier::net;
using namespace std::chrono_literals;

TEST_CASE("a connection limit is exact")
{
    connection_limit limit(2);
    CHECK(limit.most() == 2);
    CHECK(limit.enter());
    CHECK(limit.enter());
    CHECK_FALSE(limit.enter());
    CHECK_FALSE(limit.enter());
    limit.leave();
    CHECK(limit.enter());
    CHECK_FALSE(limit.enter());
    connection_limit closed(0);
    CHECK_FALSE(closed.enter());
}

TEST_CASE("places beyond a connection limit are for those who may take them")
{
    connection_limit limit(1);
    CHECK(limit.enter(2));
    CHECK_FALSE(limit.enter());
    CHECK(limit.enter(2));
    CHECK(limit.enter(2));
    CHECK_FALSE(limit.enter(2));
    limit.leave();
    limit.leave();
    CHECK_FALSE(limit.enter());
    limit.leave();
    CHECK(limit.enter());
}

TEST_CASE("a connection limit holds whoever comes at once")
{
    constexpr std::size_t most = 3;
    connection_limit limit(most);
    std::atomic<std::size_t> inside = 0, largest = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 5'000; ++round) {
                if (!limit.enter())
                    continue;
                std::size_t now = ++inside;
                for (std::size_t seen = largest; seen < now && !largest.compare_exchange_weak(seen, now);) {
                }
                --inside;
                limit.leave();
            }
        });
    for (auto& t : threads)
        t.join();
    CHECK(largest <= most);
    // and nothing is lost
    for (std::size_t i = 0; i < most; ++i)
        CHECK(limit.enter());
    CHECK_FALSE(limit.enter());
}

TEST_CASE("a shard has one list for each duration and one pool for each size")
{
    blocking_pool pool;
    process whole{connection_limit(1), pool};
    shard s(3, whole);
    CHECK(s.index() == 3);
    CHECK(&s.pool() == &pool);
    auto& ten = s.deadlines(10s);
    auto& twenty = s.deadlines(20s);
    CHECK(&ten != &twenty);
    CHECK(&s.deadlines(10'000ms) == &ten);
    CHECK(ten.duration() == 10s);
    auto& small = s.buffers(4096);
    CHECK(&small != &s.buffers(8192));
    CHECK(&small == &s.buffers(4096));
    CHECK(small.block_size() == 4096);
    CHECK_FALSE(s.draining());
}
