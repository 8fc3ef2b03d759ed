#include "pier/get/coverage.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::get;
using ranges = std::vector<http::byte_range>;

TEST_CASE("ranges that touch become one")
{
    coverage done;
    CHECK(done.prefix() == 0);
    done.add({10, 19});
    CHECK(done.prefix() == 0);
    done.add({0, 4});
    CHECK(done.prefix() == 5);
    done.add({30, 39});
    CHECK(done.ranges() == ranges{{0, 4}, {10, 19}, {30, 39}});
    done.add({5, 9}); // closes a gap exactly
    CHECK(done.ranges() == ranges{{0, 19}, {30, 39}});
    done.add({15, 34}); // overlaps both
    CHECK(done.ranges() == ranges{{0, 39}});
    done.add({3, 5}); // is there already
    CHECK(done.bytes() == 40);
}

TEST_CASE("what is missing")
{
    coverage done;
    CHECK(done.holes(10) == ranges{{0, 9}});
    CHECK(done.holes(0).empty());
    done.add({2, 3});
    done.add({6, 7});
    CHECK(done.holes(10) == ranges{{0, 1}, {4, 5}, {8, 9}});
    CHECK(done.holes(8) == ranges{{0, 1}, {4, 5}});
    CHECK(done.holes(7) == ranges{{0, 1}, {4, 5}});
    CHECK(done.holes(5) == ranges{{0, 1}, {4, 4}});
    done.add({0, 9});
    CHECK(done.holes(10).empty());
}

TEST_CASE("a coverage is read as it was written")
{
    coverage done;
    CHECK(done.to_string().empty());
    done.add({0, 499});
    done.add({1000, 1999});
    CHECK(done.to_string() == "0-499,1000-1999");
    CHECK(coverage::parse(done.to_string())->ranges() == done.ranges());
    CHECK(coverage::parse("")->ranges().empty());
    for (const char* bad : {"x", "1", "1-", "-1", "5-4", "0-1,", ",0-1", "0-1,2-3", "4-5,0-1", "0-1 ,4-5",
                            "0-9223372036854775807", "0-18446744073709551616"})
        CHECK_FALSE(coverage::parse(bad));
    std::string many;
    for (std::size_t i = 0; i <= coverage::most_ranges; ++i)
        many += (i ? "," : "") + std::to_string(3 * i) + "-" + std::to_string(3 * i);
    CHECK_FALSE(coverage::parse(many));
    CHECK(coverage::parse(many.substr(0, many.rfind(','))));
}

TEST_CASE("pieces are about equal, and none is tiny")
{
    CHECK(cut({{0, 99}}, 4, 1) == ranges{{0, 24}, {25, 49}, {50, 74}, {75, 99}});
    CHECK(cut({{0, 9}}, 3, 1) == ranges{{0, 2}, {3, 5}, {6, 9}});
    CHECK(cut({{0, 99}}, 4, 40) == ranges{{0, 49}, {50, 99}});
    CHECK(cut({{0, 99}}, 4, 1000) == ranges{{0, 99}});
    CHECK(cut({{0, 99}}, 1, 1) == ranges{{0, 99}});
    CHECK(cut({{0, 59}, {80, 99}}, 4, 1) == ranges{{0, 19}, {20, 39}, {40, 59}, {80, 99}});
    CHECK(cut({{0, 0}, {5, 5}, {9, 9}}, 2, 1).size() == 3); // holes stay apart
    CHECK(cut({}, 4, 1).empty());
}
