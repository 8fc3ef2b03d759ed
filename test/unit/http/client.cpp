#include "../client_fixture.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::http;
using namespace std::chrono_literals;
using namespace client_test;

TEST_CASE("A client gets an answer, and keeps the connection for the next", "[http][client]")
{
    scripted_server server({answering(hello)});
    fixture f;
    auto first = f.get(server.url());
    CHECK(first.begun);
    CHECK(first.status == 200);
    CHECK(first.body == "hello");
    CHECK(first.why == failure::none);
    CHECK_FALSE(first.reused);
    CHECK(first.times.connected.count() > 0);
    CHECK(first.times.head >= first.times.first_byte);
    CHECK(first.times.total >= first.times.head);
    CHECK(f.pool.connections_idle() == 1);
    auto second = f.get(server.url());
    CHECK(second.body == "hello");
    CHECK(second.reused);
    CHECK(server.connections() == 1);
    CHECK(f.pool.counters.requests.value() == 2);
    CHECK(f.pool.counters.connections_opened.value() == 1);
    f.pool.drain();
    CHECK(f.pool.connections_idle() == 0);
}

TEST_CASE("What a client sends is a request of HTTP/1.1", "[http][client]")
{
    std::string seen;
    scripted_server server({[&](scripted_peer& p) {
        seen = p.head();
        p.send(hello);
    }});
    fixture f;
    auto r = fixture::request_for(server.url("/a b?c=d#e"));
    r.headers.add("Accept", "*/*");
    CHECK(f.get(r).status == 200);
    CHECK(seen == "GET /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nAccept: */*\r\n\r\n");
}

TEST_CASE("Bodies come by length, in chunks, until the connection closes, or not at all", "[http][client]")
{
    auto [answer, body] = GENERATE_COPY(table<std::string, std::string>({
        {hello, "hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: "
         "t\r\n\r\n",
         "hello"},
        {"HTTP/1.0 200 OK\r\n\r\nhello", "hello"},
        {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ""},
        {"HTTP/1.1 204 No Content\r\n\r\n", ""},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + hello, "hello"},
        {"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"},
    }));
    bool bytewise = GENERATE(false, true);
    std::size_t piece = GENERATE(1u, 3u, 4096u);
    CAPTURE(answer, bytewise, piece);
    scripted_server server({[&, text = answer](scripted_peer& p) {
        p.head();
        bytewise ? p.send_bytewise(text) : p.send(text);
    }});
    fixture f(quick());
    auto got = f.get(fixture::request_for(server.url()), piece);
    CHECK(got.sentence == "");
    CHECK(got.body == body);
    CHECK_FALSE(got.failed);
}

TEST_CASE("Servers that misbehave give an error with its class", "[http][client]")
{
    auto [answer, why, part] = GENERATE_COPY(table<std::string, failure, std::string>({
        {"", failure::closed_early, "without an answer"},
        {"HTTP/1.1 200 OK\r\nConte", failure::closed_early, "in the middle"},
        {"SSH-2.0-OpenSSH_9.2\r\n", failure::malformed, "`SSH-2.0-OpenSSH_9.2`"},
        {"HTTP/2 200\r\n\r\n", failure::malformed, "version"},
        {"HTTP/1.1 200 OK\r\nno field\r\n\r\n", failure::malformed, "no field"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", failure::malformed,
         "two lengths"},
        {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", failure::malformed, "no number"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         failure::malformed, "both"},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", failure::malformed, "another protocol"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", failure::truncated, "5 of 6"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", failure::truncated,
         "last chunk"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n", failure::malformed,
         "chunk"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n", failure::too_large, "larger than"},
    }));
    CAPTURE(answer.substr(0, 100));
    scripted_server server({[text = answer](scripted_peer& p) {
        p.head();
        p.send(text);
    }});
    fixture f(quick());
    auto got = f.get(server.url());
    CHECK(got.why == why);
    CHECK_THAT(got.sentence, Catch::Contains(part));
    CHECK(f.pool.connections_idle() == 0);
    CHECK(f.pool.counters.failures.value() == 1);
}

TEST_CASE("Nobody listens, nobody has that name", "[http][client]")
{
    std::uint16_t port = 0;
    {
        scripted_server gone({answering(hello)});
        port = gone.port();
    }
    fixture f(quick());
    auto refused = f.get("http://127.0.0.1:" + std::to_string(port) + "/");
    CHECK(refused.why == failure::refused);
    CHECK_THAT(refused.sentence, Catch::StartsWith("nobody listens on 127.0.0.1:"));
    auto unknown = f.get("http://no-such-name.invalid/");
    CHECK((unknown.why == failure::unknown_host || unknown.why == failure::connect_timeout));
}

TEST_CASE("Each step has its deadline", "[http][client]")
{
    auto [sent, why] = GENERATE_COPY(table<std::string, failure>({
        {"", failure::head_timeout},
        {"HTTP/1.1 200 OK\r\n", failure::head_timeout},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", failure::body_timeout},
    }));
    scripted_server server({[text = sent](scripted_peer& p) {
        p.head();
        p.send(text);
        p.wait_for_end();
    }});
    fixture f(quick());
    auto began = std::chrono::steady_clock::now();
    auto got = f.get(server.url());
    auto took = std::chrono::steady_clock::now() - began;
    CHECK(got.why == why);
    CHECK(took > 250ms);
    CHECK(took < 5s);
}

TEST_CASE("One byte of a head at a time renews no deadline", "[http][client]")
{
    scripted_server server({[](scripted_peer& p) {
        p.head();
        p.send("HTTP/1.1 200 OK\r\nX: ");
        for (int i = 0; i < 40; ++i) {
            p.send("x");
            std::this_thread::sleep_for(50ms);
        }
    }});
    fixture f(quick());
    CHECK(f.get(server.url()).why == failure::head_timeout);
}

TEST_CASE("A kept connection that has died is replaced", "[http][client]")
{
    SECTION("seen before the request is sent")
    {
        scripted_server server({answering_once(hello), answering(hello)});
        fixture f(quick());
        CHECK(f.get(server.url()).body == "hello");
        while (f.pool.connections_idle() == 1 && server.connections() == 1) {
            auto again = f.get(server.url()); // its end may not have come yet
            CHECK(again.body == "hello");
        }
        CHECK(server.connections() == 2);
    }
    SECTION("seen when the answer does not come: once, and only what may be repeated")
    {
        auto dying = [](scripted_peer& p) {
            p.head();
            p.send(hello);
            p.head();
            p.reset();
        };
        scripted_server server({dying, answering(hello), dying});
        fixture f(quick());
        CHECK(f.get(server.url()).body == "hello");
        auto again = f.get(server.url());
        CHECK(again.body == "hello");
        CHECK_FALSE(again.reused);
        CHECK(f.pool.counters.repeated.value() == 1);
        CHECK(server.connections() == 2);
    }
    SECTION("a POST is not sent twice")
    {
        auto dying = [](scripted_peer& p) {
            p.head();
            p.send(hello);
            p.head();
            p.reset();
        };
        scripted_server server({dying, answering(hello)});
        fixture f(quick());
        CHECK(f.get(server.url()).body == "hello");
        auto post = fixture::request_for(server.url());
        post.method = "POST";
        auto got = f.get(post);
        CHECK(got.why == failure::closed_early);
        CHECK(server.connections() == 1);
    }
    SECTION("nor anything on a fresh connection")
    {
        scripted_server server({[](scripted_peer& p) {
            p.head();
            p.reset();
        }});
        fixture f(quick());
        CHECK(f.get(server.url()).why == failure::closed_early);
        CHECK(server.connections() == 1);
    }
}
