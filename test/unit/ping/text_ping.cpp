#include "pier/ping/text_ping.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using pier::ping::text_ping;

TEST_CASE("text ping: written and read, in any case")
{
    text_ping third{3, 1'700'000'000'123};
    CHECK(third.to_string() == "PING 3 1700000000123");
    for (const char* text : {"PING 3 1700000000123", "ping 3 1700000000123", "Ping 3 1700000000123\r\n",
                             "pInG 3 1700000000123 \t\n"})
        CHECK(text_ping::parse(text) == third);
    text_ping most{UINT64_MAX, UINT64_MAX};
    CHECK(text_ping::parse(most.to_string()) == most);
    CHECK(most.to_string().size() < text_ping::longest);
}

TEST_CASE("text ping: anything else is none")
{
    for (const char* text : {"", "PING", "PING ", "PING 3", "PING 3 ", "PING  3 4", "PING 3  4", " PING 3 4",
                             "PONG 3 4", "PING -3 4", "PING 3 4.5", "PING 3 4 5", "PING x 4",
                             "PING 18446744073709551616 4", "PING3 4", "PING\t3 4"})
        CHECK_FALSE(text_ping::parse(text));
}

TEST_CASE("text ping: each beginning of one")
{
    const std::string whole = text_ping{12, 345}.to_string();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto read = text_ping::parse({whole.data(), size});
        CHECK(bool(read) == (size > std::string("PING 12 ").size()));
    }
}
