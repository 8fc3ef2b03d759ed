#include "pier/admin/options.hpp"

#include "pier/http/host.hpp"
#include "pier/ops/exit.hpp"

namespace pier::admin {

void options::declare(ops::options& table)
{
    table.group("Watching it");
    table.add({"admin", 0, "ADDR:PORT|off",
               "health, metrics, statistics and dashboard there; other machines need --admin-auth; "
               "https://ADDR:PORT by TLS",
               "",
               [this](const std::string& value) {
                   auto parsed = net::listen_address::parse(value, net::http_schemes);
                   off_ = off_ || value == "off";
                   if (!parsed && value != "off")
                       return std::string(
                           "is not ADDR:PORT, [IPV6]:PORT or unix:PATH, perhaps after https://, or "
                           "off");
                   if (parsed)
                       listen_.push_back(*parsed);
                   return std::string();
               },
               true,
               [this] {
                   std::vector<std::string> texts;
                   for (const net::listen_address& a : addresses())
                       texts.push_back(a.to_string(net::http_schemes));
                   return texts.empty() ? std::vector<std::string>{"off"} : texts;
               }});
    table.add({"admin-host", 0, "NAME", "another name that browsers may reach it by", "",
               [this](const std::string& value) {
                   auto parts = http::split_host(value);
                   if (!parts || parts->host != value)
                       return std::string("is no host name");
                   config_.hosts.push_back(value);
                   return std::string();
               },
               true, [this] { return config_.hosts; }});
    table.add(
        {"admin-auth", 0, "FILE",
         "who may come in: lines NAME:HASH as htpasswd -B writes them; health needs no password", "",
         [this](const std::string& value) {
             config_.auth = value;
             return std::string(value.empty() ? "names no file" : "");
         },
         false,
         [this] { return config_.auth.empty() ? std::vector<std::string>{} : std::vector{config_.auth}; }});
    table.duration("admin-interval", "between two of its statistics events", config_.event_interval,
                   least_event_interval);
    if (own_tls())
        server_.tls_settings().declare(table, " of --admin https://");
    table.check([this] { return wrong(); });
}

/// Datagrams have no TLS: then its options are about this alone.
bool options::own_tls() const
{
    return !server_.has_streams();
}

std::vector<net::listen_address> options::addresses() const
{
    if (listen_.empty() && !off_ && !default_.empty())
        return {*net::listen_address::parse(default_, net::http_schemes)};
    return listen_;
}

/// Without a scheme it stays plain: who scrapes the loopback goes on when the site gets a certificate.
admin::config options::resolved() const
{
    admin::config result = config_;
    for (const net::listen_address& a : addresses()) {
        result.listen.push_back(a.where);
        if (a.spoken == net::listen_address::how::secure)
            result.listen.back().set_tls(server_.tls());
    }
    return result;
}

std::string options::wrong()
{
    if (off_ && !listen_.empty())
        return "--admin off and --admin ADDR:PORT contradict each other";
    if (own_tls()) {
        std::vector<net::endpoint> where;
        for (const net::listen_address& a : addresses())
            where.push_back(a.where);
        server_.tls_settings().load(where, {"http/1.1"});
    }
    for (const net::listen_address& a : addresses())
        if (a.spoken == net::listen_address::how::secure && !server_.tls_settings().given())
            return "--admin " + a.to_string(net::http_schemes) +
                   ": TLS needs a certificate: --tls-cert FILE, or --tls self for one made at start";
    return resolved().validate();
}

admin::config options::config()
{
    if (auto sentence = wrong(); !sentence.empty())
        throw ops::fatal(ops::exit_usage, sentence);
    return resolved();
}

} // namespace pier::admin
