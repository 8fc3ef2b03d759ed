#include "pier/http/url.hpp"

#include <catch2/catch.hpp>

using pier::http::url;

namespace {

url good(std::string_view text)
{
    std::string why;
    auto parsed = url::parse(text, why);
    CAPTURE(text, why);
    REQUIRE(parsed);
    return *parsed;
}

std::string wrong(std::string_view text)
{
    std::string why;
    CHECK_FALSE(url::parse(text, why));
    return why;
}

std::string resolved(std::string_view base, std::string_view reference)
{
    std::string why;
    auto result = good(base).resolve(reference, why);
    return result ? result->to_string() : "! " + why;
}

} // namespace

TEST_CASE("A URL is taken apart and normalised", "[http][url]")
{
    auto u = good("HTTP://Ann:s%40crt@Example.COM:8080/a/../b//c?d=e?f#g");
    CHECK(u.scheme == "http");
    CHECK(u.user == "Ann:s%40crt");
    CHECK(u.credentials() == "Ann:s@crt");
    CHECK(u.host == "example.com");
    CHECK(u.port == 8080);
    CHECK(u.path == "/b//c");
    CHECK(u.query == "d=e?f");
    CHECK(u.fragment == "g");
    CHECK(u.origin() == "http://example.com:8080");
    CHECK(u.authority() == "example.com:8080");
    CHECK(u.target() == "/b//c?d=e?f");
    CHECK(u.to_string() == "http://example.com:8080/b//c?d=e?f#g"); // no secret in it
}

TEST_CASE("What a URL does not say is filled in", "[http][url]")
{
    CHECK(good("http://h").to_string() == "http://h/");
    CHECK(good("http://h").port == 80);
    CHECK(good("https://h").port == 443);
    CHECK(good("https://h:443/").authority() == "h");
    CHECK(good("https://h:/").port == 443);
    CHECK(good("https://h").host_and_port() == "h:443");
    CHECK(good("http://h?q").target() == "/?q");
    CHECK(good("http://h?").target() == "/?");
    CHECK(good("http://h#f").target() == "/");
    CHECK_FALSE(good("http://h/").query);
    CHECK(good("http://h/").credentials() == "");
    CHECK(good("http://ann@h/").credentials() == "ann:");
}

TEST_CASE("Addresses stand as hosts", "[http][url]")
{
    CHECK(good("http://127.0.0.1:81").authority() == "127.0.0.1:81");
    auto six = good("http://[2001:DB8::1]:81/");
    CHECK(six.host == "2001:db8::1");
    CHECK(six.authority() == "[2001:db8::1]:81");
    CHECK(good("http://[::1]/").host_and_port() == "[::1]:80");
    for (auto text : {"http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/"}) {
        CHECK(good(text).host == "fe80::1%eth0");
        CHECK(good(text).authority() == "[fe80::1]");
        CHECK(good(text).to_string() == "http://[fe80::1%25eth0]/");
    }
}

TEST_CASE("What a URL may not hold is encoded, what is encoded stays", "[http][url]")
{
    CHECK(good("http://h/a b").path == "/a%20b");
    CHECK(good("http://h/?a b").query == "a%20b");
    CHECK(good("http://h/\"<>\\^`{|}").path == "/%22%3C%3E%5C%5E%60%7B%7C%7D");
    CHECK(good("http://h/%2f%zz%").path == "/%2f%25zz%25");
    CHECK(good("http://h/é").path == "/%C3%A9");
    CHECK(good("http://h/[a]").path == "/[a]");
}

TEST_CASE("Hosts of other scripts become their A-labels", "[http][url]")
{
    CHECK(good("http://Bücher.example/").host == "xn--bcher-kva.example");
    CHECK(good("http://b%C3%BCcher.example/").host == "xn--bcher-kva.example");
    CHECK(good("http://faß.example/").host == "xn--fa-hia.example");
    CHECK_THAT(wrong("http://\xff\xfe/"), Catch::StartsWith("has a host"));
}

TEST_CASE("What is no URL is told from one", "[http][url]")
{
    CHECK(wrong("") == "does not begin with http:// or https://");
    CHECK(wrong("example.com/") == "does not begin with http:// or https://");
    CHECK(wrong("http:/h") == "does not begin with http:// or https://");
    CHECK_THAT(wrong("ftp://h/"), Catch::Contains("only http and https"));
    CHECK_THAT(wrong("file:///etc/passwd"), Catch::Contains("only http and https"));
    CHECK(wrong("http://") == "has no host");
    CHECK(wrong("http:///path") == "has no host");
    CHECK(wrong("http://:80/") == "has no host");
    CHECK_THAT(wrong("http://h:0/"), Catch::Contains("port"));
    CHECK_THAT(wrong("http://h:65536/"), Catch::Contains("port"));
    CHECK_THAT(wrong("http://h:x/"), Catch::Contains("port"));
    CHECK_THAT(wrong("http://[::1/"), Catch::Contains("]"));
    CHECK_THAT(wrong("http://[::g]/"), Catch::Contains("IPv6"));
    CHECK_THAT(wrong("http://[::1]x/"), Catch::Contains("port"));
    CHECK_THAT(wrong("http://[::1%]/"), Catch::Contains("IPv6"));
    CHECK_THAT(wrong("http://a b/"), Catch::Contains("host"));
    CHECK_THAT(wrong("http://a%2fb/"), Catch::Contains("host"));
    CHECK_THAT(wrong("http://%00\xc3\xa9/"), Catch::Contains("host"));
    CHECK_THAT(wrong("http://h/\r\nX: y"), Catch::Contains("control"));
    CHECK_THAT(wrong("http://h/" + std::string(url::longest, 'a')), Catch::Contains("longer"));
}

TEST_CASE("References are resolved as RFC 3986 5.4 has it", "[http][url]")
{
    const char* base = "http://a/b/c/d;p?q";
    auto at = [&](std::string_view r) { return resolved(base, r); };
    CHECK(at("g") == "http://a/b/c/g");
    CHECK(at("./g") == "http://a/b/c/g");
    CHECK(at("g/") == "http://a/b/c/g/");
    CHECK(at("/g") == "http://a/g");
    CHECK(at("//g") == "http://g/");
    CHECK(at("?y") == "http://a/b/c/d;p?y");
    CHECK(at("g?y") == "http://a/b/c/g?y");
    CHECK(at("#s") == "http://a/b/c/d;p?q#s");
    CHECK(at("g#s") == "http://a/b/c/g#s");
    CHECK(at(";x") == "http://a/b/c/;x");
    CHECK(at("") == "http://a/b/c/d;p?q");
    CHECK(at(".") == "http://a/b/c/");
    CHECK(at("..") == "http://a/b/");
    CHECK(at("../g") == "http://a/b/g");
    CHECK(at("../..") == "http://a/");
    CHECK(at("../../g") == "http://a/g");
    CHECK(at("../../../g") == "http://a/g");
    CHECK(at("/./g") == "http://a/g");
    CHECK(at("/../g") == "http://a/g");
    CHECK(at("g.") == "http://a/b/c/g.");
    CHECK(at("..g") == "http://a/b/c/..g");
    CHECK(at("./g/.") == "http://a/b/c/g/");
    CHECK(at("g/./h") == "http://a/b/c/g/h");
    CHECK(at("g/../h") == "http://a/b/c/h");
    CHECK(at("g?y/../x") == "http://a/b/c/g?y/../x");
    CHECK(at("https://x/y") == "https://x/y");
    CHECK(at("g:h").starts_with("! "));
    CHECK(at("x y").ends_with("/x%20y"));
    CHECK(at("a\rb").starts_with("! "));
    CHECK(resolved("http://a/b#f", "c") == "http://a/c#f");
    CHECK(resolved("http://a/b#f", "c#g") == "http://a/c#g");
}

TEST_CASE("Credentials go to the same server only", "[http][url]")
{
    std::string why;
    auto base = good("http://ann:secret@a/b");
    CHECK(base.resolve("/c", why)->user == "ann:secret");
    CHECK(base.resolve("http://a/c", why)->user == "ann:secret");
    CHECK(base.resolve("http://b/c", why)->user == "");
    CHECK(base.resolve("https://a/c", why)->user == "");
    CHECK(base.resolve("http://a:81/c", why)->user == "");
    CHECK(base.resolve("//bob@a/c", why)->user == "bob");
}

TEST_CASE("A URL's last segment is a name for a file", "[http][url]")
{
    CHECK(good("http://h/a/b.txt?q").file_name() == "b.txt");
    CHECK(good("http://h/a%20b").file_name() == "a b");
    CHECK(good("http://h/a/").file_name() == "");
    CHECK(good("http://h").file_name() == "");
    CHECK(good("http://h/a%2fb").file_name() == "");
    CHECK(good("http://h/%00").file_name() == "");
    CHECK(good("http://h/..%2f..").file_name() == "");
    CHECK(good("http://h/" + std::string(300, 'a')).file_name() == "");
}
