// The end of a client's patience: whatever one operation waits for at the moment, a deadline or its caller
// can end it. One for each operation, from its begin to its end; each step arms it anew.
#pragma once

#include "pier/net/deadline_clock.hpp"
#include "pier/net/event.hpp"
#include "pier/net/stream.hpp"

#include <tuple>
#include <utility>

namespace pier::net {

class limited_wait final : public deadline_clock::hook {
public:
    enum class ending : unsigned char { none, deadline, cancelled };

    explicit limited_wait(deadline_clock& clock) : clock_(clock) {}

    /// The step that begins now may take so long; 0: for ever.
    void limit(std::chrono::milliseconds step)
    {
        disarm();
        if (step.count() > 0)
            clock_.arm(*this, step);
    }

    void cancel() { end(ending::cancelled); }
    bool ended() const { return why_ != ending::none; }
    ending why() const { return why_; }
    /// After a deadline: for another step. What was cancelled stays so.
    void resume()
    {
        if (why_ == ending::deadline)
            why_ = ending::none;
    }

    /// While it lives, the end of the operation ends the waits on that stream, or sets that event. What ended
    /// before ends them at once.
    class guard {
    public:
        guard(limited_wait& w, stream& on) : wait_(w), before_(w.on_, std::exchange(w.event_, nullptr))
        {
            w.on_ = &on;
            if (w.ended())
                on.cancel();
        }
        guard(limited_wait& w, event& on) : wait_(w), before_(std::exchange(w.on_, nullptr), w.event_)
        {
            w.event_ = &on;
            if (w.ended())
                on.set();
        }
        ~guard() { std::tie(wait_.on_, wait_.event_) = before_; }
        guard(const guard&) = delete;
        guard& operator=(const guard&) = delete;

    private:
        limited_wait& wait_;
        std::pair<stream*, event*> before_;
    };

private:
    void expired() override { end(ending::deadline); }
    void end(ending why)
    {
        if (why_ == ending::cancelled)
            return;
        why_ = why;
        if (on_)
            on_->cancel();
        if (event_)
            event_->set();
    }

    deadline_clock& clock_;
    stream* on_ = nullptr;
    event* event_ = nullptr;
    ending why_ = ending::none;
};

} // namespace pier::net
