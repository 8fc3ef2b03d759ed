#include "pier/get/load_answer.hpp"

namespace pier::get {

void answer_reader::begin(http::method asked, known_head& known)
{
    asked_ = asked;
    known_ = &known;
    partial_.clear();
    started_ = too_large_ = false;
    in_head_ = true;
    interim_ = 0;
    status_ = 0;
    head_bytes_ = body_bytes_ = 0;
    wrong_ = nullptr;
}

answer_reader::state answer_reader::take(std::string_view in)
{
    started_ = started_ || !in.empty();
    if (in_head_ && !take_head(in))
        return wrong_ ? state::failed : state::need_more;
    return take_body(in);
}

/// False: it is not complete, or wrong.
bool answer_reader::take_head(std::string_view& in)
{
    if (partial_.empty() && !known_->text.empty() && in.starts_with(known_->text)) {
        accept(known_->status, known_->framing, in, known_->text.size());
        return true;
    }
    while (parse_head(in)) {
        if (in_head_ == false)
            return true;
        if (++interim_ > most_interim_answers) { // RFC 9110 15.2: any number of them may come
            fail("it has more interim answers than anybody needs");
            return false;
        }
    }
    return false;
}

/// Reads one head, of an interim answer or of the final one. False as take_head().
bool answer_reader::parse_head(std::string_view& in)
{
    std::size_t before = partial_.size();
    if (before > 0)
        partial_.append(in);
    else
        parser_.reset();
    std::string_view seen = before > 0 ? std::string_view(partial_) : in;
    switch (parser_.parse(seen)) {
    case http::head_parser::status::failed:
        fail(parser_.error() == 431   ? "its head is too large"
             : parser_.error() == 505 ? "it is another version of HTTP"
                                      : "its head is not HTTP",
             parser_.error() == 431);
        return false;
    case http::head_parser::status::need_more:
        if (before == 0)
            partial_.assign(in);
        return false;
    case http::head_parser::status::done: break;
    }
    int status = parser_.status_code();
    if (status / 100 == 1 && status != 101) {
        head_bytes_ += parser_.size();
        in.remove_prefix(parser_.size() - before);
        partial_.clear();
        return true;
    }
    auto framing = http::answer_framing::of(parser_, seen, asked_);
    if (framing.wrong) {
        fail(framing.wrong);
        return false;
    }
    known_->text.assign(seen.substr(0, parser_.size()));
    known_->status = status;
    known_->framing = framing;
    accept(status, framing, in, parser_.size() - before);
    head_bytes_ += before;
    return true;
}

void answer_reader::accept(int status, const http::answer_framing& framing, std::string_view& in,
                           std::size_t size)
{
    status_ = status;
    framing_ = framing;
    body_ = http::answer_body(framing);
    in_head_ = false;
    head_bytes_ += size;
    in.remove_prefix(size);
}

answer_reader::state answer_reader::take_body(std::string_view in)
{
    if (framing_.kind == http::answer_framing::body::tunnel)
        return fail("it ends HTTP on this connection");
    for (;;) {
        auto step = body_.take(in);
        in.remove_prefix(step.consumed);
        body_bytes_ += step.data.size();
        switch (step.now) {
        case http::answer_body::state::data: continue;
        case http::answer_body::state::need_more: return state::need_more;
        case http::answer_body::state::error: return fail(body_.wrong(), body_.too_large());
        case http::answer_body::state::done:
            return in.empty() ? state::done : fail("more bytes came than it has");
        }
    }
}

answer_reader::state answer_reader::end_of_stream()
{
    if (!in_head_ && body_.end_of_stream())
        return state::done;
    return fail(in_head_ ? "the connection was closed before its head was complete"
                         : "the connection was closed before its body was complete");
}

answer_reader::state answer_reader::fail(const char* why, bool too_large)
{
    wrong_ = why;
    too_large_ = too_large;
    return state::failed;
}

} // namespace pier::get
