#include "pier/http/retry.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;
using namespace std::chrono_literals;

TEST_CASE("waits double, up to a cap, and any part of them is as likely")
{
    retry_config c{10, 100ms, 1000ms, 60'000ms};
    auto bound = [&](std::uint64_t tries) { return *wait_before_retry(c, tries, 0ms, {}, 0.9999999); };
    CHECK(bound(1) == 99ms);
    CHECK(bound(2) == 199ms);
    CHECK(bound(3) == 399ms);
    CHECK(bound(4) == 799ms);
    CHECK(bound(5) == 999ms);
    CHECK(bound(10) == 999ms);
    CHECK(*wait_before_retry(c, 5, 0ms, {}, 0.0) == 0ms);
    CHECK(*wait_before_retry(c, 5, 0ms, {}, 0.5) == 500ms);
    c.retries = 1'000;
    CHECK(bound(1'000) == 999ms); // no shift runs over
}

TEST_CASE("there is an end to trying")
{
    retry_config c{2, 100ms, 1000ms, 5'000ms};
    CHECK(wait_before_retry(c, 2, 0ms, {}, 0.5));
    CHECK_FALSE(wait_before_retry(c, 3, 0ms, {}, 0.5));
    CHECK_FALSE(wait_before_retry(c, 1, 5'001ms, {}, 0.0));
    CHECK_FALSE(wait_before_retry(c, 1, 4'990ms, {}, 0.5)); // it would come too late
    c.retries = 0;
    CHECK_FALSE(wait_before_retry(c, 1, 0ms, {}, 0.5));
}

TEST_CASE("Retry-After is honoured, or nothing is tried")
{
    retry_config c{3, 100ms, 1000ms, 5'000ms};
    CHECK(*wait_before_retry(c, 1, 0ms, 3'000ms, 0.5) == 3'000ms);
    CHECK(*wait_before_retry(c, 1, 0ms, 0ms, 0.5) == 50ms);
    CHECK_FALSE(wait_before_retry(c, 1, 0ms, 6'000ms, 0.5));
    CHECK_FALSE(wait_before_retry(c, 1, 3'000ms, 3'000ms, 0.5));
}

TEST_CASE("Retry-After says seconds or a date")
{
    CHECK(parse_retry_after("120", 0) == 120'000ms);
    CHECK(parse_retry_after(" 0 ", 0) == 0ms);
    CHECK(parse_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 30) == 30'000ms);
    CHECK(parse_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 90) == 0ms);
    CHECK(parse_retry_after("99999999999999999999999", 0) == 366 * 24h);
    for (const char* bad : {"", "-1", "1.5", "soon", "1 s"})
        CHECK_FALSE(parse_retry_after(bad, 0));
}

TEST_CASE("what may work another time")
{
    for (auto why : {failure::refused, failure::unreachable, failure::connect_timeout})
        CHECK((is_worth_retrying(why, true) && is_worth_retrying(why, false)));
    for (auto why : {failure::send, failure::closed_early, failure::truncated, failure::head_timeout,
                     failure::body_timeout})
        CHECK((is_worth_retrying(why, true) && !is_worth_retrying(why, false)));
    for (auto why : {failure::none, failure::unknown_host, failure::tls, failure::malformed,
                     failure::too_large, failure::cancelled, failure::bad_request})
        CHECK_FALSE(is_worth_retrying(why, true));
    for (int status : {408, 429, 500, 502, 503, 504, 599})
        CHECK(is_worth_retrying(status));
    for (int status : {200, 206, 301, 400, 401, 404, 416, 501, 505, 600})
        CHECK_FALSE(is_worth_retrying(status));
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
        CHECK(is_idempotent(method));
    for (const char* method : {"POST", "PATCH", "get", "LINK"})
        CHECK_FALSE(is_idempotent(method));
}
