#include "pier/ping/config.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::ping;
using Catch::Matchers::Contains;

namespace {

config to(const char* target)
{
    config c;
    c.targets.push_back(*net::target::parse(target));
    return c;
}

} // namespace

TEST_CASE("how many probes there are")
{
    config c = to("host");
    CHECK(c.probes() == 10);
    CHECK_FALSE(c.continuous());
    c.duration = 60'000'000'000;
    CHECK(c.probes() == 60);
    CHECK(c.continuous());
    c.count = 7;
    CHECK(c.probes() == 7);
    c.count = 0;
    CHECK(c.probes() == 60);
    c.duration = 0;
    CHECK(c.probes() == 0);
    CHECK(c.continuous());
}

TEST_CASE("what cannot be")
{
    auto wrong = [](auto change, const char* target = "host") {
        config c = to(target);
        change(c);
        return c.validate();
    };
    CHECK(wrong([](config&) {}).empty());
    CHECK_THAT(wrong([](config& c) { c.text = c.tcp = true; }), Contains("contradict"));
    CHECK_THAT(wrong([](config& c) { c.ipv4 = c.ipv6 = true; }), Contains("contradict"));
    CHECK_THAT(wrong([](config& c) { c.rate = 5, c.interval = 7; }), Contains("contradict"));
    CHECK_THAT(wrong([](config& c) { c.json = c.plot = true; }), Contains("standard output"));
    CHECK_THAT(wrong([](config& c) { c.tcp = true; }), Contains("--tcp needs a port: host:443"));
    CHECK_THAT(wrong([](config& c) { c.icmp = true; }, "host:1"), Contains("no ports"));
    CHECK_THAT(wrong([](config& c) { c.text = true, c.key = "x"; }), Contains("--key is for STAMP"));
    CHECK_THAT(wrong([](config& c) { c.icmp = true, c.stateful = true; }), Contains("STAMP"));
    CHECK_THAT(wrong([](config& c) { c.size = 43; }), Contains("between 44 and 65507"));
    CHECK_THAT(wrong([](config& c) { c.size = 46; }), Contains("4 at least"));
    CHECK(wrong([](config& c) { c.size = 48; }).empty());
    CHECK_THAT(wrong([](config& c) { c.key = "k", c.size = 48; }), Contains("between 112"));
    CHECK_THAT(wrong([](config& c) { c.text = true, c.size = 39; }), Contains("between 40"));
    CHECK_THAT(wrong([](config& c) { c.icmp = true, c.size = 23; }), Contains("between 24"));
    CHECK_THAT(wrong([](config& c) { c.tcp = true, c.size = 64; }, "host:1"), Contains("says nothing"));
    CHECK_THAT(wrong([](config& c) { c.rate = 1'000'000, c.wait = 10'000'000'000; }), Contains("--wait"));
    CHECK_THAT(wrong([](config& c) { c.interval = 500; }), Contains("a second"));
    CHECK_THAT(wrong([](config& c) { c.tcp = true, c.rate = 2000; }, "host:1"), Contains("connections"));
    CHECK_THAT(wrong([](config& c) { c.admin = pier::net::endpoint::parse("0.0.0.0:9000"); }),
               Contains("--admin"));
    CHECK(wrong([](config& c) { c.admin = pier::net::endpoint::parse("[::1]:9000"); }).empty());
    CHECK_THAT(wrong([](config& c) { c.targets.resize(300, c.targets[0]); }), Contains("256"));
}
