// The course of a download: pieces, who fetches them, and what happens when one cannot be had.
#include "pier/get/download.hpp"

#include "pier/net/spawn.hpp"

#include <algorithm>
#include <utility>

namespace pier::get {

download::download(surroundings& all, const job& what, std::size_t place)
    : all_(all), config_(all.settings), job_(what), place_(place), begun_(clock::now()),
      origin_{what.url, all.settings.request.method_in_force()}, where_(origin_),
      segmented_(all.settings.segments > 1 && what.to == job::place::file), bell_(all.home.context)
{
    result_.final_url = what.url;
}

download::~download() = default;

net::task<> download::run()
{
    if (open_output())
        co_await fetch();
    if (!result_.wrong && all_.interrupted)
        fail({trouble_kind::interrupted, "interrupted"});
    if (!result_.wrong)
        co_await conclude();
    settle();
    if (failure_)
        std::rethrow_exception(failure_);
}

net::task<> download::fetch()
{
    do {
        if (std::exchange(start_over_, false))
            segmented_ = false;
        plan();
        if (segmented_ && pieces_.size() > 1)
            start_workers(std::min<std::size_t>(pieces_.size(), config_.segments) - 1);
        co_await worker();
        while (workers_ > 0)
            co_await bell_.rung();
    } while (start_over_ && !result_.wrong && !all_.interrupted);
}

/// What is missing, as far as that is known.
void download::plan()
{
    pieces_.clear();
    auto& context = all_.home.context;
    if (!size_) {
        pieces_.emplace_back(context, done_.prefix(), std::nullopt);
        return;
    }
    std::uint64_t count = segmented_ ? config_.segments : 1;
    for (const http::byte_range& part : cut(done_.holes(*size_), count, least_piece))
        pieces_.emplace_back(context, part.first, part.last + 1);
}

net::task<> download::worker()
{
    while (piece* p = next_piece())
        co_await fetch_piece(*p);
}

download::piece* download::next_piece()
{
    if (stopping())
        return nullptr;
    auto next = std::ranges::find(pieces_, false, &piece::taken);
    if (next == pieces_.end())
        return nullptr;
    next->taken = true;
    return &*next;
}

void download::start_workers(std::size_t count)
{
    result_.segments = std::max(result_.segments, static_cast<unsigned>(count + 1));
    for (std::size_t i = 0; i < count; ++i) {
        ++workers_;
        net::spawn(all_.home.context, worker(), [this](std::exception_ptr error) {
            --workers_;
            if (error && !failure_) {
                failure_ = error;
                fail({trouble_kind::interrupted, "interrupted"});
            }
            bell_.ring();
        });
    }
}

net::task<> download::fetch_piece(piece& p)
{
    for (;;) {
        attempt a{p.tries == 0 ? where_ : origin_};
        co_await try_piece(p, a);
        p.exchange.reset();
        if (a.done || stopping())
            co_return;
        if (a.further) {
            p.tries = 0;
            p.since = clock::now();
        }
        auto wait = next_wait(p, a);
        if (!wait) {
            fail(std::move(a.wrong));
            co_return;
        }
        note_ = "tries again in " + time_in_words(wait->count());
        p.pause.expires_after(*wait);
        co_await p.pause.async_wait(net::nothrow);
        note_.clear();
        if (stopping())
            co_return;
    }
}

/// Nothing: that was the last try.
std::optional<std::chrono::milliseconds> download::next_wait(piece& p, const attempt& a)
{
    using std::chrono::milliseconds;
    if (!a.may_retry || !may_go_on(p))
        return std::nullopt;
    const http::retry_config limits{config_.retries, config_.retry_delay, config_.retry_max_delay,
                                    config_.retry_max_time};
    auto elapsed = std::chrono::duration_cast<milliseconds>(clock::now() - p.since);
    auto wait = http::wait_before_retry(limits, ++p.tries, elapsed, a.retry_after, all_.chance());
    if (wait)
        all_.say("pier-get: " + job_.shown + ": " + a.wrong.sentence + "; trying again in " +
                 time_in_words(wait->count()) + " (" + std::to_string(p.tries) + " of " +
                 std::to_string(config_.retries) + ")");
    return wait;
}

/// What nobody could tell from another version is begun anew, where that is possible.
bool download::may_go_on(piece& p)
{
    if (!validator_.empty())
        return true;
    if (!sink_->restart())
        return false;
    p.first = p.at = 0;
    p.end.reset();
    size_.reset();
    return true;
}

/// The server's parts are of no use, or of several versions: once more, all of it from one answer.
void download::start_over_as_one_stream()
{
    constexpr unsigned most = 2; // a server that keeps changing its mind
    if (++starts_over_ > most || !sink_->restart())
        return;
    start_over_ = true;
    done_.clear();
    validator_.clear();
    size_.reset();
    if (file_)
        file_->forget();
    cancel_requests();
}

void download::fail(trouble wrong)
{
    if (!result_.wrong)
        result_.wrong = std::move(wrong);
    cancel_requests();
}

void download::cancel_requests()
{
    for (piece& p : pieces_) {
        if (p.exchange)
            p.exchange->cancel();
        p.pause.cancel();
    }
}

void download::interrupt()
{
    cancel_requests();
}

progress download::now() const
{
    progress p;
    p.done = done_.bytes();
    for (const piece& each : pieces_)
        p.done += each.at - each.first;
    p.size = decoder_ ? std::nullopt : size_;
    p.note = note_;
    return p;
}

} // namespace pier::get
