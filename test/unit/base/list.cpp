#include "pier/base/list.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace pier;

namespace {

struct reading {
    std::vector<std::string> elements;
    bool complete = false;
};

reading read(std::string_view list, std::size_t max_elements = max_list_elements)
{
    reading result;
    result.complete = for_each_element(
        list, [&](std::string_view element) { result.elements.emplace_back(element); }, max_elements);
    return result;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("a list gives its elements without the white space around them")
{
    CHECK(read("a").elements == strings{"a"});
    CHECK(read("a,b , c\t,\td e").elements == strings{"a", "b", "c", "d e"});
    CHECK(read("a,b").complete);
}

TEST_CASE("empty elements are passed over, and counted")
{
    CHECK(read("").elements.empty());
    CHECK(read("").complete);
    CHECK(read(", ,a,, ,b,").elements == strings{"a", "b"});
    CHECK(read(",,,", 4).complete);
    CHECK_FALSE(read(",,,,", 4).complete);
}

TEST_CASE("the number of elements is bounded, and those before the bound are visited")
{
    auto cut = read("a,b,c,d", 3);
    CHECK_FALSE(cut.complete);
    CHECK(cut.elements == strings{"a", "b", "c"});
    CHECK(read("a,b,c", 3).complete);
    CHECK_FALSE(read(std::string(max_list_elements, ',')).complete);
}

TEST_CASE("commas and escaped quotes inside a quoted-string belong to it")
{
    CHECK(read(R"(a="1,2", b)").elements == strings{R"(a="1,2")", "b"});
    CHECK(read(R"("x\",y", z)").elements == strings{R"("x\",y")", "z"});
    CHECK(read(R"("x\\",y)").elements == strings{R"("x\\")", "y"});
    CHECK(read(R"(a\,b)").elements == strings{R"(a\)", "b"});
}

TEST_CASE("a quoted-string that does not end spoils the rest")
{
    for (auto bad : {R"(a, "b, c)", R"(a, "b\")", R"(a, "b\)"}) {
        CAPTURE(bad);
        CHECK_FALSE(read(bad).complete);
        CHECK(read(bad).elements == strings{"a"});
    }
}

TEST_CASE("the visitor can stop")
{
    strings seen;
    CHECK_FALSE(for_each_element("a,b,c", [&](std::string_view element) {
        seen.emplace_back(element);
        return element != "b";
    }));
    CHECK(seen == strings{"a", "b"});
}

TEST_CASE("tokens are found whole and in any case")
{
    CHECK(has_token("close", "close"));
    CHECK(has_token("Keep-Alive, CLOSE", "close"));
    CHECK(has_token("upgrade ,\tclose ,", "close"));
    CHECK_FALSE(has_token("closed, not-close", "close"));
    CHECK_FALSE(has_token("\"close\"", "close"));
    CHECK_FALSE(has_token("x=\"a, close\"", "close"));
    CHECK_FALSE(has_token("", "close"));
    // what stands before a malformed element counts
    CHECK(has_token("close, \"x", "close"));
}
