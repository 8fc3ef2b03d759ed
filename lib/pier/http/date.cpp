#include "pier/http/date.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

namespace pier::http {

namespace {

constexpr std::string_view short_days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

constexpr std::int64_t seconds_a_day = 86400;

constexpr std::int64_t begin_of_day(int year, unsigned month, unsigned day)
{
    using namespace std::chrono;
    return sys_days(year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)))
               .time_since_epoch()
               .count() *
           seconds_a_day;
}

constexpr std::int64_t earliest = begin_of_day(0, 1, 1);
constexpr std::int64_t latest = begin_of_day(9999, 12, 31) + seconds_a_day - 1;

void put_two_digits(char* into, unsigned value)
{
    into[0] = static_cast<char>('0' + value / 10);
    into[1] = static_cast<char>('0' + value % 10);
}

/// What stands at the front of a text, taken piece by piece; once a piece fails all do.
class reader {
public:
    explicit reader(std::string_view text) : rest_(text) {}

    bool good() const { return good_; }
    bool at_end() const { return good_ && rest_.empty(); }

    void expect(std::string_view literal)
    {
        good_ = good_ && rest_.starts_with(literal);
        if (good_)
            rest_.remove_prefix(literal.size());
    }

    bool accept(std::string_view literal)
    {
        if (!good_ || !rest_.starts_with(literal))
            return false;
        rest_.remove_prefix(literal.size());
        return true;
    }

    /// Exactly `count` digits.
    unsigned number(std::size_t count)
    {
        good_ = good_ && rest_.size() >= count;
        unsigned value = 0;
        for (std::size_t i = 0; good_ && i < count; ++i) {
            good_ = is_digit(rest_[i]);
            value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
        }
        if (good_)
            rest_.remove_prefix(count);
        return good_ ? value : 0;
    }

    /// The index of one of the three-letter names written one after the other in `names`.
    unsigned name(std::string_view names)
    {
        for (std::size_t i = 0; i < names.size(); i += 3)
            if (accept(names.substr(i, 3)))
                return static_cast<unsigned>(i / 3);
        good_ = false;
        return 0;
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

struct civil_time {
    int year = 0;
    unsigned month = 0; // 1 to 12
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;

    std::optional<std::int64_t> seconds() const
    {
        std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
        if (!date.ok() || hour > 23 || minute > 59 || second > 60)
            return std::nullopt;
        return begin_of_day(year, month, day) + hour * 3600 + minute * 60 + second;
    }
};

void read_time_of_day(reader& in, civil_time& time)
{
    time.hour = in.number(2);
    in.expect(":");
    time.minute = in.number(2);
    in.expect(":");
    time.second = in.number(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<std::int64_t> parse_imf_fixdate(reader in)
{
    civil_time time;
    in.name(short_days);
    in.expect(", ");
    time.day = in.number(2);
    in.expect(" ");
    time.month = in.name(months) + 1;
    in.expect(" ");
    time.year = static_cast<int>(in.number(4));
    in.expect(" ");
    read_time_of_day(in, time);
    in.expect(" GMT");
    return in.at_end() ? time.seconds() : std::nullopt;
}

/// "Sun Nov  6 08:49:37 1994"
std::optional<std::int64_t> parse_asctime(reader in)
{
    civil_time time;
    in.name(short_days);
    in.expect(" ");
    time.month = in.name(months) + 1;
    in.expect(" ");
    time.day = in.number(in.accept(" ") ? 1 : 2);
    in.expect(" ");
    read_time_of_day(in, time);
    in.expect(" ");
    time.year = static_cast<int>(in.number(4));
    return in.at_end() ? time.seconds() : std::nullopt;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<std::int64_t> parse_rfc850(reader in, std::int64_t now)
{
    civil_time time;
    if (std::none_of(long_days.begin(), long_days.end(),
                     [&](std::string_view day) { return in.accept(day); }))
        return std::nullopt;
    in.expect(", ");
    time.day = in.number(2);
    in.expect("-");
    time.month = in.name(months) + 1;
    in.expect("-");
    unsigned year = in.number(2);
    in.expect(" ");
    read_time_of_day(in, time);
    in.expect(" GMT");
    if (!in.at_end())
        return std::nullopt;

    // The latest year with these digits that puts the date at most 50 years ahead.
    using namespace std::chrono;
    sys_seconds present{seconds(std::clamp(now, earliest, latest))};
    sys_days today = floor<days>(present);
    sys_days last_day = year_month_day(today) + years(50);
    std::int64_t limit = (last_day - today + present.time_since_epoch()).count();
    int last_year = static_cast<int>(year_month_day(last_day).year());
    time.year = last_year - (last_year - static_cast<int>(year)) % 100;
    if (auto then = time.seconds(); then && *then > limit)
        time.year -= 100;
    return time.seconds();
}

} // namespace

void format_date(std::int64_t time, std::span<char, date_size> into)
{
    using namespace std::chrono;
    sys_seconds point(seconds(std::clamp(time, earliest, latest)));
    sys_days day = floor<days>(point);
    year_month_day date(day);
    auto second_of_day = static_cast<unsigned>((point - day).count());
    auto year = static_cast<unsigned>(static_cast<int>(date.year()));

    char* out = into.data();
    std::memcpy(out, "Sun, 06 Nov 1994 08:49:37 GMT", date_size);
    std::memcpy(out, short_days.data() + 3 * weekday(day).c_encoding(), 3);
    put_two_digits(out + 5, static_cast<unsigned>(date.day()));
    std::memcpy(out + 8, months.data() + 3 * (static_cast<unsigned>(date.month()) - 1), 3);
    put_two_digits(out + 12, year / 100);
    put_two_digits(out + 14, year % 100);
    put_two_digits(out + 17, second_of_day / 3600);
    put_two_digits(out + 20, second_of_day / 60 % 60);
    put_two_digits(out + 23, second_of_day % 60);
}

std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now)
{
    if (text.size() < 6)
        return std::nullopt;
    reader in(text);
    if (text[3] == ',')
        return parse_imf_fixdate(in);
    if (text[3] == ' ')
        return parse_asctime(in);
    return parse_rfc850(in, now);
}

} // namespace pier::http
