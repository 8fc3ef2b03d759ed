#include "pier/admin/collect.hpp"

#include "pier/net/tls_server.hpp"
#include "pier/ops/version.hpp"

#include <set>

namespace pier::admin {

namespace {

std::string_view name_of(net::session::phase phase)
{
    switch (phase) {
    case net::session::phase::fresh: return "fresh";
    case net::session::phase::idle: return "idle";
    case net::session::phase::busy: break;
    }
    return "busy";
}

std::string text_of(const net::peer_address& peer)
{
    std::string address = peer.to_string();
    if (peer.family == AF_UNIX || peer.family == AF_UNSPEC)
        return address;
    bool colons = address.find(':') != address.npos;
    return (colons ? "[" + address + "]" : address) + ":" + std::to_string(peer.port);
}

/// They are the same ones on every shard.
void add(const std::vector<ops::named_counter>& counters, std::vector<own_count>& into)
{
    for (std::size_t i = 0; i < counters.size(); ++i) {
        const ops::named_counter& c = counters[i];
        if (i == into.size())
            into.push_back({c.name, c.help, c.type, 0});
        into[i].value += c.value->value();
    }
}

tls_stats presented_by(const net::tls_server& server)
{
    net::tls_server_report report = server.report();
    tls_stats result{{}, report.reloads, report.reloads_refused};
    for (const net::tls_certificate_report& c : report.certificates)
        result.certificates.push_back({c.name, c.file, c.key_type, c.fingerprint, c.pin, c.not_after});
    return result;
}

} // namespace

stats collect(const net::shard& here)
{
    const net::process& whole = here.whole();
    stats result;
    result.version = ops::version;
    result.uptime_milliseconds = static_cast<std::uint64_t>(here.now() - whole.started);
    result.threads = static_cast<unsigned>(whole.shards.size());
    result.draining = here.draining();
    result.connection_limit = whole.connections.most();
    std::set<const net::tls_server*> reported;
    for (const net::served& s : whole.services) {
        service_stats& entry = result.services.emplace_back(service_stats{s.name, s.urls});
        for (const net::service* one : s.by_shard) {
            entry.counts.add(one->counters);
            add(one->own_counters(), entry.own);
        }
        if (s.tls && reported.insert(s.tls.get()).second)
            entry.tls = presented_by(*s.tls);
    }
    return result;
}

bool list_connections(net::shard& of, std::size_t most, std::vector<connection_stats>& into)
{
    bool more = false;
    of.for_each_session([&](net::session& s) {
        more = into.size() >= most;
        if (more)
            return false;
        connection_stats& c = into.emplace_back();
        for (const net::served& entry : of.whole().services)
            if (entry.by_shard[of.index()] == &s.service())
                c.service = entry.name;
        c.peer = text_of(s.peer());
        c.phase = name_of(s.doing);
        c.age_seconds = static_cast<std::uint64_t>(of.now() - s.since) / 1000;
        c.requests = s.requests;
        c.bytes_sent = s.bytes_sent;
        c.bytes_received = s.bytes_received;
        return true;
    });
    return more;
}

} // namespace pier::admin
