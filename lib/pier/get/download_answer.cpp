// An answer: whether it brings what was asked for, and what to expect of its content.
#include "pier/base/ascii.hpp"
#include "pier/base/text.hpp"
#include "pier/base/units.hpp"
#include "pier/get/download.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace pier::get {

namespace {

using verdict = range_verdict::kind;

} // namespace

net::task<> download::receive(piece& p, attempt& a)
{
    const http::answer_head& head = p.exchange->head();
    range_verdict v = judge(a.asked, head, p.exchange->content_length());
    if (v.what == verdict::other && head.status() / 100 == 2)
        v.what = verdict::whole;
    switch (v.what) {
    case verdict::part: co_await receive_part(p, a, std::move(v)); break;
    case verdict::whole: co_await receive_whole(p, a); break;
    case verdict::other: co_await receive_refusal(p, a); break;
    case verdict::complete:
        size_ = v.size;
        a.done = true;
        break;
    case verdict::changed:
    case verdict::broken:
        a.wrong = {trouble_kind::ranges, "the server " + v.why};
        if (a.asked) // what is at fault are the parts: one answer with all of it may be fine
            start_over_as_one_stream();
        break;
    }
}

net::task<> download::receive_part(piece& p, attempt& a, range_verdict v)
{
    if (v.size)
        size_ = v.size;
    if (!p.end)
        p.end = v.size;
    std::uint64_t before = p.at;
    if (digests_.empty())
        begin_digests(p.exchange->head());
    if (!fits(a, size_.value_or(0)))
        co_return;
    co_await pump(p, a);
    if (a.done || a.wrong)
        co_return;
    // A server may send less than was asked for (RFC 9110 15.3.7); the rest is asked for again.
    a.wrong = {trouble_kind::ranges, "the server sends less than was asked for"};
    a.may_retry = p.at > before;
}

net::task<> download::receive_whole(piece& p, attempt& a)
{
    if (pieces_.size() > 1) { // each has its place: what comes now has none
        a.wrong = {trouble_kind::ranges, "the server does not send parts of this file any more"};
        start_over_as_one_stream();
        co_return;
    }
    if (!begin_whole(p, a))
        co_return;
    if (config_.include_head || config_.request.head) {
        bool shown = co_await put_head(p, a);
        if (!shown)
            co_return;
    }
    split(p);
    remember(false);
    co_await pump(p, a);
}

/// All of it comes, whatever was there before.
bool download::begin_whole(piece& p, attempt& a)
{
    const http::client_exchange& x = *p.exchange;
    if ((p.at > 0 || a.asked) && !sink_->restart()) {
        a.wrong = {trouble_kind::ranges, "the connection broke, and the server cannot go on where it was"};
        return false;
    }
    done_.clear();
    p.first = p.at = 0;
    result_.resumed_from = 0;
    begin_sums();
    if (a.where.method != "HEAD")
        begin_digests(x.head());
    if (!begin_decoding(x.head(), a))
        return false;
    size_ =
        decoder_ || x.head().status() != 200 || a.where.method == "HEAD" ? std::nullopt : x.content_length();
    validator_ = decoder_ || a.where.method != "GET" ? "" : strong_validator(x.head(), std::time(nullptr));
    p.end = size_;
    return fits(a, size_.value_or(0));
}

bool download::fits(attempt& a, std::uint64_t bytes) const
{
    if (config_.max_size == 0 || bytes <= config_.max_size)
        return true;
    a.wrong = {trouble_kind::size, "it is larger than --max-size " + format_size(config_.max_size)};
    return false;
}

void download::begin_sums()
{
    sums_.clear();
    raw_sums_.clear();
    digests_.clear();
    summed_ = 0;
    if (job_.sum)
        sums_.emplace_back(job_.sum->kind);
    if (config_.requests_in_force() > 1)
        sums_.emplace_back(sum_kind::sha256);
}

/// What the server says of the whole (RFC 9530 3).
void download::begin_digests(const http::answer_head& head)
{
    digests_ = parse_repr_digest(head.list("Repr-Digest"));
    for (const checksum& digest : digests_)
        raw_sums_.emplace_back(digest.kind);
}

bool download::begin_decoding(const http::answer_head& head, attempt& a)
{
    decoder_.reset();
    result_.encoding.clear();
    std::string coding = head.list("Content-Encoding");
    if (!config_.compressed || coding.empty() || iequals(coding, "identity"))
        return true;
    decoder_limits limits;
    limits.expansion = config_.max_expansion;
    decoder_ = decoder::make(coding, limits);
    if (!decoder_) {
        a.wrong = {trouble_kind::decoding,
                   "the content is compressed by `" + visible(coding) + "`, which we did not ask for"};
        return false;
    }
    result_.encoding = coding;
    decoded_.resize(buffer_size);
    return true;
}

/// The first answer goes on with the first piece; others ask for theirs.
void download::split(piece& p)
{
    bool can = segmented_ && size_ && !validator_.empty() && takes_ranges(p.exchange->head());
    if (!can) {
        segmented_ = false;
        return;
    }
    auto parts = cut({{0, *size_ == 0 ? 0 : *size_ - 1}}, config_.segments, least_piece);
    if (parts.size() < 2)
        return;
    p.end = parts[0].last + 1;
    for (std::size_t i = 1; i < parts.size(); ++i)
        pieces_.emplace_back(all_.home.context, parts[i].first, parts[i].last + 1);
    start_workers(parts.size() - 1);
}

/// The answer says no, or leads elsewhere. Who reads standard output gets to see what it says.
net::task<> download::receive_refusal(piece& p, attempt& a)
{
    const http::answer_head& head = p.exchange->head();
    int status = head.status();
    std::string says = "the server answers " + status_in_words(status);
    a.wrong = {trouble_kind::status, says, http::failure::none, status};
    if (is_redirect(status) && head.field("Location"))
        a.wrong = {trouble_kind::redirect,
                   says + ", see " + visible(*head.field("Location")) + ": add -L to follow",
                   http::failure::none, status};
    a.may_retry = http::is_worth_retrying(status) && http::is_idempotent(origin_.method);
    if (auto after = head.field("Retry-After"))
        a.retry_after = http::parse_retry_after(*after, std::time(nullptr));
    bool last = !a.may_retry || p.tries >= config_.retries;
    if (!last || job_.to == job::place::file || a.asked)
        co_return;
    trouble refusal = a.wrong;
    if (begin_whole(p, a)) {
        bool with_head = config_.include_head || config_.request.head;
        bool shown = !with_head || co_await put_head(p, a);
        if (shown)
            co_await pump(p, a);
    }
    a.done = false;
    a.may_retry = false;
    if (!all_.interrupted)
        a.wrong = refusal;
}

} // namespace pier::get
