#include "pier/http/proxy_environment.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace pier::http;

namespace {

using variables = std::map<std::string, std::string>;

url at(std::string_view text)
{
    std::string why;
    return url::parse(text, why).value();
}

proxy_choice choose(const variables& set, std::string_view to)
{
    return proxy_for(at(to), [&](const char* name) {
        auto found = set.find(name);
        return found == set.end() ? nullptr : found->second.c_str();
    });
}

std::string chosen(const variables& set, std::string_view to = "http://example.com/")
{
    auto choice = choose(set, to);
    return choice.proxy ? choice.proxy->origin() : choice.error.empty() ? "none" : "! " + choice.error;
}

} // namespace

TEST_CASE("The environment names a proxy for each scheme", "[http][proxy]")
{
    CHECK(chosen({}) == "none");
    CHECK(chosen({{"http_proxy", "http://p:3128"}}) == "http://p:3128");
    CHECK(chosen({{"http_proxy", "p:3128/"}}) == "http://p:3128");
    CHECK(chosen({{"http_proxy", "p"}}) == "http://p:1080");
    CHECK(chosen({{"http_proxy", "[::1]"}}) == "http://[::1]:1080");
    CHECK(chosen({{"http_proxy", "ann:80@p"}}) == "http://p:1080");
    CHECK(chosen({{"http_proxy", "http://p:80"}}) == "http://p");
    CHECK(chosen({{"http_proxy", ""}, {"all_proxy", "p:1"}}) == "http://p:1");
    CHECK(chosen({{"https_proxy", "p:1"}}) == "none");
    CHECK(chosen({{"https_proxy", "p:1"}}, "https://h/") == "http://p:1");
    CHECK(chosen({{"HTTPS_PROXY", "p:1"}}, "https://h/") == "http://p:1");
    CHECK(chosen({{"https_proxy", "p:1"}, {"HTTPS_PROXY", "p:2"}}, "https://h/") == "http://p:1");
    CHECK(chosen({{"ALL_PROXY", "p:1"}}, "https://h/") == "http://p:1");
    CHECK(chosen({{"ALL_PROXY", "p:1"}}, "http://h/") == "http://p:1");
    CHECK(choose({{"http_proxy", "http://ann:x%40@p:1"}}, "http://h/").proxy->credentials() == "ann:x@");
}

TEST_CASE("HTTP_PROXY can come from a request's Proxy field, and is not believed", "[http][proxy]")
{
    CHECK(chosen({{"HTTP_PROXY", "evil:1"}}) == "none");
}

TEST_CASE("A proxy that cannot be is an error, and no secret is told", "[http][proxy]")
{
    CHECK_THAT(chosen({{"http_proxy", "socks5://p:1"}}),
               Catch::StartsWith("! the environment variable http_proxy"));
    CHECK(chosen({{"http_proxy", "http://ann:secret@p:x"}}).starts_with("! "));
    CHECK(chosen({{"http_proxy", "http://ann:secret@p:x"}}).find("secret") == std::string::npos);
    CHECK(chosen({{"http_proxy", "http://p/path"}}).starts_with("! "));
}

TEST_CASE("no_proxy names who is reached without one", "[http][proxy]")
{
    auto direct = [](std::string_view list, std::string_view to) { return in_no_proxy(list, at(to)); };
    CHECK(direct("*", "http://h/"));
    CHECK(direct("example.com", "http://example.com/"));
    CHECK(direct("example.com", "http://www.Example.com/"));
    CHECK(direct(".example.com", "http://www.example.com/"));
    CHECK(direct(".example.com", "http://example.com/"));
    CHECK(direct("example.com.", "http://example.com/"));
    CHECK_FALSE(direct("example.com", "http://badexample.com/"));
    CHECK_FALSE(direct("example.com", "http://example.com.evil/"));
    CHECK_FALSE(direct("com", "http://example.org/"));
    CHECK(direct("a, example.com,b", "http://example.com/"));
    CHECK(direct("a example.com", "http://example.com/"));
    CHECK(direct("example.com:81", "http://example.com:81/"));
    CHECK_FALSE(direct("example.com:81", "http://example.com/"));
    CHECK(direct("10.0.0.0/8", "http://10.1.2.3/"));
    CHECK_FALSE(direct("10.0.0.0/8", "http://11.1.2.3/"));
    CHECK_FALSE(direct("10.0.0.0/8", "http://ten.example/"));
    CHECK(direct("127.0.0.1", "http://127.0.0.1:99/"));
    CHECK(direct("127.0.0.1:99", "http://127.0.0.1:99/"));
    CHECK(direct("::1", "http://[::1]/"));
    CHECK(direct("[::1]", "http://[::1]/"));
    CHECK(direct("[::1]:80", "http://[::1]/"));
    CHECK_FALSE(direct("[::1]:81", "http://[::1]/"));
    CHECK(direct("fe80::/10", "http://[fe80::1%25eth0]/"));
    CHECK_FALSE(direct("", "http://h/"));
    CHECK_FALSE(direct(",,", "http://h/"));
    CHECK(chosen({{"http_proxy", "p:1"}, {"no_proxy", "example.com"}}) == "none");
    CHECK(chosen({{"http_proxy", "p:1"}, {"NO_PROXY", "example.com"}}) == "none");
}
