// A bad network on purpose: which datagrams are lost, doubled, late or out of order. Decided by a generator
// of its own, so that a seed repeats it. No I/O, no clock of its own.
#pragma once

#include "pier/ping/probability.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace pier::ping {

/// The model of Gilbert and Elliott: a link is in one of two states and changes between them at random.
struct burst_loss {
    probability enter;                             ///< a burst begins with this datagram
    probability leave;                             ///< it has ended
    probability inside = *probability::parse("1"); ///< lost, in a burst
    probability outside{};

    /// "ENTER,LEAVE[,INSIDE[,OUTSIDE]]".
    static std::optional<burst_loss> parse(std::string_view text);
    std::string to_string() const;
};

struct impairment_config {
    probability loss;
    std::optional<burst_loss> bursts;
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds jitter{0}; ///< to and fro about `delay`, evenly
    probability duplicate;
    probability reorder;
    std::chrono::milliseconds reorder_hold{100}; ///< so long it waits for others to overtake it
    std::uint64_t queue_size = 16 << 20;         ///< bytes that may wait, in the whole process
    std::optional<std::uint64_t> seed;           ///< none: another one each time

    static constexpr std::chrono::milliseconds longest{60'000}; ///< of each wait

    /// Anything may happen to a datagram.
    bool any() const { return loses() || waits() || duplicate; }
    bool loses() const { return loss || bursts; }
    bool waits() const { return delay.count() != 0 || jitter.count() != 0 || reorder; }
    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

class impairment {
public:
    using clock = std::chrono::steady_clock;

    /// `stream`: generators of one seed and different streams have nothing to do with each other.
    impairment(const impairment_config& config, std::uint64_t seed, std::uint64_t stream);

    /// Whether the next datagram is lost.
    bool loses();

    struct treatment {
        clock::time_point due; ///< the copy's too
        bool duplicated = false, reordered = false;
    };
    /// Of the next one that is not. It leaves after those before it, but for reordered ones.
    treatment treat(clock::time_point now);

private:
    bool happens(const probability& p, std::mt19937_64& by) { return p && p.holds_for(by()); }

    const impairment_config& config_;
    // One for each kind of misfortune: adding jitter leaves the losses where they were.
    std::mt19937_64 losses_, waits_, copies_, orders_;
    bool in_burst_ = false;
    clock::time_point last_due_{};
};

} // namespace pier::ping
