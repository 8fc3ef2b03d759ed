#include "pier/files/resource.hpp"

#include "pier/base/number.hpp"
#include "pier/files/media_types.hpp"
#include "pier/http/date.hpp"

#include <algorithm>
#include <charconv>

namespace pier::files {

namespace {

kind kind_of_open_error(int error)
{
    if (error == EMFILE || error == ENFILE || error == EWOULDBLOCK)
        return kind::busy;
    return error == EACCES || error == EPERM ? kind::forbidden : kind::failed;
}

std::string_view suffix_of(http::content_coding coding)
{
    switch (coding) {
    case http::content_coding::gzip: return ".gz";
    case http::content_coding::br: return ".br";
    case http::content_coding::zstd: return ".zst";
    case http::content_coding::identity: break;
    }
    return "";
}

/// From modification time and size, and the coding: each encoding is a thing of its own (RFC 9110 8.8.3.3).
std::string make_etag(const stamp& s, http::content_coding coding)
{
    char text[64];
    char* at = text;
    *at++ = '"';
    at = std::to_chars(at, text + 24, static_cast<std::uint64_t>(s.modified_ns), 16).ptr;
    *at++ = '-';
    at = std::to_chars(at, text + 48, s.size, 16).ptr;
    std::string tag(text, at);
    if (coding != http::content_coding::identity)
        tag.append("-").append(http::to_string(coding));
    return tag.append("\"");
}

constexpr std::uint64_t overhead = 2048; // fields and table entries, roughly

bool can_be_read(const representation& r)
{
    return r.file && r.size <= in_memory_limit && !r.file->may_stall;
}

} // namespace

std::uint64_t resource::bytes_held() const
{
    std::uint64_t sum = 0;
    for (const auto& v : variants)
        sum += v.content ? v.size + overhead : 0;
    return sum;
}

std::uint64_t resource::bytes_to_read() const
{
    std::uint64_t sum = 0;
    for (const auto& v : variants)
        sum += can_be_read(v) ? v.size + overhead : 0;
    return sum;
}

bool changed_since(const resource& r, std::int64_t unix_nanoseconds)
{
    return std::ranges::any_of(r.variants,
                               [=](const auto& v) { return v.state.changed_ns > unix_nanoseconds; });
}

bool large_files_unchanged(const resource& r)
{
    return std::ranges::all_of(r.variants, [](const auto& v) {
        return !v.file || v.size <= in_memory_limit || v.file->may_stall ||
               state_of(v.file->descriptor.get()) == v.state;
    });
}

bool take_into_memory(resource& r)
{
    for (auto& v : r.variants) {
        if (!can_be_read(v))
            continue;
        auto content = std::make_shared<std::string>();
        int fd = v.file->descriptor.get();
        auto outcome = read_all(fd, v.size, *content, may_block::no);
        if (outcome == read_outcome::changed || state_of(fd) != v.state)
            return false;
        if (outcome != read_outcome::whole)
            continue;
        v.content = std::move(content);
        v.file.reset();
    }
    return true;
}

std::size_t resource::descriptors_held() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(variants, [](const auto& v) { return bool(v.file); }));
}

disk_source::disk_source(config c) : source(std::move(c)), tree_(config_.root, config_.links) {}

/// `/.well-known` is for everyone (RFC 8615); what else starts with a dot is nobody's business.
bool disk_source::hidden(std::string_view path) const
{
    if (config_.hidden)
        return false;
    constexpr std::string_view well_known = "/.well-known";
    if (path.starts_with(well_known) && (path.size() == well_known.size() || path[well_known.size()] == '/'))
        path.remove_prefix(well_known.size());
    return path.find("/.") != path.npos;
}

std::shared_ptr<resource> disk_source::load(const std::string& path, std::int64_t now, may_block block) const
{
    auto made = std::make_shared<resource>();
    if (hidden(path))
        return made;
    if (!path.ends_with('/')) {
        auto found = tree_.look_up(path, block);
        made->kind = found.kind == kind::file ? load_file(path, found, now, block, *made) : found.kind;
        return made;
    }
    for (const std::string& name : config_.index) {
        std::string candidate = path + name;
        auto found = tree_.look_up(candidate, block);
        if (found.kind == kind::missing || found.kind == kind::directory) {
            made->seen.emplace_back(std::move(candidate), found.stamp);
            continue;
        }
        made->kind = found.kind == kind::file ? load_file(candidate, found, now, block, *made) : found.kind;
        return made;
    }
    made->kind = kind::missing;
    return made;
}

kind disk_source::load_file(const std::string& path, looked_up& found, std::int64_t now, may_block block,
                            resource& into) const
{
    kind plain = add_variant(path, http::content_coding::identity, found, now, block, into);
    if (plain ==
        kind::changed) { // while it was read; a second look will find it at rest, or there is no end to it
        found = tree_.look_up(path, block);
        plain = found.kind == kind::file
                    ? add_variant(path, http::content_coding::identity, found, now, block, into)
                    : found.kind;
    }
    if (plain != kind::file)
        return plain == kind::changed ? kind::failed : plain;
    for (http::content_coding coding : config_.precompressed) {
        std::string sidecar = path + std::string(suffix_of(coding));
        auto encoded = tree_.look_up(sidecar, block);
        kind k = encoded.kind;
        if (k == kind::file)
            k = add_variant(sidecar, coding, encoded, now, block, into);
        if (k == kind::would_block || k == kind::busy)
            return k;
        if (k != kind::file) // without it, the file itself is still there
            into.seen.emplace_back(std::move(sidecar), encoded.stamp);
    }
    for (representation& r : into.variants)
        make_fields(path, r);
    return kind::file;
}

kind disk_source::add_variant(const std::string& path, http::content_coding coding, looked_up& found,
                              std::int64_t now, may_block block, resource& into) const
{
    unique_fd fd = tree_.open(found);
    if (!fd)
        return kind_of_open_error(errno);
    representation r;
    r.coding = coding;
    r.size = found.stamp.size;
    r.state = found.stamp;
    // RFC 9110 8.8.2.1: never later than the answer's Date.
    r.last_modified = std::min(found.stamp.modified_ns / 1'000'000'000, now);
    r.etag = make_etag(found.stamp, coding);
    if (r.size <= in_memory_limit && block == may_block::yes) {
        auto content = std::make_shared<std::string>();
        switch (read_all(fd.get(), r.size, *content, block)) {
        case read_outcome::whole: break;
        case read_outcome::changed: return kind::changed;
        case read_outcome::would_block:
        case read_outcome::failed: return kind::failed;
        }
        if (state_of(fd.get()) != found.stamp)
            return kind::changed;
        r.content = std::move(content);
    } else {
        r.file = std::make_shared<http::file>(std::move(fd), tree_.may_stall(found.stamp.device));
    }
    into.seen.emplace_back(path, found.stamp);
    into.variants.push_back(std::move(r));
    return kind::file;
}

void source::make_fields(std::string_view path, representation& r) const
{
    char date[29];
    http::format_date(r.last_modified, date);
    std::string_view caching = "no-cache";
    for (const cache_rule& rule : config_.cache_control)
        if (rule.pattern.matches_beneath(path)) {
            caching = rule.value;
            break;
        }
    r.content_type = content_type(path);
    http::fields& made = r.headers;
    made.clear();
    made.reserve(384);
    made.add("ETag", r.etag);
    made.add("Cache-Control", caching);
    if (!config_.precompressed.empty())
        made.add("Vary", "Accept-Encoding");
    for (const auto& [name, value] : config_.headers)
        made.add(name, value);
    r.headers_of_304 = made.text().size();
    if (r.last_modified > 0)
        made.add("Last-Modified", {date, sizeof date});
    made.add("Accept-Ranges", "bytes");
    made.add("X-Content-Type-Options", "nosniff");
    if (r.coding != http::content_coding::identity)
        made.add("Content-Encoding", http::to_string(r.coding));
    r.headers_but_type = made.text().size();
    made.add("Content-Type", r.content_type);
}

source::freshness disk_source::check(const resource& r, may_block block) const
{
    for (const auto& [path, stamp] : r.seen) {
        auto found = tree_.look_up(path, block);
        if (found.kind == kind::would_block)
            return freshness::would_block;
        if (found.kind == kind::busy)
            return freshness::same; // nothing can be seen without a descriptor: what is known will do
        if (found.stamp != stamp)
            return freshness::changed;
    }
    return freshness::same;
}

namespace {

/// FNV-1a: names contents, protects nothing.
std::uint64_t fingerprint(std::string_view content)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (char c : content)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

} // namespace

std::shared_ptr<resource> embedded_source::load(const std::string& path, std::int64_t, may_block) const
{
    auto made = std::make_shared<resource>();
    std::string wanted = path.ends_with('/') && !config_.index.empty() ? path + config_.index.front() : path;
    for (const embedded_file& f : files_) {
        if (f.path.size() > path.size() && f.path.starts_with(path) && f.path[path.size()] == '/')
            made->kind = kind::directory;
        if (f.path != wanted)
            continue;
        representation r;
        r.size = f.content.size();
        r.content = std::make_shared<const std::string>(f.content);
        r.etag = "\"";
        append_number(r.etag, fingerprint(f.content), 16);
        r.etag += '"';
        make_fields(f.path, r);
        made->variants.push_back(std::move(r));
        made->kind = kind::file;
        return made;
    }
    return made;
}

} // namespace pier::files
