#include "pier/http/status.hpp"

#include "pier/base/ascii.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;

TEST_CASE("every code that Pier sends has its registered phrase")
{
    CHECK(reason_phrase(200) == "OK");
    CHECK(reason_phrase(206) == "Partial Content");
    CHECK(reason_phrase(308) == "Permanent Redirect");
    CHECK(reason_phrase(414) == "URI Too Long");
    CHECK(reason_phrase(416) == "Range Not Satisfiable");
    CHECK(reason_phrase(431) == "Request Header Fields Too Large");
    CHECK(reason_phrase(505) == "HTTP Version Not Supported");
    for (int sent : {100, 200, 204, 206, 304, 308, 400, 403, 404, 405, 408,
                     412, 413, 414, 416, 417, 431, 500, 501, 503, 505}) {
        CAPTURE(sent);
        CHECK_FALSE(reason_phrase(sent).empty());
    }
    for (int code = -1; code < 1100; ++code)
        for (char c : reason_phrase(code))
            CHECK((pier::is_alpha(c) || c == ' '));
    for (int unknown : {-1, 0, 99, 199, 299, 418, 600, 999})
        CHECK(reason_phrase(unknown).empty());
}

TEST_CASE("1xx, 204 and 304 have no content")
{
    for (int without : {100, 101, 199, 204, 304})
        CHECK_FALSE(status_has_content(without));
    for (int with : {200, 201, 203, 205, 206, 300, 303, 305, 400, 404, 416, 500})
        CHECK(status_has_content(with));
}
