#include "pier/http/client_opening.hpp"

#include "pier/base/units.hpp"
#include "pier/http/client.hpp"
#include "pier/net/happy_eyeballs.hpp"

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
    co_return made;
}

} // namespace pier::http
