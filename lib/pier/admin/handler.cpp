#include "pier/admin/handler.hpp"

#include "pier/net/shard.hpp"

#include <algorithm>

namespace pier::admin {

namespace {

bool has_field(std::string_view lines, std::string_view wanted)
{
    bool found = false;
    http::for_each_field(lines, [&](std::string_view name, std::string_view) { found |= name == wanted; });
    return found;
}

bool changes_something(http::method verb)
{
    return verb != http::method::get && verb != http::method::head;
}

} // namespace

shared::shared(admin::config c, std::shared_ptr<http::password_file> who, std::size_t shards)
    : config(std::move(c)), hosts(config.listen, config.hosts), users(std::move(who)),
      hubs(std::make_shared<event_hubs>(shards, config.event_readers))
{
    headers.add("Cache-Control", "no-store");
    headers.add("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'");
    headers.add("Cross-Origin-Resource-Policy", "same-origin");
    headers.add("Referrer-Policy", "no-referrer");
    headers.add("X-Content-Type-Options", "nosniff");
}

/// A path of the admin's own. GET and HEAD are answered by `now` or, when that returns false, by `later`.
struct handler::route {
    std::string_view path;
    bool (handler::*now)(const http::request&, http::response&);
    net::task<> (handler::*later)(const http::request&, http::response&) = nullptr;
    net::task<> (handler::*put)(const http::request&, http::response&) = nullptr;
    bool open = false;        ///< to those without a password: what load balancers ask
    bool same_origin = false; ///< even to read it
};

std::span<const handler::route> handler::routes()
{
    static constexpr route all[] = {
        {.path = "/healthz", .now = &handler::health, .open = true},
        {.path = "/readyz", .now = &handler::readiness, .open = true},
        {.path = "/metrics", .now = &handler::metrics, .later = &handler::count_then_metrics},
        {.path = "/api/stats", .now = &handler::statistics},
        {.path = "/api/connections", .now = &handler::never, .later = &handler::connections},
        {.path = "/api/log-level", .now = &handler::log_level, .put = &handler::set_log_level},
        {.path = "/api/events", .now = &handler::events, .same_origin = true},
    };
    return all;
}

const handler::route* handler::find(std::string_view path)
{
    auto found = std::ranges::find(routes(), path, &route::path);
    return found == routes().end() ? nullptr : &*found;
}

handler::handler(net::shard& shard, std::shared_ptr<const shared> common)
    : shard_(shard), common_(std::move(common)),
      events_(shard, common_->hubs, common_->config.event_interval),
      pages_(common_->config.pages ? common_->config.pages(shard) : nullptr)
{
    if (common_->users)
        gate_.emplace(shard, common_->users, http::authenticator_config{.realm = "pier admin"});
}

bool handler::reads_body(const http::request& in) const
{
    const route* to = find(in.path);
    return in.verb == http::method::put && to && to->put;
}

void handler::tick()
{
    events_.tick();
    if (gate_)
        gate_->tick();
    if (pages_)
        pages_->tick();
}

bool handler::answer_now(const http::request& in, http::response& out)
{
    const route* to = find(in.path);
    if (is_allowed(in, to, out)) {
        using verdict = http::authenticator::verdict;
        verdict may = needs_password(to) ? gate_->ask_now(in.field("Authorization")) : verdict::granted;
        if (may == verdict::unknown)
            return false;
        if (may != verdict::granted)
            gate_->refuse(may, out);
        else if (!dispatch_now(in, to, out))
            return false;
    }
    finish(out);
    return true;
}

net::task<> handler::answer(const http::request& in, http::response& out)
{
    using verdict = http::authenticator::verdict;
    const route* to = find(in.path);
    verdict may = verdict::granted;
    if (needs_password(to))
        may = co_await gate_->ask(in.field("Authorization"));
    if (may != verdict::granted)
        gate_->refuse(may, out);
    else if (!dispatch_now(in, to, out))
        co_await dispatch(in, to, out);
    finish(out);
}

/// Against pages that are none of ours: a name rebound to this address, another origin's script.
bool handler::is_allowed(const http::request& in, const route* to, http::response& out) const
{
    if (!common_->hosts.allows(in.host)) {
        say(out, 421, "421 Misdirected Request: this is no name of mine; see --admin-host.\n");
        return false;
    }
    bool guarded = changes_something(in.verb) || (to && to->same_origin);
    auto origin = guarded ? in.field("Origin") : std::nullopt;
    if (origin && !same_origin(*origin, in.host)) {
        say(out, 403, "403 Forbidden: pages of another origin may not do this.\n");
        return false;
    }
    return true;
}

bool handler::needs_password(const route* to) const
{
    return gate_ && !(to && to->open);
}

/// False: it has to wait for something.
bool handler::dispatch_now(const http::request& in, const route* to, http::response& out)
{
    if (!to) {
        if (pages_)
            return pages_->answer_now(in, out);
        say(out, 404, "404 Not Found: there is nothing at this address.\n");
        return true;
    }
    if (!changes_something(in.verb))
        return (this->*to->now)(in, out);
    if (in.verb == http::method::put && to->put)
        return false;
    say(out, 405, "405 Method Not Allowed\n");
    out.headers.add("Allow", to->put ? "GET, HEAD, PUT" : "GET, HEAD");
    return true;
}

net::task<> handler::dispatch(const http::request& in, const route* to, http::response& out)
{
    if (!to)
        co_await pages_->answer(in, out);
    else if (in.verb == http::method::put)
        co_await (this->*to->put)(in, out);
    else
        co_await (this->*to->later)(in, out);
}

void handler::finish(http::response& out) const
{
    common_->headers.for_each([&](std::string_view name, std::string_view value) {
        if (!has_field(out.shared_headers.text(), name) && !has_field(out.headers.text(), name))
            out.headers.add(name, value);
    });
}

} // namespace pier::admin
