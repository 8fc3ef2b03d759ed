#include "pier/net/tls_names.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::net {

namespace {

constexpr std::size_t longest_name = 253; // RFC 1035 2.3.4, without the dot at the end

/// `example.com` of `www.example.com`; empty when there is one label only.
std::string_view parent_of(std::string_view name)
{
    auto dot = name.find('.');
    return dot == name.npos ? std::string_view() : name.substr(dot + 1);
}

bool is_wildcard(std::string_view name)
{
    return name.starts_with("*.");
}

} // namespace

std::string canonical_name(std::string_view name)
{
    if (name.ends_with('.'))
        name.remove_suffix(1);
    std::string_view rest = is_wildcard(name) ? name.substr(2) : name;
    bool good = !rest.empty() && name.size() <= longest_name && std::ranges::all_of(rest, [](char c) {
        return is_alnum(c) || c == '-' || c == '.' || c == '_';
    });
    std::string result(good ? name : std::string_view());
    std::ranges::transform(result, result.begin(), [](char c) { return to_lower(c); });
    return result;
}

tls_name_table::tls_name_table(const std::vector<named_certificate>& certificates)
{
    std::vector<named_certificate> all = certificates;
    for (named_certificate& c : all)
        for (std::string& name : c.names)
            name = canonical_name(name);
    set first{0};
    if (!all.front().names.empty())
        for (std::size_t other : matching(all, all.front().names.front()))
            if (all[other].kind != all.front().kind)
                first.push_back(other);
    keep(std::move(first));
    for (const named_certificate& c : all)
        for (const std::string& name : c.names) {
            if (name.empty())
                continue;
            std::size_t index = keep(matching(all, name));
            if (is_wildcard(name))
                beneath_.emplace(parent_of(name), index);
            else
                exact_.emplace(name, index);
        }
}

/// `name` may itself be a wildcard.
tls_name_table::set tls_name_table::matching(const std::vector<named_certificate>& all,
                                             std::string_view name) const
{
    set result;
    std::string wildcard = "*." + std::string(parent_of(name));
    for (std::string_view wanted : {name, std::string_view(wildcard)})
        for (std::size_t i = 0; i < all.size(); ++i) {
            bool has_it = std::ranges::find(all[i].names, wanted) != all[i].names.end();
            bool taken = std::ranges::any_of(
                result, [&](std::size_t other) { return all[other].kind == all[i].kind; });
            if (has_it && !taken)
                result.push_back(i);
        }
    return result;
}

/// One set each, however many names it is for.
std::size_t tls_name_table::keep(set members)
{
    std::ranges::sort(members);
    auto found = std::ranges::find(sets_, members);
    if (found != sets_.end())
        return static_cast<std::size_t>(found - sets_.begin());
    sets_.push_back(std::move(members));
    return sets_.size() - 1;
}

std::size_t tls_name_table::find(std::string_view asked) const
{
    std::string name = canonical_name(asked);
    if (name.empty() || is_wildcard(name))
        return 0;
    if (auto found = exact_.find(name); found != exact_.end())
        return found->second;
    auto found = beneath_.find(parent_of(name));
    return found == beneath_.end() ? 0 : found->second;
}

} // namespace pier::net
