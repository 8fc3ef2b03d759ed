#include "pier/ping/codec.hpp"

#include "pier/base/ascii.hpp"
#include "pier/ping/stamp.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace pier::ping;

namespace {

constexpr std::int64_t wall = 1'700'000'000'123'456'789;

struct sent_probe {
    std::vector<char> packet;
    codec::written written{};
    probe_table table{64, 0};

    explicit sent_probe(codec& c) : packet(c.size()), table(64, c.first())
    {
        c.prepare(packet);
        probe& p = table.open();
        written = c.write(p.sequence, wall, packet);
        packet.resize(written.size);
        p.token = written.token;
    }
};

hmac_key key(const char* text)
{
    return hmac_key::parse(text, "test");
}

/// As a reflector answers, stateless.
std::vector<char> reflect(const std::vector<char>& packet, stamp_mode mode, const hmac_key* k)
{
    auto in = parse_sender(packet, mode);
    reflector_packet out;
    out.sequence = 17;
    out.timestamp = to_timestamp(wall + 300, timestamp_format::ntp);
    out.received = to_timestamp(wall + 200, timestamp_format::ntp);
    out.sender_sequence = in->sequence;
    out.sender_timestamp = in->timestamp;
    out.sender_ttl = 250;
    std::vector<char> answer = packet;
    write(out, mode, answer);
    if (k)
        hmac(*k).sign(std::span(answer).first(base_size(mode)));
    return answer;
}

} // namespace

TEST_CASE("a STAMP probe, and what its answer says")
{
    auto c = stamp_codec(0, 77, nullptr);
    sent_probe sent(*c);
    CHECK(sent.packet.size() == 44);
    auto p = parse_sender(sent.packet, stamp_mode::unauthenticated);
    REQUIRE(p);
    CHECK(p->sequence == 0);
    CHECK(p->ssid == 77);
    CHECK(p->error.valid());
    CHECK(p->timestamp == to_timestamp(wall, timestamp_format::ntp));

    auto back = reflect(sent.packet, stamp_mode::unauthenticated, nullptr);
    auto a = c->read(back, sent.table, wall + 1000);
    REQUIRE(a);
    CHECK(a->sequence == 0);
    CHECK(a->token == sent.written.token);
    CHECK(a->reflected->sequence == 17);
    CHECK(a->reflected->received == wall + 200);
    CHECK(a->reflected->sent == wall + 300);
    CHECK(a->reflected->hop_limit == 250);
    back.resize(43);
    CHECK_FALSE(c->read(back, sent.table, wall));
}

TEST_CASE("a number that was never sent stays one")
{
    auto c = stamp_codec(0, 0, nullptr);
    sent_probe sent(*c);
    auto back = reflect(sent.packet, stamp_mode::unauthenticated, nullptr);
    back[27] = 9;
    auto a = c->read(back, sent.table, wall);
    REQUIRE(a);
    CHECK(sent.table.take(*a, 1000, 1) == match::never_sent);
}

TEST_CASE("longer probes have their octets in an Extra Padding TLV (RFC 8972 4.1)")
{
    auto c = stamp_codec(100, 0, nullptr);
    sent_probe sent(*c);
    REQUIRE(sent.packet.size() == 100);
    CHECK(static_cast<unsigned char>(sent.packet[44]) == 0x80);
    CHECK(sent.packet[45] == 1);
    CHECK(sent.packet[46] == 0);
    CHECK(sent.packet[47] == 52);
}

TEST_CASE("authenticated probes, and answers by another's key")
{
    hmac_key ours = key("0123456789abcdef0123456789abcdef"), other = key("ffffffffffffffffffffffffffffffff");
    auto c = stamp_codec(0, 0, &ours);
    sent_probe sent(*c);
    CHECK(sent.packet.size() == 112);
    CHECK(hmac(ours).verifies(sent.packet));
    auto good = reflect(sent.packet, stamp_mode::authenticated, &ours);
    REQUIRE(c->read(good, sent.table, wall));
    CHECK(c->read(good, sent.table, wall)->token == sent.written.token);
    CHECK_FALSE(c->read(reflect(sent.packet, stamp_mode::authenticated, &other), sent.table, wall));
    good[20] = static_cast<char>(good[20] ^ 1);
    CHECK_FALSE(c->read(good, sent.table, wall));
}

TEST_CASE("the text protocol takes any case back")
{
    auto c = text_codec(0);
    sent_probe sent(*c);
    std::string text(sent.packet.begin(), sent.packet.end());
    CHECK(text == "PING 1 1700000000123");
    for (std::string back :
         {text, std::string("ping 1 1700000000123"), std::string("Ping 1 1700000000123\n")}) {
        auto a = c->read(back, sent.table, wall);
        REQUIRE(a);
        CHECK((a->sequence == 1 && a->token == 1'700'000'000'123u));
    }
    for (std::string wrong : {"", "PONG 1 1700000000123", "PING 1", "PING x y"})
        CHECK_FALSE(c->read(wrong, sent.table, wall));
    auto padded = text_codec(64);
    CHECK(sent_probe(*padded).packet.size() == 64);
}

TEST_CASE("ICMP echo requests have number and time in their data")
{
    for (bool v6 : {false, true}) {
        auto c = icmp_codec(0, v6);
        sent_probe sent(*c);
        REQUIRE(sent.packet.size() == least_icmp_size);
        CHECK(static_cast<unsigned char>(sent.packet[0]) == (v6 ? 128 : 8));
        auto back = sent.packet;
        CHECK_FALSE(c->read(back, sent.table, wall)); // a request is no answer
        back[0] = static_cast<char>(v6 ? 129 : 0);
        auto a = c->read(back, sent.table, wall);
        REQUIRE(a);
        CHECK((a->sequence == 1 && a->token == sent.written.token));
        back[7] = 9;
        CHECK_FALSE(c->read(back, sent.table, wall));
        back.resize(23);
        CHECK_FALSE(c->read(back, sent.table, wall));
    }
}
