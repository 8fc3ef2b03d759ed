#include "pier/http/answer_body.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace pier::http {

namespace {

class framing_rules {
public:
    framing_rules(const head_parser& head, std::string_view in) : head_(head), in_(in) {}

    answer_framing apply(method asked)
    {
        int status = head_.status_code();
        result_.keep_alive = keep_alive();
        // In the order of RFC 9112 6.3.
        if (status == 101 || (asked == method::connect && status / 100 == 2))
            result_.kind = answer_framing::body::tunnel;
        else if (asked != method::head && status / 100 != 1 && status != 204 && status != 304)
            content();
        if (result_.kind == answer_framing::body::until_close || result_.kind == answer_framing::body::tunnel)
            result_.keep_alive = false;
        return result_;
    }

private:
    std::string_view value(const field_line& f) const { return in_.substr(f.value, f.value_length); }

    void content()
    {
        bool coded = head_.count(field_id::transfer_encoding) > 0;
        bool measured = head_.count(field_id::content_length) > 0;
        if (coded && measured)
            result_.wrong = "has both a length and a transfer coding";
        else if (coded)
            coding();
        else if (measured)
            length();
        else
            result_.kind = answer_framing::body::until_close;
    }

    /// RFC 9112 6.1. No other coding was asked for by TE.
    void coding()
    {
        result_.kind = answer_framing::body::chunked;
        if (head_.minor_version() == 0)
            result_.wrong = "is of HTTP/1.0 and has a transfer coding";
        else if (head_.count(field_id::transfer_encoding) > 1 ||
                 !iequals(value(head_.first(field_id::transfer_encoding)), "chunked"))
            result_.wrong = "has a transfer coding that nobody asked for";
    }

    /// RFC 9110 8.6: the same length several times is that length.
    void length()
    {
        std::optional<std::uint64_t> all;
        for (const field_line& f : head_.fields()) {
            if (f.id != field_id::content_length)
                continue;
            bool good = for_each_element(value(f), [&](std::string_view element) {
                auto one = parse_u64(element);
                if (!one)
                    result_.wrong = "has a length that is no number";
                else if (all && *all != *one)
                    result_.wrong = "has two lengths";
                else
                    all = one;
                return result_.wrong == nullptr;
            });
            if (!good || !all)
                result_.wrong = result_.wrong ? result_.wrong : "has a length that is no number";
        }
        result_.length = all.value_or(0);
        result_.kind = result_.length > 0 ? answer_framing::body::length : answer_framing::body::none;
    }

    /// RFC 9112 9.3.
    bool keep_alive() const
    {
        bool keep = head_.minor_version() >= 1;
        bool close = false;
        for (const field_line& f : head_.fields()) {
            if (f.id != field_id::connection)
                continue;
            close = close || has_token(value(f), "close");
            keep = keep || has_token(value(f), "keep-alive");
        }
        return keep && !close;
    }

    const head_parser& head_;
    std::string_view in_;
    answer_framing result_;
};

} // namespace

answer_framing answer_framing::of(const head_parser& head, std::string_view in, method asked)
{
    return framing_rules(head, in).apply(asked);
}

answer_body::step answer_body::take(std::string_view in)
{
    step result;
    if (kind_ == answer_framing::body::chunked) {
        auto chunk = chunks_.decode(in);
        constexpr state same[] = {state::need_more, state::data, state::done, state::error};
        result = {chunk.consumed, chunk.data, same[static_cast<int>(chunk.now)]};
        ended_ = result.now == state::done;
        return result;
    }
    std::uint64_t most = plain_bytes();
    result.data = in.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, in.size())));
    result.consumed = result.data.size();
    result.now = most == 0 ? state::done : result.data.empty() ? state::need_more : state::data;
    passed(result.consumed);
    return result;
}

bool answer_body::end_of_stream()
{
    if (kind_ == answer_framing::body::until_close)
        ended_ = true;
    return complete();
}

bool answer_body::complete() const
{
    switch (kind_) {
    case answer_framing::body::length: return remaining_ == 0;
    case answer_framing::body::chunked:
    case answer_framing::body::until_close: return ended_;
    default: return true;
    }
}

const char* answer_body::wrong() const
{
    switch (chunks_.error()) {
    case chunked_error::none: return "";
    case chunked_error::size: return "the size of a chunk is no hexadecimal number";
    case chunked_error::size_overflow: return "a chunk is larger than any can be";
    case chunked_error::line_end: return "a line end is missing between chunks";
    case chunked_error::extension: return "a chunk's extension holds a control byte";
    case chunked_error::extension_limit: return "the chunks have too many extensions";
    case chunked_error::trailer: return "a trailer is no field";
    case chunked_error::trailer_limit: return "the trailers are too long";
    }
    return "";
}

bool answer_body::too_large() const
{
    return chunks_.error() == chunked_error::extension_limit ||
           chunks_.error() == chunked_error::trailer_limit;
}

std::uint64_t answer_body::plain_bytes() const
{
    if (kind_ == answer_framing::body::length)
        return remaining_;
    bool open = kind_ == answer_framing::body::until_close && !ended_;
    return open ? std::numeric_limits<std::uint64_t>::max() : 0;
}

void answer_body::passed(std::uint64_t bytes)
{
    if (kind_ == answer_framing::body::length)
        remaining_ -= bytes;
}

} // namespace pier::http
