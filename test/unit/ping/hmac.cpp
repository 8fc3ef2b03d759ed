#include "pier/ping/hmac.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::ping;

TEST_CASE("HMAC: signs and verifies a base packet, and sees any bit changed")
{
    hmac mac(hmac_key::parse("a secret of the two of us", "key"));
    std::string packet(112, 'x');
    mac.sign(packet);
    CHECK(packet.substr(0, 96) == std::string(96, 'x'));
    CHECK(mac.verifies(packet));
    CHECK(mac.verifies(packet + "what follows is not covered"));
    for (std::size_t bit = 0; bit < 112 * 8; ++bit) {
        std::string other = packet;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
        REQUIRE_FALSE(mac.verifies(other));
    }
    for (std::size_t size = 0; size < 112; ++size)
        REQUIRE_FALSE(mac.verifies({packet.data(), size}));
    hmac other(hmac_key::parse("a secret of the two of them", "key"));
    CHECK_FALSE(other.verifies(packet));
}
