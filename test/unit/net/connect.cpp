#include "pier/net/connect.hpp"

#include "pier/net/bind.hpp"
#include "pier/net/resolve.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <sys/socket.h>
#include <thread>

using namespace pier;
using namespace pier::net;
using namespace std::chrono_literals;

namespace {

struct bound_socket {
    unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    endpoint address = endpoint::loopback(0);

    bound_socket()
    {
        REQUIRE(::bind(fd.get(), address.data(), address.size()) == 0);
        address = bound_address(fd.get());
    }
};

} // namespace

TEST_CASE("the first address that takes the connection gets it")
{
    bound_socket nobody, somebody;
    REQUIRE(::listen(somebody.fd.get(), 8) == 0);
    interrupt ctrl_c;
    const endpoint both[] = {nobody.address, somebody.address};
    auto got = connect_to_one_of(both, 2s, ctrl_c);
    CHECK(got.error == 0);
    CHECK(got.to.to_string() == somebody.address.to_string());
    CHECK(got.fd);
}

TEST_CASE("a refusal is the reason told, whichever address refused")
{
    bound_socket nobody;
    interrupt ctrl_c;
    const endpoint both[] = {nobody.address, *endpoint::parse("unix:/no/such/socket")};
    auto got = connect_to_one_of(both, 100ms, ctrl_c);
    CHECK(got.error == ECONNREFUSED);
    CHECK(got.to.to_string() == nobody.address.to_string());
    CHECK_FALSE(got.fd);
    CHECK(connect_to_one_of({}, 100ms, ctrl_c).error == EADDRNOTAVAIL);
}

TEST_CASE("datagrams leave from the port that was asked for")
{
    bound_socket free;
    auto from = free.address;
    connecting made = begin_connect(endpoint::loopback(9), SOCK_DGRAM, from);
    REQUIRE(made.error == 0);
    CHECK(bound_address(made.fd.get()).to_string() == from.to_string());
    CHECK(begin_connect(endpoint::loopback(9), SOCK_DGRAM, from).error == EADDRINUSE);
}

TEST_CASE("a signal ends a wait, and is told")
{
    struct sigaction before{};
    ::sigaction(SIGINT, nullptr, &before);
    {
        interrupt ctrl_c;
        CHECK(ctrl_c.signal() == 0);
        CHECK(ctrl_c.wait({}, 1ms) == interrupt::outcome::timed_out);
        ::pthread_kill(::pthread_self(), SIGINT); // blocked, so it comes in the wait
        CHECK(ctrl_c.wait({}) == interrupt::outcome::interrupted);
        CHECK(ctrl_c.signal() == SIGINT);
        CHECK(ctrl_c.wait({}, 1h) == interrupt::outcome::interrupted);
    }
    struct sigaction after{};
    ::sigaction(SIGINT, nullptr, &after);
    CHECK(after.sa_handler == before.sa_handler);
    CHECK(interrupt().signal() == 0);
}

TEST_CASE("addresses and names are resolved")
{
    CHECK(resolve("127.0.0.1", 7).addresses.at(0).to_string() == "127.0.0.1:7");
    CHECK(resolve("[::1]", 7).addresses.at(0).to_string() == "[::1]:7");
    CHECK(resolve("::1", 7).addresses.size() == 1);
    CHECK_FALSE(resolve("localhost", 7).addresses.empty());
    auto none = resolve("no.such.name.invalid", 7); // RFC 6761 section 6.4
    CHECK(none.addresses.empty());
    CHECK_FALSE(none.error.empty());
    CHECK(resolve("::1", 7, AF_INET).addresses.empty());
}
