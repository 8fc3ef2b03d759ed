#include "pier/get/trouble.hpp"

#include "pier/http/status.hpp"
#include "pier/ops/exit.hpp"

namespace pier::get {

namespace {

int exit_code_of(http::failure why)
{
    switch (why) {
    case http::failure::bad_request: return ops::exit_usage;
    case http::failure::unknown_host: return ops::exit_no_host;
    case http::failure::none:
    case http::failure::refused:
    case http::failure::unreachable:
    case http::failure::proxy:
    case http::failure::crowded:
    case http::failure::cancelled: return ops::exit_unavailable;
    case http::failure::connect_timeout:
    case http::failure::tls_timeout:
    case http::failure::send_timeout:
    case http::failure::head_timeout:
    case http::failure::body_timeout: return ops::exit_temporary;
    case http::failure::tls: return ops::exit_no_permission;
    case http::failure::send:
    case http::failure::closed_early:
    case http::failure::truncated:
    case http::failure::malformed:
    case http::failure::too_large: return ops::exit_protocol;
    }
    return ops::exit_software;
}

} // namespace

std::string_view trouble::word() const
{
    switch (kind) {
    case trouble_kind::none: return "";
    case trouble_kind::transport: return http::to_string(transport);
    case trouble_kind::status: return "status";
    case trouble_kind::redirect: return "redirect";
    case trouble_kind::ranges: return "ranges";
    case trouble_kind::decoding: return "decoding";
    case trouble_kind::checksum: return "checksum";
    case trouble_kind::unequal: return "unequal";
    case trouble_kind::size: return "size";
    case trouble_kind::file: return "file";
    case trouble_kind::writing: return "writing";
    case trouble_kind::interrupted: return "interrupted";
    }
    return "";
}

int trouble::exit_code() const
{
    switch (kind) {
    case trouble_kind::none: return ops::exit_ok;
    case trouble_kind::transport: return exit_code_of(transport);
    case trouble_kind::status:
    case trouble_kind::redirect: return status / 100; // 3, 4, 5
    case trouble_kind::ranges: return ops::exit_protocol;
    case trouble_kind::decoding:
    case trouble_kind::checksum:
    case trouble_kind::unequal:
    case trouble_kind::size: return ops::exit_data;
    case trouble_kind::file: return ops::exit_cant_create;
    case trouble_kind::writing: return ops::exit_io;
    case trouble_kind::interrupted: return 128 + 2;
    }
    return ops::exit_software;
}

trouble trouble::of(const http::client_error& error)
{
    if (error.kind == http::failure::cancelled)
        return {trouble_kind::interrupted, "interrupted"};
    return {trouble_kind::transport, error.sentence, error.kind};
}

std::string status_in_words(int status)
{
    std::string text = std::to_string(status);
    if (auto phrase = http::reason_phrase(status); !phrase.empty())
        text.append(" ").append(phrase);
    return text;
}

std::string advice(http::failure why, bool secure, std::string_view host_and_port)
{
    std::string where(host_and_port);
    switch (why) {
    case http::failure::refused: return "is a server running there, and is it the right port?";
    case http::failure::unknown_host: return "is the name spelled as it should be?";
    case http::failure::closed_early:
    case http::failure::malformed:
        return secure ? "" : "is " + where + " the right port? If it speaks TLS, ask for https://" + where;
    case http::failure::tls_timeout: return "does " + where + " speak TLS? If not, ask for http://" + where;
    default: return {};
    }
}

} // namespace pier::get
