#include "pier/http/conditional.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;

namespace {

constexpr std::int64_t now = 1763719200;
constexpr std::int64_t modified = 784111777;
constexpr auto the_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr auto earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr auto later = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr auto the_tag = R"("v2")";
constexpr auto other_tag = R"("v1")";

const validators current{the_tag, modified};

precondition get(const conditions& request)
{
    return evaluate(request, current, true, now);
}

bool ranged(const char* if_range, const validators& of = current, std::int64_t at = now)
{
    conditions request;
    request.if_range = if_range;
    return range_applies(request, of, at);
}

} // namespace

TEST_CASE("no conditions, no effect")
{
    CHECK(get({}) == precondition::proceed);
    CHECK(range_applies({}, current, now));
}

TEST_CASE("If-Match compares strongly")
{
    CHECK(get({.if_match = the_tag}) == precondition::proceed);
    CHECK(get({.if_match = "*"}) == precondition::proceed);
    CHECK(get({.if_match = R"("v1", "v2")"}) == precondition::proceed);
    CHECK(get({.if_match = other_tag}) == precondition::failed);
    CHECK(get({.if_match = R"(W/"v2")"}) == precondition::failed);
    CHECK(get({.if_match = "v2"}) == precondition::failed);
    CHECK(evaluate({.if_match = R"(W/"v2")"}, {R"(W/"v2")", modified}, true, now) == precondition::failed);
}

TEST_CASE("If-Unmodified-Since counts only without If-Match")
{
    CHECK(get({.if_unmodified_since = the_date}) == precondition::proceed);
    CHECK(get({.if_unmodified_since = later}) == precondition::proceed);
    CHECK(get({.if_unmodified_since = earlier}) == precondition::failed);
    CHECK(get({.if_unmodified_since = "yesterday"}) == precondition::proceed);
    CHECK(get({.if_match = the_tag, .if_unmodified_since = earlier}) == precondition::proceed);
    CHECK(get({.if_match = other_tag, .if_unmodified_since = later}) == precondition::failed);
}

TEST_CASE("If-None-Match compares weakly")
{
    CHECK(get({.if_none_match = the_tag}) == precondition::not_modified);
    CHECK(get({.if_none_match = R"(W/"v2")"}) == precondition::not_modified);
    CHECK(get({.if_none_match = "*"}) == precondition::not_modified);
    CHECK(get({.if_none_match = R"("v1" , W/"v2")"}) == precondition::not_modified);
    CHECK(get({.if_none_match = other_tag}) == precondition::proceed);
    CHECK(get({.if_none_match = "v2"}) == precondition::proceed);
    CHECK(evaluate({.if_none_match = the_tag}, current, false, now) == precondition::failed);
    CHECK(evaluate({.if_none_match = other_tag}, current, false, now) == precondition::proceed);
}

TEST_CASE("If-Modified-Since counts only without If-None-Match, and for GET and HEAD")
{
    CHECK(get({.if_modified_since = the_date}) == precondition::not_modified);
    CHECK(get({.if_modified_since = later}) == precondition::not_modified);
    CHECK(get({.if_modified_since = earlier}) == precondition::proceed);
    CHECK(get({.if_modified_since = "Sunday, 06-Nov-94 08:49:37 GMT"}) == precondition::not_modified);
    CHECK(get({.if_modified_since = "Sun Nov  6 08:49:37 1994"}) == precondition::not_modified);
    CHECK(get({.if_modified_since = "Sun, 06 Nov 1994"}) == precondition::proceed);
    CHECK(get({.if_none_match = other_tag, .if_modified_since = later}) == precondition::proceed);
    // a malformed If-None-Match is there all the same
    CHECK(get({.if_none_match = "v1", .if_modified_since = later}) == precondition::proceed);
    CHECK(evaluate({.if_modified_since = later}, current, false, now) == precondition::proceed);
}

TEST_CASE("the first pair is judged before the second")
{
    CHECK(get({.if_match = other_tag, .if_none_match = the_tag}) == precondition::failed);
    CHECK(get({.if_match = the_tag, .if_none_match = the_tag}) == precondition::not_modified);
    CHECK(get({.if_none_match = the_tag, .if_unmodified_since = earlier}) == precondition::failed);
    CHECK(get({.if_modified_since = later, .if_unmodified_since = later}) == precondition::not_modified);
}

TEST_CASE("If-Range by tag compares strongly")
{
    CHECK(ranged(the_tag));
    CHECK_FALSE(ranged(other_tag));
    CHECK_FALSE(ranged(R"(W/"v2")"));
    CHECK_FALSE(ranged(R"(W/"v2")", {R"(W/"v2")", modified}));
    CHECK_FALSE(ranged(the_tag, {R"(W/"v2")", modified}));
    // one tag, not a list, not a star
    CHECK_FALSE(ranged(R"("v2", "v1")"));
    CHECK_FALSE(ranged("*"));
    CHECK_FALSE(ranged("v2"));
    CHECK_FALSE(ranged(""));
}

TEST_CASE("If-Range by date wants exactly Last-Modified, and that a strong one")
{
    CHECK(ranged(the_date));
    CHECK_FALSE(ranged(earlier));
    CHECK_FALSE(ranged(later));
    CHECK(ranged(the_date, current, modified + 1));
    CHECK_FALSE(ranged(the_date, current, modified));
    CHECK_FALSE(ranged(the_date, current, modified - 5));
}

TEST_CASE("a representation without a tag is matched by a star alone")
{
    const validators untagged{"", modified};
    CHECK(evaluate({.if_match = "*"}, untagged, true, now) == precondition::proceed);
    CHECK(evaluate({.if_match = "\"\""}, untagged, true, now) == precondition::failed);
    CHECK(evaluate({.if_none_match = "\"\""}, untagged, true, now) == precondition::proceed);
    CHECK_FALSE(ranged("\"\"", untagged));
}
