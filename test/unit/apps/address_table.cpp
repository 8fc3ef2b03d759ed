#include "../../../apps/pier/address_table.hpp"

#include <catch2/catch.hpp>

#include <vector>

TEST_CASE("a URL is given as programs take it")
{
    CHECK(plain_url("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
    CHECK(plain_url("admin+http://[::1]:8600") == "http://[::1]:8600");
    CHECK(plain_url("admin+http+unix:/run/a+b:c") == "unix:/run/a+b:c");
    CHECK(plain_url("http+unix:@abstract") == "unix:@abstract");
    CHECK(is_unix_url(plain_url("http+unix:/x")));
    CHECK_FALSE(is_unix_url("http://unix:80"));
}

TEST_CASE("a table has its columns below each other and says nothing twice")
{
    const std::vector<address_row> rows{{"httpd", "http://127.0.0.1:8080", "a site"},
                                        {"httpd", "http+unix:/tmp/\xc3\xa4", "a site"},
                                        {"admin", "admin+http://[::1]:8600", "a site"}};
    CHECK(address_table(rows) == "\n"
                                 "  SERVICE  ADDRESS                WHAT IS THERE\n"
                                 "  httpd    http://127.0.0.1:8080  a site\n"
                                 "           unix:/tmp/\xc3\xa4\n"
                                 "  admin    http://[::1]:8600      a site\n"
                                 "\n");
}

TEST_CASE("the address of all addresses becomes one that can be opened")
{
    const std::vector<address_row> rows{{"a", "http://[::]:80", "x"},
                                        {"b", "http://0.0.0.0:81", "x"},
                                        {"c", "http+unix:/a//[::]:80", "x"},
                                        {"d", "http://[::1]:82", "x"}};
    CHECK(address_table(rows) == "\n"
                                 "  SERVICE  ADDRESS              WHAT IS THERE\n"
                                 "  a        http://localhost:80  x, at every address of this machine\n"
                                 "  b        http://127.0.0.1:81  x, at every address of this machine\n"
                                 "  c        unix:/a//[::]:80     x\n"
                                 "  d        http://[::1]:82      x\n"
                                 "\n");
}
