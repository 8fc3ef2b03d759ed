#include "pier/http/access_line.hpp"

#include "pier/base/number.hpp"
#include "pier/base/swar.hpp"

#include <cstdio>
#include <ctime>

namespace pier::http {

namespace {

bool is_clean(std::string_view text)
{
    return !any_word(text, ' ', [](std::uint64_t word) {
        return has_less(word, 0x20) | (word & (every_byte << 7)) | has_byte(word, 0x7f) |
               has_byte(word, '"') | has_byte(word, '\\');
    });
}

void append_quoted(std::string& out, std::string_view text)
{
    out.append(" \"");
    if (text.empty())
        out.push_back('-');
    else
        append_escaped(out, text);
    out.push_back('"');
}

} // namespace

void append_escaped(std::string& out, std::string_view text)
{
    if (is_clean(text)) {
        out.append(text);
        return;
    }
    constexpr char hex[] = "0123456789abcdef";
    for (char c : text) {
        auto b = static_cast<unsigned char>(c);
        if (b < 0x20 || b > 0x7e || b == '"' || b == '\\')
            out.append("\\x").append({hex[b >> 4], hex[b & 15]});
        else
            out.push_back(c);
    }
}

void log_time::renew(std::int64_t unix_time)
{
    second_ = unix_time;
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::time_t t = unix_time;
    std::tm tm{};
    ::gmtime_r(&t, &tm);
    char text[96];
    std::snprintf(text, sizeof text, "[%02d/%s/%04d:%02d:%02d:%02d +0000]", tm.tm_mday, months[tm.tm_mon],
                  tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    std::char_traits<char>::copy(text_, text, sizeof text_);
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                  tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    std::char_traits<char>::copy(iso_, text, sizeof iso_);
}

void append_combined(std::string& out, const access_entry& entry, std::string_view time)
{
    out.append(entry.peer).append(" - - ").append(time);
    append_quoted(out, entry.request_line);
    out.push_back(' ');
    append_number(out, static_cast<std::uint64_t>(entry.status));
    out.push_back(' ');
    append_number(out, entry.bytes);
    append_quoted(out, entry.referer);
    append_quoted(out, entry.user_agent);
    out.push_back('\n');
}

} // namespace pier::http
