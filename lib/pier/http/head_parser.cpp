#include "pier/http/head_parser.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/swar.hpp"

namespace pier::http {

namespace {

/// True when all bytes may stand in a field value: HTAB, SP to ~, obs-text (RFC 9110 5.5).
[[gnu::always_inline]] inline bool valid_value(std::string_view text)
{
    auto control = [](std::uint64_t word) { return has_less(word, 0x20) | has_byte(word, 0x7f); };
    if (!any_word(text, ' ', control))
        return true;
    for (char c : text) // a tab is among them, or something worse
        if (!is_field_char(c))
            return false;
    return true;
}

} // namespace

void head_parser::reset()
{
    stage_ = stage::first_line;
    started_ = folded_ = false;
    error_ = 0;
    at_ = scanned_ = leading_lines_ = 0;
    fields_.clear();
    seen_.fill({});
}

head_parser::status head_parser::fail(int code)
{
    error_ = code;
    return status::failed;
}

/// For each kind anew: what is asked of every line and field is asked of most requests there are.
template <head_kind kind>
head_parser::status head_parser::parse_lines(std::string_view in)
{
    while (stage_ != stage::done) {
        std::size_t end = in.find('\n', scanned_);
        bool found = end != in.npos;
        end = found ? end : in.size();
        if (stage_ == stage::first_line && end - at_ > limits_.request_line)
            return fail(kind == head_kind::request ? 414 : 431);
        if (end > limits_.head)
            return fail(431);
        if (!found) {
            scanned_ = in.size();
            started_ = started_ || in.size() - at_ > 1 || (in.size() > at_ && in[at_] != '\r');
            return status::need_more;
        }
        scanned_ = end + 1;
        bool carriage_return = end > at_ && in[end - 1] == '\r';
        if (!carriage_return && kind == head_kind::request)
            return fail(400); // a bare LF is no line end here
        std::string_view line = in.substr(at_, end - (carriage_return ? 1 : 0) - at_);
        if (stage_ == stage::first_line) {
            if (line.empty()) {
                if (++leading_lines_ > limits_.leading_lines)
                    return fail(400);
            } else {
                started_ = true;
                bool good =
                    kind == head_kind::request ? parse_request_line(in, line) : parse_status_line(in, line);
                if (!good)
                    return status::failed;
                stage_ = stage::fields;
            }
        } else if (line.empty()) {
            stage_ = stage::done;
        } else if (!parse_field<kind>(in, line)) {
            return status::failed;
        }
        at_ = scanned_;
    }
    return status::done;
}

/// method SP request-target SP HTTP-version, single spaces (RFC 9112 section 3). The target's own grammar is
/// checked where it is taken apart.
bool head_parser::parse_request_line(std::string_view in, std::string_view line)
{
    auto bad = [this](int code) {
        fail(code);
        return false;
    };
    std::size_t space = 0;
    while (space < line.size() && is_tchar(line[space]))
        ++space;
    if (space == 0 || space == line.size() || line[space] != ' ')
        return bad(400);
    std::size_t last = line.rfind(' ');
    if (last <= space + 1 || line.find(' ', space + 1) != last)
        return bad(400);
    std::string_view version = line.substr(last + 1);
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7]))
        return bad(400);
    if (version[5] != '1')
        return bad(505);
    line_begin_ = static_cast<std::size_t>(line.data() - in.data());
    line_length_ = line.size();
    method_length_ = space;
    method_ = identify_method(line.substr(0, space));
    target_ = line_begin_ + space + 1;
    target_length_ = last - space - 1;
    minor_version_ = version[7] == '0' ? 0 : 1; // HTTP/1.2 and on are answered as 1.1 (RFC 9110 2.5)
    return true;
}

/// HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4); the last space may be missing.
bool head_parser::parse_status_line(std::string_view in, std::string_view line)
{
    auto bad = [this](int code) {
        fail(code);
        return false;
    };
    if (line.size() < 12 || !line.starts_with("HTTP/") || !is_digit(line[5]) || line[6] != '.' ||
        !is_digit(line[7]) || line[8] != ' ')
        return bad(line.starts_with("HTTP/2") || line.starts_with("HTTP/3") ? 505 : 400);
    if (line[5] != '1')
        return bad(505);
    auto code = parse_u64(line.substr(9, 3));
    std::string_view rest = line.substr(12);
    if (!code || *code < 100 || (!rest.empty() && rest.front() != ' '))
        return bad(400);
    std::string_view reason = trim_ows(rest);
    if (!valid_value(reason))
        return bad(400);
    line_begin_ = static_cast<std::size_t>(line.data() - in.data());
    line_length_ = line.size();
    status_code_ = static_cast<int>(*code);
    target_ = static_cast<std::size_t>(reason.data() - in.data());
    target_length_ = reason.size();
    minor_version_ = line[7] == '0' ? 0 : 1;
    return true;
}

/// obs-fold (RFC 9112 5.2): `line` goes on with the last field's value.
bool head_parser::fold(std::string_view in, std::string_view line)
{
    std::string_view more = trim_ows(line);
    if (fields_.empty() || !valid_value(more)) {
        fail(400);
        return false;
    }
    if (more.empty())
        return true;
    auto begin = static_cast<std::uint32_t>(more.data() - in.data());
    field_line& last = fields_.back();
    if (last.value_length == 0)
        last.value = begin;
    last.value_length = begin + static_cast<std::uint32_t>(more.size()) - last.value;
    folded_ = true;
    return true;
}

void head_parser::unfold(std::span<char> in) const
{
    for (const field_line& f : fields_)
        for (char& c : in.subspan(f.value, f.value_length))
            if (c == '\r' || c == '\n')
                c = ' ';
}

template <head_kind kind>
bool head_parser::parse_field(std::string_view in, std::string_view line)
{
    if (kind == head_kind::response && is_ows(line.front()))
        return fold(in, line);
    if (fields_.size() == limits_.fields) {
        fail(431);
        return false;
    }
    std::size_t colon = 0;
    while (colon < line.size() && is_tchar(line[colon]))
        ++colon;
    // Also what starts with white space: obs-fold (RFC 9112 5.2) and space before the first field (2.2).
    if (colon == 0 || colon == line.size() || line[colon] != ':') {
        fail(400);
        return false;
    }
    std::string_view value = trim_ows(line.substr(colon + 1));
    if (!valid_value(value)) {
        fail(400);
        return false;
    }
    field_id id = identify_field(line.substr(0, colon));
    auto& known = seen_[static_cast<std::size_t>(id)];
    if (known.count++ == 0)
        known.first = static_cast<std::uint16_t>(fields_.size());
    auto offset = [&](std::string_view part) { return static_cast<std::uint32_t>(part.data() - in.data()); };
    fields_.push_back({offset(line), static_cast<std::uint32_t>(colon), offset(value),
                       static_cast<std::uint32_t>(value.size()), id});
    return true;
}

template head_parser::status head_parser::parse_lines<head_kind::request>(std::string_view);
template head_parser::status head_parser::parse_lines<head_kind::response>(std::string_view);

} // namespace pier::http
