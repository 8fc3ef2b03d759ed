// Where a runtime listens, and which shard gets what arrives there.
#include "pier/net/runtime_state.hpp"
#include "pier/net/tls_server.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace pier::net {

std::vector<endpoint> runtime::add(const service_traits& traits, const std::vector<endpoint>& where,
                                   stream_factory factory)
{
    std::size_t index =
        state_->add(traits.name.empty() ? traits.scheme : traits.name, traits.ends_last, std::move(factory));
    std::vector<endpoint> bound;
    for (const endpoint& address : where)
        bound.push_back(state_->open(traits, address, index));
    return bound;
}

std::vector<endpoint> runtime::add(const datagram_traits& traits, const std::vector<endpoint>& where,
                                   datagram_factory factory)
{
    std::size_t index =
        state_->add(traits.name.empty() ? traits.scheme : traits.name, false, std::move(factory));
    std::vector<endpoint> bound;
    for (const endpoint& address : where)
        bound.push_back(state_->open(traits, address, index));
    return bound;
}

std::size_t runtime::state::add(const std::string& name, bool ends_last, service_maker make)
{
    factories.push_back(std::move(make));
    served& entry = whole.services.emplace_back();
    entry.name = unused_name(name);
    entry.ends_last = ends_last;
    entry.by_shard.resize(shards.size());
    return factories.size() - 1;
}

std::string runtime::state::unused_name(const std::string& wanted) const
{
    std::string name = wanted;
    auto taken = [&](const served& s) { return s.name == name; };
    for (int n = 2; std::ranges::any_of(whole.services, taken); ++n)
        name = wanted + "-" + std::to_string(n);
    return name;
}

endpoint runtime::state::open(const service_traits& traits, const endpoint& where, std::size_t service)
{
    bool spread = config.accept == accept_mode::spread && !where.is_unix() && where.inherited() < 0 &&
                  shards.size() > 1;
    listen_options options{
        .shared = spread, .peer_speaks_first = traits.peer_speaks_first, .send_buffer = traits.send_buffer};
    opening o{{}, where, {}, where.inherited() >= 0, service, where.tls(), {}};
    if (o.inherited) {
        o.sockets.emplace_back(where.inherited());
    } else {
        o.sockets.push_back(listen_on(where, options));
        o.bound = bound_address(o.sockets.front().get());
        o.file = socket_file::of(o.bound);
    }
    options.first = false;
    while (spread && o.sockets.size() < shards.size())
        o.sockets.push_back(listen_on(o.bound, options));
    o.bound.set_tls(o.tls);
    if (o.tls) {
        o.tls->start();
        whole.services[service].tls = o.tls;
        if (std::ranges::find(reloadables, o.tls) == reloadables.end())
            reloadables.push_back(o.tls);
    }
    bool secure = o.tls && !traits.secure_scheme.empty();
    return keep(std::move(o), secure ? traits.secure_scheme : traits.scheme);
}

endpoint runtime::state::open(const datagram_traits& traits, const endpoint& where, std::size_t service)
{
    bool spread = where.inherited() < 0 && shards.size() > 1;
    datagram_options options{.shared = spread};
    opening o{{}, where, {}, where.inherited() >= 0, service, {}, {}};
    o.datagrams = datagram_port_config{traits.details, traits.guard, o.inherited};
    if (o.inherited) {
        set_up_datagrams(where.inherited(), where, traits.details);
        o.sockets.emplace_back(where.inherited());
    } else {
        o.sockets.push_back(bind_datagrams(where, options, traits.details));
        o.bound = bound_address(o.sockets.front().get());
    }
    options.first = false;
    while (spread && o.sockets.size() < shards.size())
        o.sockets.push_back(bind_datagrams(o.bound, options, traits.details));
    return keep(std::move(o), traits.scheme);
}

endpoint runtime::state::keep(opening o, const std::string& scheme)
{
    o.url = o.bound.to_url(scheme);
    whole.services[o.service].urls.push_back(o.url);
    return openings.emplace_back(std::move(o)).bound;
}

std::vector<endpoint> runtime::addresses() const
{
    std::vector<endpoint> result;
    for (const opening& o : state_->openings)
        result.push_back(o.bound);
    return result;
}

void runtime::state::listen(shard& self)
{
    for (opening& o : openings) {
        if (o.sockets.size() == 1 && self.index() != 0)
            continue;
        if (o.datagrams)
            receive_on(o, self);
        else
            accept_on(o, self);
    }
}

void runtime::state::accept_on(opening& o, shard& self)
{
    auto service_on = [this, &o](shard& s) -> stream_service& {
        return static_cast<stream_service&>(*services[s.index()][o.service]);
    };
    bool spread = o.sockets.size() > 1;
    stream_service& own = service_on(self);
    const tls_server* tls = o.tls.get();
    listener::deal deal = [&self, &own, tls](unique_fd fd, const peer_address& peer) {
        self.admit(std::move(fd), peer, own, tls);
    };
    if (!spread && shards.size() > 1) {
        deal = [this, service_on, tls, next = std::size_t{0}](unique_fd fd,
                                                              const peer_address& peer) mutable {
            shard& to = *shards[next++ % shards.size()];
            asio::post(to.context(), [&to, service_on, tls, fd = std::move(fd), peer]() mutable {
                to.admit(std::move(fd), peer, service_on(to), tls);
            });
        };
    }
    auto& socket = o.sockets[spread ? self.index() : 0];
    self.add_listener(
        std::make_unique<listener>(self, std::move(socket), own, std::move(deal),
                                   o.inherited ? listener::queue::leave : listener::queue::empty));
}

void runtime::state::receive_on(opening& o, shard& self)
{
    auto& own = static_cast<datagram_service&>(*services[self.index()][o.service]);
    datagram_port_config c = *o.datagrams;
    for (const opening& other : openings)
        if (other.datagrams)
            c.guard.refuse_port(other.bound.port());
    auto& socket = o.sockets[o.sockets.size() > 1 ? self.index() : 0];
    self.add_port(std::make_unique<datagram_port>(self, std::move(socket), own, c));
}

} // namespace pier::net
