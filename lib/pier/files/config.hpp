// What a file server serves, and how. Defaults suit sharing a folder: nothing hidden shows, nothing leaves
// the root.
#pragma once

#include "pier/base/glob.hpp"
#include "pier/http/negotiation.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pier::files {

/// Which symbolic links are followed. `inside`: relative ones that stay beneath the root. `all`: wherever
/// they lead, also out of the root.
enum class link_policy { inside, all, none };

/// `Cache-Control: value` for paths that match; the first rule that matches wins.
struct cache_rule {
    glob pattern;
    std::string value;
};

struct config {
    std::string root = ".";
    std::vector<std::string> index{"index.html"}; ///< tried in order for a folder
    bool hidden = false; ///< serve names that start with a dot; /.well-known always is
    link_policy links = link_policy::inside;
    std::vector<http::content_coding> precompressed; ///< look for NAME.br, NAME.zst, NAME.gz beside NAME
    std::vector<cache_rule> cache_control;           ///< else `no-cache`: kept, but asked for each time
    std::vector<std::pair<std::string, std::string>> headers; ///< on every file's answer
    std::uint64_t max_ranges = 16;                            ///< a request for more gets the whole file
    std::uint64_t cache_size =
        64 << 20; ///< bytes of contents in memory, all shards together; 0: nothing is kept

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

} // namespace pier::files
