// A target's probes and answers brought together: what is under way, what became of it, what it adds up to.
// No I/O.
#pragma once

#include "pier/ping/probe_table.hpp"
#include "pier/ping/rolling.hpp"
#include "pier/ping/statistics.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace pier::ping {

/// RTTs of the latest probes in order of their numbers, for a plot.
class recent_rtts {
public:
    static constexpr std::int64_t lost = -1;
    static constexpr std::size_t most = 1024;

    void add(std::int64_t rtt) { ring_[total_++ % most] = rtt; }
    std::uint64_t total() const { return total_; }
    std::size_t size() const { return static_cast<std::size_t>(std::min<std::uint64_t>(total_, most)); }
    /// `i` 0: the oldest there is.
    std::int64_t operator[](std::size_t i) const { return ring_[(total_ - size() + i) % most]; }

private:
    std::array<std::int64_t, most> ring_{};
    std::uint64_t total_ = 0;
};

struct session_config {
    std::int64_t wait = 1'000'000'000;    ///< for an answer, nanoseconds
    std::int64_t window = 60'000'000'000; ///< of rolling figures
    std::size_t probes = 1024;            ///< kept for answers to come
    std::uint64_t first = 0;              ///< sequence number
    std::int64_t began = 0;               ///< steady
    bool stateful_reflector = false;
};

class session {
public:
    explicit session(const session_config& c)
        : config_(c), table_(c.probes, c.first), statistics_(c.stateful_reflector), window_(c.window)
    {
    }

    /// When the run did, by the steady clock.
    void begin(std::int64_t now) { config_.began = now; }
    bool has_room() const { return table_.has_room(); }
    /// The next probe, to be filled in and sent; then sent() or not_sent().
    probe& open(std::int64_t due)
    {
        probe& p = table_.open();
        p.due = due;
        return p;
    }
    void sent(const probe& p) { statistics_.sent(p); }
    void not_sent(probe& p)
    {
        p.is = probe::state::not_sent;
        statistics_.not_sent();
    }
    /// The kernel has said when it sent that one (wall).
    void stamped(std::uint64_t sequence, std::int64_t kernel_sent)
    {
        if (probe* p = table_.find(sequence); p && p->is == probe::state::waiting)
            p->kernel_sent = kernel_sent;
    }

    struct arrival {
        match is = match::never_sent;
        timing delays; ///< only of one `in_time`, `late` or `duplicate`
    };
    arrival came(const answer& a);
    /// `about`: the probe that will have no answer for that; null: none, or not known.
    void failed(fault f, probe* about)
    {
        statistics_.failed(f);
        if (about && about->is == probe::state::waiting)
            about->is = probe::state::refused;
    }
    /// The probe before that number, where it is still known.
    probe* sent_before(std::uint64_t sequence) { return table_.find(sequence - 1); }
    probe* find(std::uint64_t sequence) { return table_.find(sequence); }

    /// The next probe whose fate is decided at `now`, in order of their numbers; null: none.
    const probe* settle(std::int64_t now);
    std::optional<std::int64_t> next_expiry() const { return table_.next_expiry(config_.wait); }

    const session_config& config() const { return config_; }
    const probe_table& table() const { return table_; }
    const statistics& figures() const { return statistics_; }
    statistics& figures() { return statistics_; }
    const recent_rtts& recent() const { return recent_; }
    rolling::figures window(std::int64_t now) const { return window_.within(now); }

private:
    session_config config_;
    probe_table table_;
    statistics statistics_;
    rolling window_;
    recent_rtts recent_;
};

} // namespace pier::ping
