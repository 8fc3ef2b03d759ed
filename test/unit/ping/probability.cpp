#include "pier/ping/probability.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using pier::ping::probability;

TEST_CASE("probability: as a fraction or in percent")
{
    struct {
        const char* text;
        double value;
    } cases[] = {{"4/11", 4.0 / 11},
                 {"0/1", 0},
                 {"1/1", 1},
                 {"1/4294967295", 1.0 / 4294967295.0},
                 {"36%", 0.36},
                 {"0.05%", 0.0005},
                 {"100%", 1},
                 {"0%", 0},
                 {"12.125%", 0.12125},
                 {"99.999999%", 0.99999999},
                 {"0", 0},
                 {"1", 1}};
    for (const auto& c : cases) {
        INFO(c.text);
        auto p = probability::parse(c.text);
        REQUIRE(p);
        CHECK(p->value() == Approx(c.value));
        CHECK(p->to_string() ==
              std::string(c.text).substr(0, std::string_view(c.text).ends_with("/1") ? 1 : 99));
        CHECK(bool(*p) == (c.value > 0));
    }
    CHECK(probability::parse("5.50%")->to_string() == "5.5%");
    CHECK_FALSE(probability());
}

TEST_CASE("probability: what is none")
{
    for (const char* text : {"",    "%",          "0.36", "36",           "2",     "12/11",  "4/0", "4/",
                             "/11", "4/11/2",     "-1/2", "1/4294967296", "101%",  "100.1%", "-3%", "1.%",
                             ".5%", "1.2345678%", "1e2%", "4/11%",        " 4/11", "half"})
        CHECK_FALSE(probability::parse(text));
}

TEST_CASE("probability: holds as often as it says")
{
    std::mt19937_64 random(4);
    for (const char* text : {"4/11", "36%", "1/1000", "0", "1", "99.9%"}) {
        auto p = *probability::parse(text);
        int holds = 0;
        constexpr int times = 200'000;
        for (int i = 0; i < times; ++i)
            holds += p.holds_for(random());
        CHECK(double(holds) / times == Approx(p.value()).margin(0.005));
    }
    CHECK_FALSE(probability::parse("0")->holds_for(0));
    CHECK(probability::parse("1")->holds_for(UINT64_MAX));
}
