#include "pier/net/datagram_port.hpp"

#include "pier/net/bind.hpp"
#include "pier/net/service.hpp"
#include "pier/net/shard.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <utility>

namespace pier::net {

datagram_port::datagram_port(shard& home, unique_fd fd, net::datagram_service& service,
                             const datagram_port_config& config)
    : home_(home), fd_(std::move(fd)), ready_(home.context()), pause_(home.context()), service_(service),
      config_(config), bound_(bound_address(fd_.get())), batch_(config.details.largest, bound_.is_wildcard())
{
}

datagram_port::~datagram_port()
{
    if (fd_)
        ready_.release(fd_.get());
}

task<> datagram_port::run()
{
    for (int left = config_.leave_queue ? 0 : last_batches; !stopping_ || left > 0;) {
        left -= stopping_;
        outcome got = receive();
        if (got == outcome::served)
            co_await send_replies();
        if (got == outcome::served && (!batch_.emptied() || busy_)) {
            // While more comes than a batch holds nobody waits for the socket. In an epoll set it would call
            // back for each answer that has left (sock_wfree): a twentieth of all the work.
            if (!std::exchange(busy_, true))
                ready_.forget(fd_.get());
            co_await asio::post(home_.context(), asio::deferred); // others have their turn
        } else if (stopping_) {
            break;
        } else if (got == outcome::trouble) {
            pause_.expires_after(back_off);
            auto [ec] = co_await pause_.async_wait(nothrow);
            (void)ec;
        } else {
            busy_ = false;
            auto [ec] = co_await ready_.wait(fd_.get(), readiness::read, nothrow);
            (void)ec; // cancelled: stopping_ is set, and what waits is answered
        }
    }
    ready_.release(fd_.get());
    fd_.reset();
}

void datagram_port::stop()
{
    stopping_ = true;
    ready_.cancel();
    pause_.cancel();
}

datagram_port::outcome datagram_port::receive()
{
    ops::counters& counts = service_.counters;
    for (int left = late_errors; batch_.receive(fd_.get()) < 0; --left) {
        if (errno == EAGAIN)
            return outcome::empty;
        counts.datagram_errors.add();
        if (left == 0)
            return outcome::trouble;
    }
    std::uint64_t bytes = 0;
    for (const datagram& d : batch_.datagrams())
        bytes += d.data.size();
    counts.datagrams_received.add(batch_.datagrams().size());
    counts.bytes_received.add(bytes);
    ticks now = home_.now(); // of a batch one look at the clock
    batch_.keep_if([this, now](const datagram& d) { return admits(d, now); });
    if (!batch_.datagrams().empty())
        service_.on_batch(batch_.datagrams(), *this);
    return outcome::served;
}

bool datagram_port::admits(const datagram& d, ticks now)
{
    ops::counters& counts = service_.counters;
    if (d.truncated)
        counts.datagrams_truncated.add();
    if (!config_.guard.admits(d.peer) || (d.to_many && !config_.guard.admits_to_many())) {
        counts.datagrams_refused_by_source.add();
        return false;
    }
    if (!home_.admit_datagram(d.peer, now)) {
        counts.datagrams_refused_by_rate.add();
        return false;
    }
    return true;
}

/// While the socket has no room nothing is read either: who asks is slowed down, by what its kernel drops.
task<> datagram_port::send_replies()
{
    batch_.collect_replies();
    for (;;) {
        datagram_sends done = batch_.flush(fd_.get());
        service_.counters.datagrams_sent.add(done.sent);
        service_.counters.bytes_sent.add(done.bytes);
        service_.counters.datagram_errors.add(done.failed);
        if (!done.blocked)
            co_return;
        busy_ = false; // the wait watches it again
        auto [ec] = co_await ready_.wait(fd_.get(), readiness::write, nothrow);
        if (ec)
            co_return;
    }
}

bool datagram_port::send(const datagram_route& to, std::span<const char> bytes, const datagram_marks& marks)
{
    bool sent = fd_ && send_datagram(fd_.get(), to, bytes, marks);
    if (sent) {
        service_.counters.datagrams_sent.add();
        service_.counters.bytes_sent.add(bytes.size());
    } else {
        service_.counters.datagram_errors.add();
    }
    return sent;
}

} // namespace pier::net
