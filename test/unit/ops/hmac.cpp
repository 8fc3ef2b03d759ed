#include "pier/ops/hmac.hpp"

#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace pier::ops;

TEST_CASE("HMAC-SHA-256 as RFC 4231 has it, cut to 16 octets", "[hmac]")
{
    // Test case 3: a key of 20 octets 0xaa, 50 octets 0xdd.
    hmac with(hmac_key::parse("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "key"));
    std::string data(50, '\xdd');
    auto tag = with.of({std::span<const char>(data).first(20), std::span<const char>(data).subspan(20)});
    std::string expected = "\x77\x3e\xa9\x1e\x36\x80\x0e\x46\x85\x4d\xb8\xeb\xd0\x91\x81\xa7";
    CHECK(std::string(tag.begin(), tag.end()) == expected);
    CHECK(with.matches({data}, expected));
    expected[15] ^= 1;
    CHECK_FALSE(with.matches({data}, expected));
    CHECK_FALSE(with.matches({data}, std::span<const char>(expected).first(15)));
}

TEST_CASE("A key is hexadecimal or as it stands, and not too short", "[hmac]")
{
    auto octets = [](std::string_view text) {
        auto key = hmac_key::parse(text, "key");
        auto span = key.octets();
        return std::string(span.begin(), span.end());
    };
    CHECK(octets("000102030405060708090a0b0c0d0e0F\r\n").size() == 16);
    CHECK(octets("correct horse battery\n") == "correct horse battery");
    CHECK_THROWS_AS(octets("fifteen octets."), fatal);
    CHECK_THROWS_AS(octets("0123456789abcdef"), fatal); // eight, in hexadecimal
    CHECK_THROWS_AS(octets(std::string(257, '!')), fatal);
}

TEST_CASE("A key's file is its owner's alone", "[hmac]")
{
    char folder[] = "/tmp/pier-test-XXXXXX";
    REQUIRE(::mkdtemp(folder));
    std::string path = std::string(folder) + "/key";
    auto code = [&] {
        try {
            hmac_key::load(path);
            return 0;
        } catch (const fatal& e) {
            return static_cast<int>(e.code());
        }
    };
    CHECK(code() == exit_no_input);
    std::ofstream(path) << "0123456789abcdef0123456789abcdef\n";
    ::chmod(path.c_str(), 0644);
    CHECK(code() == exit_no_permission);
    ::chmod(path.c_str(), 0600);
    CHECK(code() == 0);
    ::unlink(path.c_str());
    REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    CHECK(code() == exit_no_input);
    ::rmdir(path.c_str());
    ::rmdir(folder);
}
