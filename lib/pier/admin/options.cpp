#include "pier/admin/options.hpp"

#include "pier/http/host.hpp"
#include "pier/ops/exit.hpp"

namespace pier::admin {

void options::declare(ops::options& table)
{
    table.group("Watching it");
    table.add({"admin", 0, "ADDR:PORT|off",
               "health, metrics, statistics and dashboard there; other machines need --admin-auth", "",
               [this](const std::string& value) {
                   auto parsed = net::endpoint::parse(value);
                   off_ = off_ || value == "off";
                   if (!parsed && value != "off")
                       return std::string("is not ADDR:PORT, [IPV6]:PORT, unix:PATH or off");
                   if (parsed)
                       config_.listen.push_back(*parsed);
                   return std::string();
               },
               true, [this] { return addresses(); }});
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
    table.check([this] { return wrong(); });
}

/// As the setter of `admin` takes them.
std::vector<std::string> options::addresses() const
{
    std::vector<std::string> result;
    for (const net::endpoint& where : resolved().listen)
        result.push_back(where.to_string());
    if (result.empty())
        result.emplace_back("off");
    return result;
}

admin::config options::resolved() const
{
    admin::config result = config_;
    if (result.listen.empty() && !off_ && !default_.empty())
        result.listen.push_back(*net::endpoint::parse(default_));
    return result;
}

std::string options::wrong() const
{
    if (off_ && !config_.listen.empty())
        return "--admin off and --admin ADDR:PORT contradict each other";
    return resolved().validate();
}

admin::config options::config() const
{
    if (auto sentence = wrong(); !sentence.empty())
        throw ops::fatal(ops::exit_usage, sentence);
    return resolved();
}

} // namespace pier::admin
