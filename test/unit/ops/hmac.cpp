#include "pier/ops/hmac.hpp"

#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace pier;
using namespace pier::ops;

namespace {

std::string hex(std::span<const char> bytes)
{
    std::string digits;
    for (char c : bytes)
        for (int shift : {4, 0})
            digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> shift & 15];
    return digits;
}

std::string text_of(const hmac_key& key)
{
    return {key.octets().begin(), key.octets().end()};
}

std::string repeated(std::string_view what, int times)
{
    std::string text;
    while (times-- > 0)
        text += what;
    return text;
}

} // namespace

TEST_CASE("HMAC: RFC 4231's cases, cut to 16 octets")
{
    hmac first(hmac_key::parse(repeated("0b", 20), "key"));
    const std::string hi = "Hi ", there = "There";
    CHECK(hex(first.of({hi, there})) == "b0344c61d8db38535ca8afceaf0bf12b");
    CHECK(hex(first.of({hi, there})) == "b0344c61d8db38535ca8afceaf0bf12b"); // the context starts anew
    hmac fifth(hmac_key::parse(repeated("0c", 20), "key"));
    CHECK(hex(fifth.of({std::string("Test With Truncation")})) == "a3b6167473100ee06e0c796c2955552b");
    hmac sixth(hmac_key::parse(repeated("aa", 131), "key")); // longer than a block
    CHECK(hex(sixth.of({std::string("Test Using Larger Than Block-Size Key - Hash Key First")})) ==
          "60e431591ee0b67f0d8a26aacbf5b77f");
}

TEST_CASE("HMAC key: hexadecimal, or the text itself")
{
    CHECK(text_of(hmac_key::parse("6162636465666768696a6b6c6d6e6F70\n", "key")) == "abcdefghijklmnop");
    CHECK(text_of(hmac_key::parse("sixteen letters!\r\n", "key")) == "sixteen letters!");
    CHECK(text_of(hmac_key::parse("0123456789abcdef0", "key")) ==
          "0123456789abcdef0"); // an odd number of digits
    CHECK(text_of(hmac_key::parse(std::string(256, 'z'), "key")).size() == 256);
    CHECK(text_of(hmac_key::parse(repeated("00", 256) + "\r\n", "key")).size() == 256);
    for (const std::string& wrong : {std::string(), std::string("short"), repeated("ab", 15),
                                     std::string(257, 'z'), repeated("00", 257)})
        CHECK_THROWS_AS(hmac_key::parse(wrong, "key"), ops::fatal);
}

TEST_CASE("HMAC key: the file must be its owner's, and a file")
{
    temporary_folder folder;
    std::string path = folder / "key";
    auto code = [&] {
        try {
            hmac_key::load(path);
            return ops::exit_ok;
        } catch (const ops::fatal& error) {
            CHECK(std::string(error.what()).starts_with(path));
            CHECK(std::string(error.what()).find("secret") == std::string::npos);
            return error.code();
        }
    };
    CHECK(code() == ops::exit_no_input);
    std::ofstream(path) << "a secret of the two of us\n";
    for (unsigned mode : {0600u, 0400u, 0440u, 0640u}) {
        chmod(path.c_str(), mode);
        CHECK(code() == ops::exit_ok);
    }
    for (unsigned mode : {0644u, 0604u, 0620u, 0602u, 0601u}) {
        chmod(path.c_str(), mode);
        CHECK(code() == ops::exit_no_permission);
    }
    chmod(path.c_str(), 0600);
    CHECK(text_of(hmac_key::load(path)) == "a secret of the two of us");
    std::ofstream(path) << "secret";
    CHECK(code() == ops::exit_config);
    std::ofstream(path) << "secret" << std::string(1000, 's');
    CHECK(code() == ops::exit_config);
    std::filesystem::remove(path);
    mkfifo(path.c_str(), 0600);
    CHECK(code() == ops::exit_no_input); // and does not wait for a writer
}
