#include "pier/http/server.hpp"

#include "pier/http/connection.hpp"

#include <sys/socket.h>

namespace pier::http {

namespace {

constexpr int refused_reads = 16;

std::string hsts_line(const server_config& c)
{
    return c.hsts ? "Strict-Transport-Security: max-age=" + std::to_string(*c.hsts) + "\r\n" : std::string();
}

} // namespace

std::string server_config::validate() const
{
    for (auto timeout : {timeout_header, timeout_idle, timeout_body, timeout_write, timeout_linger})
        if (timeout.count() <= 0)
            return "time-outs must be longer than nothing";
    if (limits.head < 1024 || limits.head > 1024 * 1024)
        return "the largest head must be between 1k and 1M";
    return {};
}

net::stream_factory make_server(server_config config, handler_factory handlers)
{
    return [config = std::move(config), handlers = std::move(handlers)](net::shard& shard) {
        return std::make_unique<shard_server>(shard, config, handlers(shard));
    };
}

shard_server::shard_server(net::shard& s, const server_config& c, std::unique_ptr<http::handler> h)
    : shard(s), config(c), handler(std::move(h)), secure_common(hsts_line(c)),
      screens(c.limits_clients && s.limits_requests()), paces(c.limits_clients && s.sending().limited()),
      header(s.deadlines(c.timeout_header)), idle(s.deadlines(c.timeout_idle)),
      body(s.deadlines(c.timeout_body)), write(s.deadlines(c.timeout_write)),
      linger(s.deadlines(c.timeout_linger)), small_(s.buffers(small_block)),
      large_(s.buffers(c.limits.head + body_room))
{
    if (config.access_log)
        log.emplace(config.access_log, counters.log_lines_dropped);
}

std::unique_ptr<exchange> shard_server::take_exchange()
{
    if (spare_.empty())
        return std::make_unique<exchange>(config.limits, small_, large_);
    auto x = std::move(spare_.back());
    spare_.pop_back();
    return x;
}

void shard_server::give_exchange(std::unique_ptr<exchange> unused)
{
    unused->in.release();
    if (spare_.size() < spare_exchanges)
        spare_.push_back(std::move(unused));
}

net::task<> shard_server::serve(net::session& peer)
{
    connection c(peer, *this);
    while (c.open()) {
        if (c.turn_is_over())
            co_await c.let_others();
        auto got = c.next_request();
        if (got == connection::input::needs_more) {
            if (c.unsent())
                co_await c.send(); // answers leave before we wait
            if (!c.prepare_to_wait())
                break;
            auto [error] = co_await peer.stream().readable();
            if (error && !c.after_aborted_wait())
                break;
            continue;
        }
        if (got == connection::input::ended)
            break;
        if (got == connection::input::request && c.body_unread() && !handler->reads_body(c.request()))
            got = co_await c.skip_body();
        if (got == connection::input::ended)
            break;
        if (got == connection::input::request && !handler->answer_now(c.request(), c.response()))
            co_await c.answer_with(*handler);
        c.queue_answer();
        if (!c.push() || c.body_unread())
            co_await c.deliver();
        c.finish_request();
    }
    co_await c.wind_up();
}

void shard_server::refuse(int fd)
{
    static constexpr std::string_view answer = "HTTP/1.1 503 Service Unavailable\r\nServer: pier\r\n"
                                               "Connection: close\r\nRetry-After: 1\r\n"
                                               "Content-Type: text/plain\r\nContent-Length: 51\r\n\r\n"
                                               "503 Service Unavailable: too many connections now.\n";
    ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(fd, SHUT_WR);
    char request[4096]; // unread bytes would turn the close into a reset, and the answer would be lost
    for (int reads = 0; reads < refused_reads && ::recv(fd, request, sizeof request, MSG_DONTWAIT) > 0;)
        ++reads;
}

std::string_view shard_server::answer_without_tls()
{
    without_tls_ = "HTTP/1.1 400 Bad Request\r\n";
    without_tls_.append(common.at(shard.unix_time()));
    without_tls_.append("Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 59\r\n\r\n"
                        "400 Bad Request: this port speaks HTTPS; ask with https://\n");
    return without_tls_;
}

void shard_server::tick()
{
    clock.refresh();
    if (log)
        log->flush();
    handler->tick();
}

} // namespace pier::http
