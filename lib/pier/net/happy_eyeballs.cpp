#include "pier/net/happy_eyeballs.hpp"

#include "pier/net/address_order.hpp"
#include "pier/net/connect.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <poll.h>

namespace pier::net {

namespace {

/// What the attempts have in common. Their waits refer to it, and may end after whom they were made for.
class race : public std::enable_shared_from_this<race> {
public:
    race(asio::io_context& context, std::vector<endpoint> addresses)
        : context_(context), addresses_(std::move(addresses)), changed_(context), delay_(context)
    {
    }

    event& changed() { return changed_; }
    bool more() const { return next_ < addresses_.size(); }
    bool running() const { return running_ > 0; }
    bool won() const { return bool(result_.fd); }
    bool may_start() const { return more() && (!running() || delay_passed_); }

    void start_next(std::chrono::milliseconds delay)
    {
        const endpoint& to = addresses_[next_++];
        connecting begun = begin_connect(to, SOCK_STREAM);
        auto& a = *attempts_.emplace_back(std::make_unique<attempt>(context_, to, std::move(begun.fd)));
        ++running_;
        if (begun.error != EINPROGRESS)
            return finished(a, begun.error);
        wait_for(a);
        delay_passed_ = false;
        if (more())
            wake_after(delay);
    }

    /// Closes all others.
    dialled take()
    {
        ended_ = true;
        delay_.cancel();
        attempts_.clear();
        return std::move(result_);
    }

private:
    struct attempt {
        attempt(asio::io_context& context, const endpoint& e, unique_fd f)
            : ready(context), to(e), fd(std::move(f))
        {
        }
        ~attempt() { ready.release(fd.get()); }
        readiness ready;
        endpoint to;
        unique_fd fd;
    };

    void wait_for(attempt& a)
    {
        a.ready.wait(a.fd.get(), readiness::write, [self = shared_from_this(), &a](const error_code& error) {
            if (!self->ended_ && !error)
                self->look(a);
        });
    }

    /// A wait may end without cause: the first one always does.
    void look(attempt& a)
    {
        pollfd on{a.fd.get(), POLLOUT, 0};
        if (::poll(&on, 1, 0) == 0)
            return wait_for(a);
        finished(a, connect_outcome(a.fd.get()));
    }

    void finished(attempt& a, int error)
    {
        --running_;
        if (error == 0) {
            a.ready.forget(a.fd.get());
            result_ = {std::move(a.fd), a.to, 0};
        } else if (result_.error != ECONNREFUSED && (result_.error == 0 || error == ECONNREFUSED)) {
            result_.to = a.to;
            result_.error = error;
        }
        changed_.set();
    }

    void wake_after(std::chrono::milliseconds delay)
    {
        delay_.expires_after(delay);
        delay_.async_wait([self = shared_from_this()](const error_code& error) {
            if (self->ended_ || error)
                return;
            self->delay_passed_ = true;
            self->changed_.set();
        });
    }

    asio::io_context& context_;
    const std::vector<endpoint> addresses_;
    std::size_t next_ = 0, running_ = 0;
    event changed_;
    timer delay_;
    bool delay_passed_ = false, ended_ = false;
    std::vector<std::unique_ptr<attempt>> attempts_;
    dialled result_;
};

} // namespace

task<dialled> dial(asio::io_context& context, const std::vector<endpoint>& addresses,
                   std::chrono::milliseconds attempt_delay, limited_wait& patience)
{
    auto attempts = std::make_shared<race>(context, interleave_families(addresses, most_addresses));
    limited_wait::guard ends(patience, attempts->changed());
    while (!attempts->won() && !patience.ended() && (attempts->more() || attempts->running())) {
        if (attempts->may_start()) {
            attempts->start_next(attempt_delay);
            continue;
        }
        attempts->changed().clear();
        co_await attempts->changed().wait();
    }
    dialled result = attempts->take();
    if (!result.fd && patience.ended())
        result.error = 0;
    co_return result;
}

} // namespace pier::net
