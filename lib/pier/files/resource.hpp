// What a path of the site stands for: a file in its encodings, a folder to be redirected to, or nothing.
#pragma once

#include "pier/files/config.hpp"
#include "pier/files/tree.hpp"
#include "pier/http/message.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pier::files {

/// One encoding of a file, ready to be sent: contents in memory or an open descriptor, and its fields made
/// once.
struct representation {
    http::content_coding coding = http::content_coding::identity;
    std::uint64_t size = 0;
    std::int64_t last_modified = 0; ///< unix seconds; 0: not known
    std::string etag;               ///< strong, quoted
    std::string_view content_type;  ///< static
    /// Made once: first what a 304 repeats (RFC 9110 15.4.5), then the rest of a 200's, Content-Type last.
    http::fields headers;
    std::size_t headers_of_304 = 0, headers_but_type = 0; ///< bytes of their text
    std::shared_ptr<const std::string> content;           ///< of a small file in memory
    std::shared_ptr<http::file> file;                     ///< of any other
    stamp state;                                          ///< of the file when it was opened
};

struct resource {
    files::kind kind = files::kind::missing;
    boost::container::small_vector<representation, 1> variants; ///< identity first; mostly the only one
    /// Everything looked at to make this, and what was seen: while all of it is the same, so is this.
    std::vector<std::pair<std::string, stamp>> seen;

    std::uint64_t bytes_held() const; ///< for contents in memory and what goes with them
    std::size_t descriptors_held() const;
    /// How much more that would be with all its small files in memory.
    std::uint64_t bytes_to_read() const;
};

/// Whether a file was changed that late. One changed a moment ago may change again without any stamp telling:
/// before Linux 6.13 they are as coarse as the kernel's tick, 10 ms at most.
bool changed_since(const resource& r, std::int64_t unix_nanoseconds);

/// Whether its large files still are what they were when they were opened, not written in place or cut short
/// since. For a small one the question would cost too much of the answer. Never waits.
bool large_files_unchanged(const resource& r);

/// Reads small files that are open into memory and closes them, as far as that is possible without waiting.
/// False: one is no longer what it was when it was opened.
bool take_into_memory(resource& r);

/// Files up to this size may be kept in memory, larger ones are kept open.
inline constexpr std::uint64_t in_memory_limit = 64 * 1024;

/// Where resources come from. Thread-safe.
class source {
public:
    explicit source(config c) : config_(std::move(c)) {}
    virtual ~source() = default;

    /// `path` as http::decode_path gives it. With may_block::no small files are open, else in memory;
    /// kind::would_block only with the former.
    virtual std::shared_ptr<resource> load(const std::string& path, std::int64_t now,
                                           may_block block) const = 0;

    enum class freshness { same, changed, would_block };
    virtual freshness check(const resource& r, may_block block) const = 0;

    const config& options() const { return config_; }

protected:
    /// Content-Type and all that follows from the options; needs etag, coding and last_modified.
    void make_fields(std::string_view path, representation& r) const;

    const config config_;
};

/// From a folder on disk.
class disk_source final : public source {
public:
    explicit disk_source(config c);

    std::shared_ptr<resource> load(const std::string& path, std::int64_t now, may_block block) const override;
    freshness check(const resource& r, may_block block) const override;

private:
    kind load_file(const std::string& path, looked_up& found, std::int64_t now, may_block block,
                   resource& into) const;
    kind add_variant(const std::string& path, http::content_coding coding, looked_up& found, std::int64_t now,
                     may_block block, resource& into) const;
    bool hidden(std::string_view path) const;

    tree tree_;
};

/// A file that stands in the program itself.
struct embedded_file {
    std::string_view path; ///< with its leading slash
    std::string_view content;
};

/// From the program itself; the span must outlive the source.
class embedded_source final : public source {
public:
    embedded_source(std::span<const embedded_file> files, config c) : source(std::move(c)), files_(files) {}

    std::shared_ptr<resource> load(const std::string& path, std::int64_t now, may_block block) const override;
    freshness check(const resource&, may_block) const override { return freshness::same; }

private:
    std::span<const embedded_file> files_;
};

} // namespace pier::files
