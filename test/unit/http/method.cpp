#include "pier/http/method.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <utility>

using namespace pier::http;

TEST_CASE("methods are known by their names")
{
    for (auto [name, id] : {std::pair{"GET", method::get},
                            {"HEAD", method::head},
                            {"OPTIONS", method::options},
                            {"POST", method::post},
                            {"PUT", method::put},
                            {"DELETE", method::delete_},
                            {"PATCH", method::patch},
                            {"TRACE", method::trace},
                            {"CONNECT", method::connect}}) {
        CAPTURE(name);
        CHECK(identify_method(name) == id);
    }
}

TEST_CASE("methods are case-sensitive, and others are not known")
{
    using namespace std::literals;
    for (auto other : {"get"sv, "Get"sv, "GEt"sv, ""sv, "G"sv, "GE"sv, "GETS"sv, "XGET"sv, "PUSH"sv, "BREW"sv,
                       "MKCOL"sv, "SEARCH"sv, "PROPFIND"sv, "OPTIONs"sv, "CONNECt"sv, "GET\0"sv})
        CHECK(identify_method(other) == method::unknown);
}
