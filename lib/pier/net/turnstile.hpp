// Long work in small portions: one for each turn of the event loop, so that whoever is ready meanwhile comes
// in between. First come, first served.
#pragma once

#include "pier/net/types.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <deque>
#include <memory>
#include <utility>

namespace pier::net {

class turnstile {
public:
    explicit turnstile(asio::io_context& context) : context_(context) {}
    turnstile(const turnstile&) = delete;
    turnstile& operator=(const turnstile&) = delete;

    /// Whether the caller may go on at once: nobody has in this turn, and nobody waits.
    bool pass()
    {
        if (taken_)
            return false;
        take();
        return true;
    }

    /// After pass() said no: completes, with an error_code that is never set, when it is the caller's turn.
    template <class Token>
    auto wait(Token&& token)
    {
        return asio::async_initiate<Token, void(error_code)>(initiate{this}, token);
    }

    std::size_t waiting() const { return queue_.size(); }
    /// Destroys what waits: before what it refers to goes.
    void abandon() { queue_.clear(); }

private:
    struct waiter {
        virtual ~waiter() = default;
        virtual void go() = 0;
    };
    template <class Handler>
    struct waiter_for final : waiter {
        explicit waiter_for(Handler h) : handler(std::move(h)) {}
        void go() override { std::move(handler)(error_code{}); }
        Handler handler;
    };
    struct initiate {
        turnstile* self;
        template <class Handler>
        void operator()(Handler&& handler) const
        {
            using type = waiter_for<std::decay_t<Handler>>;
            self->queue_.push_back(std::make_unique<type>(std::forward<Handler>(handler)));
        }
    };

    /// The loop looks at its sockets between two runs of what is posted here.
    void take()
    {
        taken_ = true;
        asio::post(context_, [this] { next(); });
    }

    void next()
    {
        taken_ = false;
        if (queue_.empty())
            return;
        auto first = std::move(queue_.front());
        queue_.pop_front();
        take();
        first->go();
    }

    asio::io_context& context_;
    std::deque<std::unique_ptr<waiter>> queue_; // of the shard's connections, so bounded as they are
    bool taken_ = false;
};

} // namespace pier::net
