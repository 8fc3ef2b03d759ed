#include "pier/beat/listing_query.hpp"

#include "pier/base/ascii.hpp"
#include "pier/beat/heartbeat.hpp"

#include <algorithm>

namespace pier::beat {

namespace {

/// application/x-www-form-urlencoded. Nothing: malformed.
std::optional<std::string> decode(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

std::optional<state> parse_state(std::string_view name)
{
    for (auto s : {state::stopped, state::up, state::fresh, state::late, state::suspect, state::down})
        if (to_string(s) == name)
            return s;
    return std::nullopt;
}

bool set_states(listing_query& into, std::string_view names)
{
    bool good = true;
    into.states.reset();
    while (!names.empty()) {
        std::string_view name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        auto known = parse_state(name);
        good = good && known;
        if (known)
            into.states.set(static_cast<std::size_t>(*known));
    }
    return good && into.states.any();
}

bool set(listing_query& into, std::string_view key, const std::string& value)
{
    if (key == "state")
        return set_states(into, value);
    if (key == "search") {
        into.search = value;
        return value.size() <= longest_name;
    }
    if (key == "limit") {
        auto number = parse_u64(value);
        into.limit = static_cast<std::size_t>(number.value_or(0));
        return number && *number >= 1 && *number <= listing_query::most;
    }
    return true;
}

} // namespace

std::optional<listing_query> listing_query::parse(std::string_view query)
{
    listing_query result;
    while (!query.empty()) {
        std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        auto equals = std::min(pair.find('='), pair.size());
        auto value = decode(pair.substr(std::min(pair.size(), equals + 1)));
        if (!value || !set(result, pair.substr(0, equals), *value))
            return std::nullopt;
    }
    return result;
}

bool listing_query::matches(const sender& s) const
{
    if (!states.test(static_cast<std::size_t>(s.now)))
        return false;
    auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
    return std::search(s.name.begin(), s.name.end(), search.begin(), search.end(), same) != s.name.end() ||
           search.empty();
}

bool comes_before(state a, std::string_view name_a, state b, std::string_view name_b)
{
    if (a == b)
        return name_a < name_b;
    return a > b; // stopped last: it is the least of them
}

} // namespace pier::beat
