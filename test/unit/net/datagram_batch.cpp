#include "pier/net/datagram_batch.hpp"

#include "pier/net/bind.hpp"
#include "pier/net/datagram_port.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <netinet/udp.h>
#include <poll.h>
#include <string>
#include <vector>

using namespace pier;
using namespace pier::net;

namespace {

/// The peer: a plain socket connected to where we listen.
class client {
public:
    explicit client(const endpoint& to) : fd_(::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        REQUIRE(::connect(fd_.get(), to.data(), to.size()) == 0);
    }
    void send(const std::string& text) const
    {
        REQUIRE(::send(fd_.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    }
    std::string receive() const
    {
        pollfd p{fd_.get(), POLLIN, 0};
        if (::poll(&p, 1, 2000) != 1)
            return "(nothing)";
        std::string into(70'000, '\0');
        ssize_t size = ::recv(fd_.get(), into.data(), into.size(), 0);
        into.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return into;
    }
    int fd() const { return fd_.get(); }

private:
    unique_fd fd_;
};

struct server {
    explicit server(const std::string& where, const datagram_details& details = {})
        : fd(bind_datagrams(endpoint::parse(where).value(), {}, details)), at(bound_address(fd.get())),
          batch(details.largest, at.is_wildcard())
    {
    }
    /// Until as many datagrams are there in one batch as were sent: on loopback they are there at once.
    std::span<datagram> receive()
    {
        pollfd p{fd.get(), POLLIN, 0};
        REQUIRE(::poll(&p, 1, 2000) == 1);
        REQUIRE(batch.receive(fd.get()) > 0);
        return batch.datagrams();
    }
    endpoint through(const char* address) const
    {
        std::string port = std::to_string(at.port());
        return endpoint::parse(std::string(address) + ":" + port).value();
    }

    unique_fd fd;
    endpoint at;
    datagram_batch batch;
};

std::string text(const datagram& d)
{
    return {d.data.data(), d.data.size()};
}

} // namespace

TEST_CASE("datagrams arrive and are answered in batches, in place, empty ones too")
{
    server s("127.0.0.1:0");
    client a(s.at), b(s.at);
    a.send("one");
    b.send("two");
    a.send("");
    auto got = s.receive();
    REQUIRE(got.size() == 3);
    CHECK(s.batch.emptied());
    CHECK(text(got[0]) == "one");
    CHECK(text(got[1]) == "two");
    CHECK(got[2].data.empty());
    CHECK(got[0].peer.to_string() == "127.0.0.1");
    got[0].data[0] = 'O';
    got[0].reply(3);
    got[2].reply(0);
    s.batch.collect_replies();
    auto done = s.batch.flush(s.fd.get());
    CHECK(done.sent == 2);
    CHECK(done.bytes == 3);
    CHECK(done.failed == 0);
    CHECK(a.receive() == "One");
    CHECK(a.receive().empty());
}

TEST_CASE("replies of one size to one peer leave as one message and arrive as they were")
{
    server s("127.0.0.1:0");
    client a(s.at);
    std::vector<std::string> sent;
    for (int i = 0; i < 40; ++i) {
        sent.push_back(std::string(100, static_cast<char>('a' + i % 26)));
        a.send(sent.back());
    }
    a.send("short");
    a.send("after");
    auto got = s.receive();
    REQUIRE(got.size() == 42);
    for (datagram& d : got)
        d.reply(d.data.size());
    s.batch.collect_replies();
    CHECK(s.batch.messages_to_send() == 2); // the short one ends the first
    CHECK(s.batch.flush(s.fd.get()).sent == 42);
    for (const std::string& text : sent)
        CHECK(a.receive() == text);
    CHECK(a.receive() == "short");
    CHECK(a.receive() == "after");
}

TEST_CASE("long replies, and those with marks of their own, are not joined")
{
    server s("127.0.0.1:0");
    client a(s.at);
    for (int i = 0; i < 3; ++i)
        a.send(std::string(1453, 'x'));
    for (datagram& d : s.receive())
        d.reply(d.data.size());
    s.batch.collect_replies();
    CHECK(s.batch.messages_to_send() == 3);
    CHECK(s.batch.flush(s.fd.get()).sent == 3);
    for (int i = 0; i < 3; ++i)
        a.send("marked");
    auto got = s.receive();
    for (std::size_t i = 0; i < got.size(); ++i) {
        got[i].reply(6);
        got[i].mark_reply({.hop_limit = static_cast<int>(10 + i)});
    }
    s.batch.collect_replies();
    CHECK(s.batch.messages_to_send() == 3);
}

TEST_CASE("what a sender joined arrives as single datagrams, each with room for an answer of its size")
{
    server s("127.0.0.1:0");
    client a(s.at);
    int size = 10;
    if (::setsockopt(a.fd(), SOL_UDP, UDP_SEGMENT, &size, sizeof size) != 0) {
        WARN("skipped: this kernel has no UDP_SEGMENT");
        return;
    }
    a.send("0123456789abcdefghijKLM");
    std::vector<std::string> got;
    for (datagram& d : s.receive()) {
        got.push_back(text(d));
        CHECK(d.room >= d.data.size());
        d.reply(d.data.size());
    }
    REQUIRE(got == std::vector<std::string>{"0123456789", "abcdefghij", "KLM"});
    s.batch.collect_replies();
    CHECK(s.batch.flush(s.fd.get()).sent == 3);
    CHECK(a.receive() == "0123456789");
}

TEST_CASE("a datagram longer than its room is cut and says so")
{
    server s("127.0.0.1:0", {.largest = 100});
    client a(s.at);
    a.send(std::string(101, 'x'));
    a.send(std::string(100, 'y'));
    auto got = s.receive();
    REQUIRE(got.size() == 2);
    CHECK(got[0].truncated);
    CHECK(got[0].data.size() == 100);
    CHECK_FALSE(got[1].truncated);
    got[1].reply(5000); // more than there is room for
    CHECK(got[1].reply_size() == 100);
}

TEST_CASE("the kernel tells time, hop limit, traffic class and destination of a datagram")
{
    for (std::string where : {"127.0.0.1:0", "[::1]:0", "[::]:0"}) {
        INFO(where);
        server s(where,
                 {.receive_time = true, .hop_limit = true, .traffic_class = true, .destination = true});
        bool v6 = where == "[::1]:0";
        client a(v6 ? s.at : s.through("127.0.0.1"));
        int hops = 77, marks = 0xb8;
        set_option(a.fd(), v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_UNICAST_HOPS : IP_TTL, hops);
        set_option(a.fd(), v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, marks);
        a.send("x");
        datagram& d = s.receive()[0];
        CHECK(d.hop_limit == 77);
        CHECK(d.traffic_class == 0xb8);
        CHECK(d.destination == ip_address::parse(v6 ? "::1" : "127.0.0.1"));
        CHECK(std::abs(d.received / 1'000'000'000 - std::time(nullptr)) <= 2);
        CHECK_FALSE(d.to_many);
    }
}

TEST_CASE("on a wildcard address the answer comes from where the question went")
{
    for (std::string where : {"0.0.0.0:0", "[::]:0"}) {
        INFO(where);
        server s(where);
        client a(s.through("127.0.0.2")); // connected: hears nobody else
        a.send("x");
        datagram& d = s.receive()[0];
        CHECK(d.destination == ip_address::parse("127.0.0.2"));
        datagram_route kept = d.route();
        d.reply(1);
        s.batch.collect_replies();
        CHECK(s.batch.flush(s.fd.get()).sent == 1);
        CHECK(a.receive() == "x");
        CHECK(
            send_datagram(s.fd.get(), kept, std::string_view("later"), {.hop_limit = 9, .traffic_class = 8}));
        CHECK(a.receive() == "later");
    }
}

TEST_CASE("an answer that the kernel will not send costs no other")
{
    server s("127.0.0.1:0");
    client a(s.at);
    a.send("x");
    datagram_route bad = s.receive()[0].route();
    bad.from = ip_address::parse("192.0.2.1").value(); // not ours
    CHECK_FALSE(send_datagram(s.fd.get(), bad, std::string_view("x"), {}));
}

TEST_CASE("a port that is taken is refused with advice, and so is a unix socket")
{
    server s("127.0.0.1:0");
    CHECK_THROWS_WITH(bind_datagrams(s.at, {.shared = true}), Catch::Contains("Address already in use"));
    CHECK_THROWS_WITH(bind_datagrams(s.at, {}), Catch::Contains("is it running already"));
    CHECK_THROWS_AS(bind_datagrams(endpoint::parse("unix:/tmp/x").value(), {}), ops::fatal);
}
