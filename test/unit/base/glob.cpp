#include "pier/base/glob.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <vector>

using namespace pier;

namespace {

/// The definition of the syntax without sets and escapes, exponential and evident.
bool naive(std::string_view pattern, std::string_view path, bool begins_segment = true)
{
    if (pattern.empty())
        return path.empty();
    if (pattern.starts_with("**")) {
        auto rest = pattern.substr(std::min(pattern.find_first_not_of('*'), pattern.size()));
        if (begins_segment && rest.starts_with('/')) {
            rest.remove_prefix(1);
            if (naive(rest, path, true))
                return true;
            for (std::size_t i = 0; i < path.size(); ++i)
                if (path[i] == '/' && naive(rest, path.substr(i + 1), true))
                    return true;
            return false;
        }
        for (std::size_t i = 0; i <= path.size(); ++i)
            if (naive(rest, path.substr(i), false))
                return true;
        return false;
    }
    if (pattern.front() == '*') {
        for (std::size_t i = 0; i <= path.size(); ++i) {
            if (naive(pattern.substr(1), path.substr(i), false))
                return true;
            if (i < path.size() && path[i] == '/')
                return false;
        }
        return false;
    }
    if (path.empty() || (pattern.front() == '?' ? path.front() == '/' : pattern.front() != path.front()))
        return false;
    return naive(pattern.substr(1), path.substr(1), pattern.front() == '/');
}

/// All strings over `alphabet` of at most `longest` letters.
std::vector<std::string> words(std::string_view alphabet, std::size_t longest)
{
    std::vector<std::string> result{""};
    for (std::size_t begin = 0, length = 0; length < longest; ++length) {
        std::size_t end = result.size();
        for (; begin < end; ++begin)
            for (char c : alphabet)
                result.push_back(result[begin] + c);
    }
    return result;
}

} // namespace

TEST_CASE("without wildcards a pattern is the path")
{
    CHECK(glob_match("/a.css", "/a.css"));
    CHECK_FALSE(glob_match("/a.css", "/a.css2"));
    CHECK_FALSE(glob_match("/a.css", "a.css"));
    CHECK(glob_match("", ""));
    CHECK_FALSE(glob_match("", "a"));
}

TEST_CASE("a star stays within its segment, two stars do not")
{
    CHECK(glob_match("/*.css", "/a.css"));
    CHECK(glob_match("/*.css", "/.css"));
    CHECK_FALSE(glob_match("/*.css", "/a/b.css"));
    CHECK(glob_match("/a*b*c", "/axxbyyc"));
    CHECK(glob_match("/assets/**", "/assets/x/y.js"));
    CHECK(glob_match("/assets/**", "/assets/"));
    CHECK_FALSE(glob_match("/assets/**", "/assets"));
    CHECK(glob_match("/a**z", "/a/b/z"));
    CHECK(glob_match("*", ""));
}

TEST_CASE("two stars and a slash are any number of folders, none included")
{
    for (auto path : {"a.js", "x/a.js", "x/y/a.js"}) {
        CAPTURE(path);
        CHECK(glob_match("**/*.js", path));
        CHECK(glob_match("**/a.js", path));
        CHECK(glob_match("**/**/a.js", path));
    }
    CHECK(glob_match("/a/**/b", "/a/b"));
    CHECK(glob_match("/a/**/b", "/a/x/y/b"));
    CHECK_FALSE(glob_match("/a/**/b", "/a/xb"));
    CHECK_FALSE(glob_match("**/a.js", "xa.js"));
}

TEST_CASE("sets")
{
    CHECK(glob_match("v[0-9].js", "v7.js"));
    CHECK_FALSE(glob_match("v[0-9].js", "va.js"));
    CHECK(glob_match("[!a-c]x", "dx"));
    CHECK_FALSE(glob_match("[!a-c]x", "bx"));
    CHECK_FALSE(glob_match("[^a-c]x", "bx"));
    CHECK(glob_match("[]x]", "]"));
    CHECK(glob_match("[!]x]", "a"));
    CHECK_FALSE(glob_match("[!]x]", "]"));
    CHECK(glob_match("[a-]", "-"));
    CHECK(glob_match("[\\]]", "]"));
    CHECK(glob_match("[\x80-\xff]", "\xc3"));
    CHECK_FALSE(glob_match("a[!b]c", "a/c"));
    CHECK_FALSE(glob_match("a[.-0]c", "a/c")); // '/' lies between '.' and '0'
    CHECK_FALSE(glob_match("a?c", "a/c"));
    CHECK(glob_match("a?c", "abc"));
    CHECK(glob_match("a?c", std::string_view("a\0c", 3)));
    CHECK(glob_match("a[!b]c", std::string_view("a\0c", 3)));
}

TEST_CASE("a backslash takes the next byte as it is")
{
    CHECK(glob_match("\\*\\?\\[", "*?["));
    CHECK_FALSE(glob_match("\\*", "a"));
    CHECK(glob_match("\\a\\\\", "a\\"));
}

TEST_CASE("what is no pattern is refused, and matches nothing")
{
    for (auto bad : {"[", "[a", "[]", "[!]", "[!", "[z-a]", "a\\", "[a\\", "[a-\\"}) {
        CAPTURE(bad);
        CHECK_FALSE(glob::parse(bad));
        CHECK_FALSE(glob_match(bad, bad));
    }
    std::string wide = "*";
    for (int i = 0; i < 61; ++i)
        wide += 'a';
    CHECK(glob::parse(wide + "*"));
    CHECK_FALSE(glob::parse(wide + "a*"));
    // what stands outside the wildcards has no limit
    CHECK(glob_match(std::string(1000, 'a') + "*" + std::string(1000, 'b'),
                     std::string(1500, 'a') + std::string(1000, 'b')));
}

TEST_CASE("all short patterns match all short paths exactly as the definition says")
{
    auto paths = words("a/", 6);
    std::size_t wrong = 0;
    for (const auto& pattern : words("a*/?", 6)) {
        auto compiled = glob::parse(pattern);
        REQUIRE(compiled);
        for (const auto& path : paths)
            if (compiled->matches(path) != naive(pattern, path)) {
                UNSCOPED_INFO(pattern << " against " << path);
                ++wrong;
            }
    }
    CHECK(wrong == 0);
}

TEST_CASE("no pattern makes a long path expensive")
{
    auto compiled = glob::parse("**/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b**c");
    REQUIRE(compiled);
    auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(compiled->matches(std::string(1'000'000, 'a') + "c"));
    CHECK_FALSE(compiled->matches(std::string(1'000'000, '/') + "c"));
    // milliseconds; backtracking would need longer than the machine will stand
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("beneath a root, a pattern without a slash is held against the last segment")
{
    auto css = *glob::parse("*.css");
    CHECK(css.matches_beneath("/a.css"));
    CHECK(css.matches_beneath("/a/b.css"));
    CHECK((*glob::parse("b.css")).matches_beneath("/a/b.css"));
    CHECK((*glob::parse("b.css")).matches_beneath("b.css"));
    CHECK_FALSE((*glob::parse("b.css")).matches_beneath("/a/bb.css"));
    CHECK_FALSE(css.matches_beneath("/a.css/b"));
    for (auto pattern : {"a/*.css", "/a/*.css"}) {
        auto anchored = *glob::parse(pattern);
        CHECK(anchored.matches_beneath("/a/b.css"));
        CHECK(anchored.matches_beneath("a/b.css"));
        CHECK_FALSE(anchored.matches_beneath("/x/a/b.css"));
    }
    CHECK((*glob::parse("**/b.css")).matches_beneath("/b.css"));
    CHECK((*glob::parse("/index.html")).matches_beneath("/index.html"));
    CHECK_FALSE((*glob::parse("/index.html")).matches_beneath("/a/index.html"));
}
