// Deadlines as fields: arming one is two pointer writes, a sweep looks only at what has expired. No I/O, no
// clock of its own. Each kind of time-out has one constant duration, so its list is in order of expiry by
// construction.
#pragma once

#include "pier/base/intrusive_list.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pier::net {

/// Milliseconds of a monotonic clock.
using ticks = std::int64_t;

struct deadline_tag;

/// What can expire: at most one deadline at a time.
class deadline_hook : public list_hook<deadline_tag> {
public:
    void disarm() { unlink(); }
    bool armed() const { return linked(); }

private:
    friend class deadline_list;
    ticks expires_ = 0;
};

/// All deadlines of one kind.
class deadline_list {
public:
    explicit deadline_list(std::chrono::milliseconds after) : after_(after.count()) {}

    std::chrono::milliseconds duration() const { return std::chrono::milliseconds(after_); }

    /// Replaces whatever deadline the hook had.
    void arm(deadline_hook& hook, ticks now)
    {
        hook.expires_ = now + after_;
        members_.push_back(hook);
    }

    /// Calls `expired` for each hook whose time has come, disarmed; it may arm it anew.
    template <class Expired>
    void sweep(ticks now, Expired expired)
    {
        while (!members_.empty() && members_.front().expires_ <= now) {
            deadline_hook& hook = members_.front();
            hook.disarm();
            expired(hook);
        }
    }

    bool empty() const { return members_.empty(); }
    /// When the first of them expires. There must be one.
    ticks next() { return members_.front().expires_; }

private:
    ticks after_;
    intrusive_list<deadline_hook, deadline_tag> members_;
};

} // namespace pier::net
