#include "../client_fixture.hpp"
#include "pier/net/event.hpp"
#include "pier/net/spawn.hpp"

#include <catch2/catch.hpp>

#include <list>

using namespace pier;
using namespace pier::http;
using namespace std::chrono_literals;
using namespace client_test;

namespace {

/// So many at once; ends when all have ended.
net::task<> fetch_all(net::asio::io_context& context, client& by, const std::vector<client_request>& what,
                      std::vector<fetched>& into)
{
    std::size_t left = what.size();
    net::event done(context);
    into.resize(what.size());
    for (std::size_t i = 0; i < what.size(); ++i)
        net::spawn(context, fetch(by, what[i], into[i]), [&](std::exception_ptr) {
            if (--left == 0)
                done.set();
        });
    co_await done.wait();
}

std::vector<fetched> get_all(fixture& f, std::vector<client_request> what)
{
    std::vector<fetched> result;
    f.loop.run(fetch_all(f.loop.context(), f.pool, what, result));
    return result;
}

/// Counts how many it serves at once.
struct census {
    std::atomic<int> now{0}, most{0};
    scripted_server::script script()
    {
        return [this](scripted_peer& p) {
            while (!p.head().empty()) {
                int here = ++now;
                for (int seen = most; here > seen && !most.compare_exchange_weak(seen, here);) {
                }
                std::this_thread::sleep_for(10ms);
                --now;
                p.send(hello);
            }
        };
    }
};

} // namespace

TEST_CASE("No more connections than the limits say, and everybody is served", "[http][client]")
{
    bool of_origin = GENERATE(true, false);
    census counted;
    scripted_server server({counted.script()});
    client_config c;
    (of_origin ? c.connections_per_origin : c.connections) = 2;
    fixture f(c);
    auto got = get_all(f, std::vector<client_request>(12, fixture::request_for(server.url())));
    for (auto& g : got)
        CHECK(g.body == "hello");
    CHECK(server.connections() == 2);
    CHECK(counted.most == 2);
    CHECK(f.pool.counters.waited.value() == 10);
}

TEST_CASE("An idle connection makes room for another server's", "[http][client]")
{
    scripted_server one({answering(hello)}), other({answering(hello)});
    client_config c;
    c.connections = 1;
    fixture f(c);
    CHECK(f.get(one.url()).body == "hello");
    CHECK(f.get(other.url()).body == "hello");
    CHECK(f.pool.connections_idle() == 1);
    CHECK(f.get(one.url()).body == "hello");
    CHECK(one.connections() == 2);
}

TEST_CASE("Who waits for a connection has an end", "[http][client]")
{
    scripted_server server({[](scripted_peer& p) { p.wait_for_end(); }});
    client_config c = quick();
    c.connections = 1;
    c.deadlines.head = 800ms;
    SECTION("in time")
    {
        fixture f(c);
        auto got = get_all(f, std::vector<client_request>(2, fixture::request_for(server.url())));
        CHECK(got[0].why == failure::head_timeout);
        CHECK(got[1].why == failure::crowded);
    }
    SECTION("and in number")
    {
        c.waiting = 1;
        fixture f(c);
        auto got = get_all(f, std::vector<client_request>(3, fixture::request_for(server.url())));
        CHECK(got[2].why == failure::crowded);
        CHECK_THAT(got[2].sentence, Catch::Contains("too many"));
    }
}

TEST_CASE("A connection is kept for so long, and for so many requests", "[http][client]")
{
    scripted_server server({answering(hello)});
    SECTION("requests")
    {
        client_config c;
        c.requests_per_connection = 2;
        fixture f(c);
        for (int i = 0; i < 4; ++i)
            CHECK(f.get(server.url()).body == "hello");
        CHECK(server.connections() == 2);
    }
    SECTION("idle time")
    {
        client_config c;
        c.idle_age = 20ms;
        fixture f(c);
        CHECK(f.get(server.url()).body == "hello");
        net::timer pause(f.loop.context(), 80ms);
        auto wait = [](net::timer& t) -> net::task<> {
            auto [error] = co_await t.async_wait(net::nothrow);
            (void)error;
        };
        f.loop.run(wait(pause));
        CHECK(f.pool.connections_idle() == 0);
    }
    SECTION("age")
    {
        client_config c;
        c.total_age = 0ms;
        fixture f(c);
        CHECK(f.get(server.url()).body == "hello");
        CHECK(f.pool.connections_idle() == 0);
    }
    SECTION("unless it is not to be kept")
    {
        fixture f;
        auto r = fixture::request_for(server.url());
        r.close = true;
        CHECK(f.get(r).body == "hello");
        CHECK(f.pool.connections_idle() == 0);
    }
    SECTION("or another is asked for")
    {
        fixture f;
        auto r = fixture::request_for(server.url());
        r.fresh = true;
        CHECK(f.get(r).body == "hello");
        CHECK(f.get(r).body == "hello");
        CHECK(server.connections() == 2);
    }
}

TEST_CASE("What comes unasked spoils a connection", "[http][client]")
{
    scripted_server server({answering(hello + "HTTP/1.1 200 OK\r\n")});
    fixture f;
    CHECK(f.get(server.url()).body == "hello");
    CHECK(f.get(server.url()).body == "hello");
    CHECK(server.connections() == 2);
}

TEST_CASE("An exchange is cancelled at any time", "[http][client]")
{
    std::string before = GENERATE("", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    scripted_server server({[before](scripted_peer& p) {
        p.head();
        p.send(before);
        p.wait_for_end();
    }});
    fixture f;
    client_exchange x(f.pool);
    bool begun = false;
    body_read got;
    auto ask = [](client_exchange& what, const client_request& r, bool& answered,
                  body_read& read) -> net::task<> {
        answered = co_await what.begin(r);
        char room[100];
        if (answered)
            read = co_await what.read(room);
    };
    net::timer soon(f.loop.context(), 50ms);
    soon.async_wait([&](auto) { x.cancel(); });
    auto request = fixture::request_for(server.url());
    f.loop.run(ask(x, request, begun, got));
    CHECK(begun == !before.empty());
    CHECK(got.failed == begun);
    CHECK(x.error().kind == failure::cancelled);
    CHECK(f.pool.connections_busy() == 0);
}

TEST_CASE("Draining closes what is idle and ends who waits; nothing holds the loop", "[http][client]")
{
    scripted_server server({[](scripted_peer& p) {
        p.head();
        std::this_thread::sleep_for(100ms);
        p.send(hello);
        p.wait_for_end();
    }});
    client_config c;
    c.connections = 1;
    fixture f(c);
    std::vector<client_request> what(2, fixture::request_for(server.url()));
    std::vector<fetched> got;
    net::timer soon(f.loop.context(), 50ms);
    soon.async_wait([&](auto) { f.pool.drain(); });
    f.loop.run(fetch_all(f.loop.context(), f.pool, what, got));
    CHECK(got[0].body == "hello");
    CHECK(got[1].why == failure::cancelled);
    CHECK(f.get(server.url()).why == failure::cancelled);
    CHECK(f.pool.connections_idle() == 0);
    auto began = std::chrono::steady_clock::now();
    f.loop.context().run(); // returns as nothing is left to wait for
    CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("A request may have a body, from memory or from a source", "[http][client]")
{
    struct source final : body_source {
        net::task<body_read> read(std::span<char> into) override
        {
            std::string next = parts.empty() ? "" : parts.front();
            if (!parts.empty())
                parts.pop_front();
            next.copy(into.data(), into.size());
            co_return body_read{next.size(), next == "fail"};
        }
        std::list<std::string> parts{"hel", "lo"};
    };
    std::string seen;
    scripted_server server({[&](scripted_peer& p) {
        seen = p.until("lo");
        if (seen.find("chunked") != seen.npos)
            seen += p.until("0\r\n\r\n");
        p.send(hello);
    }});
    fixture f(quick());
    auto r = fixture::request_for(server.url());
    r.method = "POST";
    source from;
    SECTION("memory")
    {
        r.body = std::make_shared<const std::string>("hello");
        CHECK(f.get(r).status == 200);
        CHECK_THAT(seen, Catch::EndsWith("Content-Length: 5\r\n\r\nhello"));
    }
    SECTION("a source of known length")
    {
        r.source = &from;
        r.source_length = 5;
        CHECK(f.get(r).status == 200);
        CHECK_THAT(seen, Catch::EndsWith("Content-Length: 5\r\n\r\nhello"));
    }
    SECTION("a source of unknown length")
    {
        r.source = &from;
        CHECK(f.get(r).status == 200);
        CHECK_THAT(seen, Catch::EndsWith("\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"));
    }
    SECTION("a source that fails, or lies about its length")
    {
        bool lies = GENERATE(false, true);
        r.source = &from;
        if (lies)
            r.source_length = 4;
        else
            from.parts.push_back("fail");
        auto got = f.get(r);
        CHECK(got.why == failure::bad_request);
        CHECK(f.pool.connections_idle() == 0);
    }
}

TEST_CASE("An answer that comes before the request was sent counts", "[http][client]")
{
    const std::string refused = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    bool closes = GENERATE(false, true);
    scripted_server server({[&](scripted_peer& p) {
        p.head();
        p.send(refused);
        if (closes)
            p.finish_sending();
        std::this_thread::sleep_for(1s);
    }});
    fixture f; // whose deadline for sending is much longer
    auto began = std::chrono::steady_clock::now();
    auto r = fixture::request_for(server.url());
    r.method = "POST";
    r.body = std::make_shared<const std::string>(30'000'000, 'x');
    CHECK(f.get(r).status == 413);
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    CHECK(f.pool.connections_idle() == 0);
}

TEST_CASE("Who takes nothing of a request is given up", "[http][client]")
{
    scripted_server server({[](scripted_peer& p) {
        p.head();
        std::this_thread::sleep_for(1500ms);
    }});
    fixture f(quick());
    auto r = fixture::request_for(server.url());
    r.method = "POST";
    r.body = std::make_shared<const std::string>(30'000'000, 'x');
    CHECK(f.get(r).why == failure::send_timeout);
}

TEST_CASE("The rest of a body is read to keep its connection", "[http][client]")
{
    scripted_server server({answering(hello)});
    fixture f;
    auto skip = [](client& by, const client_request& what, std::uint64_t most, bool& whole) -> net::task<> {
        client_exchange x(by);
        bool begun = co_await x.begin(what);
        whole = begun;
        if (begun)
            whole = co_await x.skip_body(most);
    };
    auto [most, kept] = GENERATE(table<std::uint64_t, bool>({{5, true}, {4, false}, {100, true}}));
    bool whole = false;
    auto r = fixture::request_for(server.url());
    f.loop.run(skip(f.pool, r, most, whole));
    CHECK(whole == kept);
    CHECK(f.pool.connections_idle() == (kept ? 1 : 0));
}

TEST_CASE("Who takes his time between head and body misses no deadline", "[http][client]")
{
    scripted_server server({answering(hello)});
    fixture f(quick());
    auto slowly = [](net::asio::io_context& context, client& by, const client_request& what,
                     std::string& body) -> net::task<> {
        client_exchange x(by);
        bool begun = co_await x.begin(what);
        net::timer pause(context, 500ms);
        auto [error] = co_await pause.async_wait(net::nothrow);
        (void)error;
        body.resize(begun ? 3 : 0);
        body_read got = co_await x.read(body);
        body.resize(got.bytes);
    };
    std::string body;
    auto r = fixture::request_for(server.url());
    f.loop.run(slowly(f.loop.context(), f.pool, r, body));
    CHECK(body == "hel");
}

TEST_CASE("A tunnel's stream is handed over, with what came already", "[http][client]")
{
    scripted_server server({[](scripted_peer& p) {
        CHECK(p.head().starts_with("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n"));
        p.send("HTTP/1.1 200 OK\r\n\r\nearly");
        p.wait_for_end();
    }});
    fixture f;
    auto r = fixture::request_for("http://h:443/");
    std::string why;
    r.proxy = url::parse(server.url(), why);
    r.method = "CONNECT";
    std::unique_ptr<net::stream> stream;
    std::string already;
    auto tunnel = [](client& by, const client_request& what, std::unique_ptr<net::stream>& into,
                     std::string& early) -> net::task<> {
        client_exchange x(by);
        bool begun = co_await x.begin(what);
        if (begun)
            into = x.take_stream(early);
    };
    f.loop.run(tunnel(f.pool, r, stream, already));
    CHECK(stream);
    CHECK(f.pool.connections_busy() == 0);
}

TEST_CASE("Plain http goes to a proxy as it is", "[http][client]")
{
    std::string seen;
    scripted_server proxy({[&](scripted_peer& p) {
        seen = p.head();
        p.send(hello);
    }});
    fixture f;
    auto r = fixture::request_for("http://no-such-name.invalid/a?b");
    std::string why;
    r.proxy = url::parse("http://ann:pw@127.0.0.1:" + std::to_string(proxy.port()), why);
    CHECK(f.get(r).body == "hello");
    CHECK(seen == "GET http://no-such-name.invalid/a?b HTTP/1.1\r\nHost: no-such-name.invalid\r\n"
                  "Proxy-Authorization: Basic YW5uOnB3\r\n\r\n");
}

TEST_CASE("A client's configuration is judged", "[http][client]")
{
    CHECK(client_config{}.validate() == "");
    client_config c;
    c.deadlines.head = 0ms;
    CHECK(c.validate() != "");
    c = {};
    c.connections = 0;
    CHECK(c.validate() != "");
    c = {};
    c.head.head = 10;
    CHECK(c.validate() != "");
}
