#include "pier/http/server_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"

#include <algorithm>

namespace pier::http {

void server_options::declare(ops::options& table)
{
    table.group("Behind a proxy");
    table.add({"trust-forwarded-from", 0, "CIDR",
               "peers, or `unix`, that are believed whom they forward for: in the log and for "
               "--limit-requests (none)",
               "", [this](const std::string& value) { return net::add_block(forwarded_.trusted, value); },
               true, [this] { return forwarded_.trusted.texts(); }});
    table.add({"forwarded-field", 0, "x-forwarded-for|forwarded",
               "the field in which they say so; forwarded is that of RFC 7239", "",
               [this](const std::string& value) {
                   bool standard = iequals(value, "forwarded");
                   forwarded_.where = standard ? forwarded_config::field::forwarded
                                               : forwarded_config::field::x_forwarded_for;
                   return std::string(standard || iequals(value, "x-forwarded-for")
                                          ? ""
                                          : "is neither x-forwarded-for nor forwarded");
               },
               false,
               [this] {
                   bool standard = forwarded_.where == forwarded_config::field::forwarded;
                   return std::vector<std::string>{standard ? "forwarded" : "x-forwarded-for"};
               }});
    table.group("Limits of a request");
    table.size("max-header",
               "request line and fields together; the line alone may take half of it, but 8k at least",
               max_header_, {1024, 1024 * 1024});
    table.duration("timeout-header", "from a request's first byte to the end of its head",
                   config_.timeout_header);
    table.duration("timeout-idle", "between two requests", config_.timeout_idle);
    table.duration("timeout-write", "an answer that the peer takes nothing of", config_.timeout_write);
    table.group("Logs");
    table.add({"access-log", 0, "FILE|stderr|off", "a line per request", "",
               [this](const std::string& value) {
                   access_log_ = value;
                   return std::string(value.empty() ? "names no file" : "");
               },
               false, [this] { return std::vector{access_log_}; }});
    table.add({"access-format", 0, "combined|json|FORMAT",
               "of its lines: text with places such as {client} {request} {status}, or a known one", "",
               [this](const std::string& value) {
                   auto wrong = config_.log_format.set(value);
                   if (wrong.empty())
                       access_format_ = value;
                   return wrong;
               },
               false, [this] { return std::vector{access_format_}; }});
    table.check([this] { return without_log().validate(); });
}

server_config server_options::without_log() const
{
    server_config result = config_;
    result.limits.head = max_header_;
    // RFC 9112 section 3: request-lines of 8000 octets must pass.
    result.limits.request_line = std::min(result.limits.head, std::max<std::size_t>(8192, max_header_ / 2));
    return result;
}

server_config server_options::config(net::runtime& runtime) const
{
    server_config result = without_log();
    if (auto wrong = result.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    if (!forwarded_.trusted.empty())
        result.forwarded = std::make_shared<const forwarded_config>(forwarded_);
    if (access_log_ != "off") {
        result.access_log = ops::line_file::open(access_log_);
        runtime.on_reload(result.access_log);
    }
    return result;
}

} // namespace pier::http
