#include "pier/net/endpoint.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <sys/un.h>

using namespace pier::net;

namespace {

std::string printed(std::string_view text)
{
    auto parsed = endpoint::parse(text);
    return parsed ? parsed->to_string() : "nothing";
}

peer_address peer_at(const endpoint& where)
{
    sockaddr_storage storage{};
    std::memcpy(&storage, where.data(), where.size());
    return peer_address::from(storage);
}

std::string peer_at(std::string_view text)
{
    return peer_at(*endpoint::parse(text)).to_string();
}

} // namespace

TEST_CASE("an endpoint prints as it is read")
{
    for (auto text :
         {"127.0.0.1:8080", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:8080", "[::]:0", "[2001:db8::1]:443",
          "[::ffff:192.0.2.1]:1", "unix:/run/pier.sock", "unix:relative", "unix:/with:colon", "unix:a b"}) {
        CAPTURE(text);
        CHECK(printed(text) == text);
    }
    CHECK(printed("localhost:80") == "127.0.0.1:80");
    CHECK(printed("[2001:DB8:0:0::1]:080") == "[2001:db8::1]:80");
}

TEST_CASE("what is no endpoint is refused")
{
    for (auto text : {"",
                      ":",
                      "8080",
                      ":8080",
                      "127.0.0.1",
                      "127.0.0.1:",
                      "127.0.0.1:x",
                      "127.0.0.1:-1",
                      "127.0.0.1:+1",
                      "127.0.0.1:65536",
                      "127.0.0.1:80 ",
                      " 127.0.0.1:80",
                      "127.0.0.1:8080x",
                      "127.0.0.1: 80",
                      "127.0.0:80",
                      "127.0.0.256:80",
                      "127.1:80",
                      "0x7f.0.0.1:80",
                      "example.com:80",
                      "::1:80",
                      "[::1]",
                      "[::1]:",
                      "[::1:80",
                      "::1]:80",
                      "[]:80",
                      "[127.0.0.1]:80",
                      "[::1%lo]:80",
                      "[[::1]]:80",
                      "unix:",
                      "http://127.0.0.1:80",
                      "*:80"}) {
        CAPTURE(text);
        CHECK(printed(text) == "nothing");
    }
}

TEST_CASE("a path is as long as the system lets it be")
{
    constexpr std::size_t most = sizeof(sockaddr_un::sun_path) - 1;
    auto longest = "unix:" + std::string(most, 'p');
    CHECK(printed(longest) == longest);
    CHECK(printed(longest + "p") == "nothing");
    CHECK(printed(std::string("unix:/a\0b", 9)) == "nothing");
}

TEST_CASE("an endpoint is what the system calls want")
{
    auto v4 = *endpoint::parse("192.0.2.7:8080");
    CHECK(v4.family() == AF_INET);
    CHECK(v4.size() == sizeof(sockaddr_in));
    CHECK(v4.port() == 8080);
    CHECK_FALSE(v4.is_unix());
    sockaddr_in in;
    std::memcpy(&in, v4.data(), sizeof in);
    CHECK(in.sin_port == htons(8080));
    CHECK(in.sin_addr.s_addr == htonl(0xc0000207));

    auto v6 = *endpoint::parse("[::1]:8080");
    CHECK(v6.family() == AF_INET6);
    CHECK(v6.size() == sizeof(sockaddr_in6));
    CHECK(v6.port() == 8080);
    CHECK(v6.unix_path().empty());

    auto path = *endpoint::parse("unix:/p");
    CHECK(path.is_unix());
    CHECK(path.size() == sizeof(sockaddr_un));
    CHECK(path.port() == 0);
    CHECK(path.unix_path() == "/p");

    sockaddr_storage storage{};
    std::memcpy(&storage, v6.data(), v6.size());
    CHECK(endpoint::from(storage).to_string() == "[::1]:8080");
}

TEST_CASE("loopback and any, and URLs of them")
{
    CHECK(endpoint::loopback(80).to_string() == "127.0.0.1:80");
    CHECK(endpoint::any(65535).to_string() == "[::]:65535");
    CHECK(endpoint::loopback(8080).to_url("http") == "http://127.0.0.1:8080");
    CHECK(endpoint::parse("[::1]:1")->to_url("http") == "http://[::1]:1");
    CHECK(endpoint::parse("unix:/run/p")->to_url("http") == "http+unix:/run/p");
}

TEST_CASE("all addresses of a machine are no single one")
{
    for (const char* all : {"0.0.0.0:80", "[::]:80"})
        CHECK(endpoint::parse(all)->is_wildcard());
    for (const char* one : {"127.0.0.1:80", "0.0.0.1:80", "[::1]:80", "[::ffff:0.0.0.0]:80", "unix:/tmp/x"})
        CHECK_FALSE(endpoint::parse(one)->is_wildcard());
}

TEST_CASE("a peer prints as its address, without its port")
{
    CHECK(peer_at("192.0.2.1:5555") == "192.0.2.1");
    CHECK(peer_at("255.255.255.255:1") == "255.255.255.255");
    CHECK(peer_at("0.0.0.0:1") == "0.0.0.0");
    CHECK(peer_at("[2001:db8::1]:5555") == "2001:db8::1");
    CHECK(peer_at("[::1]:1") == "::1");
    CHECK(peer_at("unix:/p") == "unix");
    CHECK(peer_address{}.to_string() == "unix");
    auto longest = peer_at("[1111:2222:3333:4444:5555:6666:7777:8888]:1");
    CHECK(longest == "1111:2222:3333:4444:5555:6666:7777:8888");
}

TEST_CASE("an IPv4 peer of an IPv6 listener is an IPv4 peer")
{
    auto mapped = peer_at(*endpoint::parse("[::ffff:192.0.2.1]:5555"));
    auto plain = peer_at(*endpoint::parse("192.0.2.1:5555"));
    CHECK(mapped.family == AF_INET);
    CHECK(mapped.port == 5555);
    CHECK(mapped.to_string() == "192.0.2.1");
    CHECK(std::memcmp(&mapped.bytes, &plain.bytes, sizeof plain.bytes) == 0);
    CHECK(peer_at("[::192.0.2.1]:1") != "192.0.2.1"); // compatible is not mapped
}

TEST_CASE("a socket that was given keeps its descriptor, and a name that no path has")
{
    CHECK(endpoint::loopback(80).inherited() == -1);
    sockaddr_storage storage{};
    storage.ss_family = AF_UNIX;
    auto* name = reinterpret_cast<char*>(&storage) + offsetof(sockaddr_un, sun_path);
    std::memcpy(name, "\0abstract", 9);
    CHECK(endpoint::inherited(storage, 3).inherited() == 3);
    CHECK(endpoint::from(storage).to_string() == "unix:@abstract");
    std::memset(name, 'p', sizeof(sockaddr_un::sun_path)); // without a NUL, as the kernel allows
    CHECK(endpoint::from(storage).unix_path() == std::string(sizeof(sockaddr_un::sun_path), 'p'));
}
