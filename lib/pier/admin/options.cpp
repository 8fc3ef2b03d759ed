#include "pier/admin/options.hpp"

#include "pier/http/host.hpp"
#include "pier/ops/exit.hpp"

namespace pier::admin {

void options::declare(ops::options& table)
{
    table.group("Watching it");
    table.add({"admin", 0, "ADDR:PORT",
               "health, metrics, statistics and dashboard there, for this machine only; off: nowhere (" +
                   (default_.empty() ? "off" : default_) + ")",
               "",
               [this](const std::string& value) {
                   auto parsed = net::endpoint::parse(value);
                   off_ = off_ || value == "off";
                   if (!parsed && value != "off")
                       return std::string("is not ADDR:PORT, [IPV6]:PORT, unix:PATH or off");
                   if (parsed)
                       config_.listen.push_back(*parsed);
                   return std::string();
               },
               true});
    table.add({"admin-host", 0, "NAME", "another name that browsers may reach it by", "",
               [this](const std::string& value) {
                   auto parts = http::split_host(value);
                   if (!parts || parts->host != value)
                       return std::string("is no host name");
                   config_.hosts.push_back(value);
                   return std::string();
               },
               true});
    table.duration("admin-interval", "between two of its statistics events", config_.event_interval,
                   least_event_interval);
}

admin::config options::config() const
{
    admin::config result = config_;
    if (off_ && !result.listen.empty())
        throw ops::fatal(ops::exit_usage, "--admin off and --admin ADDR:PORT contradict each other");
    if (result.listen.empty() && !off_ && !default_.empty())
        result.listen.push_back(*net::endpoint::parse(default_));
    if (auto wrong = result.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    return result;
}

} // namespace pier::admin
