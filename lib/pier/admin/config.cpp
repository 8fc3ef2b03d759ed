#include "pier/admin/config.hpp"

#include "pier/admin/handler.hpp"

namespace pier::admin {

namespace {

constexpr int send_buffer = 16 * 1024; // what a reader of events who does not read costs the kernel

} // namespace

std::string config::validate() const
{
    for (const net::endpoint& where : listen)
        if (!authenticate && !is_local(where))
            return "--admin " + where.to_string() +
                   " would let the network in without a password: it takes loopback addresses and unix:PATH";
    if (event_interval < least_event_interval)
        return "the events' interval must be 250ms or more";
    return {};
}

void add_to(net::runtime& runtime, config c)
{
    if (c.listen.empty())
        return;
    std::vector<net::endpoint> where = c.listen;
    auto common = std::make_shared<const shared>(std::move(c), runtime.threads());
    net::service_traits traits{.scheme = "admin+http",
                               .peer_speaks_first = true,
                               .name = "admin",
                               .ends_last = true,
                               .send_buffer = send_buffer};
    http::server_config server;
    server.limits_clients = false; // the operator gets in, whatever the clients may take
    runtime.add(traits, where, http::make_server(server, [common](net::shard& shard) {
                    return std::make_unique<handler>(shard, common);
                }));
}

} // namespace pier::admin
