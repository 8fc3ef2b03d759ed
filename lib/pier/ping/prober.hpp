// Sends a target's probes and hears its answers: over a socket of its own, without ever waiting.
#pragma once

#include "pier/ping/target.hpp"

namespace pier::ping {

/// Who is told what happened.
class events {
public:
    virtual ~events() = default;
    virtual void came(target& from, const answer& a) = 0;
    /// `about`: the probe that it is about, as far as known.
    virtual void failed(target& from, fault f, probe* about) = 0;
    virtual void not_sent(target& to, probe& p, int error) = 0;
};

class prober {
public:
    virtual ~prober() = default;

    /// Becomes readable, or has an error, when receive() has something to do.
    virtual int descriptor() const = 0;
    /// Sends the next probe, which was due at `due` (steady).
    virtual void send(std::int64_t due, events& to) = 0;
    /// Everything that has come until now.
    virtual void receive(events& to) = 0;
    /// This machine's clock was looked at.
    virtual void clock(error_estimate) {}
    /// There is no more waiting for an answer to that one.
    virtual void given_up(const probe&) {}
};

} // namespace pier::ping
