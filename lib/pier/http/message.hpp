// What a handler takes and gives: a request whose body streams in, a response whose body streams out. Nothing
// here belongs to one version of HTTP, and nothing waits: see handler.hpp for that.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/http/fields.hpp"
#include "pier/http/head_parser.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/residency.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace pier::http {

class body_source;

/// A request as its handler sees it. All views live until the response has been sent.
struct request {
    method verb = method::unknown;
    std::string_view method_name;
    std::string_view target;               ///< as received
    std::string_view path;                 ///< of the target: still encoded; `*` for OPTIONS *
    std::optional<std::string_view> query; ///< without the `?`
    std::string_view host;                 ///< from the target when it has one, else from Host
    int minor_version = 1;
    bool has_body = false;
    body_source* body = nullptr; ///< never null; empty at once when there is no body
    const net::peer_address* peer = nullptr;

    bool has(field_id id) const { return head->count(id) > 0; }
    /// The field's value, of several the first; nothing when absent.
    std::optional<std::string_view> field(field_id id) const
    {
        if (!has(id))
            return std::nullopt;
        return value(head->first(id));
    }
    std::optional<std::string_view> field(std::string_view name) const;
    std::string_view name(const field_line& f) const { return {base + f.name, f.name_length}; }
    std::string_view value(const field_line& f) const { return {base + f.value, f.value_length}; }
    const std::vector<field_line>& fields() const { return head->fields(); }

    const head_parser* head = nullptr;
    const char* base = nullptr;
};

/// An open file to send from.
struct file {
    explicit file(unique_fd fd = {}, bool stalls = false) : descriptor(std::move(fd)), may_stall(stalls) {}
    ~file(); ///< a file that may stall is closed elsewhere
    file(const file&) = delete;
    file& operator=(const file&) = delete;

    unique_fd descriptor;
    bool may_stall = false; ///< on a file system whose reads can hang (network, FUSE): never read on a shard
    net::resident_prefix resident; ///< a note of the one shard that sends it
};

/// A part of a response's body: bytes in memory, or a stretch of a file.
struct piece {
    std::string_view bytes; ///< of memory; kept alive by `owner`
    std::shared_ptr<const void> owner;
    std::shared_ptr<http::file> file;
    std::uint64_t offset = 0; ///< in the file
    std::uint64_t length = 0;

    static piece of(std::string_view bytes, std::shared_ptr<const void> owner)
    {
        return {bytes, std::move(owner), nullptr, 0, bytes.size()};
    }
    static piece of(std::string text)
    {
        auto kept = std::make_shared<const std::string>(std::move(text));
        return of(*kept, kept);
    }
    static piece of(std::shared_ptr<http::file> file, std::uint64_t offset, std::uint64_t length)
    {
        return {{}, nullptr, std::move(file), offset, length};
    }
};

struct response {
    response();
    ~response();

    int status = 200;
    fields headers;               ///< without Date, Server, Connection and framing: added when sent
    shared_fields shared_headers; ///< before `headers`
    std::vector<piece> content;
    std::unique_ptr<body_source> source; ///< instead of `content`; makes the body one of unknown length
    bool close = false;                  ///< the connection ends after this answer

    void add(piece p) { content.push_back(std::move(p)); }
    std::uint64_t content_length() const
    {
        std::uint64_t sum = 0;
        for (const piece& p : content)
            sum += p.length;
        return sum;
    }
    void reset();
    /// Turns into a small page that says `status` and, if given, why.
    void error(int status, std::string_view explanation = {});
};

} // namespace pier::http
