#include "pier/ping/reflection.hpp"

#include "pier/ping/tlv.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace pier::ping;

namespace {

constexpr auto open = stamp_mode::unauthenticated, closed = stamp_mode::authenticated;
constexpr std::int64_t t2 = 1'700'000'000'000'000'100, t3 = t2 + 5'000;
const sender_packet sent{41, 0xe8fe6f8040000000, {0x8abc}, 42};

hmac& key()
{
    static hmac mac(hmac_key::parse("a secret of the two of us", "key"));
    return mac;
}

std::string request(stamp_mode mode, const std::string& rest = {})
{
    std::string packet(base_size(mode), '\0');
    write(sent, mode, packet);
    if (mode == closed)
        key().sign(packet);
    return packet + rest;
}

std::string tlv(int type, const std::string& value, int flags = tlv_unrecognized)
{
    return std::string{char(flags), char(type), char(value.size() >> 8), char(value.size())} + value;
}

/// The answer, as it leaves.
std::string reflected(std::string packet, hmac* mac, const reflection& by)
{
    auto from = judge(packet, mac);
    REQUIRE(from.what == verdict::reflect);
    reflect(packet, from, by, mac);
    finish(packet, t3, mac);
    return packet;
}

} // namespace

TEST_CASE("reflection: every field of the answer")
{
    for (hmac* mac : {static_cast<hmac*>(nullptr), &key()})
        for (auto format : {timestamp_format::ntp, timestamp_format::ptp}) {
            auto error = error_estimate::of(std::chrono::microseconds(3), true, format);
            auto answer = reflected(request(mode_of(mac)), mac, {7, t2, 61, error});
            auto read = parse_reflector(answer, mode_of(mac));
            REQUIRE(read);
            reflector_packet expected{7,
                                      to_timestamp(t3, format),
                                      error,
                                      sent.ssid,
                                      to_timestamp(t2, format),
                                      sent.sequence,
                                      sent.timestamp,
                                      sent.error,
                                      61};
            CHECK(*read == expected);
            CHECK(answer.size() == base_size(mode_of(mac)));
            if (mac)
                CHECK(mac->verifies(answer));
        }
}

TEST_CASE("reflection: what is not answered")
{
    std::string packet = request(open);
    for (std::size_t size = 0; size < packet.size(); ++size) {
        std::string cut = packet.substr(0, size);
        CHECK(judge(cut, nullptr).what ==
              (size < least_sender_size ? verdict::malformed : verdict::too_short));
    }
    packet = request(closed);
    for (std::size_t size = 0; size < packet.size(); ++size) {
        std::string cut = packet.substr(0, size);
        CHECK(judge(cut, &key()).what == verdict::malformed);
    }
    for (std::size_t at = 0; at < packet.size(); ++at) {
        std::string other = packet;
        other[at] = static_cast<char>(other[at] + 1);
        CHECK(judge(other, &key()).what == verdict::wrong_hmac);
    }
    hmac stranger(hmac_key::parse("a secret of somebody else", "key"));
    CHECK(judge(packet, &stranger).what == verdict::wrong_hmac);
}

TEST_CASE("reflection: a short packet becomes a whole base where it is allowed")
{
    std::string packet = request(open).substr(0, least_sender_size);
    auto from = judge(packet, nullptr);
    REQUIRE(from.what == verdict::too_short);
    packet.resize(base_size(open), '\x55');
    reflect(packet, from, {41, t2, 255, {}}, nullptr);
    finish(packet, t3, nullptr);
    auto read = parse_reflector(packet, open);
    REQUIRE(read);
    CHECK(read->sender_timestamp == sent.timestamp);
    CHECK(read->ssid == 0);
}

TEST_CASE("reflection: padding without a form comes back as it is")
{
    for (const std::string& rest : {std::string(1, 'x'), std::string(3, 'x'), std::string(1000, '\0'),
                                    std::string("\x80\0\0\x04"
                                                "abcd",
                                                8)})
        CHECK(reflected(request(open, rest), nullptr, {}).substr(44) == rest);
}

TEST_CASE("reflection: TLVs come back, with flags that say what was understood (RFC 8972 4)")
{
    auto flags_after = [](const std::string& rest) {
        std::string answer = reflected(request(open, rest), nullptr, {});
        std::string flags;
        REQUIRE(answer.size() == 44 + rest.size());
        for (std::size_t at = 44; at + 4 <= answer.size();) {
            flags += answer[at];
            CHECK(answer.substr(at + 1, 3) == rest.substr(at - 43, 3));
            at += 4 + static_cast<unsigned char>(answer[at + 2]) * 256u +
                  static_cast<unsigned char>(answer[at + 3]);
        }
        return flags;
    };
    CHECK(flags_after(tlv(1, "padding")) == std::string(1, '\0'));
    CHECK(flags_after(tlv(1, "", 0)) == std::string(1, '\0'));
    CHECK(flags_after(tlv(2, "somewhere") + tlv(1, "pad") + tlv(200, "private", 0)) ==
          std::string("\x80\0\x80", 3));
    CHECK(flags_after(tlv(8, std::string(16, 'h'))) == "\x80"); // without a key it means nothing
    CHECK(flags_after(tlv(1, "whole") + tlv(1, "cut off").substr(0, 6)) == std::string("\0\x40", 2));
    CHECK(flags_after(tlv(3, "cut off").substr(0, 6)) == "\xc0");
    CHECK(flags_after(tlv(1, "whole") + "abc") == std::string(1, '\0'));
}

TEST_CASE("reflection: TLVs in authenticated mode are as authentic as their HMAC (RFC 8972 4.8)")
{
    auto covered = [](const std::string& tlvs) {
        std::string sequence("\0\0\0\x29", 4);
        auto tag = key().of({sequence, tlvs});
        return tlvs + tlv(8, {tag.data(), tag.size()});
    };
    auto flags_after = [](const std::string& rest) {
        std::string answer = reflected(request(closed, rest), &key(), {7, t2, 255, {}});
        CHECK(key().verifies(answer));
        return answer.substr(112);
    };
    // padding alone needs none
    CHECK(flags_after(tlv(1, "padding")) == tlv(1, "padding", 0));
    // a right one is computed anew, over the answer's sequence number and flags
    std::string unknown = tlv(99, "what", tlv_unrecognized);
    auto tag = key().of({std::string("\0\0\0\x07", 4), unknown});
    CHECK(flags_after(covered(unknown)) == unknown + tlv(8, {tag.data(), tag.size()}, 0));
    CHECK(flags_after(covered(unknown) + tlv(1, "pad")) ==
          unknown + tlv(8, {tag.data(), tag.size()}, 0) + tlv(1, "pad", 0));
    // none, a wrong one, one of a wrong length, one that is not the last: none is
    CHECK(flags_after(unknown) == tlv(99, "what", tlv_unrecognized | tlv_integrity));
    CHECK(flags_after(tlv(1, "a") + tlv(1, "b")) == tlv(1, "a", tlv_integrity) + tlv(1, "b", tlv_integrity));
    std::string wrong = unknown + tlv(8, std::string(16, 'x'));
    CHECK(flags_after(wrong) ==
          tlv(99, "what", tlv_unrecognized | tlv_integrity) + tlv(8, std::string(16, 'x'), tlv_integrity));
    CHECK(flags_after(tlv(8, "x")) == tlv(8, "x", tlv_malformed | tlv_integrity));
    std::string last = covered(tlv(1, "a")) + unknown;
    CHECK(flags_after(last).substr(0, 5) == tlv(1, "a", tlv_integrity));
}

TEST_CASE("reflection: any octets are answered without harm, in their own length")
{
    std::mt19937_64 random(8972);
    for (int i = 0; i < 50'000; ++i) {
        std::string packet(random() % 300, '\0');
        for (char& c : packet)
            c = static_cast<char>(random() % 4 ? random() % 10 : random());
        hmac* mac = i % 2 ? &key() : nullptr;
        if (mac && packet.size() >= 112)
            mac->sign(packet);
        std::size_t size = packet.size();
        auto from = judge(packet, mac);
        REQUIRE((from.what == verdict::reflect) == (size >= base_size(mode_of(mac))));
        if (from.what != verdict::reflect)
            continue;
        reflect(packet, from, {1, t2, 2, {}}, mac);
        finish(packet, t3, mac);
        REQUIRE((!mac || mac->verifies(packet)));
    }
}
