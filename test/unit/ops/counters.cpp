#include "pier/ops/counters.hpp"

#include <catch2/catch.hpp>

#include <latch>
#include <thread>

using namespace pier::ops;

TEST_CASE("counters begin at nothing, go up and down")
{
    counters all;
    CHECK(all.requests.value() == 0);
    CHECK(all.responses_by_class[5].value() == 0);
    all.requests.add();
    all.requests.add(41);
    CHECK(all.requests.value() == 42);
    all.requests.subtract();
    all.requests.subtract(2);
    CHECK(all.requests.value() == 39);
    CHECK(all.bytes_sent.value() == 0);
}

TEST_CASE("a reader on another thread sees a counter grow, and all of it in the end")
{
    counter c;
    std::latch both(2);
    bool shrunk = false;
    std::thread reader([&] {
        both.arrive_and_wait();
        for (std::uint64_t last = 0; last < 100'000;) {
            std::uint64_t now = c.value();
            shrunk = shrunk || now < last;
            last = now;
        }
    });
    both.arrive_and_wait();
    for (int i = 0; i < 100'000; ++i)
        c.add();
    reader.join();
    CHECK_FALSE(shrunk);
    CHECK(c.value() == 100'000);
}
