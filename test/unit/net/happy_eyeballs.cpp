#include "pier/net/happy_eyeballs.hpp"

#include "pier/net/address_order.hpp"
#include "pier/net/client_loop.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <list>
#include <netinet/in.h>

using namespace pier;
using namespace pier::net;
using namespace std::chrono_literals;

namespace {

endpoint at(std::string_view text)
{
    return endpoint::parse(text).value();
}

std::string order(std::initializer_list<const char*> addresses, std::size_t most = 16)
{
    std::vector<endpoint> given;
    for (auto a : addresses)
        given.push_back(at(a));
    std::string text;
    for (const endpoint& e : interleave_families(given, most))
        text += (text.empty() ? "" : " ") + e.to_string();
    return text;
}

/// Listens, and takes connections or, being full, says nothing to who wants one.
struct place {
    explicit place(bool full) : listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        endpoint any = endpoint::loopback(0);
        ::bind(listening.get(), any.data(), any.size());
        ::listen(listening.get(), full ? 0 : 16);
        sockaddr_storage bound{};
        socklen_t size = sizeof bound;
        ::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&bound), &size);
        where = endpoint::from(bound);
        for (int i = 0; full && i < 4; ++i) {
            filling.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            ::connect(filling.back().get(), where.data(), where.size());
        }
    }
    unique_fd listening;
    std::list<unique_fd> filling;
    endpoint where;
};

endpoint refusing()
{
    return place(false).where;
}

struct dialling {
    task<> dial_all(std::vector<endpoint> addresses, std::chrono::milliseconds delay,
                    std::chrono::milliseconds within)
    {
        patience.limit(within);
        result = co_await dial(loop.context(), addresses, delay, patience);
        patience.disarm();
    }
    dialled& run(std::vector<endpoint> addresses, std::chrono::milliseconds delay = 50ms,
                 std::chrono::milliseconds within = 5s)
    {
        auto began = std::chrono::steady_clock::now();
        loop.run(dial_all(std::move(addresses), delay, within));
        took = std::chrono::steady_clock::now() - began;
        return result;
    }

    client_loop loop;
    deadline_clock clock{loop.context()};
    limited_wait patience{clock};
    dialled result;
    std::chrono::steady_clock::duration took{};
};

} // namespace

TEST_CASE("Addresses take turns by family", "[net][happy eyeballs]")
{
    CHECK(order({}) == "");
    CHECK(order({"[::1]:1", "[::2]:1", "127.0.0.1:1", "127.0.0.2:1"}) ==
          "[::1]:1 127.0.0.1:1 [::2]:1 127.0.0.2:1");
    CHECK(order({"127.0.0.1:1", "[::1]:1", "[::2]:1"}) == "127.0.0.1:1 [::1]:1 [::2]:1");
    CHECK(order({"127.0.0.1:1", "127.0.0.2:1"}) == "127.0.0.1:1 127.0.0.2:1");
    CHECK(order({"127.0.0.1:1", "127.0.0.2:1", "[::1]:1"}, 2) == "127.0.0.1:1 [::1]:1");
}

TEST_CASE("The first address that takes the connection has it", "[net][happy eyeballs]")
{
    place good(false);
    dialling d;
    SECTION("the only one")
    {
        CHECK(d.run({good.where}).fd);
        CHECK(d.result.to.to_string() == good.where.to_string());
        CHECK(d.took < 1s);
    }
    SECTION("after one that refuses, at once")
    {
        CHECK(d.run({refusing(), good.where}, 4s).fd);
        CHECK(d.took < 2s);
    }
    SECTION("after one that says nothing, when the delay has passed")
    {
        place silent(true);
        CHECK(d.run({silent.where, silent.where, good.where}, 60ms).fd);
        CHECK(d.result.to.to_string() == good.where.to_string());
        CHECK(d.took > 110ms);
        CHECK(d.took < 2s);
    }
}

TEST_CASE("When nobody takes the connection, it is said why", "[net][happy eyeballs]")
{
    place silent(true);
    dialling d;
    SECTION("a refusal")
    {
        CHECK_FALSE(d.run({refusing(), refusing()}).fd);
        CHECK(d.result.error == ECONNREFUSED);
        CHECK_FALSE(d.result.to.to_string().empty());
    }
    SECTION("a refusal comes before other reasons")
    {
        endpoint nowhere = at("[fe80::1]:9"); // link-local, without an interface
        CHECK(d.run({nowhere, refusing(), nowhere}).error == ECONNREFUSED);
    }
    SECTION("patience has ended")
    {
        CHECK_FALSE(d.run({silent.where, refusing()}, 50ms, 200ms).fd);
        CHECK(d.result.error == 0);
        CHECK(d.patience.why() == limited_wait::ending::deadline);
        CHECK(d.took < 2s);
    }
    SECTION("there is no address")
    {
        CHECK_FALSE(d.run({}).fd);
    }
    SECTION("it was cancelled before")
    {
        d.patience.cancel();
        CHECK_FALSE(d.run({silent.where}).fd);
        CHECK(d.took < 2s);
    }
}
