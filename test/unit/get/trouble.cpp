#include "pier/get/trouble.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace pier;
using namespace pier::get;

TEST_CASE("each class of failure has its exit code and its word")
{
    auto code = [](http::failure why) { return trouble::of({why, "x"}).exit_code(); };
    CHECK(code(http::failure::unknown_host) == 68);
    CHECK(code(http::failure::refused) == 69);
    CHECK(code(http::failure::unreachable) == 69);
    CHECK(code(http::failure::connect_timeout) == 75);
    CHECK(code(http::failure::body_timeout) == 75);
    CHECK(code(http::failure::closed_early) == 76);
    CHECK(code(http::failure::truncated) == 76);
    CHECK(code(http::failure::malformed) == 76);
    CHECK(code(http::failure::tls) == 77);
    CHECK(code(http::failure::bad_request) == 64);
    CHECK(code(http::failure::cancelled) == 130);
    CHECK(trouble::of({http::failure::refused, "x"}).word() == "refused");
    CHECK(trouble{}.exit_code() == 0);
    CHECK(trouble{trouble_kind::status, "", {}, 404}.exit_code() == 4);
    CHECK(trouble{trouble_kind::status, "", {}, 503}.exit_code() == 5);
    CHECK(trouble{trouble_kind::redirect, "", {}, 302}.exit_code() == 3);
    CHECK(trouble{trouble_kind::checksum}.exit_code() == 65);
    CHECK(trouble{trouble_kind::file}.exit_code() == 73);
    CHECK(trouble{trouble_kind::writing}.exit_code() == 74);
    std::set<std::string_view> words;
    for (int i = 2; i <= static_cast<int>(trouble_kind::interrupted); ++i)
        words.insert(trouble{static_cast<trouble_kind>(i)}.word());
    CHECK(words.size() == 10);
    CHECK(words.count("") == 0);
}

TEST_CASE("what may be behind it")
{
    CHECK(advice(http::failure::refused, false, "h:80").find("right port?") != std::string::npos);
    CHECK(advice(http::failure::malformed, false, "h:443").ends_with("ask for https://h:443"));
    CHECK(advice(http::failure::malformed, true, "h:443").empty());
    CHECK(advice(http::failure::truncated, false, "h:80").empty());
    CHECK(status_in_words(404) == "404 Not Found");
    CHECK(status_in_words(499) == "499");
}
