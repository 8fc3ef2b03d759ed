// What the services of all shards have in common: each shard's monitor, the file that outlives them, and who
// is told of events.
#pragma once

#include "pier/beat/config.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/hmac.hpp"
#include "pier/ops/line_log.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace pier::beat {

class service;
class snapshot_file;
struct webhook_target;

/// Makes a sink on the first shard's thread, whose event loop it may use.
using sink_factory = std::function<std::unique_ptr<alert_sink>(net::shard&)>;

struct watch {
    /// Reads the key, the web hook's token and what an earlier process has kept. Throws ops::fatal.
    watch(beat::config c, unsigned shards, std::vector<sink_factory> sinks);
    /// When all shards have ended: writes the state once more.
    ~watch();

    monitor& of(unsigned shard) { return *monitors[shard]; }
    unsigned owner(std::uint64_t hash) const { return static_cast<unsigned>((hash >> 32) % monitors.size()); }

    const beat::config told;
    const std::optional<ops::hmac_key> key;
    const std::vector<sink_factory> more_sinks;
    std::unique_ptr<webhook_target> webhook; ///< none: nobody is told
    std::shared_ptr<ops::line_file> events;
    std::shared_ptr<monitor_group> group;
    std::vector<std::unique_ptr<monitor>> monitors; ///< each used by its shard alone
    std::vector<service*> services;                 ///< the leading one of each shard, which sets its own
    std::unique_ptr<snapshot_file> state;           ///< none: nothing is kept
};

/// The machine's clocks in microseconds.
std::int64_t monotonic_microseconds();
std::int64_t wall_microseconds();

} // namespace pier::beat
