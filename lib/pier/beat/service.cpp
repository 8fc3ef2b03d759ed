#include "pier/beat/service.hpp"

#include "pier/beat/address_text.hpp"
#include "pier/beat/packet.hpp"
#include "pier/beat/save.hpp"
#include "pier/beat/sinks.hpp"
#include "pier/beat/text_beat.hpp"
#include "pier/beat/webhook_sink.hpp"
#include "pier/net/spawn.hpp"
#include "pier/ops/log.hpp"

#include <boost/asio/post.hpp>

#include <cstring>

namespace pier::beat {

routed_arrival::routed_arrival(const arrival& a, std::uint64_t h)
    : what(a), hash(h), length(static_cast<std::uint8_t>(a.beat.name.size()))
{
    std::memcpy(name, a.beat.name.data(), length);
}

service::service(net::shard& home, std::shared_ptr<watch> common, beat_format format)
    : home_(home), common_(std::move(common)), format_(format), monitor_(common_->of(home.index())),
      onward_(common_->monitors.size()), webhook_(std::make_unique<webhook_counters>())
{
    if (common_->key)
        key_.emplace(*common_->key);
    if (format_ == beat_format::text)
        return;
    common_->services[home.index()] = this;
    save_due_ = home.now() + common_->told.state_interval.count();
    if (home.index() == 0)
        sinks_ = make_sinks(home, *common_, *webhook_);
}

service::~service() = default;

void service::on_batch(std::span<net::datagram> batch, net::datagram_port&)
{
    look_at_clock();
    std::string text_name; // of a text's sender, while it is looked at
    for (const net::datagram& d : batch) {
        arrival a;
        if (read(d, a, text_name))
            route(a);
    }
    send_on();
    flush_events();
}

void service::look_at_clock()
{
    monitor_.look_at_clock(monotonic_microseconds(), wall_microseconds());
}

/// False: it is no beat that we may hear.
bool service::read(const net::datagram& d, arrival& into, std::string& text_name)
{
    into.address = d.peer.ip();
    into.port = d.peer.port;
    into.wall = d.received ? d.received / 1000 : monitor_.clock().wall();
    std::string_view bytes(d.data.data(), d.data.size());
    if (format_ == beat_format::text) {
        auto beat = d.truncated ? std::nullopt : read_text_beat(bytes);
        malformed_.add(!beat);
        if (!beat)
            return false;
        into.beat = *beat;
        text_name.assign(text_prefix).append(address_text(into.address, into.port));
        into.beat.name = text_name;
        return true;
    }
    auto found = read_packet(d.data, key_ ? &*key_ : nullptr);
    if (auto* beat = std::get_if<heartbeat>(&found)) {
        into.beat = *beat;
        into.is_signed = key_.has_value();
        return true;
    }
    auto error = std::get<packet_error>(found);
    malformed_.add(error == packet_error::malformed || error == packet_error::unknown_version);
    unsigned_.add(error == packet_error::unsigned_packet);
    wrongly_signed_.add(error == packet_error::wrong_signature);
    return false;
}

void service::route(const arrival& a)
{
    std::uint64_t hash = common_->group->hash(a.beat.name);
    unsigned owner = common_->owner(hash);
    if (owner == home_.index())
        monitor_.take(a, hash);
    else
        onward_[owner].emplace_back(a, hash);
}

/// One message for all that came together.
void service::send_on()
{
    for (unsigned shard = 0; shard < onward_.size(); ++shard) {
        if (onward_[shard].empty())
            continue;
        net::asio::post(
            home_.whole().shards[shard]->context(),
            [to = common_->services[shard], beats = std::exchange(onward_[shard], {})] { to->take(beats); });
    }
}

void service::take(const std::vector<routed_arrival>& beats)
{
    look_at_clock();
    for (const routed_arrival& beat : beats) {
        arrival a = beat.what;
        a.beat.name = {beat.name, beat.length};
        monitor_.take(a, beat.hash);
    }
    flush_events();
}

void service::flush_events()
{
    auto events = monitor_.take_events();
    if (events.empty())
        return;
    if (home_.index() == 0)
        return common_->services[0]->tell(events);
    net::asio::post(home_.whole().shards[0]->context(),
                    [to = common_->services[0], events = std::move(events)] { to->tell(events); });
}

void service::tell(const std::vector<event>& events)
{
    for (const event& e : events)
        for (auto& sink : sinks_)
            sink->deliver(e);
}

void service::tick()
{
    if (format_ == beat_format::text)
        return; // the other one of this shard does it
    look_at_clock();
    monitor_.sweep();
    flush_events();
    for (auto& sink : sinks_)
        sink->tick();
    if (monitor_.counters().refused.value() > 0 && !std::exchange(said_full_, true))
        ops::log(ops::level::warning, "there are --max-senders senders already: beats of others are refused");
    save_when_due();
}

void service::save_when_due()
{
    if (!common_->state || home_.index() != 0 || saving_ || home_.draining() || home_.now() < save_due_)
        return;
    saving_ = true;
    save_due_ = home_.now() + common_->told.state_interval.count();
    net::spawn(home_.context(), save(home_, *common_), [this](std::exception_ptr error) {
        saving_ = false;
        if (error)
            ops::log_exception("writing the state", error);
    });
}

std::vector<ops::named_counter> service::own_counters() const
{
    using kind = ops::named_counter::kind;
    if (format_ == beat_format::text)
        return {
            {"text_beats_malformed_total", "Datagrams that are no text beats.", kind::counter, &malformed_}};
    const monitor_counters& c = monitor_.counters();
    auto of = [&](state s) { return &c.senders[static_cast<std::size_t>(s)]; };
    std::vector<ops::named_counter> all{
        {"beat_senders_new", "Senders heard once.", kind::gauge, of(state::fresh)},
        {"beat_senders_up", "Senders that are up.", kind::gauge, of(state::up)},
        {"beat_senders_late", "Senders whose beat is overdue.", kind::gauge, of(state::late)},
        {"beat_senders_suspect", "Senders that may be down.", kind::gauge, of(state::suspect)},
        {"beat_senders_down", "Senders that are down.", kind::gauge, of(state::down)},
        {"beat_senders_stopped", "Senders that have said that they stop.", kind::gauge, of(state::stopped)},
        {"beats_received_total", "Beats that were taken.", kind::counter, &c.received},
        {"beats_lost_total", "Beats missing when a later one came.", kind::counter, &c.lost},
        {"beats_late_total", "Beats that came late, though none was lost.", kind::counter, &c.late},
        {"beats_duplicated_total", "Beats that had come before.", kind::counter, &c.duplicated},
        {"beats_reordered_total", "Beats that a later one overtook.", kind::counter, &c.reordered},
        {"beats_outdated_total", "Beats of an earlier start, or far behind: replayed, or long under way.",
         kind::counter, &c.outdated},
        {"beats_malformed_total", "Datagrams that are no beats.", kind::counter, &malformed_},
        {"beats_unsigned_total", "Beats without a signature where there is a key.", kind::counter,
         &unsigned_},
        {"beats_wrongly_signed_total", "Beats signed with another key.", kind::counter, &wrongly_signed_},
        {"beats_refused_total", "Beats of senders beyond --max-senders.", kind::counter, &c.refused},
        {"beat_restarts_total", "Senders that started anew.", kind::counter, &c.restarts},
        {"beat_clock_steps_total", "Clocks of senders that were set.", kind::counter, &c.clock_steps},
        {"beat_monitor_pauses_total", "Times that the monitor itself was stopped or starved.", kind::counter,
         &c.pauses},
    };
    if (common_->webhook)
        all.insert(
            all.end(),
            {{"beat_webhook_sent_total", "Alerts that the web hook took.", kind::counter, &webhook_->sent},
             {"beat_webhook_retried_total", "Tries beyond an alert's first.", kind::counter,
              &webhook_->retried},
             {"beat_webhook_failed_total", "Alerts that the web hook did not take.", kind::counter,
              &webhook_->failed},
             {"beat_webhook_dropped_total", "Alerts beyond --webhook-queue, or left at the end.",
              kind::counter, &webhook_->dropped}});
    return all;
}

} // namespace pier::beat
