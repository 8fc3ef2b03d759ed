// What the admin's own paths answer.
#include "pier/admin/collect.hpp"
#include "pier/admin/handler.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/run_on.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/process.hpp"

namespace pier::admin {

namespace {

constexpr std::uint64_t default_connections = 1000, most_connections = 10'000; // listed at once
constexpr std::size_t longest_body = 256;

void json(http::response& out, std::string words)
{
    out.headers.add("Content-Type", "application/json");
    out.add(http::piece::of(std::move(words)));
}

void say_log_level(http::response& out)
{
    json(out, "{\"level\":\"" + std::string(ops::level_name(ops::log_level())) + "\"}");
}

} // namespace

void handler::say(http::response& out, int status, std::string_view words, std::string_view type)
{
    out.status = status;
    out.headers.add("Content-Type", type);
    out.add(http::piece::of(std::string(words)));
}

bool handler::never(const http::request&, http::response&)
{
    return false;
}

bool handler::health(const http::request&, http::response& out)
{
    say(out, 200, "ok\n");
    return true;
}

bool handler::readiness(const http::request&, http::response& out)
{
    bool draining = shard_.draining();
    say(out, draining ? 503 : 200, draining ? "draining\n" : "ready\n");
    return true;
}

bool handler::statistics(const http::request&, http::response& out)
{
    json(out, to_json(events_.numbers()));
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
    say(out, 200, to_metrics(events_.numbers(), process), metrics_type);
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
        say(out, 503, "503 Service Unavailable: too many read these events already.\n");
        out.headers.add("Retry-After", "10");
    }
    return true;
}

/// Each shard is asked in turn, which takes it a moment; none is held up by the others.
net::task<> handler::connections(const http::request& in, http::response& out)
{
    auto limit = limit_in(in.query.value_or(""), default_connections, most_connections);
    if (!limit) {
        say(out, 400, "400 Bad Request: limit is a number from 1 to 10000.\n");
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
        say(out, size > longest_body ? 413 : 400,
            "The level is one of debug, info, warning, error, off: {\"level\":\"debug\"}\n");
        co_return;
    }
    ops::set_log_level(*level);
    say_log_level(out);
}

} // namespace pier::admin
