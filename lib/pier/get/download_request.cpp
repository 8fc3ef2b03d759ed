// One try: the request, and the redirects on the way to its answer.
#include "pier/base/text.hpp"
#include "pier/get/download.hpp"
#include "pier/get/request_fields.hpp"
#include "pier/get/way.hpp"

#include <utility>

namespace pier::get {

net::task<> download::try_piece(piece& p, attempt& a)
{
    bool all = p.at == 0 && !p.end;
    bool from_start = p.at == 0 && p.end == size_ && pieces_.size() == 1;
    if (!all && !from_start) {
        std::optional<std::uint64_t> last = p.end ? std::optional(*p.end - 1) : std::nullopt;
        a.asked = range_request{p.at, last, validator_, size_};
    }
    bool answered = co_await ask(p, a);
    if (answered)
        co_await receive(p, a);
}

/// Until there is an answer that leads nowhere else.
net::task<bool> download::ask(piece& p, attempt& a)
{
    for (unsigned hops = 0;; ++hops) {
        http::client_request request = make_request(a);
        std::string wrong = choose_proxy(config_.request.proxy, a.where.url, request.proxy);
        if (!wrong.empty()) {
            a.wrong = {trouble_kind::transport, std::move(wrong), http::failure::bad_request};
            co_return false;
        }
        p.exchange = std::make_unique<http::client_exchange>(all_.client);
        ++result_.tries;
        bool answered = co_await p.exchange->begin(request);
        note_answer(*p.exchange, a, answered);
        if (!answered) {
            failed(*p.exchange, a);
            co_return false;
        }
        if (!config_.location || !is_redirect(p.exchange->head().status()))
            co_return true;
        if (hops == config_.max_redirects) {
            a.wrong = {trouble_kind::redirect,
                       "redirects more than " + std::to_string(hops) + " times in a row", http::failure::none,
                       p.exchange->head().status()};
            co_return false;
        }
        if (config_.include_head) {
            bool shown = co_await put_head(p, a);
            if (!shown)
                co_return false;
        }
        if (!redirect(*p.exchange, a))
            co_return false;
        co_await p.exchange->skip_body();
    }
}

/// False: it is not followed.
bool download::redirect(const http::client_exchange& x, attempt& a)
{
    const http::answer_head& head = x.head();
    destination& to = a.where;
    redirected next = follow(to.url, to.method, head.status(), head.field("Location"));
    if (!next.wrong.empty()) {
        a.wrong = {trouble_kind::redirect, "the server redirects " + next.wrong, http::failure::none,
                   head.status()};
        return false;
    }
    ++result_.redirects;
    to.url = std::move(next.to);
    to.method = std::move(next.method);
    to.with_content = to.with_content && next.with_content;
    to.with_credentials = to.with_credentials && next.with_credentials;
    return true;
}

http::client_request download::make_request(const attempt& a) const
{
    http::client_request request;
    request.url = a.where.url;
    request.method = a.where.method;
    request_kind kind;
    kind.credentials = a.where.with_credentials;
    kind.content = a.where.with_content && config_.request.data;
    kind.compressed = config_.compressed && !a.asked;
    if (a.asked) {
        kind.range = a.asked->field();
        kind.if_range = a.asked->validator;
    }
    request.headers = fields_of(config_.request, a.where.url, kind);
    if (kind.content)
        request.body = std::make_shared<const std::string>(*config_.request.data);
    return request;
}

void download::note_answer(const http::client_exchange& x, const attempt& a, bool answered)
{
    if (config_.request.verbose)
        show(x, answered);
    http::client_timings t = x.timings();
    result_.final_url = a.where.url;
    result_.peer = x.peer();
    result_.reused = x.reused();
    result_.took.dns = t.resolved - t.acquired;
    result_.took.connect = t.connected - t.resolved;
    result_.took.tls = t.secured - t.connected;
    result_.took.first_byte = t.first_byte;
    if (!answered)
        return;
    where_ = a.where;
    result_.status = x.head().status();
    result_.minor_version = x.head().minor_version();
}

/// As curl -v: `*` what happened, `>` what was sent, `<` what came.
void download::show(const http::client_exchange& x, bool answered) const
{
    if (!x.peer().empty())
        all_.say(std::string("* ") + (x.reused() ? "goes on with the connection to " : "connected to ") +
                 x.peer());
    if (!x.sent_head().empty())
        all_.say(marked_lines("> ", x.sent_head()));
    if (answered)
        all_.say(marked_lines("< ", x.head().text()));
    else
        all_.say("* " + x.error().sentence);
}

void download::failed(const http::client_exchange& x, attempt& a) const
{
    const http::client_error& error = x.error();
    a.wrong = trouble::of(error);
    a.may_retry = http::is_worth_retrying(error.kind, http::is_idempotent(origin_.method));
    a.wrong.advice = advice(error.kind, a.where.url.secure(), a.where.url.authority());
}

} // namespace pier::get
