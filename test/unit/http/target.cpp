#include "pier/http/target.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace pier::http;

namespace {

std::string decoded(std::string_view path)
{
    std::string out = "left over";
    return decode_path(path, out) ? out : "refused";
}

} // namespace

TEST_CASE("origin form")
{
    auto target = parse_target("/where/to?q=now");
    REQUIRE(target);
    CHECK(target->form == target_form::origin);
    CHECK(target->path == "/where/to");
    CHECK(target->query == "q=now");
    CHECK(target->scheme.empty());
    CHECK(target->authority.empty());

    CHECK_FALSE(parse_target("/")->query);
    CHECK(parse_target("/?")->query == "");
    CHECK(parse_target("/?a?b/c")->query == "a?b/c");
    CHECK(parse_target("//evil.com/x")->path == "//evil.com/x");
    CHECK(parse_target("/%00%0a")); // encodings as good as any: it is decode_path() that refuses them
    CHECK(parse_target("/a%20%c3%A9-._~!$&'()*+,;=:@[]?b%3f[]")->query == "b%3f[]");
}

TEST_CASE("absolute form")
{
    auto target = parse_target("http://example.com:8080/where?q");
    REQUIRE(target);
    CHECK(target->form == target_form::absolute);
    CHECK(target->scheme == "http");
    CHECK(target->authority == "example.com:8080");
    CHECK(target->path == "/where");
    CHECK(target->query == "q");

    CHECK(parse_target("HTTPS://[::1]")->authority == "[::1]");
    CHECK(parse_target("HTTPS://[::1]")->path == "/");
    CHECK(parse_target("http://a?q")->path == "/");
    CHECK(parse_target("http://a?q")->query == "q");
    CHECK(parse_target("http://a?http://b/c")->authority == "a");
}

TEST_CASE("asterisk form")
{
    CHECK(parse_target("*")->form == target_form::asterisk);
    CHECK_FALSE(parse_target("**"));
    CHECK_FALSE(parse_target("*?q"));
}

TEST_CASE("authority form is for CONNECT, and CONNECT for it")
{
    auto target = parse_target("example.com:443", true);
    REQUIRE(target);
    CHECK(target->form == target_form::authority);
    CHECK(target->authority == "example.com:443");
    CHECK(target->path.empty());
    CHECK(parse_target("[::1]:443", true));
    for (auto bad :
         {"example.com", "example.com:", "http://example.com:443", "/", "*", "", "a:443/", "u@a:443"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_target(bad, true));
    }
    CHECK_FALSE(parse_target("example.com:443"));
}

TEST_CASE("targets that are none")
{
    for (auto bad : {"",
                     "a",
                     "a/b",
                     "?q",
                     "#",
                     "/#",
                     "/a#f",
                     "/a?q#f",
                     "http:/a",
                     "http:a",
                     "http://",
                     "http:///a",
                     "http://u@a/",
                     "http://u:p@a/",
                     "http://a,b/",
                     "http://a:x/",
                     "http://a#f",
                     "http://a\\b/",
                     "ftp://a/",
                     "file:///etc/passwd",
                     "javascript:1",
                     "://a",
                     "http//a",
                     "/%",
                     "/%4",
                     "/%20\"",
                     "/?%20|",
                     "/%4g",
                     "/%g4",
                     "/?%",
                     "/?%zz",
                     "/a%2",
                     "http://a/%"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_target(bad));
    }
}

TEST_CASE("every byte that RFC 3986 keeps out of a target is refused in path and query")
{
    const std::string outside = "\"<>\\^`{|}# %"; // '%' alone
    for (int byte = 0; byte < 256; ++byte) {
        char c = static_cast<char>(byte);
        bool refused = byte <= 0x20 || byte >= 0x7f || outside.find(c) != outside.npos;
        CAPTURE(byte);
        CHECK(parse_target(std::string("/a") + c).has_value() == !refused);
        CHECK(parse_target(std::string("/a?b") + c).has_value() == !refused);
        CHECK(parse_target(std::string("http://h/a") + c).has_value() == !refused);
    }
}

TEST_CASE("paths are decoded once")
{
    CHECK(decoded("/") == "/");
    CHECK(decoded("/a/b.txt") == "/a/b.txt");
    CHECK(decoded("/a%20b") == "/a b");
    CHECK(decoded("/%41%5a%7a") == "/AZz");
    CHECK(decoded("/%252e%252e/") == "/%2e%2e/");
    CHECK(decoded("/%2525") == "/%25");
    CHECK(decoded("/%c3%a9") == "/\xc3\xa9");
    CHECK(decoded("/%ff%FE") == "/\xff\xfe");
    CHECK(decoded("/a%3fb%23c") == "/a?b#c");
    CHECK(decoded("/a+b") == "/a+b");
}

TEST_CASE("dot segments are removed after decoding, and never beyond the root")
{
    CHECK(decoded("/a/./b") == "/a/b");
    CHECK(decoded("/a/../b") == "/b");
    CHECK(decoded("/a/b/../../c") == "/c");
    CHECK(decoded("/a/b/..") == "/a/");
    CHECK(decoded("/a/.") == "/a/");
    CHECK(decoded("/..") == "/");
    CHECK(decoded("/../../etc/passwd") == "/etc/passwd");
    CHECK(decoded("/a/../../../b") == "/b");
    CHECK(decoded("/%2e%2e/etc/passwd") == "/etc/passwd");
    CHECK(decoded("/a/.%2E/b") == "/b");
    CHECK(decoded("/a/%2e/b") == "/a/b");
    CHECK(decoded("/a//../b") == "/b"); // the empty segment is none to go up from
    CHECK(decoded("/.../..a/a../.a") == "/.../..a/a../.a");
    CHECK(decoded("/%c0%ae%c0%ae/a") == "/\xc0\xae\xc0\xae/a"); // overlong, so no dots
}

TEST_CASE("slashes in a row are one")
{
    CHECK(decoded("//") == "/");
    CHECK(decoded("//a///b//") == "/a/b/");
    CHECK(decoded("//evil.com/%2e%2e/sub") == "/sub");
    CHECK(decoded("/.//..//a") == "/a");
}

TEST_CASE("paths that stand for no file name are refused")
{
    for (auto bad : {"", "a", "*", "/%00", "/a%00.txt", "/%2f", "/a%2Fb", "/..%2f..%2fetc", "/%5c", "/a%5Cb",
                     "/\\", "/a\\..\\b", "/%", "/%4", "/%4g", "/\x7f", "/a\nb", "/a/%/b", "/a%2/b"}) {
        CAPTURE(bad);
        CHECK(decoded(bad) == "refused");
    }
    CHECK(decoded(std::string_view("/a\0", 3)) == "refused");
    CHECK(decoded("/new%0aline%0D%7f") == "/new\nline\r\x7f"); // files may be named so
}

TEST_CASE("the result is clean whatever the path")
{
    // all paths of up to seven pieces
    const std::vector<std::string> pieces = {"/", ".", "a", "%2e"};
    std::vector<std::string> paths = {""};
    for (std::size_t begin = 0, length = 0; length < 7; ++length) {
        std::size_t end = paths.size();
        for (; begin < end; ++begin)
            for (const auto& piece : pieces)
                paths.push_back(paths[begin] + piece);
    }
    for (const auto& path : paths) {
        std::string out;
        CAPTURE(path);
        if (!decode_path("/" + path, out)) {
            FAIL("refused");
            continue;
        }
        std::string closed = out + "/";
        bool clean = out.starts_with('/') && out.find("//") == out.npos &&
                     closed.find("/./") == closed.npos && closed.find("/../") == closed.npos;
        // decoding again changes nothing, as no '%' is left
        std::string again;
        bool stable = decode_path(out, again) && again == out;
        bool plain_is_right = !is_plain_path("/" + path) || out == "/" + path;
        if (!clean || !stable || !plain_is_right)
            FAIL("became " << out);
    }
}

TEST_CASE("plain paths are told at a glance")
{
    static_assert(is_plain_path("/"));
    static_assert(is_plain_path("/assets/app.min.js"));
    static_assert(is_plain_path("/a/b/"));
    static_assert(is_plain_path("/a~b!c[1].txt"));
    for (auto other : {"", "a", "//", "/a//b", "/.", "/..", "/./a", "/a/../b", "/a/..", "/.well-known/x",
                       "/a%20b", "/\\", "/a b", "/a?b", "/a#b", "/\x7f", "/\xc3\xa9"}) {
        CAPTURE(other);
        CHECK_FALSE(is_plain_path(other));
    }
}
