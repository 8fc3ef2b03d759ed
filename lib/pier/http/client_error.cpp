#include "pier/http/client_error.hpp"

namespace pier::http {

std::string_view to_string(failure f)
{
    switch (f) {
    case failure::none: return "none";
    case failure::bad_request: return "bad-request";
    case failure::unknown_host: return "unknown-host";
    case failure::refused: return "refused";
    case failure::unreachable: return "unreachable";
    case failure::connect_timeout: return "connect-timeout";
    case failure::tls: return "tls";
    case failure::tls_timeout: return "tls-timeout";
    case failure::proxy: return "proxy";
    case failure::send: return "send";
    case failure::send_timeout: return "send-timeout";
    case failure::head_timeout: return "head-timeout";
    case failure::closed_early: return "closed-early";
    case failure::body_timeout: return "body-timeout";
    case failure::truncated: return "truncated";
    case failure::malformed: return "malformed";
    case failure::too_large: return "too-large";
    case failure::crowded: return "crowded";
    case failure::cancelled: return "cancelled";
    }
    return "";
}

} // namespace pier::http
