// The monitor as a service of one shard: datagrams become arrivals, each goes to the shard that owns its
// sender.
#pragma once

#include "pier/beat/watch.hpp"
#include "pier/net/datagram.hpp"
#include "pier/net/service.hpp"

#include <memory>
#include <vector>

namespace pier::beat {

struct webhook_counters;

/// An arrival on its way to another shard: with its name, which the datagram's buffer does not keep.
struct routed_arrival {
    routed_arrival(const arrival& a, std::uint64_t h);

    arrival what; ///< its name is to be set to name()
    std::uint64_t hash;
    std::uint8_t length;
    char name[longest_name];
};

enum class beat_format { packet, text };

class service final : public net::datagram_service {
public:
    service(net::shard& home, std::shared_ptr<watch> common, beat_format format);
    ~service() override;

    void on_batch(std::span<net::datagram> batch, net::datagram_port& from) override;
    void tick() override;
    std::vector<ops::named_counter> own_counters() const override;

    /// On this shard's thread, from another's.
    void take(const std::vector<routed_arrival>& beats);
    /// On the first shard's thread.
    void tell(const std::vector<event>& events);

private:
    bool read(const net::datagram& d, arrival& into, std::string& text_name);
    void look_at_clock();
    void route(const arrival& a);
    void send_on();
    void flush_events();
    void save_when_due();

    net::shard& home_;
    const std::shared_ptr<watch> common_;
    const beat_format format_;
    monitor& monitor_;
    std::optional<ops::hmac> key_;
    std::vector<std::vector<routed_arrival>> onward_; ///< by shard
    std::unique_ptr<webhook_counters> webhook_;
    std::vector<std::unique_ptr<alert_sink>> sinks_; ///< of the first shard's
    ops::counter malformed_, unsigned_, wrongly_signed_;
    bool said_full_ = false;
    bool saving_ = false;
    net::ticks save_due_ = 0;
};

} // namespace pier::beat
