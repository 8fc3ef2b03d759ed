#include "pier/admin/handler.hpp"

#include "pier/admin/collect.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/run_on.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/process.hpp"

#include <algorithm>

namespace pier::admin {

namespace {

constexpr std::uint64_t default_connections = 1000, most_connections = 10'000; // listed at once
constexpr std::size_t longest_body = 256;

void text(http::response& out, int status, std::string_view words, std::string_view type = "text/plain")
{
    out.status = status;
    out.headers.add("Content-Type", type);
    out.add(http::piece::of(std::string(words)));
}

void json(http::response& out, std::string words)
{
    out.headers.add("Content-Type", "application/json");
    out.add(http::piece::of(std::move(words)));
}

void say_log_level(http::response& out)
{
    json(out, "{\"level\":\"" + std::string(ops::level_name(ops::log_level())) + "\"}");
}

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
        text(out, 421, "421 Misdirected Request: this is no name of mine; see --admin-host.\n");
        return false;
    }
    bool guarded = changes_something(in.verb) || (to && to->same_origin);
    auto origin = guarded ? in.field("Origin") : std::nullopt;
    if (origin && !same_origin(*origin, in.host)) {
        text(out, 403, "403 Forbidden: pages of another origin may not do this.\n");
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
        text(out, 404, "404 Not Found: there is nothing at this address.\n");
        return true;
    }
    if (!changes_something(in.verb))
        return (this->*to->now)(in, out);
    if (in.verb == http::method::put && to->put)
        return false;
    text(out, 405, "405 Method Not Allowed\n");
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

bool handler::never(const http::request&, http::response&)
{
    return false;
}

bool handler::health(const http::request&, http::response& out)
{
    text(out, 200, "ok\n");
    return true;
}

bool handler::readiness(const http::request&, http::response& out)
{
    bool draining = shard_.draining();
    text(out, draining ? 503 : 200, draining ? "draining\n" : "ready\n");
    return true;
}

stats handler::numbers() const
{
    return collect(shard_, events_.readers(), common_->config.event_interval);
}

bool handler::statistics(const http::request&, http::response& out)
{
    json(out, to_json(numbers()));
    return true;
}

bool handler::log_level(const http::request&, http::response& out)
{
    say_log_level(out);
    return true;
}

bool handler::metrics(const http::request&, http::response& out)
{
    auto descriptors = ops::open_descriptors();
    if (!descriptors)
        return false;
    write_metrics(descriptors, out);
    return true;
}

/// Where the kernel does not say how many descriptors are open, counting them may take a while.
net::task<> handler::count_then_metrics(const http::request&, http::response& out)
{
    std::optional<std::uint64_t> descriptors;
    auto work = [&descriptors] { descriptors = ops::count_descriptors(); };
    auto counting = shard_.pool().run(shard_.context().get_executor(), work, net::nothrow);
    auto [error] = co_await std::move(counting);
    (void)error; // then there is no such line
    write_metrics(descriptors, out);
}

void handler::write_metrics(std::optional<std::uint64_t> descriptors, http::response& out) const
{
    process_stats process{ops::cpu_milliseconds(), ops::resident_bytes(), descriptors,
                          ops::descriptor_limit(), shard_.whole().started_unix_milliseconds};
    text(out, 200, to_metrics(numbers(), process), metrics_type);
}

bool handler::events(const http::request& in, http::response& out)
{
    out.close = true; // a drain need not wait for what might be asked next
    out.headers.add("Content-Type", "text/event-stream");
    if (in.verb == http::method::head)
        return true;
    out.source = events_.join();
    if (!out.source) {
        out.headers.clear();
        text(out, 503, "503 Service Unavailable: too many read these events already.\n");
        out.headers.add("Retry-After", "10");
    }
    return true;
}

/// Each shard is asked in turn, which takes it a moment; none is held up by the others.
net::task<> handler::connections(const http::request& in, http::response& out)
{
    auto limit = limit_in(in.query.value_or(""), default_connections, most_connections);
    if (!limit) {
        text(out, 400, "400 Bad Request: limit is a number from 1 to 10000.\n");
        co_return;
    }
    std::vector<connection_stats> found;
    bool truncated = false;
    const auto& shards = shard_.whole().shards;
    for (std::size_t i = 0; i < shards.size() && !truncated; ++i) {
        auto work = [&found, &truncated, of = shards[i], most = *limit] {
            truncated = list_connections(*of, most, found);
        };
        auto asking = net::run_on(shards[i]->context(), shard_.context().get_executor(), work, net::nothrow);
        auto [never_set] = co_await std::move(asking);
        (void)never_set;
    }
    json(out, to_json(found, truncated));
}

net::task<> handler::set_log_level(const http::request& in, http::response& out)
{
    std::string body(longest_body + 1, '\0');
    std::size_t size = 0;
    for (bool more = true; more && size < body.size();) {
        http::body_read got = co_await in.body->read(std::span(body).subspan(size));
        size += got.bytes;
        more = got.bytes > 0;
        if (got.failed)
            size = 0;
    }
    auto level = level_in(std::string_view(body).substr(0, size));
    if (size > longest_body || !level) {
        text(out, size > longest_body ? 413 : 400,
             "The level is one of debug, info, warning, error, off: {\"level\":\"debug\"}\n");
        co_return;
    }
    ops::set_log_level(*level);
    say_log_level(out);
}

} // namespace pier::admin
