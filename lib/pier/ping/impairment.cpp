#include "pier/ping/impairment.hpp"

#include "pier/base/units.hpp"

#include <vector>

namespace pier::ping {

namespace {

std::mt19937_64 generator(std::uint64_t seed, std::uint64_t stream, unsigned kind)
{
    std::seed_seq words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                        static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32), kind};
    return std::mt19937_64(words);
}

} // namespace

std::optional<burst_loss> burst_loss::parse(std::string_view text)
{
    std::vector<probability> given;
    for (bool more = true; more;) {
        auto comma = text.find(',');
        auto p = probability::parse(text.substr(0, comma));
        if (!p)
            return std::nullopt;
        given.push_back(*p);
        more = comma != text.npos;
        if (more)
            text.remove_prefix(comma + 1);
    }
    if (given.size() < 2 || given.size() > 4)
        return std::nullopt;
    burst_loss result;
    result.enter = given[0];
    result.leave = given[1];
    if (given.size() > 2)
        result.inside = given[2];
    if (given.size() > 3)
        result.outside = given[3];
    return result;
}

std::string burst_loss::to_string() const
{
    return enter.to_string() + "," + leave.to_string() + "," + inside.to_string() + "," + outside.to_string();
}

std::string impairment_config::validate() const
{
    if (jitter > delay)
        return "--jitter is to and fro about --delay, which must be as long at least";
    for (auto wait : {delay, jitter, reorder_hold})
        if (wait > longest)
            return "--delay, --jitter and --reorder-hold are at most " + format_duration(longest);
    return {};
}

impairment::impairment(const impairment_config& config, std::uint64_t seed, std::uint64_t stream)
    : config_(config), losses_(generator(seed, stream, 0)), waits_(generator(seed, stream, 1)),
      copies_(generator(seed, stream, 2)), orders_(generator(seed, stream, 3))
{
}

bool impairment::loses()
{
    bool lost = happens(config_.loss, losses_);
    if (!config_.bursts)
        return lost;
    const burst_loss& bursts = *config_.bursts;
    bool changes = happens(in_burst_ ? bursts.leave : bursts.enter, losses_);
    in_burst_ = in_burst_ != changes;
    bool lost_to_burst = happens(in_burst_ ? bursts.inside : bursts.outside, losses_);
    return lost || lost_to_burst;
}

impairment::treatment impairment::treat(clock::time_point now)
{
    treatment result;
    result.duplicated = happens(config_.duplicate, copies_);
    result.reordered = happens(config_.reorder, orders_);
    std::chrono::nanoseconds wait = config_.delay;
    if (config_.jitter.count() != 0) {
        double part = double(waits_() >> 11) * 0x1p-53; // from 0 to 1
        wait += std::chrono::nanoseconds(static_cast<std::int64_t>(
            (2 * part - 1) * double(std::chrono::nanoseconds(config_.jitter).count())));
    }
    result.due = std::max(now + wait, last_due_);
    if (result.reordered)
        result.due += config_.reorder_hold;
    else
        last_due_ = result.due;
    return result;
}

} // namespace pier::ping
