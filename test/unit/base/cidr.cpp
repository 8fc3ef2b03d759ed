#include "pier/base/cidr.hpp"

#include <catch2/catch.hpp>

using namespace pier;

namespace {

bool in(std::string_view block, std::string_view address)
{
    return cidr::parse(block)->contains(*ip_address::parse(address));
}

} // namespace

TEST_CASE("a block contains what shares its prefix")
{
    CHECK(in("10.0.0.0/8", "10.0.0.0"));
    CHECK(in("10.0.0.0/8", "10.255.255.255"));
    CHECK_FALSE(in("10.0.0.0/8", "11.0.0.0"));
    CHECK(in("192.0.2.128/25", "192.0.2.128"));
    CHECK_FALSE(in("192.0.2.128/25", "192.0.2.127"));
    CHECK(in("192.0.2.1", "192.0.2.1"));
    CHECK_FALSE(in("192.0.2.1/32", "192.0.2.2"));
    CHECK(in("0.0.0.0/0", "255.255.255.255"));
    CHECK(in("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(in("::1", "::1"));
    CHECK_FALSE(in("::1/128", "::"));
}

TEST_CASE("a block is of one family")
{
    CHECK_FALSE(in("::/0", "192.0.2.1"));
    CHECK_FALSE(in("0.0.0.0/0", "::1"));
    CHECK(in("::ffff:10.0.0.0/104", "10.1.2.3"));
    CHECK(in("10.0.0.0/8", "::ffff:10.1.2.3"));
    CHECK(cidr::parse("::ffff:10.0.0.0/104")->to_string() == "10.0.0.0/8");
    CHECK(cidr::parse("::ffff:10.0.0.1")->to_string() == "10.0.0.1/32");
}

TEST_CASE("what is no block")
{
    for (auto bad : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8",
                     "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0.1/8", "2001:db8::1/64", "10/8", "10.0.0.0/0008",
                     "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/8", "localhost", "10.0.0.0/255.0.0.0"}) {
        CAPTURE(bad);
        CHECK_FALSE(cidr::parse(bad));
    }
}

TEST_CASE("a list of blocks")
{
    cidr_list list;
    CHECK(list.empty());
    CHECK_FALSE(list.contains(*ip_address::parse("10.0.0.1")));
    CHECK_FALSE(list.contains({}));
    CHECK(list.add("10.0.0.0/8"));
    CHECK(list.add("fd00::/8"));
    CHECK_FALSE(list.add("nonsense"));
    CHECK_FALSE(list.empty());
    CHECK(list.contains(*ip_address::parse("10.0.0.1")));
    CHECK(list.contains(*ip_address::parse("fd12::1")));
    CHECK_FALSE(list.contains(*ip_address::parse("192.0.2.1")));
    CHECK_FALSE(list.contains({})); // a unix socket's peer
    CHECK(list.add("unix"));
    CHECK(list.contains({}));
}
