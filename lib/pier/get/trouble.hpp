// Why a download did not come to its end: a word for programs, an exit code, a sentence for people. No I/O.
#pragma once

#include "pier/http/client_error.hpp"

#include <string>
#include <string_view>

namespace pier::get {

enum class trouble_kind : unsigned char {
    none,
    transport,   ///< no answer, or not all of it: see trouble::transport
    status,      ///< an answer, but none that brings what was asked for
    redirect,    ///< it leads on, and is not followed
    ranges,      ///< the server's parts do not fit together
    decoding,    ///< compressed content is broken, or expands without end
    checksum,    ///< the content is not what it should be
    unequal,     ///< answers to equal requests differ
    size,        ///< more than --max-size
    file,        ///< cannot be made
    writing,     ///< or not be written to the end
    interrupted, ///< by Ctrl-C
};

struct trouble {
    trouble_kind kind = trouble_kind::none;
    std::string sentence{}; ///< no capital, no stop
    http::failure transport = http::failure::none;
    int status = 0;       ///< of kind `status` and `redirect`
    std::string advice{}; ///< what may be behind it; empty: nothing comes to mind

    explicit operator bool() const { return kind != trouble_kind::none; }
    /// "refused", "checksum": for JSON.
    std::string_view word() const;
    int exit_code() const;

    static trouble of(const http::client_error& error);
};

/// "404 Not Found"
std::string status_in_words(int status);

/// What may be behind it, for who sees the sentence of `error` for the first time; empty: nothing comes to
/// mind. `secure`: https was asked for.
std::string advice(http::failure why, bool secure, std::string_view host_and_port);

} // namespace pier::get
