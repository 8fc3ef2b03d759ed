// What the fields of a request mean for its connection: target, host, framing, persistence, expectation
// (RFC 9112 sections 3, 6 and 9; RFC 9110 sections 7.2 and 10.1.1). Pure; the one place that decides them.
#pragma once

#include "pier/http/head_parser.hpp"
#include "pier/http/target.hpp"

#include <cstdint>
#include <string_view>

namespace pier::http {

struct request_facts {
    enum class body_kind : unsigned char { none, length, chunked };

    request_target target;
    std::string_view host;
    body_kind body = body_kind::none;
    std::uint64_t length = 0; ///< for body_kind::length, never 0
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Fills `facts` from a complete head in `in`. Returns 0, or the status to refuse with; then nothing after
/// the head can be trusted and the connection must end.
int check_request(const head_parser& head, std::string_view in, request_facts& facts);

} // namespace pier::http
