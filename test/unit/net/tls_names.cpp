#include "pier/net/tls_names.hpp"

#include <catch2/catch.hpp>

using namespace pier::net;
using set = tls_name_table::set;

namespace {

enum kind { ecdsa = 1, rsa = 2 };

set shown(const tls_name_table& table, std::string_view name)
{
    return table.sets().at(table.find(name));
}

} // namespace

TEST_CASE("a client is shown the certificate of the name that it asks for")
{
    tls_name_table table({{{"example.com", "www.example.com"}, ecdsa}, {{"other.org"}, ecdsa}});
    CHECK(shown(table, "example.com") == set{0});
    CHECK(shown(table, "www.example.com") == set{0});
    CHECK(shown(table, "other.org") == set{1});
    CHECK(shown(table, "OTHER.org.") == set{1});
    SECTION("and the first one when none has it")
    {
        for (auto name : {"", "example.net", "sub.other.org", "other.org.evil", "org", ".", "..",
                          "*.other.org", "other.org/", "other.org\r\n", "127.0.0.1", "::1"}) {
            CAPTURE(name);
            CHECK(shown(table, name) == set{0});
        }
        CHECK(shown(table, std::string(300, 'a') + ".other.org") == set{0});
    }
}

TEST_CASE("a wildcard stands for one label, and only as a whole one")
{
    tls_name_table table({{{"default"}, ecdsa},
                          {{"*.example.com"}, ecdsa},
                          {{"www.example.com"}, ecdsa},
                          {{"*.a.b.c"}, ecdsa},
                          {{"f*.example.org", "*", "a.*.example.org"}, ecdsa}});
    CHECK(shown(table, "mail.example.com") == set{1});
    CHECK(shown(table, "MAIL.Example.com") == set{1});
    CHECK(shown(table, "www.example.com") == set{2}); // the name itself is better
    CHECK(shown(table, "example.com") == set{0});
    CHECK(shown(table, "a.mail.example.com") == set{0});
    CHECK(shown(table, "x.a.b.c") == set{3});
    CHECK(shown(table, "foo.example.org") == set{0});
    CHECK(shown(table, "a.b.example.org") == set{0});
    CHECK(shown(table, "anything") == set{0});
}

TEST_CASE("keys of two kinds for one name are both at hand")
{
    tls_name_table table({{{"example.com"}, rsa},
                          {{"other.org"}, rsa},
                          {{"example.com", "*.example.com"}, ecdsa},
                          {{"www.example.com"}, rsa},
                          {{"example.com"}, rsa}}); // the second of its kind: never seen
    CHECK(shown(table, "example.com") == set{0, 2});
    CHECK(shown(table, "") == set{0, 2});
    CHECK(shown(table, "other.org") == set{1});
    CHECK(shown(table, "www.example.com") == set{2, 3});
    CHECK(shown(table, "mail.example.com") == set{2});
}

TEST_CASE("a certificate without names is the first one or none")
{
    tls_name_table table({{{}, ecdsa}, {{}, rsa}});
    CHECK(table.sets() == std::vector<set>{{0}});
    CHECK(table.find("localhost") == 0);
}
