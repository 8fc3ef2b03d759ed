#include "pier/net/buffer_pool.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace pier::net;

TEST_CASE("what was given last is taken first")
{
    buffer_pool pool(64, 4);
    auto one = pool.take();
    auto two = pool.take();
    auto* first = one.get();
    auto* second = two.get();
    CHECK(first != second);
    CHECK(pool.spare() == 0);
    std::memset(first, 1, pool.block_size());
    std::memset(second, 2, pool.block_size());
    pool.give(std::move(one));
    pool.give(std::move(two));
    CHECK(pool.spare() == 2);
    CHECK(pool.take().get() == second);
    CHECK(pool.take().get() == first);
    CHECK(pool.spare() == 0);
}

TEST_CASE("no more than allowed is kept")
{
    buffer_pool pool(64, 2);
    buffer_pool::block blocks[] = {pool.take(), pool.take(), pool.take()};
    for (auto& block : blocks)
        pool.give(std::move(block));
    CHECK(pool.spare() == 2);
    pool.give(nullptr);
    CHECK(pool.spare() == 2);
    buffer_pool none(64, 0);
    none.give(none.take());
    CHECK(none.spare() == 0);
}
