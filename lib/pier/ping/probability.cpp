#include "pier/ping/probability.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/number.hpp"

namespace pier::ping {

namespace {

constexpr std::uint64_t most = UINT32_MAX;

/// "0.05" is 5 of 100; at most six digits after the point.
struct decimal {
    std::uint64_t value, scale;
};

std::optional<decimal> parse_decimal(std::string_view text)
{
    auto point = text.find('.');
    auto whole = parse_u64(text.substr(0, point));
    if (!whole || *whole > 100)
        return std::nullopt;
    decimal result{*whole, 1};
    if (point == text.npos)
        return result;
    std::string_view digits = text.substr(point + 1);
    auto fraction = parse_u64(digits);
    if (!fraction || digits.size() > 6)
        return std::nullopt;
    for (std::size_t i = 0; i < digits.size(); ++i)
        result.scale *= 10;
    result.value = *whole * result.scale + *fraction;
    return result;
}

} // namespace

std::optional<probability> probability::parse(std::string_view text)
{
    probability p;
    if (text.ends_with('%')) {
        auto number = parse_decimal(text.substr(0, text.size() - 1));
        if (!number)
            return std::nullopt;
        p.numerator_ = number->value;
        p.denominator_ = 100 * number->scale;
        p.percent_ = true;
    } else if (auto slash = text.find('/'); slash != text.npos) {
        auto numerator = parse_u64(text.substr(0, slash)), denominator = parse_u64(text.substr(slash + 1));
        if (!numerator || !denominator || *denominator == 0 || *denominator > most)
            return std::nullopt;
        p.numerator_ = *numerator;
        p.denominator_ = *denominator;
    } else if (text == "1") {
        p.numerator_ = 1;
    } else if (text != "0") {
        return std::nullopt;
    }
    if (p.numerator_ > p.denominator_)
        return std::nullopt;
    return p;
}

double probability::value() const
{
    return double(numerator_) / double(denominator_);
}

std::string probability::to_string() const
{
    std::string text;
    if (!percent_) {
        append_number(text, numerator_);
        if (denominator_ != 1)
            append_number(text += '/', denominator_);
        return text;
    }
    std::uint64_t scale = denominator_ / 100;
    append_number(text, numerator_ / scale);
    if (std::uint64_t fraction = numerator_ % scale; fraction != 0) {
        std::string digits = std::to_string(scale + fraction).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text.append(".").append(digits);
    }
    return text + "%";
}

bool probability::holds_for(std::uint64_t uniform) const
{
    return double(uniform >> 11) * 0x1p-53 * double(denominator_) < double(numerator_);
}

} // namespace pier::ping
