#include "pier/get/redirect.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::get;

namespace {

http::url url(const char* text)
{
    std::string why;
    auto parsed = http::url::parse(text, why);
    REQUIRE(parsed);
    return *parsed;
}

redirected go(const char* from, const char* to, int status = 302, const char* method = "GET")
{
    return follow(url(from), method, status, to);
}

} // namespace

TEST_CASE("what is a redirect")
{
    for (int status : {301, 302, 303, 307, 308})
        CHECK(is_redirect(status));
    for (int status : {200, 300, 304, 305, 306, 309, 400})
        CHECK_FALSE(is_redirect(status));
}

TEST_CASE("a redirect leads to where its Location says, from where it was found")
{
    CHECK(go("http://a/b/c", "d").to.to_string() == "http://a/b/d");
    CHECK(go("http://a/b", "https://c/d").to.to_string() == "https://c/d");
    CHECK(go("https://a/b", "//c/d").to.to_string() == "https://c/d");
}

TEST_CASE("redirects that are not followed")
{
    CHECK(go("https://a/b", "http://a/b").wrong.find("from https to http://a/b") == 0);
    CHECK(follow(url("http://a/"), "GET", 302, {}).wrong == "without saying where to");
    CHECK(go("http://a/b", "ftp://c/d").wrong.starts_with("to `ftp://c/d`, which "));
    CHECK(go("http://a/b", "http://\x1b[2J/").wrong.find('\x1b') == std::string::npos);
}

TEST_CASE("which method a redirect leaves")
{
    auto method = [](int status, const char* before) {
        auto got = go("http://a/", "/b", status, before);
        CHECK(got.with_content == (got.method == before));
        return got.method;
    };
    CHECK(method(301, "POST") == "GET");
    CHECK(method(302, "POST") == "GET");
    CHECK(method(303, "POST") == "GET");
    CHECK(method(303, "PUT") == "GET");
    CHECK(go("http://a/", "/b", 303, "HEAD").method == "HEAD");
    CHECK(method(301, "PUT") == "PUT");
    CHECK(method(307, "POST") == "POST");
    CHECK(method(308, "POST") == "POST");
}

TEST_CASE("credentials stay with their server")
{
    CHECK(go("http://a/", "/b").with_credentials);
    CHECK_FALSE(go("http://a/", "http://b/").with_credentials);
    CHECK_FALSE(go("http://a/", "http://a:81/").with_credentials);
    CHECK_FALSE(go("http://a/", "https://a/").with_credentials);
    CHECK(go("http://u:p@a/", "/b").to.user == "u:p");
    CHECK(go("http://u:p@a/", "http://b/").to.user.empty());
    CHECK((is_credential("authorization") && is_credential("Cookie") && !is_credential("Accept")));
    CHECK((describes_content("content-type") && !describes_content("Accept")));
}
