#include "pier/net/server_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/net/listener.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

namespace pier::net {

namespace {

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

} // namespace

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
    table.add({"user", 0, "NAME[:GROUP]",
               "whom to become once all addresses are bound: for servers that root starts", "",
               [this](const std::string& value) {
                   user_ = ops::split_user(value);
                   return std::string(user_.user.empty() || value.ends_with(':') ? "is not NAME or NAME:GROUP"
                                                                                 : "");
               }});
    table.add({"group", 0, "NAME", "the only group of that user (all that it is in)", "",
               [this](const std::string& value) {
                   group_ = value;
                   return std::string(value.empty() ? "names no group" : "");
               }});
    table.add({"log-level", 0, "LEVEL", "events on standard error: debug, info, warning, error, off (info)",
               "", set_log_level});
}

std::vector<endpoint> server_options::listen() const
{
    if (!listen_.empty()) {
        if (port_given_ || lan_)
            throw ops::fatal(ops::exit_usage, "--listen says it all: leave out --port and --lan");
        if (!manager_->passed().empty())
            ops::log(ops::level::warning, "--listen is given: the service manager's sockets are not used");
        return listen_;
    }
    if (!port_given_ && !lan_ && !manager_->passed().empty()) {
        std::vector<endpoint> result;
        for (const ops::passed_descriptor& p : manager_->passed())
            result.push_back(adopt(p));
        manager_->claim();
        return result;
    }
    auto port = static_cast<std::uint16_t>(port_given_ ? port_ : default_port_);
    return {lan_ ? endpoint::any(port) : endpoint::loopback(port)};
}

runtime_config server_options::runtime() const
{
    runtime_config config = runtime_;
    config.threads = static_cast<unsigned>(threads_);
    config.max_connections = max_connections_;
    config.manager = manager_;
    auto names = user_;
    if (!group_.empty()) {
        if (names.user.empty())
            throw ops::fatal(ops::exit_usage, "--group says which group --user is to have: name a user");
        if (!names.group.empty())
            throw ops::fatal(ops::exit_usage, "--user and --group name a group each: leave one out");
        names.group = group_;
    }
    if (!names.user.empty())
        config.user = ops::find_identity(names);
    if (auto wrong = config.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    return config;
}

} // namespace pier::net
