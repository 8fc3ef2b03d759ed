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

TEST_CASE("Decimals have as many digits as asked for", "[json_writer]")
{
    std::string out;
    pier::json_writer(out).begin_array().decimal(-1.25, 1).decimal(0.0005, 3).decimal(1e300 * 1e300, 2).end_array();
    CHECK(out == "[-1.2,0.001,null]");
}

TEST_CASE("Decimals are whole numbers with a point in them", "[json_writer]")
{
    std::string out;
    pier::json_writer(out).begin_array().decimal(-1'250'000, 6).decimal(5, 3).decimal(-7, 0).value(-3).end_array();
    CHECK(out == "[-1.250000,0.005,-7,-3]");
}
