#include "pier/http/entity_tag.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::http;

namespace {

list_match strongly(std::string_view field, std::string_view current)
{
    return match_entity_tags(field, *parse_entity_tag(current), comparison::strong);
}

list_match weakly(std::string_view field, std::string_view current)
{
    return match_entity_tags(field, *parse_entity_tag(current), comparison::weak);
}

} // namespace

TEST_CASE("entity tags, strong and weak")
{
    auto strong = parse_entity_tag(R"("xyzzy")");
    REQUIRE(strong);
    CHECK(strong->opaque == R"("xyzzy")");
    CHECK_FALSE(strong->weak);
    auto weak = parse_entity_tag(R"(W/"xyzzy")");
    REQUIRE(weak);
    CHECK(weak->opaque == R"("xyzzy")");
    CHECK(weak->weak);
    CHECK(parse_entity_tag("\"\""));
    CHECK(parse_entity_tag("\"\xff!#\\\"")); // a backslash is a character like others
}

TEST_CASE("what is not an entity tag")
{
    for (auto bad :
         {"", "xyzzy", "\"", "\"xyzzy", "xyzzy\"", "w/\"x\"", "W\"x\"", "W/", "W/x", "\"a b\"", "\"a ",
          "\"a\"b\"", "\"a\" ", " \"a\"", "\"a\x7f\"", "\"a\tb\"", "*", "\"a\",\"b\"", "\"a\\\"b\""}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_entity_tag(bad));
    }
    CHECK_FALSE(parse_entity_tag(std::string_view("\"a\0b\"", 5)));
}

TEST_CASE("the comparisons of RFC 9110 8.8.3.2's table")
{
    struct {
        const char *a, *b;
        bool strong, weak;
    } rows[] = {{R"(W/"1")", R"(W/"1")", false, true},
                {R"(W/"1")", R"(W/"2")", false, false},
                {R"(W/"1")", R"("1")", false, true},
                {R"("1")", R"("1")", true, true},
                {R"("1")", R"("I")", false, false}};
    for (const auto& row : rows) {
        CAPTURE(row.a, row.b);
        auto a = *parse_entity_tag(row.a);
        auto b = *parse_entity_tag(row.b);
        CHECK(strong_match(a, b) == row.strong);
        CHECK(strong_match(b, a) == row.strong);
        CHECK(weak_match(a, b) == row.weak);
        CHECK(weak_match(b, a) == row.weak);
        CHECK((strongly(row.a, row.b) == list_match::match) == row.strong);
        CHECK((weakly(row.a, row.b) == list_match::match) == row.weak);
    }
}

TEST_CASE("a star matches whatever exists")
{
    CHECK(strongly("*", R"(W/"1")") == list_match::match);
    CHECK(weakly(" *\t", R"("1")") == list_match::match);
}

TEST_CASE("lists of entity tags")
{
    CHECK(weakly(R"("a", "b", W/"c")", R"("c")") == list_match::match);
    CHECK(strongly(R"("a", "b", W/"c")", R"("c")") == list_match::none);
    CHECK(weakly(R"("a","b")", R"("c")") == list_match::none);
    CHECK(weakly(R"(, "a" ,, "b",)", R"("b")") == list_match::match);
    CHECK(weakly("\t\"a\"\t", R"("a")") == list_match::match);
    // commas and backslashes inside the tags
    CHECK(weakly(R"("a,b", "c\")", R"("a,b")") == list_match::match);
    CHECK(weakly(R"("a,b", "c\")", R"("c\")") == list_match::match);
    CHECK(weakly(R"("a,b")", R"("a")") == list_match::none);
}

TEST_CASE("a malformed list matches nothing, not even its good part")
{
    for (auto bad : {"", ",", " , ", "a", R"("a)", R"("a", b)", R"("a" "b")", R"("a""b")", R"("a"; "b")",
                     R"(*, "a")", R"("a", *)", "**", R"(w/"a")", R"(W/ "a")", R"("a", ")"}) {
        CAPTURE(bad);
        CHECK(weakly(bad, R"("a")") == list_match::malformed);
        CHECK(strongly(bad, R"("a")") == list_match::malformed);
    }
}
