// Content on its way from the connection to where it goes.
#include "pier/get/download.hpp"

#include <algorithm>
#include <utility>

namespace pier::get {

namespace {

constexpr std::chrono::seconds between_saves{1};

} // namespace

/// From the connection to where it goes, until the piece or the answer ends.
net::task<> download::pump(piece& p, attempt& a)
{
    if (job_.to == job::place::standard_output)
        co_await all_.output_turns.until(place_);
    p.buffer.resize(buffer_size);
    std::uint64_t left = UINT64_MAX;
    while (!stopping()) {
        if (p.end && !decoder_)
            left = *p.end - p.at;
        if (left == 0)
            break;
        std::span<char> room(p.buffer.data(), std::min<std::uint64_t>(p.buffer.size(), left));
        http::body_read got = co_await p.exchange->read(room);
        if (got.bytes == 0)
            break;
        a.further = true;
        result_.received += got.bytes;
        bool delivered = co_await deliver(p, a, room.first(got.bytes));
        if (!delivered)
            co_return;
    }
    if (p.exchange->error()) {
        failed(*p.exchange, a);
        co_return;
    }
    a.done = p.end && !decoder_ ? p.at == *p.end : p.exchange->complete();
    if (a.done && !p.end)
        p.end = p.at;
}

net::task<bool> download::deliver(piece& p, attempt& a, std::span<const char> content)
{
    for (summer& sum : raw_sums_)
        if (decoder_ || summed_ == p.at)
            sum.add(content);
    if (!decoder_) {
        bool written = co_await put(p, a, content);
        co_return written;
    }
    for (;;) {
        auto step = decoder_->decode(content, decoded_);
        content = content.subspan(step.consumed);
        if (step.wrong != decoder::error::none) {
            bool bomb = step.wrong == decoder::error::expansion;
            a.wrong = {trouble_kind::decoding,
                       bomb ? "the content decompresses to more than " +
                                  std::to_string(config_.max_expansion) +
                                  " times its size: --max-expansion allows more"
                            : "the compressed content (" + result_.encoding + ") is broken"};
            co_return false;
        }
        std::span<const char> piece_of(decoded_.data(), step.produced);
        bool written = co_await put(p, a, piece_of);
        if (!written)
            co_return false;
        if (content.empty() && step.produced < decoded_.size())
            co_return true;
    }
}

net::task<bool> download::put(piece& p, attempt& a, std::span<const char> content)
{
    if (content.empty())
        co_return true;
    if (!fits(a, p.at + content.size()))
        co_return false;
    std::string wrong = co_await sink_->write(p.at, content);
    if (!wrong.empty()) {
        a.wrong = {trouble_kind::writing, "cannot write: " + wrong};
        co_return false;
    }
    if (summed_ == p.at) {
        for (summer& sum : sums_)
            sum.add(content);
        summed_ += content.size();
    }
    came(p, content.size());
    co_return true;
}

void download::came(piece& p, std::uint64_t bytes)
{
    p.at += bytes;
    bool in_pieces = pieces_.size() > 1 || !done_.ranges().empty();
    if (!in_pieces || clock::now() - saved_ < between_saves)
        return;
    saved_ = clock::now();
    remember(true);
}

/// Of -i and -I.
net::task<bool> download::put_head(piece& p, attempt& a)
{
    if (job_.to == job::place::standard_output)
        co_await all_.output_turns.until(place_);
    std::string_view text = p.exchange->head().text();
    std::string wrong = co_await sink_->write(0, {text.data(), text.size()});
    if (!wrong.empty())
        a.wrong = {trouble_kind::writing, "cannot write: " + wrong};
    co_return wrong.empty();
}

} // namespace pier::get
