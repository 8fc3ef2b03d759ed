#include "pier/http/authenticator.hpp"

#include "../temporary_folder.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <latch>
#include <thread>
#include <vector>

using namespace pier;
using namespace pier::http;
using verdict = authenticator::verdict;

namespace {

// Of "geheim".
const std::string hash = "$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6";
constexpr std::string_view right = "Basic YW5uYTpnZWhlaW0=";  // anna:geheim
constexpr std::string_view wrong = "Basic YW5uYTpnZWhlaW4=";  // anna:gehein
constexpr std::string_view nobody = "Basic b3R0bzpnZWhlaW0="; // otto:geheim

void write(const std::string& path, const std::string& text)
{
    std::ofstream(path) << text;
}

net::task<> ask_into(authenticator& who, std::string_view field, verdict& out)
{
    out = co_await who.ask(field);
}

struct stage {
    explicit stage(authenticator_config config = {}, net::blocking_pool_config threads = {}) : pool(threads)
    {
        write(path, "anna:" + hash + "\n");
        users = std::make_shared<password_file>(path);
        asked = std::make_unique<authenticator>(shard, users, config);
    }
    verdict ask(std::string_view field)
    {
        verdict out = verdict::unknown;
        net::asio::co_spawn(shard.context(), ask_into(*asked, field, out), [](std::exception_ptr) {});
        shard.context().restart();
        shard.context().run();
        return out;
    }

    temporary_folder folder;
    std::string path = (folder / "users").string();
    net::blocking_pool pool;
    net::process whole{net::connection_limit(1), pool};
    net::shard shard{0, whole};
    std::shared_ptr<password_file> users;
    std::unique_ptr<authenticator> asked;
};

} // namespace

TEST_CASE("right credentials are verified once, wrong ones every time")
{
    stage s;
    CHECK(s.asked->ask_now(std::nullopt) == verdict::denied);
    CHECK(s.asked->ask_now("Bearer x") == verdict::denied);
    CHECK(s.asked->ask_now(right) == verdict::unknown);
    CHECK(s.ask(right) == verdict::granted);
    CHECK(s.asked->ask_now(right) == verdict::granted);
    for (auto field : {wrong, nobody}) {
        CHECK(s.ask(field) == verdict::denied);
        CHECK(s.asked->ask_now(field) == verdict::unknown);
    }
    CHECK(s.ask("Basic") == verdict::denied);
}

TEST_CASE("credentials are forgotten after their time")
{
    stage s({.keep = std::chrono::milliseconds(0)});
    CHECK(s.ask(right) == verdict::granted);
    CHECK(s.asked->ask_now(right) == verdict::unknown);
}

TEST_CASE("a reload takes a good file, keeps the table for a bad one, and forgets who was right")
{
    stage s;
    CHECK(s.ask(right) == verdict::granted);
    write(s.path, "anna:plain\n");
    CHECK_THROWS_WITH(s.users->reload(), Catch::Matchers::StartsWith(s.path + ":1: "));
    CHECK(s.asked->ask_now(right) == verdict::granted);
    write(s.path, "otto:" + hash + "\n");
    s.users->reload();
    CHECK(s.asked->ask_now(right) == verdict::unknown);
    CHECK(s.ask(right) == verdict::denied);
    CHECK(s.ask(nobody) == verdict::granted);
    CHECK_THROWS_AS(password_file((s.folder / "missing").string()), ops::fatal);
}

TEST_CASE("only so many are verified at once")
{
    stage s({.verifications = 2}, {.threads = 1});
    // The pool's one thread is held, so that nobody's verification ends.
    std::latch held(1), release(1);
    s.pool.run(
        s.shard.context().get_executor(),
        [&] {
            held.count_down();
            release.wait();
        },
        [](net::error_code) {});
    held.wait();
    std::vector<verdict> out(4, verdict::unknown);
    for (auto& one : out)
        net::asio::co_spawn(s.shard.context(), ask_into(*s.asked, right, one), [](std::exception_ptr) {});
    s.shard.context().poll();
    CHECK(out == std::vector{verdict::unknown, verdict::unknown, verdict::busy, verdict::busy});
    release.count_down();
    s.shard.context().run();
    CHECK(out == std::vector{verdict::granted, verdict::granted, verdict::busy, verdict::busy});
    CHECK(s.ask(wrong) == verdict::denied); // there is room again
}

TEST_CASE("a reload while others ask")
{
    stage s;
    std::atomic<bool> done = false;
    std::thread reloads([&] {
        while (!done)
            s.users->reload();
    });
    for (int i = 0; i < 50; ++i)
        CHECK(s.ask(right) == verdict::granted);
    done = true;
    reloads.join();
}

TEST_CASE("answers to those who are not let in")
{
    stage s({.realm = "a dock"});
    response out;
    s.asked->refuse(verdict::denied, out);
    CHECK(out.status == 401);
    CHECK_THAT(std::string(out.headers.text()),
               Catch::Matchers::Contains("WWW-Authenticate: Basic realm=\"a dock\", charset=\"UTF-8\"\r\n"));
    s.asked->refuse(verdict::busy, out);
    CHECK(out.status == 503);
    CHECK_THAT(std::string(out.headers.text()), Catch::Matchers::Contains("Retry-After: 1\r\n") &&
                                                    !Catch::Matchers::Contains("WWW-Authenticate"));
    CHECK(authenticator_config{}.validate().empty());
    CHECK_FALSE(authenticator_config{.realm = "a\"b"}.validate().empty());
    CHECK_FALSE(authenticator_config{.verifications = 0}.validate().empty());
}
