#include "pier/http/https_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/ops/exit.hpp"

#include <algorithm>

namespace pier::http {

namespace {

constexpr std::uint64_t one_year = 365 * 24 * 3600;
constexpr std::uint64_t most_seconds = 10 * one_year;

} // namespace

void https_options::declare(ops::options& table)
{
    table.group("From http to https");
    ops::option redirect{"redirect-http", 0, "ADDR:PORT",
                         "also listen there, without TLS, and send everybody to the https address"};
    redirect.repeatable = true;
    redirect.set = [this](const std::string& value) {
        auto parsed = net::endpoint::parse(value);
        if (!parsed)
            return std::string("is not ADDR:PORT, [IPV6]:PORT or unix:PATH");
        listen_.push_back(*parsed);
        return std::string();
    };
    redirect.get = [this] {
        std::vector<std::string> all;
        for (const net::endpoint& where : listen_)
            all.push_back(where.to_string());
        return all;
    };
    table.add(std::move(redirect));
    ops::option port{"redirect-port", 0, "PORT", "where they are sent (that of the first address with TLS)"};
    port.set = [this](const std::string& value) {
        auto parsed = parse_port(value);
        port_ = parsed.value_or(std::uint16_t{0});
        return std::string(port_ > 0 ? "" : "is no port");
    };
    port.get = [this] { return ops::values_if_any(port_ ? std::to_string(port_) : std::string()); };
    table.add(std::move(port));
    table.text(
        "acme-webroot", "DIR",
        "folder of an ACME client such as certbot: its .well-known/acme-challenge/ is served there without "
        "TLS (the root)",
        acme_webroot_);
    table.add({"hsts", 0, "on|off|SECONDS",
               "over TLS, tell browsers to come by TLS alone from now on; on: for a year", "",
               [this](const std::string& value) { return set_hsts(value); }, false,
               [this] { return std::vector<std::string>{hsts_ ? std::to_string(*hsts_) : "off"}; }});
    table.check([this] { return wrong(); });
}

std::string https_options::set_hsts(const std::string& value)
{
    hsts_.reset();
    if (value == "off")
        return {};
    hsts_ = value == "on" ? one_year : parse_u64(value);
    return hsts_ && *hsts_ <= most_seconds
               ? ""
               : "is neither on, off nor a number of seconds up to " + std::to_string(most_seconds);
}

std::string https_options::wrong() const
{
    if (!redirects())
        return port_ > 0 || !acme_webroot_.empty() ? "--redirect-port and --acme-webroot say more about "
                                                     "--redirect-http ADDR:PORT: give that, too"
                                                   : "";
    return server_.tls() ? ""
                         : "--redirect-http: there is no https address to send to; see --tls-cert and --tls";
}

server_config https_options::apply(server_config to) const
{
    to.hsts = hsts_;
    return to;
}

std::uint16_t https_options::port_among(const std::vector<net::endpoint>& bound) const
{
    auto good = [](const net::endpoint& where) { return where.tls() && where.port() > 0; };
    auto found = std::ranges::find_if(bound, good);
    if (port_ == 0 && found == bound.end())
        throw ops::fatal(ops::exit_usage,
                         "--redirect-http: no address with TLS has a port; --redirect-port names "
                         "the one that clients reach");
    return port_ > 0 ? static_cast<std::uint16_t>(port_) : found->port();
}

void https_options::add_to(net::runtime& runtime, const server_config& like,
                           const std::vector<net::endpoint>& bound, handler_factory challenges) const
{
    if (!redirects())
        return;
    redirect_config c{listen_, port_among(bound), std::move(challenges)};
    runtime.add(traits_named("redirect-http"), listen_, make_redirect(std::move(c), like));
}

} // namespace pier::http
