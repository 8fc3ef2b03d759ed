#include "pier/beat/listing.hpp"

#include "pier/base/json_writer.hpp"
#include "pier/base/units.hpp"
#include "pier/beat/address_text.hpp"

#include <algorithm>

namespace pier::beat {

namespace {

bool in_order(const sender* a, const sender* b)
{
    return comes_before(a->now, a->name, b->now, b->name);
}

std::string describe(const monitor& by, const sender& s)
{
    std::string out;
    json_writer json(out);
    json.begin_object().member("name", std::string_view(s.name)).member("state", to_string(s.now));
    json.member("address", std::string_view(address_text(s.address, s.port)));
    json.key("since").decimal(s.since, 6).key("first_heard").decimal(s.first_heard, 6);
    json.key("last_heard").decimal(s.last_heard, 6);
    json.key("silence_seconds").decimal(static_cast<std::int64_t>(by.silence(s)), 6);
    json.key("phi").thousandths(static_cast<std::uint64_t>(by.phi(s) * 1000));
    json.key("interval_seconds").decimal(static_cast<std::int64_t>(s.intervals.mean()), 6);
    json.key("deviation_seconds").decimal(static_cast<std::int64_t>(s.intervals.deviation()), 6);
    json.key("loss").thousandths(static_cast<std::uint64_t>(s.losses.loss() * 1000));
    json.key("difference_seconds").decimal(s.difference.last(), 6);
    json.key("mean_difference_seconds").decimal(static_cast<std::int64_t>(s.difference.mean()), 6);
    json.key("difference_variation_seconds").decimal(static_cast<std::int64_t>(s.difference.variation()), 6);
    json.member("received", s.received).member("lost", s.lost).member("late", s.late);
    json.member("duplicated", s.duplicated).member("reordered", s.reordered).member("outdated", s.outdated);
    json.member("restarts", s.restarts).member("clock_steps", s.clock_steps);
    json.member("flapping", s.damping.is_damped());
    auto minute = static_cast<std::uint32_t>(by.clock().wall() / 60'000'000);
    json.member("hour", std::string_view(s.history.text(minute, s.now))).end_object();
    return out;
}

} // namespace

void add_listing(monitor& of, const listing_query& query, listing& into)
{
    std::vector<const sender*> found;
    of.senders().visit(0, [&](const sender& s) {
        ++into.by_state[static_cast<std::size_t>(s.now)];
        if (query.matches(s))
            found.push_back(&s);
        return true;
    });
    into.matching += found.size();
    std::size_t taken = std::min(found.size(), query.limit);
    auto end = found.begin() + static_cast<std::ptrdiff_t>(taken);
    std::partial_sort(found.begin(), end, found.end(), in_order);
    for (auto s = found.begin(); s != end; ++s)
        into.senders.push_back({(*s)->now, (*s)->name, describe(of, **s)});
    std::sort(into.senders.begin(), into.senders.end(), [](const listed_sender& a, const listed_sender& b) {
        return comes_before(a.state, a.name, b.state, b.name);
    });
    into.senders.resize(std::min(into.senders.size(), query.limit));
}

std::string to_json(const listing& l, const monitor_config& config, std::int64_t now)
{
    std::string out;
    json_writer json(out);
    json.begin_object().key("time").decimal(now, 6);
    bool phi = config.detector.kind == detector_kind::phi;
    json.member("detector", phi ? "phi" : "fixed");
    json.key("threshold").thousandths(static_cast<std::uint64_t>(config.detector.threshold * 1000));
    json.key("states").begin_object();
    for (std::size_t i = l.by_state.size(); i-- > 0;)
        json.member(to_string(static_cast<state>(i)), l.by_state[i]);
    json.end_object().member("matching", l.matching);
    json.key("senders").begin_array();
    for (std::size_t i = 0; i < l.senders.size(); ++i)
        out.append(i == 0 ? "" : ",").append(l.senders[i].json);
    json.end_array().end_object();
    return out;
}

} // namespace pier::beat
