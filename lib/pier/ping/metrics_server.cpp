#include "pier/ping/metrics_server.hpp"

#include "pier/admin/guard.hpp"
#include "pier/admin/stats.hpp"
#include "pier/http/date.hpp"
#include "pier/http/head_parser.hpp"
#include "pier/net/bind.hpp"
#include "pier/net/listener.hpp"
#include "pier/ping/clock.hpp"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pier::ping {

namespace {

constexpr std::size_t most_head = 8 * 1024;
constexpr std::int64_t patience = 1'000'000'000; // for a head, and for the answer to be taken

std::string respond(std::string_view status, std::string_view type, std::string_view body, bool whole)
{
    char date[http::date_size];
    http::format_date(std::time(nullptr), date);
    std::string text = "HTTP/1.1 ";
    text.append(status)
        .append("\r\nDate: ")
        .append(date, sizeof date)
        .append("\r\nContent-Type: ")
        .append(type)
        .append("\r\nContent-Length: ");
    text.append(std::to_string(body.size()))
        .append("\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n\r\n");
    return whole ? text.append(body) : text;
}

/// Waits for `what` until the deadline. False: it has passed.
bool wait_for(int fd, short what, std::int64_t deadline)
{
    std::int64_t left = deadline - steady_now();
    pollfd on{fd, what, 0};
    return left > 0 && ::poll(&on, 1, static_cast<int>(left / 1'000'000 + 1)) > 0;
}

} // namespace

std::string answer_metrics(std::string_view head, const net::endpoint& here,
                           const std::vector<std::unique_ptr<live_counters>>& counters)
{
    constexpr std::string_view plain = "text/plain; charset=utf-8";
    http::head_parser parser;
    if (parser.parse(head) != http::head_parser::status::done)
        return respond("400 Bad Request", plain, "this is no request\n", true);
    bool whole = parser.method_name(head) == "GET";
    if (!whole && parser.method_name(head) != "HEAD")
        return respond("405 Method Not Allowed\r\nAllow: GET, HEAD", plain, "ask by GET\n", true);
    std::string_view host;
    if (parser.count(http::field_id::host)) {
        const auto& f = parser.first(http::field_id::host);
        host = head.substr(f.value, f.value_length);
    }
    // Against pages whose name was rebound to this machine.
    if (!admin::known_hosts({here}, {}).allows(host))
        return respond("421 Misdirected Request", plain, "not by that name\n", whole);
    std::string_view target = parser.target(head);
    if (target == "/metrics")
        return respond("200 OK", admin::metrics_type, to_metrics(counters), whole);
    if (target == "/healthz")
        return respond("200 OK", plain, "ok\n", whole);
    return respond("404 Not Found", plain, "there are /metrics and /healthz\n", whole);
}

metrics_server::metrics_server(const std::optional<net::endpoint>& where,
                               const std::vector<std::unique_ptr<live_counters>>& counters)
    : counters_(counters)
{
    if (!where)
        return;
    listener_ = net::listen_on(*where, {.peer_speaks_first = true});
    here_ = net::bound_address(listener_.get());
    stopped_.reset(::eventfd(0, EFD_CLOEXEC));
    std::fprintf(stderr, "pier-ping: metrics on %s/metrics\n", here_.to_url("http").c_str());
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before); // signals are the other thread's
    thread_ = std::thread([this] { serve(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

metrics_server::~metrics_server()
{
    if (!thread_.joinable())
        return;
    ::eventfd_write(stopped_.get(), 1);
    thread_.join();
}

void metrics_server::serve()
{
    for (;;) {
        pollfd on[] = {{listener_.get(), POLLIN, 0}, {stopped_.get(), POLLIN, 0}};
        if (::poll(on, 2, -1) < 0)
            continue;
        if (on[1].revents)
            return;
        if (unique_fd fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)})
            answer(fd.get());
    }
}

/// The whole head within a second, one byte at a time or at once; then the answer within another.
void metrics_server::answer(int fd)
{
    std::string head;
    char piece[2048];
    std::int64_t deadline = steady_now() + patience;
    while (head.find("\r\n\r\n") == head.npos && head.size() < most_head) {
        if (!wait_for(fd, POLLIN, deadline))
            return;
        ssize_t got = ::recv(fd, piece, sizeof piece, 0);
        if (got <= 0)
            return;
        head.append(piece, static_cast<std::size_t>(got));
    }
    std::string text = answer_metrics(head, here_, counters_);
    std::string_view left = text;
    deadline = steady_now() + patience;
    while (!left.empty() && wait_for(fd, POLLOUT, deadline)) {
        ssize_t sent = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        left.remove_prefix(static_cast<std::size_t>(sent));
    }
    ::shutdown(fd, SHUT_WR);
    if (wait_for(fd, POLLIN, deadline)) // its end, lest unread bytes turn ours into a reset
        (void)!::recv(fd, piece, sizeof piece, 0);
}

} // namespace pier::ping
