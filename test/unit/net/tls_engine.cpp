#include "pier/net/tls_engine.hpp"

#include "tls_pair.hpp"

#include <openssl/err.h>

using namespace pier::net;
using status = tls_input::status;

namespace {

const int both[] = {TLS1_2_VERSION, TLS1_3_VERSION};

status read_status(tls_engine& by)
{
    std::string some(100, '?');
    auto got = by.read(some);
    by.keep();
    return got.now;
}

} // namespace

TEST_CASE("two engines shake hands, and what one writes the other reads")
{
    for (int version : both) {
        tls_pair p(version);
        CHECK_FALSE(p.server.established());
        p.shake_hands();
        CHECK(p.server.facts().version == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"));
        CHECK_FALSE(p.server.facts().cipher.empty());
        CHECK(p.server.facts().alpn.empty());
        CHECK_FALSE(p.server.facts().resumed);
        CHECK(p.carry(p.client, p.server, "GET / HTTP/1.1\r\n\r\n") == "GET / HTTP/1.1\r\n\r\n");
        std::string large(50'000, 'x');
        CHECK(p.carry(p.server, p.client, large) == large);
        CHECK(p.server.take_written(1 << 20) == large.size());
        CHECK(p.server.take_written(1 << 20) == 0);
        CHECK(ERR_peek_error() == 0);
    }
}

TEST_CASE("a handshake may come a byte at a time, and so may data")
{
    for (int version : both) {
        tls_pair p(version);
        p.shake_hands(1);
        std::string text = "hello, split at every byte";
        REQUIRE(p.write(p.client, text));
        std::string all, record = p.take(p.client);
        for (char byte : record) {
            CHECK(all.empty());
            p.give(p.server, std::string(1, byte));
            all += p.read(p.server);
        }
        CHECK(all == text);
    }
}

TEST_CASE("what a reader has no room for is kept, without the memory it came in")
{
    tls_pair p;
    p.shake_hands();
    REQUIRE(p.write(p.client, "first"));
    std::string records = p.take(p.client);
    REQUIRE(p.write(p.client, "second"));
    records += p.take(p.client);
    p.server.feed(records);
    char room[3];
    auto got = p.server.read(room);
    CHECK(got.bytes == 3);
    CHECK(p.server.has_input());
    p.server.keep();
    records.assign(records.size(), '?');
    CHECK(p.read(p.server, 3) == "stsecond");
    CHECK_FALSE(p.server.has_input());
}

TEST_CASE("plaintext counts as written when all of its ciphertext has left")
{
    tls_pair p;
    p.shake_hands();
    std::string text(40'000, 'x');
    REQUIRE(p.write(p.server, text));
    std::string sent;
    while (p.server.owes() > 0) { // blocked after every thousand bytes
        CHECK(p.server.take_written(1 << 20) == 0);
        CHECK(p.server.owes() == text.size());
        std::string some(p.server.output().substr(0, 1000));
        p.server.sent(some.size());
        sent += some;
    }
    CHECK(p.server.output().empty());
    CHECK(p.server.take_written(30'000) == 30'000);
    CHECK(p.server.take_written(30'000) == 10'000);
    p.give(p.client, sent);
    CHECK(p.read(p.client) == text);
}

TEST_CASE("at most a batch is encrypted at a time, gathered from pieces")
{
    tls_pair p;
    p.shake_hands();
    std::string one(tls_engine::batch - 10, '1'), none, two(100, '2');
    const iovec pieces[] = {{one.data(), one.size()}, {none.data(), 0}, {two.data(), two.size()}};
    REQUIRE(p.server.write(pieces));
    CHECK(p.server.owes() == tls_engine::batch);
    p.give(p.client, p.take(p.server));
    CHECK(p.read(p.client) == one + two.substr(0, 10));
    REQUIRE(p.server.write({pieces + 1, 1}));
    CHECK(p.server.owes() == 0);
    CHECK(p.server.output().empty());
}

TEST_CASE("close_notify ends one direction alone")
{
    for (int version : both) {
        tls_pair p(version);
        p.shake_hands();
        p.read(p.client);
        REQUIRE(p.write(p.client, "last"));
        std::string bytes = p.take(p.client);
        p.client.close_output();
        bytes += p.take(p.client);
        p.client.close_output();
        CHECK(p.client.output().empty()); // once is enough
        p.give(p.server, bytes);
        CHECK(p.read(p.server) == "last");
        CHECK(p.server.has_ended());
        CHECK(p.server.ended_cleanly());
        CHECK(read_status(p.server) == status::ended);
        CHECK(p.carry(p.server, p.client, "an answer") == "an answer");
        CHECK_FALSE(p.client.has_ended());
    }
}

TEST_CASE("an end without close_notify is an end, and can be told from a clean one")
{
    tls_pair p;
    p.shake_hands();
    REQUIRE(p.write(p.server, "half of it"));
    std::string bytes = p.take(p.server);
    SECTION("between two records")
    {
        p.give(p.client, bytes);
        p.client.end_input();
        CHECK(p.read(p.client) == "half of it");
    }
    SECTION("in the middle of one")
    {
        p.give(p.client, bytes.substr(0, bytes.size() - 1));
        p.client.end_input();
        CHECK(p.read(p.client).empty());
    }
    CHECK(p.client.has_ended());
    CHECK_FALSE(p.client.ended_cleanly());
    CHECK(read_status(p.client) == status::ended);
}

TEST_CASE("no close_notify follows what was broken off")
{
    tls_pair p;
    p.shake_hands();
    p.server.break_off();
    p.server.close_output();
    CHECK(p.server.output().empty());
}

TEST_CASE("the peer's keys may change, and it is answered with ours")
{
    tls_pair p;
    p.shake_hands();
    p.read(p.client);
    for (int i = 0; i < 3; ++i) {
        SSL_key_update(p.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        CHECK(p.carry(p.client, p.server, "new keys") == "new keys");
        p.server.sent(0);
        CHECK(p.server.owes() == 0);
        CHECK(p.carry(p.server, p.client, "mine, too") == "mine, too");
        CHECK(p.server.take_written(100) == 9);
    }
}

TEST_CASE("who asks for new keys without end and does not read is given up")
{
    tls_pair p;
    p.shake_hands();
    bool failed = false;
    std::size_t most = 0;
    for (int i = 0; i < 10'000 && !failed; ++i) {
        SSL_key_update(p.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(p.client.ssl());
        p.give(p.server, p.take(p.client));
        failed = read_status(p.server) == status::failed;
        p.server.sent(0); // the kernel takes nothing
        most = std::max(most, p.server.output().size());
    }
    CHECK(failed);
    CHECK(most <= tls_engine::unsent_limit + 1000);
}

TEST_CASE("garbage ends a connection, before the handshake and after it")
{
    tls_pair p;
    SECTION("instead of a handshake")
    {
        p.give(p.server, std::string(100, '\0'));
        CHECK(p.server.handshake() == tls_step::failed);
        CHECK(p.server.handshake() == tls_step::failed);
    }
    SECTION("in a handshake")
    {
        CHECK(p.client.handshake() == tls_step::wants_read);
        std::string hello = p.take(p.client);
        hello[hello.size() / 2] ^= 0x55;
        p.give(p.server, hello);
        CHECK(p.server.handshake() == tls_step::wants_read); // a random byte differs: its finish will not fit
    }
    SECTION("after it, behind good data")
    {
        p.shake_hands();
        REQUIRE(p.write(p.client, "good"));
        std::string bytes = p.take(p.client);
        REQUIRE(p.write(p.client, "bad"));
        std::string bad = p.take(p.client);
        bad.back() ^= 1;
        p.give(p.server, bytes + bad);
        CHECK(p.read(p.server) == "good");
        CHECK(read_status(p.server) == status::failed);
        CHECK(p.server.failure().what == tls_failure::kind::protocol);
        CHECK_FALSE(p.server.output().empty()); // an alert
        CHECK_FALSE(p.write(p.server, "anything"));
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("who speaks without TLS is recognised by the first byte, and gets no alert")
{
    tls_pair p;
    p.give(p.server, "G");
    CHECK(p.server.handshake() == tls_step::failed);
    CHECK(p.server.failure().what == tls_failure::kind::plain);
    CHECK(p.server.output().empty());
}

TEST_CASE("an alert of the peer's is a failure with its number, an end in the handshake another")
{
    tls_pair p;
    CHECK(p.client.handshake() == tls_step::wants_read);
    SECTION("alert")
    {
        p.give(p.client, std::string("\x15\x03\x03\0\2\2\x28", 7));
        CHECK(p.client.handshake() == tls_step::failed);
        CHECK(p.client.failure().what == tls_failure::kind::alert);
        CHECK(p.client.failure().error == 40);
        CHECK(p.client.failure().to_string() == "the peer's alert: handshake failure");
    }
    SECTION("end")
    {
        p.client.end_input();
        CHECK(p.client.handshake() == tls_step::failed);
        CHECK(p.client.failure().what == tls_failure::kind::closed);
    }
    SECTION("reset")
    {
        p.client.end_input(104);
        CHECK(p.client.handshake() == tls_step::failed);
        CHECK(p.client.failure().what == tls_failure::kind::io);
        CHECK(p.client.failure().to_string() == "Connection reset by peer");
    }
    SECTION("HTTP")
    {
        p.give(p.client, "HTTP/1.1 400 Bad Request\r\n\r\n");
        CHECK(p.client.handshake() == tls_step::failed);
        CHECK(p.client.failure().what == tls_failure::kind::plain);
    }
    p.client.close_output();
}

TEST_CASE("what is peeked at stays")
{
    tls_pair p;
    p.shake_hands();
    REQUIRE(p.write(p.client, "stays"));
    p.give(p.server, p.take(p.client));
    char room[10];
    CHECK(p.server.peek(room).bytes == 5);
    p.server.keep();
    CHECK(p.read(p.server) == "stays");
    CHECK(p.server.peek(room).now == status::wants_input);
}
