#include "pier/net/server_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/units.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

namespace pier::net {

namespace {

constexpr std::uint64_t least_send_rate = 1024;

std::string set_log_level(const std::string& name)
{
    using enum ops::level;
    for (auto [known, level] :
         {std::pair{"debug", debug}, std::pair{"info", info}, std::pair{"warning", warning},
          std::pair{"error", error}, std::pair{"off", off}})
        if (name == known) {
            ops::set_log_level(level);
            return {};
        }
    return "is none of debug, info, warning, error, off";
}

void add_send_limit(ops::options& table, const char* name, const char* help, rate_limit& into)
{
    table.add({name, 0, "SIZE", help, "", [&into](const std::string& value) {
                   auto parsed = parse_size(value);
                   if (!parsed || *parsed < least_send_rate ||
                       *parsed > static_cast<std::uint64_t>(rate_limit::most_bytes))
                       return "is not a size from " + format_size(least_send_rate) + " to " +
                              format_size(static_cast<std::uint64_t>(rate_limit::most_bytes));
                   into = rate_limit::bytes_per_second(*parsed);
                   return std::string();
               }});
}

} // namespace

std::string add_block(cidr_list& to, const std::string& value)
{
    return to.add(value) ? ""
                         : "is neither unix nor an address or block such as 192.0.2.1, 10.0.0.0/8, fd00::/8";
}

void server_options::declare(ops::options& table)
{
    std::string port = std::to_string(default_port_);
    table.group("Where to listen");
    table.add({"listen", 0, "ADDR:PORT",
               "address, [IPv6]:PORT or unix:PATH; port 0 picks one (127.0.0.1:" + port + ")", "",
               [this](const std::string& value) {
                   auto parsed = endpoint::parse(value);
                   if (!parsed)
                       return std::string("is not ADDR:PORT, [IPV6]:PORT or unix:PATH");
                   listen_.push_back(*parsed);
                   return std::string();
               },
               true});
    table.add({"port", 'p', "PORT", "port on the default address (" + port + ")", "",
               [this](const std::string& value) {
                   auto parsed = parse_u64(value);
                   if (!parsed || *parsed > 65535)
                       return std::string("is not a port");
                   port_ = *parsed;
                   port_given_ = true;
                   return std::string();
               }});
    table.toggle("lan", "listen on all addresses instead of loopback only: everyone on the network gets in",
                 lan_);
    table.group("Running");
    table.count("threads", "event loops, each with its own connections (one per core)", threads_,
                {1, max_threads});
    table.add({"accept", 0, "MODE", "spread: a queue per thread; deal: connections dealt in turn (spread)",
               "", [this](const std::string& value) {
                   if (value != "spread" && value != "deal")
                       return std::string("is neither spread nor deal");
                   runtime_.accept = value == "deal" ? accept_mode::deal : accept_mode::spread;
                   return std::string();
               }});
    table.count("max-connections", "more are answered 503 (what the descriptor limit allows)",
                max_connections_, {1, 100'000'000});
    table.duration("drain", "after SIGTERM, how long answers under way may take", runtime_.drain,
                   std::chrono::milliseconds(0));
    table.add({"log-level", 0, "LEVEL", "events on standard error: debug, info, warning, error, off (info)",
               "", set_log_level});
    declare_limits(table);
}

void server_options::declare_limits(ops::options& table)
{
    limits_config& limits = runtime_.limits;
    table.group("Limits of a client");
    table.add({"limit-connections-per-address", 0, "N",
               "open at once; more are answered 503. An IPv6 network of 64 bits is one address (no limit)",
               "", [&limits](const std::string& value) {
                   auto parsed = parse_u64(value);
                   if (!parsed || *parsed == 0)
                       return std::string("is not a number from 1 on");
                   limits.connections_per_address = *parsed;
                   return std::string();
               }});
    table.add({"limit-requests", 0, "RATE",
               "of an address, such as 100/s, 600/m or, with what may come at once, 100/s:20; "
               "more are answered 429 (no limit)",
               "", [&limits](const std::string& value) {
                   auto parsed = rate_limit::parse(value);
                   limits.requests = parsed.value_or(rate_limit{});
                   return std::string(parsed ? "" : "is not a rate such as 100/s, 600/m or 100/s:20");
               }});
    add_send_limit(table, "limit-rate", "bytes a second that a connection is sent (no limit)", limits.send);
    add_send_limit(table, "limit-rate-total",
                   "bytes a second that all connections together are sent (no limit)", limits.send_total);
    table.group("Behind a proxy");
    table.add({"proxy-protocol-from", 0, "CIDR",
               "peers, or `unix`, whose connections must start with a PROXY header, version 1 or 2 (none)",
               "", [&limits](const std::string& value) { return add_block(limits.proxies, value); }, true});
}

std::vector<endpoint> server_options::listen() const
{
    if (!listen_.empty()) {
        if (port_given_ || lan_)
            throw ops::fatal(ops::exit_usage, "--listen says it all: leave out --port and --lan");
        return listen_;
    }
    auto port = static_cast<std::uint16_t>(port_given_ ? port_ : default_port_);
    return {lan_ ? endpoint::any(port) : endpoint::loopback(port)};
}

runtime_config server_options::runtime() const
{
    runtime_config config = runtime_;
    config.threads = static_cast<unsigned>(threads_);
    config.max_connections = max_connections_;
    if (auto wrong = config.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    return config;
}

} // namespace pier::net
