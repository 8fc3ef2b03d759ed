#include "pier/beat/packet.hpp"

#include "pier/ops/hmac.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace pier;
using namespace pier::beat;

namespace {

const heartbeat sample{.name = "web1",
                       .boot = 0x0102030405060708,
                       .sequence = 42,
                       .sent = 1'700'000'000'123'456'789,
                       .interval = std::chrono::milliseconds(1500),
                       .bye = true};

std::string written(const heartbeat& beat, ops::hmac* key = nullptr)
{
    std::array<char, largest_packet> room{};
    return {room.data(), write_packet(beat, key, room)};
}

packet_error error_of(const std::string& packet, ops::hmac* key = nullptr)
{
    auto found = read_packet(packet, key);
    REQUIRE(std::holds_alternative<packet_error>(found));
    return std::get<packet_error>(found);
}

} // namespace

TEST_CASE("A packet says what was written", "[beat]")
{
    std::string packet = written(sample);
    CHECK(packet.size() == 33 + 4);
    CHECK(packet.substr(0, 4) == std::string("PB\1\1"));
    auto found = read_packet(packet, nullptr);
    REQUIRE(std::holds_alternative<heartbeat>(found));
    const auto& beat = std::get<heartbeat>(found);
    CHECK(beat.name == "web1");
    CHECK(beat.boot == sample.boot);
    CHECK(beat.sequence == 42);
    CHECK(beat.sent == sample.sent);
    CHECK(beat.interval == sample.interval);
    CHECK(beat.bye);
}

TEST_CASE("Whatever is not exactly a packet is refused", "[beat]")
{
    std::string good = written(sample);
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK(error_of(good.substr(0, size)) == packet_error::malformed);
    CHECK(error_of(good + "x") == packet_error::malformed);
    auto with = [&](std::size_t at, char value) {
        std::string changed = good;
        changed[at] = value;
        return changed;
    };
    CHECK(error_of(with(0, 'X')) == packet_error::malformed);
    CHECK(error_of(with(2, 2)) == packet_error::unknown_version);
    CHECK(error_of(with(3, 4)) == packet_error::malformed);       // an unknown flag
    CHECK(error_of(with(20, '\x80')) == packet_error::malformed); // sent before 1970
    CHECK(error_of(with(32, 0)) == packet_error::malformed);      // no name
    CHECK(error_of(with(33, ' ')) == packet_error::malformed);    // a space in it
    heartbeat odd = sample;
    odd.sequence = 0;
    CHECK(error_of(written(odd)) == packet_error::malformed);
    odd = sample;
    odd.boot = 0;
    CHECK(error_of(written(odd)) == packet_error::malformed);
    odd = sample;
    odd.interval = std::chrono::milliseconds(9);
    CHECK(error_of(written(odd)) == packet_error::malformed);
    odd.interval = longest_interval + std::chrono::milliseconds(1);
    CHECK(error_of(written(odd)) == packet_error::malformed);
    odd = sample;
    odd.name = "text:1.2.3.4:5"; // what text beats are called
    CHECK(error_of(written(odd)) == packet_error::malformed);
}

TEST_CASE("A name has 64 visible characters at most", "[beat]")
{
    CHECK(is_name(std::string(64, 'a')));
    CHECK_FALSE(is_name(std::string(65, 'a')));
    CHECK_FALSE(is_name(""));
    CHECK_FALSE(is_name("a b"));
    CHECK_FALSE(is_name("caf\xc3\xa9"));
    CHECK_FALSE(is_name("a\x7f"));
}

TEST_CASE("With a key only what it has signed is heard", "[beat]")
{
    ops::hmac key(ops::hmac_key::parse("0123456789abcdef0123456789abcdef", "key"));
    ops::hmac other(ops::hmac_key::parse("a secret of sixteen octets", "key"));
    std::string packet = written(sample, &key);
    CHECK(packet.size() == 33 + 4 + 16);
    CHECK(std::holds_alternative<heartbeat>(read_packet(packet, &key)));
    CHECK(std::holds_alternative<heartbeat>(read_packet(packet, nullptr))); // nobody looks at it
    CHECK(error_of(packet, &other) == packet_error::wrong_signature);
    CHECK(error_of(written(sample), &key) == packet_error::unsigned_packet);
    for (std::size_t at = 4; at < packet.size(); ++at) { // any bit of it
        std::string changed = packet;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CHECK_FALSE(std::holds_alternative<heartbeat>(read_packet(changed, &key)));
    }
}
