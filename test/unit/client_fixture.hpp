// A client in a loop of its own, and what its requests come to.
#pragma once

#include "pier/http/client.hpp"
#include "pier/net/client_loop.hpp"
#include "scripted_server.hpp"

namespace client_test {

using namespace pier;
using namespace pier::http;
using namespace std::chrono_literals;

/// What one request came to.
struct fetched {
    bool begun = false;
    int status = 0;
    std::string body;
    bool failed = false; ///< in the body
    failure why = failure::none;
    std::string sentence;
    bool reused = false;
    client_timings times;
};

inline net::task<> fetch(client& by, const client_request& what, fetched& into, std::size_t piece = 4096)
{
    client_exchange x(by);
    into.begun = co_await x.begin(what);
    into.status = into.begun ? x.head().status() : 0;
    std::string room(piece, '\0');
    while (into.begun) {
        body_read got = co_await x.read(room);
        into.body.append(room, 0, got.bytes);
        into.failed = got.failed;
        if (got.bytes == 0)
            break;
    }
    into.why = x.error().kind;
    into.sentence = x.error().sentence;
    into.reused = x.reused();
    into.times = x.timings();
}

struct fixture {
    explicit fixture(client_config c = {}) : pool(loop.home(), std::move(c)) {}

    fetched get(const client_request& what, std::size_t piece = 4096)
    {
        fetched result;
        loop.run(fetch(pool, what, result, piece));
        return result;
    }
    fetched get(const std::string& text) { return get(request_for(text)); }
    static client_request request_for(const std::string& text)
    {
        std::string why;
        client_request r;
        r.url = url::parse(text, why).value();
        return r;
    }

    net::client_loop loop;
    client pool;
};

inline client_config quick()
{
    client_config c;
    c.deadlines = {
        .connect = 300ms, .tls = 300ms, .write = 300ms, .head = 300ms, .idle = 300ms, .wait = 300ms};
    return c;
}

inline scripted_server::script answering(std::string answer)
{
    return [answer](scripted_peer& p) {
        while (!p.head().empty())
            p.send(answer);
    };
}

/// One answer, then the connection closes.
inline scripted_server::script answering_once(std::string answer)
{
    return [answer](scripted_peer& p) {
        p.head();
        p.send(answer);
    };
}

inline const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

} // namespace client_test
