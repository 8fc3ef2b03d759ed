// What the admin listener is told to do.
#pragma once

#include "pier/http/server.hpp"
#include "pier/net/endpoint.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace pier::admin {

inline constexpr std::chrono::milliseconds least_event_interval{250}; ///< shards look no more often

struct config {
    std::vector<net::endpoint> listen;              ///< none: no admin
    std::vector<std::string> hosts;                 ///< further names that browsers may ask by
    std::chrono::milliseconds event_interval{1000}; ///< between two `stats` events
    std::size_t event_readers = 16 * 1024;          ///< at once; more are answered 503
    std::string auth;            ///< a file of names and password hashes; empty: whoever gets here gets in
    http::handler_factory pages; ///< answers for what is none of the admin's own paths; null: 404

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// Adds the admin to `runtime`, if it is to listen at all. Throws ops::fatal when its passwords cannot be
/// read.
void add_to(net::runtime& runtime, config c);

} // namespace pier::admin
