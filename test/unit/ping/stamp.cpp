#include "pier/ping/stamp.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace pier::ping;

namespace {

constexpr auto open = stamp_mode::unauthenticated, closed = stamp_mode::authenticated;

const sender_packet sent{0x01020304, 0x1112131415161718, {0x8abc}, 0x2122};
const reflector_packet reflected{0x01020304, 0x1112131415161718, {0x8abc}, 0x2122, 0x3132333435363738,
                                 0x41424344, 0x5152535455565758, {0x3fff}, 0xfe};

std::string unhex(std::string_view digits)
{
    std::string bytes, pair;
    for (char c : digits)
        if (c != ' ' && (pair += c).size() == 2) {
            bytes += static_cast<char>(std::stoi(pair, nullptr, 16));
            pair.clear();
        }
    return bytes;
}

template <class Packet>
std::string written(const Packet& packet, stamp_mode mode)
{
    std::string bytes(base_size(mode) + 8, '\x55');
    write(packet, mode, bytes);
    CHECK(bytes.substr(base_size(mode)) == std::string(8, '\x55'));
    bytes.resize(base_size(mode));
    return bytes;
}

std::string zeros(std::size_t n)
{
    return std::string(n, '\0');
}

} // namespace

TEST_CASE("STAMP: a sender's packet, RFC 8762 4.2")
{
    CHECK(written(sent, open) == unhex("01020304 1112131415161718 8abc 2122") + zeros(28));
    CHECK(written(sent, closed) ==
          unhex("01020304") + zeros(12) + unhex("1112131415161718 8abc 2122") + zeros(84));
}

TEST_CASE("STAMP: a reflector's packet, RFC 8762 4.3")
{
    CHECK(written(reflected, open) == unhex("01020304 1112131415161718 8abc 2122 3132333435363738 41424344"
                                            "5152535455565758 3fff 0000 fe000000"));
    CHECK(written(reflected, closed) == unhex("01020304") + zeros(12) + unhex("1112131415161718 8abc 2122") +
                                            zeros(4) + unhex("3132333435363738") + zeros(8) +
                                            unhex("41424344") + zeros(12) + unhex("5152535455565758 3fff") +
                                            zeros(6) + unhex("fe") + zeros(31));
}

TEST_CASE("STAMP: what is written is read")
{
    for (auto mode : {open, closed}) {
        CHECK(parse_sender(written(sent, mode), mode) == sent);
        CHECK(parse_reflector(written(reflected, mode), mode) == reflected);
    }
}

TEST_CASE("STAMP: each length that a packet may be cut to")
{
    for (auto mode : {open, closed}) {
        const std::string sender = written(sent, mode), reflector = written(reflected, mode);
        for (std::size_t size = 0; size <= base_size(mode); ++size) {
            std::vector<char> cut(sender.begin(), sender.begin() + static_cast<std::ptrdiff_t>(size));
            auto read = parse_sender(cut, mode);
            CHECK(bool(read) == (size >= (mode == open ? least_sender_size : base_size(closed))));
            if (read) {
                CHECK(read->timestamp == sent.timestamp);
                CHECK(read->ssid == (size >= 16 ? sent.ssid : 0));
            }
            cut.assign(reflector.begin(), reflector.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK(bool(parse_reflector(cut, mode)) == (size == base_size(mode)));
        }
    }
}

TEST_CASE("STAMP: any bytes are read without harm, and written as they were where fields stand")
{
    std::mt19937_64 random(8972);
    for (int i = 0; i < 20'000; ++i) {
        std::vector<char> bytes(random() % 200);
        for (char& c : bytes)
            c = static_cast<char>(random());
        for (auto mode : {open, closed}) {
            if (auto p = parse_sender(bytes, mode))
                REQUIRE(parse_sender(written(*p, mode), mode) == p);
            if (auto p = parse_reflector(bytes, mode))
                REQUIRE(parse_reflector(written(*p, mode), mode) == p);
        }
    }
}
