#include "pier/http/client_opening.hpp"

#include "pier/base/units.hpp"
#include "pier/http/client.hpp"
#include "pier/http/request_head.hpp"
#include "pier/net/happy_eyeballs.hpp"
#include "pier/net/tls_client.hpp"
#include "pier/net/tls_handshake.hpp"

#include <cerrno>
#include <cstring>

namespace pier::http {

namespace {

failure kind_of(int error)
{
    return error == ECONNREFUSED ? failure::refused
           : error == ETIMEDOUT  ? failure::connect_timeout
                                 : failure::unreachable;
}

std::string words_for(const net::dialled& tried)
{
    std::string who = tried.to.to_string();
    return tried.error == ECONNREFUSED ? "nobody listens on " + who + " (connection refused)"
                                       : who + " cannot be reached: " + std::strerror(tried.error);
}

net::task<net::dialled> reach(client_pool& pool, const client_route& to, client_steps& steps)
{
    const std::string& host = to.first_host();
    const client_config& config = pool.config();
    std::string within = " within " + format_duration(config.deadlines.connect);
    steps.patience.limit(config.deadlines.connect);
    net::resolved found = co_await pool.resolver().resolve(host, to.first_port(), steps.patience);
    if (found.addresses.empty()) {
        if (found.error.empty())
            steps.fail(failure::connect_timeout,
                       "no name server said what address `" + host + "` has" + within);
        else
            steps.fail(failure::unknown_host, "`" + host + "` has no address: " + found.error);
        co_return net::dialled{};
    }
    steps.mark(steps.times.resolved);
    auto got = co_await net::dial(pool.home().context, found.addresses, config.attempt_delay, steps.patience);
    if (got.fd) {
        steps.mark(steps.times.connected);
        co_return got;
    }
    pool.resolver().forget(host, to.first_port());
    if (got.error == 0)
        steps.fail(failure::connect_timeout, "no connection to " + host + within);
    else
        steps.fail(kind_of(got.error), words_for(got));
    co_return got;
}

/// RFC 9110 9.3.6: has the proxy of `c` connect us to the server. Its answer has no body if it does.
net::task<bool> tunnel(const client_config& config, pooled_connection& c, const client_route& to,
                       client_steps& steps)
{
    url server;
    server.scheme = "https";
    server.host = to.host;
    server.port = to.port;
    fields headers;
    if (std::string user = to.proxy->credentials(); !user.empty())
        headers.add("Proxy-Authorization", basic_credentials(user));
    std::string text;
    append_request_head(text, "CONNECT", server, target_choice::authority, headers, {}, false);
    steps.patience.limit(config.deadlines.tls);
    auto now = co_await c.io().send(text, std::string_view(), steps.patience, config.deadlines.tls);
    answer_head head(config.head);
    std::optional<client_connection::moment> first_byte;
    if (now == client_connection::outcome::done)
        now = co_await c.io().read_head(head, steps.patience, first_byte);
    std::string who = "the proxy " + c.peer;
    if (now == client_connection::outcome::timed_out)
        steps.fail(failure::proxy, who + " did not connect us to " + server.host_and_port() + " within " +
                                       format_duration(config.deadlines.tls));
    else if (now == client_connection::outcome::malformed)
        steps.fail(failure::proxy, who + " is none: its answer is not HTTP/1.1");
    else if (now != client_connection::outcome::done)
        steps.fail(failure::proxy, who + " closed the connection");
    else if (head.status() / 100 != 2)
        steps.fail(failure::proxy, who + " does not connect us to " + server.host_and_port() + ": " +
                                       std::to_string(head.status()) + " " + std::string(head.reason()));
    else if (!c.io().unread().empty())
        steps.fail(failure::proxy, who + " sends more than its answer");
    co_return !steps.error;
}

net::task<bool> secure(const client_config& config, pooled_connection& c, const client_route& to,
                       client_steps& steps)
{
    net::stream& stream = c.io().stream();
    auto ssl = to.tls->open(to.host, to.port);
    if (!ssl) {
        steps.fail(failure::tls, "there is no memory for TLS");
        co_return false;
    }
    stream.start_tls(std::move(ssl));
    steps.patience.limit(config.deadlines.tls);
    net::limited_wait::guard ends(steps.patience, stream);
    bool done = co_await net::tls_handshake(stream);
    if (done)
        steps.mark(steps.times.secured);
    else if (steps.patience.ended())
        steps.fail(failure::tls_timeout,
                   "the TLS handshake was not complete within " + format_duration(config.deadlines.tls));
    else
        steps.fail(failure::tls, net::explain_tls(*stream.tls()));
    co_return done;
}

} // namespace

std::nullptr_t client_steps::fail(failure kind, std::string sentence)
{
    if (patience.why() == net::limited_wait::ending::cancelled)
        error = {failure::cancelled, "cancelled"};
    else
        error = {kind, std::move(sentence)};
    return nullptr;
}

net::task<std::unique_ptr<pooled_connection>> open_connection(client_pool& pool, const client_route& to,
                                                              connection_place& place, client_steps& steps)
{
    pool.counters().connections_opened.add();
    net::dialled got = co_await reach(pool, to, steps);
    if (!got.fd) {
        pool.counters().connections_failed.add();
        co_return nullptr;
    }
    auto made = std::make_unique<pooled_connection>(pool, std::move(place), std::move(got.fd));
    made->peer = got.to.to_string();
    steps.times.secured = steps.times.connected;
    bool good = true;
    if (to.tunnelled())
        good = co_await tunnel(pool.config(), *made, to, steps);
    if (good && to.secure)
        good = co_await secure(pool.config(), *made, to, steps);
    if (good)
        co_return made;
    pool.counters().connections_failed.add();
    co_return nullptr;
}

} // namespace pier::http
