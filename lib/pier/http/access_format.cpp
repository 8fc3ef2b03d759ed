#include "pier/http/access_format.hpp"

#include "pier/base/json_text.hpp"
#include "pier/base/number.hpp"
#include "pier/base/text.hpp"

namespace pier::http {

namespace {

constexpr std::string_view json_text =
    R"({{"time":"{time-iso}","client":"{client}","user":"{user}","method":"{method}",)"
    R"("target":"{target}","protocol":"{protocol}","host":"{host}","status":{status},"bytes":{bytes},)"
    R"("duration":{duration},"referer":"{referer}","agent":"{agent}","end":"{end}","number":{number}}})";

void append_value(std::string& out, std::string_view value, bool json)
{
    if (json)
        append_json_text(out, value);
    else if (value.empty())
        out.push_back('-');
    else
        append_escaped(out, value);
}

/// Seconds, to the microsecond.
void append_duration(std::string& out, std::uint64_t nanoseconds)
{
    std::uint64_t microseconds = nanoseconds / 1000;
    append_number(out, microseconds / 1'000'000);
    char digits[7] = {'.'};
    microseconds %= 1'000'000;
    for (std::size_t i = 6; i > 0; --i, microseconds /= 10)
        digits[i] = static_cast<char>('0' + microseconds % 10);
    out.append(digits, sizeof digits);
}

std::string at_byte(std::size_t position)
{
    return " at byte " + std::to_string(position + 1);
}

} // namespace

struct access_format::name {
    std::string_view text;
    place what;
};

const access_format::name access_format::names[] = {
    {"client", place::client},     {"user", place::user},         {"time", place::time},
    {"time-iso", place::time_iso}, {"request", place::request},   {"method", place::method},
    {"target", place::target},     {"protocol", place::protocol}, {"status", place::status},
    {"bytes", place::bytes},       {"duration", place::duration}, {"referer", place::referer},
    {"agent", place::agent},       {"host", place::host},         {"end", place::end},
    {"number", place::number}};

std::string access_format::set(std::string_view text)
{
    access_format made;
    made.json_ = text == "json";
    std::string wrong = text == "combined" ? "" : made.compile(made.json_ ? json_text : text);
    if (wrong.empty())
        *this = std::move(made);
    return wrong;
}

std::string access_format::compile(std::string_view text)
{
    if (text.empty())
        return "is empty";
    if (text.size() > longest)
        return "is longer than " + std::to_string(longest) + " bytes";
    std::size_t places = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        bool doubled = (c == '{' || c == '}') && text.substr(at + 1, 1) == std::string_view(&c, 1);
        auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7f)
            return "holds a control character" + at_byte(at);
        if (doubled || (c != '{' && c != '}')) {
            add_literal(c);
            at += doubled;
            continue;
        }
        if (c == '}')
            return "has a } without its {" + at_byte(at) + "; }} stands for one";
        std::size_t close = text.find('}', at);
        if (close == text.npos)
            return "has a { without its }" + at_byte(at) + "; {{ stands for one";
        std::string_view inside = text.substr(at + 1, close - at - 1);
        const name* found = nullptr;
        for (const name& n : names)
            if (n.text == inside)
                found = &n;
        if (!found)
            return unknown(inside, at);
        if (++places > most_places)
            return "has more than " + std::to_string(most_places) + " places";
        steps_.push_back({found->what});
        at = close;
    }
    if (places == 0)
        return "is neither combined nor json, and has no place such as {client}";
    return {};
}

std::string access_format::unknown(std::string_view name, std::size_t position)
{
    std::vector<std::string_view> known;
    for (const auto& n : names)
        known.push_back(n.text);
    std::string sentence = "has a place that is unknown" + at_byte(position);
    if (auto meant = nearest(name, known))
        return sentence.append("; did you mean {").append(*meant).append("}?");
    sentence.append("; there are");
    for (auto text : known)
        sentence.append(" {").append(text).append("}");
    return sentence;
}

void access_format::add_literal(char c)
{
    if (steps_.empty() || steps_.back().what != place::literal)
        steps_.push_back({place::literal, static_cast<std::uint16_t>(literals_.size()), 0});
    literals_.push_back(c);
    ++steps_.back().length;
}

void access_format::append(std::string& out, const access_entry& entry, log_time& time,
                           std::int64_t unix_time) const
{
    if (is_combined()) {
        append_combined(out, entry, time.at(unix_time));
        return;
    }
    for (const step& s : steps_)
        append_step(out, s, entry, time, unix_time);
    out.push_back('\n');
}

void access_format::append_step(std::string& out, const step& s, const access_entry& entry, log_time& time,
                                std::int64_t unix_time) const
{
    switch (s.what) {
    case place::literal: out.append(literals_, s.begin, s.length); break;
    case place::client: out.append(entry.peer); break;
    case place::user: append_value(out, entry.user, json_); break;
    case place::time: out.append(time.at(unix_time)); break;
    case place::time_iso: out.append(time.iso_at(unix_time)); break;
    case place::request: append_value(out, entry.request_line, json_); break;
    case place::method: append_value(out, entry.method, json_); break;
    case place::target: append_value(out, entry.target, json_); break;
    case place::protocol: append_value(out, entry.protocol, json_); break;
    case place::status: append_number(out, static_cast<std::uint64_t>(entry.status)); break;
    case place::bytes: append_number(out, entry.bytes); break;
    case place::duration: append_duration(out, entry.duration); break;
    case place::referer: append_value(out, entry.referer, json_); break;
    case place::agent: append_value(out, entry.user_agent, json_); break;
    case place::host: append_value(out, entry.host, json_); break;
    case place::end: out.append(entry.end); break;
    case place::number: append_number(out, entry.number); break;
    }
}

} // namespace pier::http
