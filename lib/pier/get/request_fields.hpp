// What a request says beside its first line. No I/O.
#pragma once

#include "pier/get/config.hpp"
#include "pier/http/fields.hpp"
#include "pier/http/url.hpp"

#include <string>
#include <string_view>

namespace pier::http {
struct client_request;
}

namespace pier::get {

struct request_kind {
    bool credentials = true; ///< its server may see them
    bool content = false;
    bool compressed = false;
    std::string range{}, if_range{};
};

/// Those of -H, and what belongs to each request unless -H says otherwise.
http::fields fields_of(const request_config& c, const http::url& to, const request_kind& kind);

/// Each line of a head behind `mark`, without what nobody but its server should see.
std::string marked_lines(std::string_view mark, std::string_view head);

} // namespace pier::get
