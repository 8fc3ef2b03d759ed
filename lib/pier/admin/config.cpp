#include "pier/admin/config.hpp"

#include "pier/admin/handler.hpp"
#include "pier/ops/log.hpp"

namespace pier::admin {

namespace {

constexpr int send_buffer = 16 * 1024; // what a reader of events who does not read costs the kernel

void warn_of_plain_passwords(const std::vector<net::endpoint>& listen)
{
    for (const net::endpoint& where : listen)
        if (!is_local(where) && !where.tls())
            ops::log(ops::level::warning,
                     "--admin " + where.to_string() +
                         ": passwords cross the network unencrypted; https:// before it encrypts them");
}

} // namespace

std::string config::validate() const
{
    for (const net::endpoint& where : listen)
        if (auth.empty() && !is_local(where))
            return "--admin " + where.to_string() +
                   " would let the network in without a password: --admin-auth FILE names who may come in, "
                   "loopback addresses and unix:PATH need none";
    if (event_interval < least_event_interval)
        return "the events' interval must be 250ms or more";
    return {};
}

void add_to(net::runtime& runtime, config c)
{
    if (c.listen.empty())
        return;
    std::vector<net::endpoint> where = c.listen;
    std::shared_ptr<http::password_file> users;
    if (!c.auth.empty()) {
        users = std::make_shared<http::password_file>(c.auth);
        runtime.on_reload(users);
    }
    auto common = std::make_shared<const shared>(std::move(c), users, runtime.threads());
    net::service_traits traits{.scheme = "admin+http",
                               .peer_speaks_first = true,
                               .name = "admin",
                               .ends_last = true,
                               .send_buffer = send_buffer,
                               .secure_scheme = "admin+https"};
    http::server_config server;
    server.limits_clients = false; // the operator gets in, whatever the clients may take
    runtime.add(traits, where, http::make_server(server, [common](net::shard& shard) {
                    if (shard.index() == 0 && common->users)
                        warn_of_plain_passwords(common->config.listen);
                    return std::make_unique<handler>(shard, common);
                }));
}

} // namespace pier::admin
