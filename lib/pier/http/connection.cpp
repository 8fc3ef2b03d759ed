#include "pier/http/connection.hpp"

#include "pier/http/status.hpp"

#include <boost/asio/post.hpp>

namespace pier::http {

namespace {

constexpr std::size_t batch_limit = 64 * 1024; ///< answers to pipelined requests leave at least this often
constexpr std::size_t least_body_room = 4 * 1024;

} // namespace

void exchange::reset()
{
    parser.reset();
    response.reset();
    chunks.reset();
    body_waited = 0;
    body_fresh = 0;
}

connection::connection(net::session& session, shard_server& server)
    : session_(session), server_(server), pace_(server.paces ? std::make_unique<token_bucket>() : nullptr)
{
}

connection::~connection()
{
    if (x_) {
        x_->reset();
        x_->out.clear();
        server_.give_exchange(std::move(x_));
    }
}

connection::input connection::next_request()
{
    if (!x_)
        x_ = server_.take_exchange();
    net::stream& stream = session_.stream();
    for (;;) {
        switch (x_->parser.parse_request(x_->in.view())) {
        case head_parser::status::done: return understand();
        case head_parser::status::failed: start_request(); return refuse(x_->parser.error());
        case head_parser::status::need_more: break;
        }
        // Half a head may have come with the peer's FIN by one edge: only a further read tells.
        if (!stream.may_have_input() && !x_->parser.started() && !one_more_look())
            return input::needs_more;
        auto got = stream.read_some(x_->in.space());
        if (got.would_block())
            return input::needs_more;
        if (got.failed() || got.bytes == 0)
            return input::ended;
        x_->in.filled(got.bytes);
        x_->read_at = server_.clock.now();
        if (!x_->parser.started())
            x_->begun_at = x_->read_at;
        count_received(got.bytes);
    }
}

/// Before a draining server closes an idle connection: a request may have arrived in this very moment.
bool connection::one_more_look()
{
    return leaving() && !x_->parser.started() && !std::exchange(last_look_, true);
}

bool connection::leaving() const
{
    return session_.draining() && session_.doing != net::session::phase::fresh;
}

connection::input connection::understand()
{
    start_request();
    if (const auto& forwarded = server_.config.forwarded; forwarded && x_->parser.count(forwarded->id()) > 0)
        x_->client = client_of(x_->parser, x_->in.view(), session_.peer(), *forwarded);
    if (x_->parser.count(field_id::content_length) + x_->parser.count(field_id::transfer_encoding) > 0)
        x_->in.space(least_body_room); // while a body is read the head stays where it is
    if (int status = check_request(x_->parser, x_->in.view(), x_->facts))
        return refuse(status);
    std::string_view in = x_->in.view();
    const auto& facts = x_->facts;
    auto& r = x_->request;
    r.verb = x_->parser.method_id();
    r.method_name = x_->parser.method_name(in);
    r.target = x_->parser.target(in);
    r.path = facts.target.form == target_form::asterisk ? "*" : facts.target.path;
    r.query = facts.target.query;
    r.host = facts.host;
    r.minor_version = x_->parser.minor_version();
    r.body = this;
    r.peer = &session_.peer();
    r.head = &x_->parser;
    r.base = in.data();
    x_->body_at = x_->parser.size();
    body_complete_ = facts.body == request_facts::body_kind::none;
    r.has_body = !body_complete_;
    x_->body_left = facts.length;
    continue_due_ = facts.expects_continue;
    if (facts.body == request_facts::body_kind::chunked)
        x_->chunks.emplace();
    return server_.screens ? screen() : input::request;
}

/// Refuses what is one too many of its client's.
connection::input connection::screen()
{
    std::int64_t wait = session_.shard().admit_request(x_->client);
    if (wait == 0)
        return input::request;
    server_.counters.requests_refused_by_rate.add();
    x_->response.error(429);
    x_->response.headers.add("Retry-After", std::to_string((wait + 999) / 1000));
    return input::limited;
}

void connection::start_request()
{
    session_.disarm();
    header_armed_ = false;
    last_look_ = false;
    session_.doing = net::session::phase::busy;
    server_.counters.requests.add();
    ++session_.requests;
    x_->client = session_.peer();
}

void connection::count_received(std::size_t bytes)
{
    server_.counters.bytes_received.add(bytes);
    session_.bytes_received += bytes;
}

/// After this nothing of the input can be trusted: it is not looked at again.
connection::input connection::refuse(int status)
{
    x_->facts.keep_alive = false;
    lingers_ = true;
    body_complete_ = true;
    broken_body_ = false;
    x_->body_at = 0;
    // A HEAD that was understood so far still gets no body.
    x_->request.verb = x_->parser.understood_request_line() ? x_->parser.method_id() : method::unknown;
    x_->response.error(status);
    x_->response.close = true;
    return input::refused;
}

net::task<> connection::let_others()
{
    in_a_row_ = 0;
    co_await net::asio::post(session_.shard().context(), net::asio::deferred);
}

net::task<> connection::answer_with(http::handler& handler)
{
    if (unsent())
        co_await send();
    co_await handler.answer(x_->request, x_->response);
}

bool connection::prepare_to_wait()
{
    in_a_row_ = 0;
    if (!open_)
        return false;
    bool nothing_begun = !x_->parser.started();
    if (nothing_begun && (last_look_ || leaving()))
        return false;
    if (nothing_begun) {
        if (x_->in.empty())
            server_.give_exchange(std::move(x_));
        if (session_.doing != net::session::phase::fresh)
            session_.idle_until(server_.idle);
        else if (!session_.armed())
            session_.expire_by(server_.header);
        return true;
    }
    session_.doing = net::session::phase::busy;
    if (!header_armed_) {
        session_.expire_by(server_.header); // from the first byte to the end of the head, however it comes
        header_armed_ = true;
    }
    return true;
}

bool connection::after_aborted_wait()
{
    using ending = net::session::ending;
    auto why = session_.why_ended();
    bool half_a_request = x_ && x_->parser.started();
    if (why == ending::deadline && half_a_request) {
        session_.resume();
        start_request();
        refuse(408);
        queue_answer();
        finish_request();
        return true;
    }
    if (why == ending::drain) {
        session_.resume();
        last_look_ = true; // next_request() takes it
        return true;
    }
    return false;
}

/// Input behind this request: the first byte of another one has been read, or may be.
bool connection::more_at_hand() const
{
    return body_complete_ && x_->in.view().size() > x_->body_at;
}

/// While draining, requests that have begun are still answered; the last of them says that it was the last.
inline bool connection::keep_alive() const
{
    if (!open_ || !x_->facts.keep_alive || x_->response.close)
        return false;
    return !session_.draining() || more_at_hand() || session_.stream().may_have_input();
}

void connection::queue_answer()
{
    auto& res = x_->response;
    const auto& facts = x_->facts;
    bool head_only = x_->request.verb == method::head;
    if (!body_complete_ && (continue_due_ || (facts.body == request_facts::body_kind::length &&
                                              x_->body_left > server_.config.discard_limit)))
        res.close =
            true; // cheaper than reading what nobody wants; RFC 9110 10.1.1 for the refused expectation
    if (res.source)
        res.content.clear();
    framing how = framing::none;
    std::uint64_t length = res.content_length();
    if (!status_has_content(res.status)) {
        res.content.clear();
        res.source.reset();
    } else if (!res.source) {
        how = framing::length;
    } else if (x_->request.minor_version >= 1 && !head_only) {
        how = framing::chunked;
    } else {
        res.close = res.close || !head_only; // the end of the connection ends the body
    }
    if (head_only) {
        res.content.clear();
        res.source.reset();
    }
    bool stays = keep_alive();
    if (!stays) {
        open_ = false;
        lingers_ = lingers_ || !body_complete_ || more_at_hand() || session_.stream().may_have_input();
    }
    common_lines& common = session_.stream().tls() ? server_.secure_common : server_.common;
    append_head(x_->out.text(), res, common.at(session_.shard().unix_time()), stays, how, length);
    x_->response_is_chunked = how == framing::chunked;
    x_->body_sent = 0;
    auto& pieces = res.content;
    std::erase_if(pieces, [](const piece& p) { return p.length == 0; });
    if (pieces.size() == 1 && how == framing::length && x_->out.append(pieces[0])) {
        x_->body_sent = pieces[0].length;
        pieces.clear();
    } else if (!pieces.empty()) {
        x_->out.add(pieces);
    }
}

bool connection::push()
{
    if (x_->response.source)
        return false;
    if (open_ && more_at_hand() && !x_->out.has_pieces() && x_->out.text_size() < batch_limit)
        return true;
    return push_output() == sender::outcome::done;
}

sender::outcome connection::push_output()
{
    bool closing = !open_ && !x_->response.source && !more_parts_;
    auto outcome = server_.paces ? push_paced(closing)
                                 : x_->out.push(session_.stream(), session_.shard().now(), closing);
    std::uint64_t bytes = x_->out.take_total_count();
    server_.counters.bytes_sent.add(bytes); // at once: a long answer shows while it is under way
    session_.bytes_sent += bytes;
    return outcome;
}

void connection::finish_request()
{
    int status = x_->response.status;
    server_.counters.responses_by_class[status >= 100 && status < 600 ? status / 100 : 0].add();
    std::uint64_t body_bytes = x_->body_sent + x_->out.take_body_count();
    std::uint64_t nanoseconds = duration();
    server_.counters.request_duration.record(nanoseconds);
    if (server_.log)
        log_request(body_bytes, nanoseconds);
    x_->begun_at = x_->read_at; // of a request that came behind this one
    x_->in.consume(x_->body_at);
    x_->reset();
}

} // namespace pier::http
