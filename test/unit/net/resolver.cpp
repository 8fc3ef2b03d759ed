#include "pier/net/resolver.hpp"

#include "pier/net/client_loop.hpp"
#include "pier/net/spawn.hpp"

#include <catch2/catch.hpp>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

struct asking {
    task<> ask(std::string host, std::chrono::milliseconds within, resolved& into)
    {
        limited_wait patience(clock);
        patience.limit(within);
        into = co_await names.resolve(host, 80, patience);
    }
    resolved run(std::string host, std::chrono::milliseconds within = 10s)
    {
        resolved found;
        loop.run(ask(std::move(host), within, found));
        return found;
    }

    client_loop loop;
    deadline_clock clock{loop.context()};
    resolver names{loop.home(), clock, {.age = 60s, .names = 2}};
};

} // namespace

TEST_CASE("Names and addresses are resolved without blocking", "[net][resolver]")
{
    asking a;
    CHECK(a.run("127.0.0.1").addresses.at(0).to_string() == "127.0.0.1:80");
    CHECK(a.run("::1").addresses.at(0).to_string() == "[::1]:80");
    CHECK_FALSE(a.run("localhost").addresses.empty());
    CHECK_FALSE(a.run("localhost").addresses.empty()); // remembered
    CHECK(a.run("no such name").addresses.empty());
    CHECK_FALSE(a.run("no such name").error.empty());
    a.names.forget("localhost", 80);
    CHECK_FALSE(a.run("localhost").addresses.empty());
}

TEST_CASE("Many who ask the same at once all get the answer", "[net][resolver]")
{
    asking a;
    std::vector<resolved> found(20);
    auto all = [](asking& by, std::vector<resolved>& into) -> task<> {
        std::size_t left = into.size();
        event done(by.loop.context());
        for (resolved& one : into)
            spawn(by.loop.context(), by.ask("localhost", 10s, one), [&](std::exception_ptr) {
                if (--left == 0)
                    done.set();
            });
        co_await done.wait();
    };
    a.loop.run(all(a, found));
    for (const resolved& one : found)
        CHECK_FALSE(one.addresses.empty());
}

TEST_CASE("More names than are remembered can be asked for", "[net][resolver]")
{
    asking a;
    for (auto name : {"localhost", "a b", "b c", "localhost", "c d"})
        CHECK(a.run(name).addresses.empty() == (std::string(name) != "localhost"));
}
