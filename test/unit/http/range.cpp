#include "pier/http/range.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <limits>
#include <random>
#include <string>

using namespace pier::http;

namespace {

using ranges = std::vector<byte_range>;
constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

struct answer {
    range_outcome outcome;
    ranges parts;
};

answer ask(std::string_view field, std::uint64_t size, const range_limits& limits = {})
{
    answer result;
    result.parts = {{7, 9}}; // what an earlier request left
    result.outcome = parse_range(field, size, limits, result.parts);
    return result;
}

range_outcome outcome(std::string_view field, std::uint64_t size, const range_limits& limits = {})
{
    auto result = ask(field, size, limits);
    CHECK(result.parts.empty() == (result.outcome != range_outcome::partial));
    return result.outcome;
}

ranges parts(std::string_view field, std::uint64_t size, const range_limits& limits = {})
{
    auto result = ask(field, size, limits);
    CHECK(result.outcome == range_outcome::partial);
    return result.parts;
}

} // namespace

namespace Catch {
template <>
struct StringMaker<byte_range> {
    static std::string convert(const byte_range& range)
    {
        return std::to_string(range.first) + "-" + std::to_string(range.last);
    }
};
} // namespace Catch

TEST_CASE("one range, clamped to the size")
{
    CHECK(parts("bytes=0-0", 16) == ranges{{0, 0}});
    CHECK(parts("bytes=12-99", 16) == ranges{{12, 15}});
    CHECK(parts("bytes=12-", 16) == ranges{{12, 15}});
    CHECK(parts("bytes=0-", 16) == ranges{{0, 15}});
    CHECK(parts("bytes=15-15", 16) == ranges{{15, 15}});
    CHECK(parts("bytes=0-99999999999999999999999", 16) == ranges{{0, 15}});
    CHECK(parts("bytes=0-0", largest) == ranges{{0, 0}});
    CHECK(parts("bytes=18446744073709551614-", largest) == ranges{{largest - 1, largest - 1}});
}

TEST_CASE("a suffix longer than the whole is the whole")
{
    CHECK(parts("bytes=-3", 16) == ranges{{13, 15}});
    CHECK(parts("bytes=-16", 16) == ranges{{0, 15}});
    CHECK(parts("bytes=-99", 16) == ranges{{0, 15}});
    CHECK(parts("bytes=-99999999999999999999999", 16) == ranges{{0, 15}});
}

TEST_CASE("the unit is bytes in any case, and others are ignored")
{
    CHECK(parts("Bytes=0-1", 16) == ranges{{0, 1}});
    CHECK(parts("BYTES=0-1", 16) == ranges{{0, 1}});
    for (auto other :
         {"foo=0-1", "bytes", "bytes 0-1", "bytes =0-1", "byte=0-1", "", "=", "0-1", "lines=1-2"}) {
        CAPTURE(other);
        CHECK(outcome(other, 16) == range_outcome::whole);
    }
}

TEST_CASE("beyond the end nothing is satisfiable")
{
    for (auto field :
         {"bytes=16-", "bytes=16-20", "bytes=-0", "bytes=99-99, -0", "bytes=99999999999999999999-"}) {
        CAPTURE(field);
        CHECK(outcome(field, 16) == range_outcome::unsatisfiable);
    }
    // one satisfiable member makes a set so
    CHECK(parts("bytes=99-, 3-4, -0", 16) == ranges{{3, 4}});
}

TEST_CASE("what is no range set is unsatisfiable")
{
    for (auto field : {"bytes=",      "bytes=,",     "bytes= , ,",    "bytes=-",       "bytes=a-b",
                       "bytes=1",     "bytes=5-4",   "bytes=--1",     "bytes=1--2",    "bytes=1-2-3",
                       "bytes=+1-2",  "bytes=1 -2",  "bytes=1- 2",    "bytes=0x1-2",   "bytes=0-1;2-3",
                       "bytes=0-1,x", "bytes=x,0-1", "bytes=0-1, \"", "bytes=\"0-1\"", "bytes=0-1,5-4"}) {
        CAPTURE(field);
        CHECK(outcome(field, 16) == range_outcome::unsatisfiable);
    }
}

TEST_CASE("of an empty file only a suffix can be had, which is the whole of it")
{
    CHECK(outcome("bytes=0-", 0) == range_outcome::unsatisfiable);
    CHECK(outcome("bytes=0-0", 0) == range_outcome::unsatisfiable);
    CHECK(outcome("bytes=-0", 0) == range_outcome::unsatisfiable);
    CHECK(outcome("bytes=-5", 0) == range_outcome::whole);
    CHECK(outcome("bytes=0-, -5", 0) == range_outcome::whole);
    CHECK(outcome("bytes=-5, x", 0) == range_outcome::unsatisfiable);
}

TEST_CASE("several ranges come in the order asked for")
{
    CHECK(parts("bytes=500-599,0-99", 1000) == ranges{{500, 599}, {0, 99}});
    CHECK(parts("bytes=-100 ,\t0-0,, 300-310", 1000) == ranges{{900, 999}, {0, 0}, {300, 310}});
}

TEST_CASE("ranges that overlap or nearly touch become one, at the place of the first")
{
    CHECK(parts("bytes=0-1,14-15", 16) == ranges{{0, 15}});
    CHECK(parts("bytes=500-599,0-99,550-700", 1000) == ranges{{500, 700}, {0, 99}});
    CHECK(parts("bytes=0-9,90-99", 1000) == ranges{{0, 9}, {90, 99}});
    CHECK(parts("bytes=0-9,89-99", 1000) == ranges{{0, 99}});
    CHECK(parts("bytes=89-99,0-9", 1000) == ranges{{0, 99}});
    // the third bridges the first two
    CHECK(parts("bytes=0-9,300-309,400-409,5-305", 1000) == ranges{{0, 309}, {400, 409}});
    CHECK(parts("bytes=300-309,600-609,0-9,200-290", 1000) == ranges{{200, 309}, {600, 609}, {0, 9}});
    CHECK(parts("bytes=0-0,2-2", 10, {16, 1}) == ranges{{0, 0}, {2, 2}});
    CHECK(parts("bytes=0-0,1-1", 10, {16, 1}) == ranges{{0, 1}});
    CHECK(parts("bytes=0-0,1-1", 10, {16, 0}) == ranges{{0, 0}, {1, 1}});
}

TEST_CASE("more bytes than the whole are answered with the whole")
{
    CHECK(outcome("bytes=0-,0-", 1000) == range_outcome::whole);
    CHECK(outcome("bytes=0-,0-0", 1000) == range_outcome::whole);
    CHECK(outcome("bytes=-1,0-", 1000) == range_outcome::whole);
    CHECK(parts("bytes=0-499,500-", 1000) == ranges{{0, 999}});
    CHECK(outcome("bytes=0-,0-,0-", largest) == range_outcome::whole);
    CHECK(outcome("bytes=0-,0-,x", 1000) == range_outcome::unsatisfiable);
}

TEST_CASE("more ranges than the limit are answered with the whole")
{
    std::string field = "bytes=0-0";
    for (int i = 1; i < 16; ++i)
        field += "," + std::to_string(i * 100) + "-" + std::to_string(i * 100);
    CHECK(parts(field, 10000).size() == 16);
    CHECK(outcome(field + ",5000-5000", 10000) == range_outcome::whole);
    // unsatisfiable ones count, empty elements do not
    CHECK(outcome(field + ",99999-", 10000) == range_outcome::whole);
    CHECK(parts(field + ",,", 10000).size() == 16);
    CHECK(outcome("bytes=0-1,2-3", 16, {1, 80}) == range_outcome::whole);
    CHECK(parts("bytes=0-1", 16, {1, 80}) == ranges{{0, 1}});
    CHECK(outcome("bytes=0-1", 16, {0, 80}) == range_outcome::whole);
    CHECK(outcome("bytes=", 16, {0, 80}) == range_outcome::whole);
}

TEST_CASE("thousands of ranges cost no more than their bytes")
{
    std::string field = "bytes=";
    for (int i = 0; i < 100'000; ++i)
        field += "0-,";
    auto begin = std::chrono::steady_clock::now();
    CHECK(outcome(field, 1000) == range_outcome::whole);
    CHECK(outcome("bytes=" + std::string(1'000'000, ','), 1000) == range_outcome::unsatisfiable);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("coalescing loses no byte, adds none but the gaps, and leaves no two ranges near each other")
{
    std::mt19937 random(1);
    auto below = [&](unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(random); };
    for (int round = 0; round < 20'000; ++round) {
        const unsigned size = 1 + below(40);
        const unsigned gap = below(5);
        std::string field = "bytes=";
        ranges asked;
        std::uint64_t sum = 0;
        for (unsigned i = 0, count = 1 + below(8); i < count; ++i) {
            unsigned first = below(size);
            unsigned last = std::min(first + below(4), size - 1);
            asked.push_back({first, last});
            sum += last - first + 1;
            field += std::to_string(first) + "-" + std::to_string(last) + ",";
        }
        auto result = ask(field, size, {16, gap});
        CAPTURE(field, size, gap);
        if (sum > size) {
            REQUIRE(result.outcome == range_outcome::whole);
            continue;
        }
        REQUIRE(result.outcome == range_outcome::partial);
        auto holder = [&](std::uint64_t byte) {
            std::size_t i = 0;
            while (i < result.parts.size() &&
                   !(result.parts[i].first <= byte && byte <= result.parts[i].last))
                ++i;
            return i;
        };
        std::size_t next_new = 0;
        for (const auto& range : asked) {
            std::size_t part = holder(range.first);
            REQUIRE(part < result.parts.size());
            REQUIRE(part == holder(range.last));
            REQUIRE(part <= next_new); // parts appear in the order of their first members
            next_new = std::max(next_new, part + 1);
        }
        REQUIRE(next_new == result.parts.size());
        for (std::size_t i = 0; i < result.parts.size(); ++i) {
            for (std::size_t j = 0; j < result.parts.size(); ++j) {
                const auto &a = result.parts[i], &b = result.parts[j];
                if (a.first < b.first)
                    REQUIRE(b.first > a.last + gap);
            }
            // every run of bytes that nobody asked for is shorter than the gap
            unsigned run = 0;
            for (auto byte = result.parts[i].first; byte <= result.parts[i].last; ++byte) {
                bool wanted = false;
                for (const auto& range : asked)
                    wanted = wanted || (range.first <= byte && byte <= range.last);
                run = wanted ? 0 : run + 1;
                REQUIRE((run == 0 || run < gap));
            }
        }
    }
}

TEST_CASE("Content-Range values")
{
    content_range_buffer buffer;
    CHECK(format_content_range({0, 499}, 1234, buffer) == "bytes 0-499/1234");
    CHECK(format_unsatisfied_range(1234, buffer) == "bytes */1234");
    CHECK(format_content_range({largest - 1, largest - 1}, largest, buffer) ==
          "bytes 18446744073709551614-18446744073709551614/18446744073709551615");
    CHECK(format_unsatisfied_range(0, buffer) == "bytes */0");
}
