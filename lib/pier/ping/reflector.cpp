#include "pier/ping/reflector.hpp"

#include "pier/net/shard.hpp"
#include "pier/ping/clock_error.hpp"

#include <algorithm>

namespace pier::ping {

namespace {

constexpr unsigned stream_of_stamp = 0;
/// The DSCP of an answer is that of its question (RFC 8972 4.4); ECN is for the way back to say.
constexpr int dscp_bits = 0xfc;

} // namespace

reflector::reflector(net::shard& home, std::shared_ptr<reflector_state> state,
                     std::shared_ptr<bad_network> network)
    : home_(home), state_(std::move(state)), sessions_(state_->session_room, state_->config.session_timeout),
      path_(home, std::move(network), stream_of_stamp,
            [this](std::span<char> answer) { finish(answer, unix_now(), mac()); })
{
    if (state_->config.key) {
        key_generation_ = state_->config.key->generation();
        mac_.emplace(*state_->config.key->key());
    }
    look_at_clock();
}

net::datagram_details reflector::details()
{
    net::datagram_details wanted;
    wanted.receive_time = wanted.hop_limit = wanted.traffic_class = true;
    return wanted;
}

void reflector::on_batch(std::span<net::datagram> batch, net::datagram_port& from)
{
    follow_reload();
    for (net::datagram& d : batch)
        if (!path_.loses())
            answer(d, from);
}

void reflector::answer(net::datagram& d, net::datagram_port& from)
{
    judged asked = judge(d.data, mac());
    if (refuses(asked.what, d))
        return;
    auto sequence = sequence_for(asked, d);
    if (!sequence)
        return;
    reflection by{*sequence, received_at(d), static_cast<std::uint8_t>(d.hop_limit < 0 ? 255 : d.hop_limit),
                  asked.packet.error.format() == timestamp_format::ptp ? ptp_error_ : ntp_error_};
    std::size_t size = std::max(d.data.size(), base_size(mode_of(mac())));
    reflect({d.data.data(), size}, asked, by, mac());
    if (int dscp = d.traffic_class & dscp_bits; d.traffic_class > 0 && dscp != 0)
        d.mark_reply({-1, dscp});
    path_.send(d, size, from);
}

/// Counts why. The answer to a short packet is longer than it: who may ask for that is not to be a forged
/// source.
bool reflector::refuses(verdict what, const net::datagram& d)
{
    if (d.truncated)
        what = verdict::malformed;
    switch (what) {
    case verdict::reflect: return false;
    case verdict::malformed: malformed_.add(); return true;
    case verdict::wrong_hmac: wrong_hmac_.add(); return true;
    case verdict::too_short: break;
    }
    bool allowed = state_->config.allow_short.contains(d.peer.ip()) && d.room >= base_size(mode_of(mac()));
    (allowed ? short_answered_ : short_refused_).add();
    return !allowed;
}

std::optional<std::uint32_t> reflector::sequence_for(const judged& from, const net::datagram& d)
{
    if (!state_->config.stateful)
        return from.packet.sequence;
    std::size_t before = sessions_.size();
    auto next = sessions_.next(d.peer, from.packet.ssid, home_.now());
    sessions_open_.add(sessions_.size() - before);
    sessions_refused_.add(!next);
    return next;
}

std::int64_t reflector::received_at(const net::datagram& d)
{
    if (d.received != 0)
        return d.received;
    without_receive_time_.add();
    return unix_now();
}

void reflector::follow_reload()
{
    const auto& key = state_->config.key;
    if (!key || key->generation() == key_generation_)
        return;
    key_generation_ = key->generation();
    mac_.emplace(*key->key());
}

void reflector::look_at_clock()
{
    ntp_error_ = clock_error(timestamp_format::ntp);
    ptp_error_ = clock_error(timestamp_format::ptp);
}

void reflector::tick()
{
    if (++ticks_ % ticks_between_looks == 0)
        look_at_clock();
    std::size_t before = sessions_.size();
    sessions_.sweep(home_.now());
    sessions_open_.subtract(before - sessions_.size());
    path_.tick();
}

std::vector<ops::named_counter> reflector::own_counters() const
{
    using kind = ops::named_counter::kind;
    std::vector<ops::named_counter> all{
        {"stamp_malformed_total", "Packets that are none of STAMP.", kind::counter, &malformed_},
        {"stamp_short_answered_total", "Short packets (TWAMP-Light) answered, as --allow-short allows.",
         kind::counter, &short_answered_},
        {"stamp_short_refused_total", "Short packets dropped: the answer would be longer.", kind::counter,
         &short_refused_},
        {"stamp_hmac_failures_total", "Packets dropped for a wrong HMAC.", kind::counter, &wrong_hmac_},
        {"stamp_sessions", "Sessions known to a stateful reflector.", kind::gauge, &sessions_open_},
        {"stamp_sessions_refused_total", "Packets of new sessions dropped, see --max-sessions.",
         kind::counter, &sessions_refused_},
        {"stamp_without_receive_time_total",
         "Packets whose arrival the kernel did not tell: the clock was read.", kind::counter,
         &without_receive_time_},
    };
    for (const auto& counter : path_.counters())
        all.push_back(counter);
    return all;
}

} // namespace pier::ping
