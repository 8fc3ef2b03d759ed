// Watches the senders of one shard: beats come in, time passes, events come out. No I/O.
#pragma once

#include "pier/base/siphash.hpp"
#include "pier/beat/detector.hpp"
#include "pier/beat/event.hpp"
#include "pier/beat/heartbeat.hpp"
#include "pier/beat/monitor_clock.hpp"
#include "pier/beat/sender_index.hpp"
#include "pier/beat/timer_wheel.hpp"
#include "pier/ops/counters.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace pier::beat {

struct monitor_config {
    detector_config detector;
    damping_config damping;
    std::chrono::milliseconds forget{std::chrono::hours(7 * 24)}; ///< a sender that is down or stopped
    /// The monitor itself was not running for longer than this: its deadlines move by the time that it
    /// missed.
    std::chrono::milliseconds pause_guard{1'000};
    std::uint64_t max_senders = 100'000; ///< of all shards together; beats of more are refused
};

/// What the monitors of one process share.
struct monitor_group {
    explicit monitor_group(monitor_config c, siphash_key k) : config(c), key(k) {}

    const monitor_config config;
    const siphash_key key; ///< of the names' hash: who owns a sender, and where it stands there
    std::atomic<std::uint64_t> senders{0};

    std::uint64_t hash(std::string_view name) const { return siphash(key, name); }
    /// Room for one more sender; false: there are as many as may be.
    bool enter()
    {
        if (senders.fetch_add(1, std::memory_order_relaxed) < config.max_senders)
            return true;
        senders.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
};

struct arrival {
    heartbeat beat{};
    ip_address address{};
    std::uint16_t port = 0;
    std::int64_t wall = 0;  ///< when it was received, microseconds since 1970
    bool is_signed = false; ///< and was verified
};

struct monitor_counters {
    ops::counter received, lost, late, duplicated, reordered, outdated, restarts, clock_steps, pauses,
        refused;
    std::array<ops::counter, 6> senders; ///< now, by state
};

class monitor {
public:
    explicit monitor(std::shared_ptr<monitor_group> group);
    ~monitor();

    /// First of all in each turn: what the machine's clocks say, in microseconds.
    void look_at_clock(std::int64_t monotonic, std::int64_t wall);
    void take(const arrival& a, std::uint64_t hash);
    /// Looks at those whose deadline has passed.
    void sweep();

    std::vector<event> take_events() { return std::exchange(events_, {}); }
    const monitor_clock& clock() const { return clock_; }
    const monitor_counters& counters() const { return counters_; }
    const monitor_group& group() const { return *group_; }
    sender_index& senders() { return senders_; }
    double phi(const sender& s) const;
    /// As of now, for who lists it.
    double silence(const sender& s) const { return static_cast<double>(clock_.now() - s.last_arrival); }

    /// One that was known before this process began. False: it is here already, or there are too many.
    bool restore(std::unique_ptr<sender> s);

private:
    sender* admit(const arrival& a, std::uint64_t hash);
    void begin(sender& s, const arrival& a);
    bool is_older_start(const sender& s, const arrival& a) const;
    bool is_new_start(const sender& s, const arrival& a) const;
    void restart(sender& s, const arrival& a);
    void take_next(sender& s, const arrival& a, std::uint64_t skipped);
    void take_overtaken(sender& s, const arrival& a);
    void learn(sender& s, const arrival& a, std::uint64_t skipped, std::int64_t at);
    void heard(sender& s, const arrival& a, std::int64_t at);
    void become(sender& s, state to);
    void note(event_kind kind, sender& s, std::int64_t clock_step = 0);
    void check(sender& s);
    void settle(sender& s);
    void judge(sender& s);
    void schedule(sender& s);
    void forget(sender& s);
    std::int64_t arrived(const sender& s, const arrival& a) const;
    bool was_queued(const arrival& a) const { return a.wall <= clock_.resumed(); }
    std::uint32_t minute() const { return static_cast<std::uint32_t>(clock_.wall() / 60'000'000); }

    std::shared_ptr<monitor_group> group_;
    const detector detector_;
    monitor_clock clock_;
    monitor_counters counters_;
    timer_wheel wheel_; // before who stands in it
    sender_index senders_;
    std::vector<event> events_;
};

} // namespace pier::beat
