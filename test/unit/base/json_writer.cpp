#include "pier/base/json_writer.hpp"

#include <catch2/catch.hpp>

using namespace pier;

TEST_CASE("objects, arrays and their commas")
{
    std::string out;
    json_writer json(out);
    json.begin_object().member("a", 1u).key("b").begin_array();
    json.begin_object().end_object().value(true).value("x").begin_array().end_array().end_array();
    json.member("c", std::uint64_t{18446744073709551615u}).member("d", false).end_object();
    CHECK(out == R"({"a":1,"b":[{},true,"x",[]],"c":18446744073709551615,"d":false})");
}

TEST_CASE("texts are escaped wherever they stand")
{
    std::string out;
    json_writer json(out);
    json.begin_object().member("q\"k", "v\\\n").end_object();
    CHECK(out == "{\"q\\\"k\":\"v\\\\\\u000a\"}");
}

TEST_CASE("thousandths have three decimals")
{
    std::string out;
    json_writer json(out);
    json.begin_array().thousandths(0).thousandths(7).thousandths(1050).thousandths(86400999).end_array();
    CHECK(out == "[0.000,0.007,1.050,86400.999]");
}

TEST_CASE("signed and decimal numbers as JSON")
{
    std::string out;
    json_writer w(out);
    w.begin_array()
        .value(-5)
        .value(std::int64_t{7})
        .decimal(41'000, 6)
        .decimal(-1, 3)
        .decimal(12, 0)
        .decimal(0, 2)
        .null();
    w.value(INT64_MIN).end_array();
    CHECK(out == "[-5,7,0.041000,-0.001,12,0.00,null,-9223372036854775808]");
}
