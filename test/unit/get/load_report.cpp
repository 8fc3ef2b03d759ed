#include "pier/get/load_report.hpp"

#include "pier/get/load_histogram.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace pier;
using namespace pier::get;

namespace {

constexpr std::int64_t ms = 1'000'000;

load_result some()
{
    load_result r;
    r.method = "GET";
    r.url = "http://127.0.0.1:8080/";
    r.address = "127.0.0.1:8080";
    r.connections = 2;
    r.threads = 1;
    r.measured = 2'000 * ms;
    load_tally& t = r.tally;
    t.begun = 6;
    t.answered = t.in_time = 4;
    t.statuses[200] = 3;
    t.statuses[503] = 1;
    t.fail(http::failure::head_timeout, "no answer came in time");
    t.head_bytes = 400;
    t.body_bytes = 4096;
    t.bytes_in_time = 4496;
    t.opened = 3;
    for (std::int64_t latency : {1, 2, 3, 10})
        t.latency.record(latency * ms);
    return r;
}

bool has(const std::string& text, std::string_view part)
{
    INFO(text);
    INFO(part);
    bool found = text.find(part) != text.npos;
    CHECK(found);
    return found;
}

} // namespace

TEST_CASE("a tally adds up")
{
    load_tally t = some().tally;
    CHECK(t.failed() == 1);
    CHECK(t.under_way() == 1);
    CHECK(t.with_status(2) == 3);
    CHECK(t.with_status(5) == 1);
    load_tally two = t;
    t.fail(http::failure::head_timeout, "another sentence");
    two += t;
    CHECK(two.begun == 12);
    CHECK(two.answered == 8);
    CHECK(two.failed() == 3);
    CHECK(two.statuses[200] == 6);
    CHECK(two.latency.count() == 8);
    CHECK(two.opened == 6);
    CHECK(two.sentences[static_cast<std::size_t>(http::failure::head_timeout)] == "no answer came in time");
}

TEST_CASE("the text says what there is")
{
    std::string text = load_text(some());
    has(text, "requests      4 answered, 1 failed, 1 under way at the end\n");
    has(text, "rate          2.0 answers a second\n");
    has(text, "200: 3, 503: 1");
    has(text, "head-timeout  1: no answer came in time");
    has(text, "  p50              2.000\n");
    has(text, "  p90                  -\n");
    has(text, "too few answers");
    has(text, "1 of 6 requests failed");
    CHECK(std::ranges::none_of(load_text(load_result{}), [](char c) { return c == '#'; }));
}

TEST_CASE("a percentile is told when a value lies above it")
{
    CHECK_FALSE(can_tell(1, 0.5));
    CHECK(can_tell(2, 0.5));
    CHECK_FALSE(can_tell(9, 0.9));
    CHECK(can_tell(10, 0.9));
    CHECK_FALSE(can_tell(9'999, 0.9999));
    CHECK(can_tell(10'000, 0.9999));
}

TEST_CASE("the JSON says the same")
{
    std::string text = load_json(some());
    has(text, R"("requests":{"begun":6,"answered":4,"failed":1,"under_way":1,"unsent":0,"warm_up":0})");
    has(text, R"("statuses":{"200":3,"503":1})");
    has(text, R"("failures":{"head-timeout":1})");
    has(text, R"("rate":2.000)");
    has(text, R"("median":2.000000)");
    has(text, R"("p90":null)");
    has(text, R"("rate_wanted":null)");
    CHECK(text.find("\"late\"") == text.npos);
    load_result open = some();
    open.rate = 100;
    open.tally.late.record(2 * ms);
    has(load_json(open), R"("late":{"count":1)");
}

TEST_CASE("a client that could not keep up says so")
{
    CHECK(load_warnings(load_result{}).empty());
    load_result r;
    r.busy = 0.95;
    REQUIRE(load_warnings(r).size() == 1);
    has(load_warnings(r)[0], "95 %");
    r.busy = 0.5;
    r.rate = 1000;
    r.tally.unsent = 7;
    REQUIRE(load_warnings(r).size() == 1);
    has(load_warnings(r)[0], "fewer than 1000");
    r.tally.unsent = 0;
    for (int i = 0; i < 100; ++i)
        r.tally.late.record(100'000);
    CHECK(load_warnings(r).empty());
    for (int i = 0; i < 2; ++i)
        r.tally.late.record(5 * ms);
    REQUIRE(load_warnings(r).size() == 1);
    has(load_warnings(r)[0], "5.000 ms");
}

TEST_CASE("a histogram's borders are round and few")
{
    for (auto [min, max] : {std::pair<std::int64_t, std::int64_t>{90'000, 28'000'000},
                            {1'000, 60'000'000'000},
                            {1'000'000, 1'300'000},
                            {5, 7},
                            {0, 1}}) {
        auto borders = histogram_borders(min, max, 16);
        CHECK(borders.size() < 16);
        CHECK(std::ranges::is_sorted(borders));
        for (auto b : borders)
            CHECK((b > min && b <= max));
    }
    CHECK(histogram_borders(1 * ms, 2 * ms, 3) == std::vector<std::int64_t>{15 * ms / 10, 2 * ms});
    CHECK(histogram_borders(3, 3, 16).empty());
}

TEST_CASE("a histogram counts every answer and shows the rarest")
{
    distribution d;
    CHECK(histogram(d).empty());
    d.record(ms);
    CHECK(histogram(d).empty()); // one value is no distribution
    d.record(9 * ms);
    CHECK(std::ranges::count(histogram(d), '\n') == 3); // and two are hardly one
    d = {};
    d.record(ms);
    for (int i = 0; i < 9'998; ++i)
        d.record(ms + i);
    d.record(200 * ms);
    std::string text = histogram(d, 16, 10);
    has(text, " 9999 100.0 %  ##########\n");
    has(text, "200.000 ms    1  <0.1 %  .\n");
    CHECK(std::ranges::count(text, '\n') <= 16);
}
