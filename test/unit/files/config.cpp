#include "pier/files/config.hpp"

#include "pier/files/options.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace pier::files;
using pier::http::content_coding;

namespace {

config parsed(std::vector<const char*> words)
{
    config result;
    pier::ops::options table("pier-test", "", "");
    declare(table, result);
    words.insert(words.begin(), "pier-test");
    table.parse(static_cast<int>(words.size()), words.data());
    return result;
}

std::string refusal(std::vector<const char*> words)
{
    try {
        parsed(std::move(words));
    } catch (const pier::ops::fatal& e) {
        CHECK(e.code() == pier::ops::exit_usage);
        return e.what();
    }
    return "accepted";
}

} // namespace

TEST_CASE("the defaults suit sharing a folder, and are valid")
{
    config c = parsed({});
    CHECK(c.validate().empty());
    CHECK(c.root == ".");
    CHECK(c.index == std::vector<std::string>{"index.html"});
    CHECK_FALSE(c.hidden);
    CHECK(c.links == link_policy::inside);
    CHECK(c.precompressed.empty());
    CHECK(c.cache_control.empty());
    CHECK(c.headers.empty());
    CHECK(c.max_ranges == 16);
    CHECK(c.cache_size == 64 << 20);
}

TEST_CASE("the options set the configuration")
{
    config c = parsed({"--hidden", "--links", "none", "--precompressed", "br, GZIP", "--max-ranges", "0",
                       "--cache-size", "1M"});
    CHECK(c.hidden);
    CHECK(c.links == link_policy::none);
    CHECK(c.precompressed == std::vector{content_coding::br, content_coding::gzip});
    CHECK(c.max_ranges == 0);
    CHECK(c.cache_size == 1 << 20);
    CHECK(parsed({"--links", "all"}).links == link_policy::all);
    CHECK(parsed({"--links", "inside"}).links == link_policy::inside);
}

TEST_CASE("the first index replaces the default, further ones add to it")
{
    CHECK(parsed({"--index", "a"}).index == std::vector<std::string>{"a"});
    CHECK(parsed({"--index", "a", "--index", "index.html"}).index ==
          std::vector<std::string>{"a", "index.html"});
}

TEST_CASE("rules for caching and fields are taken apart at their first sign")
{
    config c = parsed({"--cache-control", "*.css=max-age=60, public", "--cache-control", "/a/**=no-store",
                       "--header", "X-A: b: c ", "--header", "X-Empty:"});
    REQUIRE(c.cache_control.size() == 2);
    CHECK(c.cache_control[0].pattern.pattern() == "*.css");
    CHECK(c.cache_control[0].value == "max-age=60, public");
    CHECK(c.cache_control[1].pattern.pattern() == "/a/**");
    CHECK(c.headers == std::vector<std::pair<std::string, std::string>>{{"X-A", "b: c"}, {"X-Empty", ""}});
    CHECK(c.validate().empty());
}

TEST_CASE("values that mean nothing are refused")
{
    CHECK(refusal({"--links", "some"}) == "--links: `some` is none of inside, all, none");
    for (auto bad : {"deflate", "br,deflate", "identity", "gzip identity"}) {
        CAPTURE(bad);
        CHECK(refusal({"--precompressed", bad}).find("br, zstd, gzip") != std::string::npos);
    }
    for (auto bad : {"*.css", "=x", "*.css=", "[=x", "a\\=x"}) {
        CAPTURE(bad);
        CHECK(refusal({"--cache-control", bad}) != "accepted");
    }
    CHECK(refusal({"--header", "X-A"}) == "--header: `X-A` is not `Name: value`");
    CHECK(refusal({"--max-ranges", "some"}) != "accepted");
    CHECK(refusal({"--max-ranges", "-1"}) != "accepted");
}

TEST_CASE("a configuration that would break answers is not valid")
{
    config c;
    for (auto bad : {"", "a/b", "/index.html", "../x"}) {
        CAPTURE(bad);
        c.index = {"index.html", bad};
        CHECK(c.validate().find("index") != std::string::npos);
    }
    c.index.clear(); // folders have no page of their own
    CHECK(c.validate().empty());

    for (auto bad : {"", "X A", "X:", "X\r\nY", "X\xc3", "(x)"}) {
        CAPTURE(bad);
        c.headers = {{"X-Good", "y"}, {bad, "y"}};
        CHECK(c.validate().find("is not a field name") != std::string::npos);
    }
    for (auto own : {"Content-Length", "transfer-encoding", "CONNECTION", "Date", "Server"}) {
        CAPTURE(own);
        c.headers = {{own, "y"}};
        CHECK(c.validate().find("the server's own") != std::string::npos);
    }
    c.headers = {{"X-Frame-Options", "DENY"}};
    CHECK(c.validate().empty());
}
