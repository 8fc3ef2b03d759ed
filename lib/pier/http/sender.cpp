#include "pier/http/sender.hpp"

#include "pier/net/residency.hpp"

#include <algorithm>

namespace pier::http {

namespace {

/// Leaves at most `allowed` bytes of what was gathered. False: it was not more.
bool cut_short(iovec* buffers, std::size_t& count, std::size_t allowed)
{
    for (std::size_t i = 0; i < count; ++i) {
        if (buffers[i].iov_len > allowed) {
            buffers[i].iov_len = allowed;
            count = allowed > 0 ? i + 1 : i;
            return true;
        }
        allowed -= buffers[i].iov_len;
    }
    return false;
}

} // namespace

bool sender::append(const piece& p)
{
    if (p.file || p.length > inline_limit)
        return false;
    text_.append(p.bytes);
    return true;
}

void sender::add(std::vector<piece>& pieces)
{
    pieces_.clear();
    pieces_.swap(pieces);
    next_ = 0;
}

void sender::drop()
{
    text_.clear();
    text_sent_ = 0;
    pieces_.clear();
    next_ = 0;
}

void sender::clear()
{
    drop();
    body_sent_ = total_sent_ = 0;
}

sender::outcome sender::push(net::stream& to, std::int64_t now, bool closing, std::size_t most)
{
    std::size_t allowed = most;
    while (!empty()) {
        if (allowed == 0)
            return outcome::turn;
        iovec buffers[max_gather];
        bool file_follows = false;
        std::size_t count = gather(buffers, file_follows);
        net::io_result result;
        bool cut = most < turn_limit && cut_short(buffers, count, allowed);
        if (count > 0) {
            result = to.write_some({buffers, count}, !cut && (file_follows || closing));
        } else {
            const piece& p = pieces_[next_];
            std::size_t warm = warm_bytes(p, allowed, now);
            if (warm == 0)
                return outcome::cold;
            result = to.send_file(p.file->descriptor.get(), p.offset, warm);
        }
        advance(result.bytes);
        if (result.would_block())
            return outcome::blocked;
        if (result.failed() || result.bytes == 0)
            return outcome::failed;
        allowed -= std::min(allowed, result.bytes);
    }
    drop();
    return outcome::done;
}

std::size_t sender::warm_bytes(const piece& p, std::size_t allowed, std::int64_t now)
{
    if (p.file->may_stall)
        return 0;
    auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(p.length, allowed));
    return p.file->resident.bytes(p.file->descriptor.get(), p.offset, wanted, now);
}

std::size_t sender::gather(iovec* into, bool& file_follows) const
{
    std::size_t count = 0;
    if (text_sent_ < text_.size())
        into[count++] = {const_cast<char*>(text_.data()) + text_sent_, text_.size() - text_sent_};
    for (std::size_t i = next_; i < pieces_.size() && count < max_gather; ++i) {
        if (pieces_[i].file) {
            file_follows = true;
            break;
        }
        into[count++] = {const_cast<char*>(pieces_[i].bytes.data()), pieces_[i].bytes.size()};
    }
    return count;
}

void sender::advance(std::size_t bytes)
{
    total_sent_ += bytes;
    std::size_t of_text = std::min(bytes, text_.size() - text_sent_);
    text_sent_ += of_text;
    bytes -= of_text;
    body_sent_ += bytes;
    advance_pieces(bytes);
}

void sender::advance_pieces(std::size_t bytes)
{
    while (next_ < pieces_.size()) {
        piece& p = pieces_[next_];
        std::uint64_t step = std::min<std::uint64_t>(bytes, p.length);
        p.length -= step;
        if (p.file)
            p.offset += step;
        else
            p.bytes.remove_prefix(step);
        bytes -= step;
        if (p.length > 0)
            return;
        p = {}; // gives up what it owned
        ++next_;
    }
}

void sender::warmed(std::shared_ptr<const void> owner, std::string_view bytes)
{
    piece& cold = pieces_[next_];
    cold.offset += bytes.size();
    cold.length -= bytes.size();
    piece warm = piece::of(bytes, std::move(owner));
    if (cold.length == 0)
        cold = std::move(warm); // an empty stretch of a file would hold the last bytes back (MSG_MORE)
    else
        pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(next_), std::move(warm));
}

} // namespace pier::http
