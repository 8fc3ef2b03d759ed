#include "pier/admin/handler.hpp"

#include "../parsed_request.hpp"
#include "../temporary_folder.hpp"
#include "pier/net/blocking_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <optional>

using namespace pier;

namespace {

/// A handler on a shard that runs as long as there is an answer to wait for.
struct admin_of {
    explicit admin_of(admin::config c, std::shared_ptr<http::password_file> users = {})
        : here(0, whole), handler(here, std::make_shared<admin::shared>(std::move(c), std::move(users), 1))
    {
        whole.shards.push_back(&here);
    }

    int ask(std::string_view target, std::string_view fields = {}, std::string_view method = "GET")
    {
        parsed_request in(fields, method, target);
        out.emplace();
        waited = !handler.answer_now(*in, *out);
        if (waited) {
            auto rethrow = [](std::exception_ptr error) {
                if (error)
                    std::rethrow_exception(error);
            };
            net::asio::co_spawn(here.context(), handler.answer(*in, *out), rethrow);
            here.context().restart();
            here.context().run();
        }
        return out->status;
    }

    net::blocking_pool pool;
    net::process whole{net::connection_limit(1), pool};
    net::shard here;
    admin::handler handler;
    std::optional<http::response> out;
    bool waited = false;
};

} // namespace

TEST_CASE("passwords are asked for by everything but health and readiness")
{
    temporary_folder folder;
    std::string path = (folder / "users").string();
    std::ofstream(path) << "anna:$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6\n"; // geheim
    admin_of a({}, std::make_shared<http::password_file>(path));
    CHECK(a.ask("/healthz") == 200);
    CHECK(a.ask("/readyz") == 200);
    CHECK_FALSE(a.waited);
    for (auto target : {"/", "/metrics", "/api/stats", "/api/connections", "/api/events", "/nothing"}) {
        CHECK(a.ask(target) == 401);
        CHECK(a.out->headers.text().find("WWW-Authenticate: Basic realm=") != std::string::npos);
        CHECK(a.out->headers.text().find("Cache-Control: no-store") != std::string::npos);
        CHECK_FALSE(a.out->source);
        CHECK_FALSE(a.waited);
        CHECK(a.ask(target, "Authorization: Basic YW5uYTpnZWhlaW4=\r\n") == 401); // anna:gehein
        CHECK(a.waited);
    }
    constexpr auto good = "Authorization: Basic YW5uYTpnZWhlaW0=\r\n"; // anna:geheim
    CHECK(a.ask("/api/stats", good) == 200);
    CHECK(a.waited);
    CHECK(a.ask("/api/stats", good) == 200);
    CHECK_FALSE(a.waited);
    CHECK(a.ask("/api/connections", good) == 200);
    CHECK(a.ask("/nothing", good) == 404);
    CHECK(a.ask("/api/stats", good, "POST") == 405);
    CHECK(a.ask("/api/stats", {}, "POST") == 401);
}

TEST_CASE("more readers of events than there may be are refused")
{
    admin::config c;
    c.event_readers = 2;
    admin_of a(c);
    CHECK(a.ask("/api/events") == 200);
    auto first = std::move(a.out->source);
    CHECK(first->gives_parts());
    CHECK(a.ask("/api/events") == 200);
    auto second = std::move(a.out->source);
    CHECK(a.ask("/api/events") == 503);
    CHECK_FALSE(a.out->source);
    CHECK(a.ask("/api/events", {}, "HEAD") == 200);
    first.reset();
    CHECK(a.ask("/api/events") == 200);
}

TEST_CASE("an address that others can reach takes passwords")
{
    admin::config c;
    for (auto text : {"127.0.0.1:1", "[::1]:1", "unix:/tmp/a"})
        c.listen.push_back(*net::endpoint::parse(text));
    CHECK(c.validate().empty());
    c.listen.push_back(*net::endpoint::parse("192.0.2.1:1"));
    CHECK(c.validate().find("password") != std::string::npos);
    c.auth = "users";
    CHECK(c.validate().empty());
}
