// What is told of a request once it is answered: its line in the access log.
#include "pier/http/connection.hpp"

namespace pier::http {

/// Of the request that finishes now: nanoseconds from its first byte's reading until its answer was handed to
/// the kernel, or lined up to leave together with the next.
std::uint64_t connection::duration() const
{
    return server_.clock.nanoseconds(x_->begun_at, server_.clock.now());
}

/// One word about the connection after this request, for the access log.
std::string_view connection::what_becomes() const
{
    using ending = net::session::ending;
    auto why = session_.why_ended();
    if (open_)
        return "keep-alive";
    if (why == ending::deadline || x_->response.status == 408)
        return "deadline";
    if (why == ending::drain || why == ending::forced)
        return "drain";
    if (abandoned_)
        return session_.stream().peer_has_finished() ? "gone" : "error";
    if (x_->response.close)
        return x_->response.status >= 400 ? "error" : "server";
    if (!x_->facts.keep_alive)
        return "client";
    return session_.draining() ? "drain" : "error"; // else: of the request's body
}

void connection::log_request(std::uint64_t body_bytes, std::uint64_t duration)
{
    const access_format& format = server_.config.log_format;
    bool combined = format.is_combined();
    char peer[46];
    access_entry entry;
    entry.peer = {peer, x_->client.format(peer)};
    entry.status = x_->response.status;
    entry.bytes = body_bytes;
    if (x_->parser.understood_request_line()) {
        std::string_view in = x_->in.view();
        const auto& parser = x_->parser;
        auto value = [&](field_id id) {
            return parser.count(id) ? in.substr(parser.first(id).value, parser.first(id).value_length)
                                    : std::string_view();
        };
        entry.request_line = parser.request_line(in);
        entry.referer = value(field_id::referer);
        entry.user_agent = value(field_id::user_agent);
        if (!combined)
            entry.host = value(field_id::host);
    }
    entry.duration = duration;
    if (!combined)
        complete_entry(entry);
    format.append(server_.log->text(), entry, server_.time, session_.shard().unix_time());
    server_.log->line_done();
}

/// What the combined format has no place for.
void connection::complete_entry(access_entry& entry) const
{
    entry.end = what_becomes();
    entry.number = session_.requests;
    if (entry.request_line.empty())
        return;
    std::string_view in = x_->in.view();
    entry.method = x_->parser.method_name(in);
    entry.target = x_->parser.target(in);
    entry.protocol = entry.request_line.substr(entry.request_line.rfind(' ') + 1);
}

} // namespace pier::http
