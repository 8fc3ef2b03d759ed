#include "pier/upper/asker.hpp"

#include "pier/net/connect.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace pier::upper {

namespace {

using clock = std::chrono::steady_clock;
using outcome = exchange::outcome;
using waited = net::interrupt::outcome;

/// Payload of a UDP datagram: 65535 less the headers of UDP and IPv4, or of UDP alone (RFC 8200 section 3).
std::size_t longest_datagram(const net::endpoint& to)
{
    return to.family() == AF_INET6 ? 65'527 : 65'507;
}

void fail(exchange& e, int error)
{
    e.error = error;
    e.result = error == ECONNREFUSED ? outcome::refused
               : error == EMSGSIZE   ? outcome::too_long
               : error == EINTR      ? outcome::interrupted
               : error == ETIMEDOUT  ? outcome::no_answer
                                     : outcome::unreachable;
}

} // namespace

exchange stream_asker::ask(std::string_view text)
{
    exchange result;
    bool is_fresh = !fd_;
    if (!fd_ && !connect(result))
        return result;
    result.server = server_;
    result.tries = 1;
    auto sent = clock::now();
    std::string_view unsent = text;
    while (result.answer.size() < text.size() && go_on(unsent, text.size(), result))
        ;
    result.took = clock::now() - sent;
    if (result.answer.size() >= text.size()) {
        result.result = outcome::answered;
        return result;
    }
    fd_.reset();
    if (result.result != outcome::closed)
        return result;
    if (!result.answer.empty())
        result.result = outcome::answered; // all that this server has to say
    else if (!is_fresh)
        return ask(text);
    return result;
}

bool stream_asker::connect(exchange& into)
{
    net::connected done = net::connect_to_one_of(addresses_, config_.to.connect_timeout, ctrl_c_);
    server_ = done.to.to_string();
    if (done.error == 0) {
        fd_ = std::move(done.fd);
        return true;
    }
    into.connecting = true;
    into.server = server_;
    fail(into, done.error);
    return false;
}

/// Writes and reads at once: a long text's answer comes before all of it has been sent.
bool stream_asker::go_on(std::string_view& unsent, std::size_t wanted, exchange& into)
{
    pollfd on{fd_.get(), static_cast<short>(unsent.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    auto woken = ctrl_c_.wait({&on, 1}, config_.to.timeout);
    if (woken != waited::ready) {
        into.result = woken == waited::timed_out ? outcome::no_answer : outcome::interrupted;
        return false;
    }
    if (!unsent.empty()) {
        ssize_t sent = ::send(fd_.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        unsent.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    char piece[64 * 1024];
    ssize_t got = ::recv(fd_.get(), piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (got <= 0) {
        into.result = outcome::closed;
        return false;
    }
    into.answer.append(piece, static_cast<std::size_t>(got));
    return into.answer.size() < wanted;
}

exchange datagram_asker::ask(std::string_view text)
{
    matcher_.sending(text);
    exchange result;
    for (;;) {
        const net::endpoint& to = addresses_[address_];
        result.server = to.to_string();
        result.tries = 0;
        if (text.size() > longest_datagram(to)) {
            result.result = outcome::too_long;
            return result;
        }
        if ((fd_ || open(to, result)) && ask_here(text, result)) {
            settled_ = settled_ || result.result == outcome::answered;
            return result;
        }
        if (settled_ || address_ + 1 == addresses_.size())
            return result;
        ++address_;
        fd_.reset();
    }
}

bool datagram_asker::open(const net::endpoint& to, exchange& into)
{
    std::optional<net::endpoint> from;
    if (config_.from)
        from = net::endpoint::parse((to.family() == AF_INET6 ? "[::]:" : "0.0.0.0:") +
                                    std::to_string(*config_.from));
    net::connecting made = net::begin_connect(to, SOCK_DGRAM, from);
    if (made.error != 0)
        fail(into, made.error);
    else
        fd_ = std::move(made.fd);
    return made.error == 0;
}

/// False: another address may do better.
bool datagram_asker::ask_here(std::string_view text, exchange& into)
{
    for (std::uint64_t i = 0; i < config_.tries; ++i) {
        ++into.tries;
        if (::send(fd_.get(), text.data(), text.size(), 0) < 0) {
            fail(into, errno);
            return false;
        }
        if (wait_for_answer(into))
            return true;
        if (into.result != outcome::no_answer)
            return false;
    }
    return false;
}

/// True: nothing else is to be tried.
bool datagram_asker::wait_for_answer(exchange& into)
{
    auto sent = clock::now();
    into.result = outcome::no_answer;
    for (;;) {
        into.took = clock::now() - sent;
        std::chrono::nanoseconds left = config_.to.timeout - into.took;
        if (left.count() <= 0)
            return false;
        pollfd on{fd_.get(), POLLIN, 0};
        auto woken = ctrl_c_.wait({&on, 1}, left);
        if (woken == waited::interrupted)
            into.result = outcome::interrupted;
        if (woken == waited::interrupted)
            return true;
        ssize_t got = ::recv(fd_.get(), received_.data(), received_.size(), MSG_DONTWAIT);
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            fail(into, errno);
            return false;
        }
        std::string_view answer(received_.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        if (got < 0 || !matcher_.is_answer(answer))
            continue;
        into.took = clock::now() - sent;
        into.answer = answer;
        into.result = outcome::answered;
        return true;
    }
}

} // namespace pier::upper
