#include "pier/ops/log.hpp"

#include "pier/ops/log_line.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::ops;

TEST_CASE("levels have names")
{
    for (level l : {level::debug, level::info, level::warning, level::error, level::off}) {
        CHECK(parse_level(level_name(l)) == l);
        CHECK(level_names.find(level_name(l)) != level_names.npos);
    }
    CHECK(level_name(level::warning) == "warning");
    CHECK_FALSE(parse_level(""));
    CHECK_FALSE(parse_level("INFO"));
    CHECK_FALSE(parse_level("inf"));
}

TEST_CASE("the level can be read back")
{
    CHECK(log_level() == level::info);
    for (level l : {level::debug, level::off, level::error, level::warning, level::info}) {
        set_log_level(l);
        CHECK(log_level() == l);
    }
}

TEST_CASE("an event is one JSON object on one line")
{
    using namespace std::string_literals;
    std::chrono::system_clock::time_point time{std::chrono::milliseconds(784111777'042)};
    std::string out = "before\n";
    append_json_event(out, time, "info", "a \"b\"\nc\0\xff"s);
    CHECK(out == "before\n{\"time\":\"1994-11-06T08:49:37.042Z\",\"level\":\"info\","
                 "\"message\":\"a \\\"b\\\"\\u000ac\\u0000\\ufffd\"}\n");
    out.clear();
    append_json_event(out, std::chrono::system_clock::time_point(std::chrono::milliseconds(-1)), "error", "");
    CHECK(out == "{\"time\":\"1969-12-31T23:59:59.999Z\",\"level\":\"error\",\"message\":\"\"}\n");
}

TEST_CASE("an event in text is one line too")
{
    CHECK(one_line("cannot open `a\\b`: \"x\"") == "cannot open `a\\b`: \"x\"");
    CHECK(one_line("a\nb\x1b[m") == "a\\u000ab\\u001b[m");
    CHECK(one_line("caf\xc3\xa9") == "caf\xc3\xa9");
}
