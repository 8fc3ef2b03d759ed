#include "pier/files/handler.hpp"

#include "pier/base/text.hpp"
#include "pier/files/respond.hpp"
#include "pier/http/target.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/descriptors.hpp"
#include "pier/net/shard.hpp"

#include <algorithm>

namespace pier::files {

namespace {

/// To the same path with a slash, as a relative reference made of its last segment alone: no part of it can
/// be read as a host (RFC 3986 4.2).
void redirect_to_folder(const http::request& in, std::string_view path, http::response& out)
{
    std::string target = percent_encode_path(path.substr(path.rfind('/') + 1)).append("/");
    if (in.query)
        target.append("?").append(*in.query);
    out.error(308, "This is a folder: its address ends with a slash.");
    out.headers.add("Location", target);
}

} // namespace

http::handler_factory make_handlers(std::shared_ptr<const source> files, unsigned shards)
{
    const config& options = files->options();
    cache_limits limits{options.cache_size / shards, net::share_descriptors(shards).files / shards};
    if (options.cache_size == 0)
        limits.descriptors = 0;
    return [files, limits](net::shard& shard) { return std::make_unique<handler>(shard, files, limits); };
}

handler::handler(net::shard& shard, std::shared_ptr<const source> files, cache_limits limits)
    : shard_(shard), files_(std::move(files)), cache_(limits)
{
}

bool handler::answer_now(const http::request& in, http::response& out)
{
    if (answer_without_file(in, out))
        return true;
    std::string_view path;
    if (!decode(in, path)) {
        out.error(400, "The address has a part that no file name can have.");
        return true;
    }
    if (cache::entry* known = cache_.find(path)) {
        switch (check(*known)) {
        case source::freshness::same:
            respond(in, known->what, files_->options(), shard_.unix_time(), out);
            return true;
        case source::freshness::changed: cache_.remove(path); break;
        case source::freshness::would_block: return false;
        }
    }
    auto what = files_->load(std::string(path), shard_.unix_time(), may_block::no);
    if (what->kind == kind::would_block)
        return false;
    if (what->kind == kind::file)
        remember(path, what, shard_.now());
    answer_from(in, path, what, out);
    return true;
}

/// The same on the blocking pool, where the disk may take its time. Of many that want one path one looks, the
/// others wait for what it finds.
net::task<> handler::answer(const http::request& in, http::response& out)
{
    std::string path;
    std::string_view decoded;
    decode(in, decoded);
    path = decoded;
    std::shared_ptr<loading> look = loading_[path].lock();
    if (look) {
        co_await look->done.async_wait(net::nothrow);
    } else {
        look = std::make_shared<loading>(shard_.context());
        loading_[path] = look;
        co_await load(path, *look);
        loading_.erase(path);
        look->done.cancel();
        if (look->what && look->what->kind == kind::file)
            remember(path, look->what, look->began);
    }
    if (!look->what) {
        out.error(503, "The server is busy with slow disks.");
        out.headers.add("Retry-After", "1");
        co_return;
    }
    answer_from(in, path, look->what, out);
}

net::task<> handler::load(const std::string& path, loading& look)
{
    cache::entry* known = cache_.find(path);
    if (known)
        look.what = known->what;
    look.began = shard_.now();
    // Of a known resource this reads only what was seen; the rest belongs to the shard.
    auto work = [this, &path, &look, now = shard_.unix_time()] {
        if (!look.what || files_->check(*look.what, may_block::yes) != source::freshness::same)
            look.what = files_->load(path, now, may_block::yes);
    };
    auto reading = shard_.pool().run(shard_.context().get_executor(), work, net::nothrow);
    auto [error] = co_await std::move(reading);
    if (error)
        look.what.reset();
}

/// The next change might not show in any stamp: such a file is not kept.
bool handler::changed_lately(const resource& what) const
{
    constexpr std::int64_t a_moment = 50'000'000; // some ticks
    return changed_since(what, shard_.unix_nanoseconds() - a_moment);
}

void handler::remember(std::string_view path, std::shared_ptr<resource> what, net::ticks checked)
{
    if (!changed_lately(*what))
        cache_.put(path, std::move(what), checked);
}

/// What is settled by the method: this server reads files and does nothing else to them.
bool handler::answer_without_file(const http::request& in, http::response& out)
{
    constexpr std::string_view allowed = "GET, HEAD, OPTIONS";
    switch (in.verb) {
    case http::method::get:
    case http::method::head: return false;
    case http::method::options:
        out.status = 204;
        out.headers.add("Allow", allowed);
        return true;
    case http::method::unknown: out.error(501, "The server does not know this method."); return true;
    default:
        out.error(405, "Files can be read here, nothing else.");
        out.headers.add("Allow", allowed);
        return true;
    }
}

/// What the path leads to is looked at now and then, what is open and large each time.
source::freshness handler::check(cache::entry& known)
{
    if (known.descriptors > 0 && !(large_files_unchanged(*known.what) && keep_in_memory(known)))
        return source::freshness::changed;
    if (shard_.now() - known.checked < fresh_for.count())
        return source::freshness::same;
    auto found = files_->check(*known.what, may_block::no);
    if (found == source::freshness::same)
        known.checked = shard_.now();
    return found;
}

/// A small file asked for again may be worth its memory. False: it has changed.
bool handler::keep_in_memory(cache::entry& known)
{
    std::uint64_t bytes = known.what->bytes_to_read();
    if (bytes == 0 || changed_lately(*known.what) || !cache_.make_room(known, bytes))
        return true;
    bool same = take_into_memory(*known.what);
    cache_.measure(known);
    return same;
}

void handler::tick()
{
    cache_.close_unused(shard_.now() - open_for.count());
}

bool handler::decode(const http::request& in, std::string_view& path)
{
    if (http::is_plain_path(in.path)) {
        path = in.path;
        return true;
    }
    if (!http::decode_path(in.path, decoded_))
        return false;
    path = decoded_;
    return true;
}

void handler::answer_from(const http::request& in, std::string_view path,
                          const std::shared_ptr<resource>& what, http::response& out)
{
    switch (what->kind) {
    case kind::file: respond(in, what, files_->options(), shard_.unix_time(), out); return;
    case kind::directory: redirect_to_folder(in, path, out); break;
    case kind::missing: out.error(404, "There is nothing at this address."); break;
    case kind::forbidden: out.error(403, "The server may not read this file."); break;
    case kind::busy:
        out.error(503, "Too many files are open at the moment.");
        out.headers.add("Retry-After", "1");
        break;
    case kind::would_block:
    case kind::changed:
    case kind::failed: out.error(500, "The file could not be read."); break;
    }
    if (!files_->options().precompressed.empty())
        out.headers.add("Vary", "Accept-Encoding");
}

} // namespace pier::files
