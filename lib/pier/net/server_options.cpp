#include "pier/net/server_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/units.hpp"
#include "pier/net/descriptors.hpp"
#include "pier/net/listener.hpp"
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

server_options::server_options(std::uint16_t default_port, server_kind kind)
    : default_port_(default_port), kind_(kind)
{
    if (!has_datagrams())
        return;
    limit_datagrams_ = usual_datagram_rate;
    runtime_.limits.datagrams = rate_limit::parse(usual_datagram_rate).value();
}

void server_options::declare(ops::options& table)
{
    declare_listening(table);
    declare_running(table);
}

void server_options::declare_listening(ops::options& table)
{
    std::string port = std::to_string(default_port_);
    table.group("Where to listen");
    bool unix_too = has_streams();
    ops::option listen{"listen", 0, "ADDR:PORT", listen_help()};
    listen.repeatable = true;
    listen.set = [this, unix_too](const std::string& value) {
        auto parsed = listen_address::parse(value, schemes());
        if (!parsed || (parsed->where.is_unix() && !unix_too))
            return listen_fault();
        listen_.push_back(*parsed);
        return std::string();
    };
    listen.get = [this] {
        std::vector<std::string> addresses;
        if (!uses_passed_sockets())
            for (listen_address a : named()) {
                if (a.spoken == listen_address::how::unsaid && schemes().datagrams.empty() && is_secure(a))
                    a.spoken = listen_address::how::secure;
                addresses.push_back(a.to_string(schemes()));
            }
        return addresses;
    };
    table.add(std::move(listen));
    ops::option short_port{"port", 'p', "PORT", "port on the default address (" + port + ")"};
    short_port.shorthand_of = "listen";
    short_port.set = [this](const std::string& value) {
        auto parsed = parse_port(value);
        if (!parsed)
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
    if (has_streams())
        tls_.declare(table, "");
    table.check([this] {
        auto wrong = contradiction();
        if (wrong.empty())
            load_certificates();
        return wrong;
    });
}

std::string server_options::listen_help() const
{
    if (!has_streams())
        return "address or [IPv6]:PORT; port 0 picks one";
    std::string plain(schemes().plain), secure(schemes().secure);
    std::string help = "address, [IPv6]:PORT or unix:PATH; port 0 picks one; " + secure +
                       "://ADDR:PORT by TLS, " + plain +
                       "://ADDR:PORT without, neither: by TLS if there is a certificate";
    return has_datagrams() && !has_http() ? help + "; udp://ADDR:PORT datagrams alone" : help;
}

std::string server_options::listen_fault() const
{
    if (!has_streams())
        return "is not ADDR:PORT or [IPV6]:PORT";
    std::string before = std::string(schemes().secure) + ":// or " + std::string(schemes().plain) + "://";
    return "is not ADDR:PORT, [IPV6]:PORT or unix:PATH, perhaps after " + before;
}

const listen_schemes& server_options::schemes() const
{
    if (has_http())
        return http_schemes;
    if (!has_streams())
        return no_schemes;
    return has_datagrams() ? stream_and_datagram_schemes : stream_schemes;
}

bool server_options::is_secure(const listen_address& address) const
{
    using how = listen_address::how;
    return address.spoken == how::secure || (address.spoken == how::unsaid && tls_.given());
}

void server_options::load_certificates()
{
    if (!has_streams())
        return;
    std::vector<endpoint> where;
    for (const listen_address& a : named()) {
        if (a.spoken == listen_address::how::secure && !tls_.given())
            throw ops::fatal(ops::exit_usage,
                             "--listen " + a.to_string(schemes()) +
                                 ": TLS needs a certificate: --tls-cert FILE, or --tls self for "
                                 "one made at start");
        where.push_back(uses_passed_sockets() ? endpoint::any(0) : a.where);
    }
    tls_.load(where, has_http() ? std::vector<std::string>{"http/1.1"} : std::vector<std::string>{});
}

void server_options::declare_running(ops::options& table)
{
    table.group("Running");
    table.count("threads", "event loops, each with its own connections (one per core)", threads_,
                {1, max_threads});
    table.derived([this] { return std::vector{std::to_string(threads())}; });
    bool http = has_http();
    if (has_streams())
        table.choice("accept", "spread: a queue per thread; deal: connections dealt in turn", runtime_.accept,
                     {{"spread", accept_mode::spread}, {"deal", accept_mode::deal}});
    table.count("max-connections",
                http ? "more are answered 503 (what the descriptor limit allows)"
                     : "more are refused, the admin's too (what the descriptor limit allows)",
                max_connections_, {1, 100'000'000});
    table.derived([this] {
        raise_descriptor_limit();
        std::size_t most = max_connections_ ? max_connections_ : share_descriptors(threads()).connections;
        return std::vector{std::to_string(most)};
    });
    table.duration("drain", "after SIGTERM, how long answers under way may take", runtime_.drain,
                   std::chrono::milliseconds(0));
    declare_user(table);
    declare_log(table);
    table.check([this] {
        auto wrong = wrong_group();
        return wrong.empty() ? config().validate() : wrong;
    });
    declare_limits(table);
}

void server_options::declare_user(ops::options& table)
{
    ops::option user{"user", 0, "NAME[:GROUP]",
                     "whom to become once all addresses are bound: for servers that root starts"};
    user.set = [this](const std::string& value) {
        user_ = value;
        bool named = !ops::split_user(value).user.empty() && !value.ends_with(':');
        return std::string(named ? "" : "is not NAME or NAME:GROUP");
    };
    user.get = [this] { return ops::values_if_any(user_); };
    table.add(std::move(user));
    ops::option group{"group", 0, "NAME", "the only group of that user (all that it is in)"};
    group.set = [this](const std::string& value) {
        group_ = value;
        return std::string(value.empty() ? "names no group" : "");
    };
    group.get = [this] { return ops::values_if_any(group_); };
    table.add(std::move(group));
}

void server_options::declare_log(ops::options& table)
{
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
}

std::string server_options::contradiction() const
{
    bool both = !listen_.empty() && (port_given_ || lan_);
    return both ? "--listen says it all: leave out --port and --lan" : "";
}

std::string server_options::wrong_group() const
{
    if (group_.empty())
        return {};
    if (user_.empty())
        return "--group says which group --user is to have: name a user";
    return ops::split_user(user_).group.empty() ? "" : "--user and --group name a group each: leave one out";
}

bool server_options::uses_passed_sockets() const
{
    return listen_.empty() && !port_given_ && !lan_ && !manager_->passed().empty();
}

unsigned server_options::threads() const
{
    return count_of_threads(static_cast<unsigned>(threads_));
}

std::vector<listen_address> server_options::named() const
{
    if (!listen_.empty())
        return listen_;
    std::uint16_t port = port_given_ ? port_ : default_port_;
    return {{lan_ ? endpoint::any(port) : endpoint::loopback(port)}};
}

listening server_options::listen_all() const
{
    if (auto wrong = contradiction(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    if (uses_passed_sockets())
        return adopt_passed();
    using how = listen_address::how;
    listening result;
    for (const listen_address& a : named()) {
        if (has_streams() && a.spoken != how::datagrams) {
            result.streams.push_back(a.where);
            if (is_secure(a))
                result.streams.back().set_tls(tls());
        }
        bool both = a.spoken == how::unsaid && has_streams();
        if (!has_datagrams() || a.where.is_unix() || !(a.spoken == how::unsaid || a.spoken == how::datagrams))
            continue;
        result.datagrams.push_back(a.where);
        if (both)
            result.shared.emplace_back(result.streams.size() - 1, result.datagrams.size() - 1);
    }
    return result;
}

listening server_options::adopt_passed() const
{
    listening result;
    for (const ops::passed_descriptor& p : manager_->passed()) {
        bool datagrams = has_datagrams() && (!has_streams() || carries_datagrams(p));
        auto& into = datagrams ? result.datagrams : result.streams;
        into.push_back(adopt(p, datagrams ? SOCK_DGRAM : SOCK_STREAM));
        bool plain = !schemes().plain.empty() && p.name == schemes().plain; // FileDescriptorName=http
        if (!datagrams && !plain)
            into.back().set_tls(tls());
    }
    manager_->claim();
    return result;
}

std::vector<endpoint> server_options::listen() const
{
    listening all = listen_all();
    return has_streams() ? all.streams : all.datagrams;
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
    result.manager = manager_;
    if (auto wrong = wrong_group(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    if (!user_.empty()) {
        auto names = ops::split_user(user_);
        if (!group_.empty())
            names.group = group_;
        result.user = ops::find_identity(names);
    }
    if (auto wrong = result.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    return result;
}

} // namespace pier::net
