#include "pier/net/server_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

namespace pier::net {

namespace {

std::string set_log_level(const std::string& name)
{
    auto level = ops::parse_level(name);
    if (!level)
        return std::string("is none of ").append(ops::level_names);
    ops::set_log_level(*level);
    return {};
}

std::string set_log_format(const std::string& name)
{
    if (name != "text" && name != "json")
        return "is neither text nor json";
    ops::set_log_format(name == "json" ? ops::log_format::json : ops::log_format::text);
    return {};
}

} // namespace

void server_options::declare(ops::options& table)
{
    declare_listening(table);
    declare_running(table);
}

void server_options::declare_listening(ops::options& table)
{
    std::string port = std::to_string(default_port_);
    table.group("Where to listen");
    ops::option listen{"listen", 0, "ADDR:PORT", "address, [IPv6]:PORT or unix:PATH; port 0 picks one"};
    listen.repeatable = true;
    listen.set = [this](const std::string& value) {
        auto parsed = endpoint::parse(value);
        if (!parsed)
            return std::string("is not ADDR:PORT, [IPV6]:PORT or unix:PATH");
        listen_.push_back(*parsed);
        return std::string();
    };
    listen.get = [this] {
        std::vector<std::string> addresses;
        for (const endpoint& where : this->listen())
            addresses.push_back(where.to_string());
        return addresses;
    };
    table.add(std::move(listen));
    ops::option short_port{"port", 'p', "PORT", "port on the default address (" + port + ")"};
    short_port.shorthand_of = "listen";
    short_port.set = [this](const std::string& value) {
        auto parsed = parse_u64(value);
        if (!parsed || *parsed > 65535)
            return std::string("is not a port");
        port_ = *parsed;
        port_given_ = true;
        return std::string();
    };
    table.add(std::move(short_port));
    ops::option lan{"lan", 0, "",
                    "listen on all addresses instead of loopback only: everyone on the network gets in"};
    lan.shorthand_of = "listen";
    lan.set = [this](const std::string& value) {
        lan_ = value == "yes";
        return std::string();
    };
    table.add(std::move(lan));
    table.check([this] { return contradiction(); });
}

void server_options::declare_running(ops::options& table)
{
    table.group("Running");
    table.count("threads", "event loops, each with its own connections (one per core)", threads_,
                {1, max_threads});
    table.derived(
        [this] { return std::vector{std::to_string(count_of_threads(static_cast<unsigned>(threads_)))}; });
    table.choice("accept", "spread: a queue per thread; deal: connections dealt in turn", runtime_.accept,
                 {{"spread", accept_mode::spread}, {"deal", accept_mode::deal}});
    table.count("max-connections", "more are answered 503 (what the descriptor limit allows)",
                max_connections_, {1, 100'000'000});
    table.derived([this] {
        raise_descriptor_limit();
        std::size_t most = max_connections_ ? max_connections_ : share_descriptors().connections;
        return std::vector{std::to_string(most)};
    });
    table.duration("drain", "after SIGTERM, how long answers under way may take", runtime_.drain,
                   std::chrono::milliseconds(0));
    table.add({"log-level", 0, "debug|info|warning|error|off", "events on standard error", "",
               [this](const std::string& name) {
                   auto wrong = set_log_level(name);
                   if (wrong.empty())
                       log_level_ = name;
                   return wrong;
               },
               false, [this] { return std::vector{log_level_}; }});
    table.add({"log-format", 0, "text|json", "of events: lines of text, or an object of JSON each", "",
               [this](const std::string& name) {
                   auto wrong = set_log_format(name);
                   if (wrong.empty())
                       log_format_ = name;
                   return wrong;
               },
               false, [this] { return std::vector{log_format_}; }});
    table.check([this] { return config().validate(); });
}

std::string server_options::contradiction() const
{
    bool both = !listen_.empty() && (port_given_ || lan_);
    return both ? "--listen says it all: leave out --port and --lan" : "";
}

std::vector<endpoint> server_options::listen() const
{
    if (auto wrong = contradiction(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    if (!listen_.empty())
        return listen_;
    auto port = static_cast<std::uint16_t>(port_given_ ? port_ : default_port_);
    return {lan_ ? endpoint::any(port) : endpoint::loopback(port)};
}

runtime_config server_options::config() const
{
    runtime_config result = runtime_;
    result.threads = static_cast<unsigned>(threads_);
    result.max_connections = max_connections_;
    return result;
}

runtime_config server_options::runtime() const
{
    runtime_config result = config();
    if (auto wrong = result.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    return result;
}

} // namespace pier::net
