#include "pier/beat/watch.hpp"

#include "pier/beat/snapshot_file.hpp"
#include "pier/beat/webhook_sink.hpp"
#include "pier/ops/log.hpp"

#include <ctime>
#include <sys/random.h>

namespace pier::beat {

namespace {

std::int64_t microseconds(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

/// Nobody is to know which names collide.
siphash_key random_key()
{
    siphash_key key{};
    (void)!::getrandom(key.data(), sizeof key, 0);
    return key;
}

} // namespace

std::int64_t monotonic_microseconds()
{
    return microseconds(CLOCK_MONOTONIC);
}

std::int64_t wall_microseconds()
{
    return microseconds(CLOCK_REALTIME);
}

watch::watch(beat::config c, unsigned shards, std::vector<sink_factory> sinks)
    : told(std::move(c)), key(told.key.empty() ? std::nullopt : std::optional(ops::hmac_key::load(told.key))),
      more_sinks(std::move(sinks)), events(told.events.empty() ? nullptr : ops::line_file::open(told.events)),
      group(std::make_shared<monitor_group>(told.monitor, random_key())), services(shards)
{
    if (told.webhook.url)
        webhook = std::make_unique<webhook_target>(told.webhook);
    for (unsigned i = 0; i < shards; ++i) {
        monitors.push_back(std::make_unique<monitor>(group));
        monitors.back()->look_at_clock(monotonic_microseconds(), wall_microseconds());
    }
    if (told.state.empty())
        return;
    state = std::make_unique<snapshot_file>(told.state);
    std::uint64_t known = 0;
    state->load([&](std::unique_ptr<sender> s) {
        unsigned shard = owner(group->hash(s->name));
        known += of(shard).restore(std::move(s));
    });
    if (known > 0)
        ops::log(ops::level::info, "watching " + std::to_string(known) + " senders of before");
}

watch::~watch()
{
    if (state && services.front()) // it has served
        state->write_all(monitors);
}

} // namespace pier::beat
