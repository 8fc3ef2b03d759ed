// Of the options that every server has: what one client may take.
#include "pier/base/ascii.hpp"
#include "pier/base/units.hpp"
#include "pier/net/server_options.hpp"

namespace pier::net {

namespace {

constexpr std::uint64_t least_send_rate = 1024;

void add_send_limit(ops::options& table, const char* name, const char* help, rate_limit& into)
{
    table.add({name, 0, "SIZE", help, "",
               [&into](const std::string& value) {
                   auto parsed = parse_size(value);
                   if (!parsed || *parsed < least_send_rate ||
                       *parsed > static_cast<std::uint64_t>(rate_limit::most_bytes))
                       return "is not a size from " + format_size(least_send_rate) + " to " +
                              format_size(static_cast<std::uint64_t>(rate_limit::most_bytes));
                   into = rate_limit::bytes_per_second(*parsed);
                   return std::string();
               },
               false,
               [&into] {
                   return ops::values_if_any(into ? format_size(static_cast<std::uint64_t>(into.count))
                                                  : std::string());
               }});
}

} // namespace

std::string add_block(cidr_list& to, const std::string& value)
{
    return to.add(value) ? ""
                         : "is neither unix nor an address or block such as 192.0.2.1, 10.0.0.0/8, fd00::/8";
}

void server_options::declare_limits(ops::options& table)
{
    table.group("Limits of a client");
    if (has_streams())
        declare_connection_limit(table);
    if (has_http())
        declare_request_limit(table);
    if (has_datagrams())
        declare_datagram_limit(table);
    if (!has_streams())
        return;
    limits_config& limits = runtime_.limits;
    add_send_limit(table, "limit-rate", "bytes a second that a connection is sent (no limit)", limits.send);
    add_send_limit(table, "limit-rate-total",
                   "bytes a second that all connections together are sent (no limit)", limits.send_total);
    table.group("Behind a proxy");
    table.add({"proxy-protocol-from", 0, "CIDR",
               "peers, or `unix`, whose connections must start with a PROXY header, version 1 or 2 (none)",
               "", [&limits](const std::string& value) { return add_block(limits.proxies, value); }, true,
               [&limits] { return limits.proxies.texts(); }});
}

void server_options::declare_connection_limit(ops::options& table)
{
    limits_config& limits = runtime_.limits;
    ops::option connections{
        "limit-connections-per-address", 0, "N",
        has_http()
            ? "open at once; more are answered 503. An IPv6 network of 64 bits is one address (no limit)"
            : "open at once; more are refused. An IPv6 network of 64 bits is one address (no limit)"};
    connections.set = [&limits](const std::string& value) {
        auto parsed = parse_u64(value);
        if (!parsed || *parsed == 0)
            return std::string("is not a number from 1 on");
        limits.connections_per_address = *parsed;
        return std::string();
    };
    connections.get = [&limits] {
        std::uint64_t most = limits.connections_per_address;
        return ops::values_if_any(most ? std::to_string(most) : std::string());
    };
    table.add(std::move(connections));
}

void server_options::declare_request_limit(ops::options& table)
{
    limits_config& limits = runtime_.limits;
    ops::option requests{"limit-requests", 0, "RATE",
                         "of an address, such as 100/s, 600/m or, with what may come at once, 100/s:20; "
                         "more are answered 429 (no limit)"};
    requests.set = [this, &limits](const std::string& value) {
        auto parsed = rate_limit::parse(value);
        limits.requests = parsed.value_or(rate_limit{});
        limit_requests_ = value;
        return std::string(parsed ? "" : "is not a rate such as 100/s, 600/m or 100/s:20");
    };
    requests.get = [this] { return ops::values_if_any(limit_requests_); };
    table.add(std::move(requests));
}

void server_options::declare_datagram_limit(ops::options& table)
{
    limits_config& limits = runtime_.limits;
    ops::option datagrams{"limit-datagrams", 0, "RATE|off",
                          "of an address, such as 100/s or, with what may come at once, 100/s:20; more are "
                          "dropped"};
    datagrams.set = [this, &limits](const std::string& value) {
        auto parsed = rate_limit::parse(value);
        limits.datagrams = parsed.value_or(rate_limit{});
        limit_datagrams_ = value;
        return std::string(parsed || value == "off" ? ""
                                                    : "is neither off nor a rate such as 100/s or 100/s:20");
    };
    datagrams.get = [this] { return ops::values_if_any(limit_datagrams_); };
    table.add(std::move(datagrams));
}

} // namespace pier::net
