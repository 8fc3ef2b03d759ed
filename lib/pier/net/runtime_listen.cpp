// Where a runtime listens, and which shard gets what is accepted there.
#include "pier/net/runtime_state.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace pier::net {

void runtime::add(const service_traits& traits, const std::vector<endpoint>& where, service_factory factory)
{
    std::size_t index = state_->factories.size();
    state_->factories.push_back(std::move(factory));
    served& entry = state_->whole.services.emplace_back();
    entry.name = state_->unused_name(traits.name.empty() ? traits.scheme : traits.name);
    entry.ends_last = traits.ends_last;
    entry.by_shard.resize(state_->shards.size());
    for (const endpoint& address : where)
        state_->open(traits, address, index);
}

std::string runtime::state::unused_name(const std::string& wanted) const
{
    std::string name = wanted;
    auto taken = [&](const served& s) { return s.name == name; };
    for (int n = 2; std::ranges::any_of(whole.services, taken); ++n)
        name = wanted + "-" + std::to_string(n);
    return name;
}

void runtime::state::open(const service_traits& traits, const endpoint& where, std::size_t service)
{
    bool spread = config.accept == accept_mode::spread && !where.is_unix() && where.inherited() < 0 &&
                  shards.size() > 1;
    listen_options options{
        .shared = spread, .peer_speaks_first = traits.peer_speaks_first, .send_buffer = traits.send_buffer};
    opening o{{}, where, {}, where.inherited() >= 0, service, {}};
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
    o.url = o.bound.to_url(traits.scheme);
    whole.services[service].urls.push_back(o.url);
    openings.push_back(std::move(o));
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
        bool spread = o.sockets.size() > 1;
        if (!spread && self.index() != 0)
            continue;
        service& own = *services[self.index()][o.service];
        listener::deal deal = [&self, &own](unique_fd fd, const peer_address& peer) {
            self.admit(std::move(fd), peer, own);
        };
        if (!spread && shards.size() > 1) {
            deal = [this, &o, next = std::size_t{0}](unique_fd fd, const peer_address& peer) mutable {
                std::size_t to = next++ % shards.size();
                asio::post(shards[to]->context(), [this, &o, to, fd = std::move(fd), peer]() mutable {
                    shards[to]->admit(std::move(fd), peer, *services[to][o.service]);
                });
            };
        }
        auto& socket = o.sockets[spread ? self.index() : 0];
        self.add_listener(
            std::make_unique<listener>(self, std::move(socket), own, std::move(deal),
                                       o.inherited ? listener::queue::leave : listener::queue::empty));
    }
}

} // namespace pier::net
