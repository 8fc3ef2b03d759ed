// Request methods (RFC 9110 section 9). Case-sensitive.
#pragma once

#include <cstdint>
#include <string_view>

namespace pier::http {

enum class method : std::uint8_t { unknown, get, head, options, post, put, delete_, patch, trace, connect };

constexpr method identify_method(std::string_view name)
{
    switch (name.size()) {
    case 3: return name == "GET" ? method::get : name == "PUT" ? method::put : method::unknown;
    case 4: return name == "HEAD" ? method::head : name == "POST" ? method::post : method::unknown;
    case 5: return name == "PATCH" ? method::patch : name == "TRACE" ? method::trace : method::unknown;
    case 6: return name == "DELETE" ? method::delete_ : method::unknown;
    case 7:
        return name == "OPTIONS" ? method::options : name == "CONNECT" ? method::connect : method::unknown;
    default: return method::unknown;
    }
}

} // namespace pier::http
