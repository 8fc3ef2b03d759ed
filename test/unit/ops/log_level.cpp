#include "pier/ops/log_level.hpp"

#include <catch2/catch.hpp>

using namespace pier::ops;

TEST_CASE("levels by name, set and asked for")
{
    level before = log_level();
    for (level l : {level::debug, level::info, level::warning, level::error, level::off}) {
        CHECK(parse_level(to_string(l)) == l);
        set_log_level(l);
        CHECK(log_level() == l);
    }
    set_log_level(before);
    CHECK_FALSE(parse_level("Debug"));
    CHECK_FALSE(parse_level(""));
}
