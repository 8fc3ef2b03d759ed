#include "pier/net/tls_options.hpp"

#include "pier/net/own_addresses.hpp"
#include "pier/ops/exit.hpp"

#include <algorithm>

namespace pier::net {

namespace {

ops::option files(const char* name, const char* help, std::vector<std::string>& into)
{
    ops::option o{name, 0, "FILE", help};
    o.repeatable = true;
    o.set = [&into](const std::string& value) {
        into.push_back(value);
        return std::string(value.empty() ? "names no file" : "");
    };
    o.get = [&into] { return into; };
    return o;
}

} // namespace

void tls_options::declare(ops::options& table, const std::string& where)
{
    table.group("Encryption" + where);
    table.add(
        files("tls-cert",
              "certificate with its chain, PEM; of several the one is shown that has the name asked for, "
              "else the first (none: no TLS)",
              certificates_));
    table.add(files("tls-key", "its private key, PEM, in the same order (the certificate's file)", keys_));
    table.choice("tls", "self: a certificate made at start, its fingerprint on standard error", self_,
                 {{"off", false}, {"self", true}});
    table.text("tls-keylog", "FILE",
               "gets the secrets of all connections, for Wireshark: only to debug (none)", config_.keylog);
    table.duration("timeout-handshake", "from accepting a connection to the end of its TLS handshake",
                   config_.handshake);
}

std::vector<tls_certificate_files> tls_options::pairs() const
{
    std::vector<tls_certificate_files> all;
    for (std::size_t i = 0; i < certificates_.size(); ++i)
        all.push_back({certificates_[i], i < keys_.size() ? keys_[i] : std::string()});
    return all;
}

std::string tls_options::wrong() const
{
    if (self_ && !certificates_.empty())
        return "--tls self and --tls-cert contradict each other: leave one out";
    if (certificates_.empty() && !keys_.empty())
        return "--tls-key says whose key it is by --tls-cert FILE: name the certificate";
    if (!keys_.empty() && keys_.size() != certificates_.size())
        return "--tls-cert is given " + std::to_string(certificates_.size()) + " times, --tls-key " +
               std::to_string(keys_.size()) +
               ": name a key for each certificate, in the same order, or none where each file holds its key, "
               "too";
    if (!config_.keylog.empty() && !given())
        return "--tls-keylog: there is no TLS whose secrets it could get, without --tls-cert or --tls self";
    return {};
}

void tls_options::load(const std::vector<endpoint>& addresses, std::vector<std::string> protocols)
{
    if (auto sentence = wrong(); !sentence.empty())
        throw ops::fatal(ops::exit_usage, sentence);
    if (!given() || server_)
        return;
    tls_server_config config = config_;
    config.certificates = pairs();
    config.self_signed = self_;
    config.self_names = names_for(addresses);
    config.protocols = std::move(protocols);
    server_ = tls_server::make(std::move(config));
}

std::vector<std::string> names_for(const std::vector<endpoint>& addresses)
{
    std::vector<std::string> all{"localhost"};
    auto add = [&all](const std::string& name) {
        if (!name.empty() && std::ranges::find(all, name) == all.end())
            all.push_back(name);
    };
    add(own_name());
    add("127.0.0.1");
    add("::1");
    for (const endpoint& where : addresses) {
        if (where.is_unix())
            continue;
        if (where.is_wildcard()) {
            for (const std::string& own : own_addresses())
                add(own);
            continue;
        }
        std::string text = where.to_string();
        text.erase(text.rfind(':'));
        if (text.starts_with('['))
            text = text.substr(1, text.size() - 2);
        add(text);
    }
    return all;
}

} // namespace pier::net
