#include "pier/files/options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"

#include <algorithm>
#include <memory>

namespace pier::files {

namespace {

std::string set_precompressed(config& into, const std::string& value)
{
    std::string wrong;
    into.precompressed.clear();
    for_each_element(value, [&](std::string_view name) {
        auto coding = http::parse_content_coding(name);
        if (!coding || *coding == http::content_coding::identity)
            wrong = "names something else than br, zstd, gzip";
        else if (std::ranges::find(into.precompressed, *coding) != into.precompressed.end())
            wrong = "names a coding twice";
        else
            into.precompressed.push_back(*coding);
    });
    return wrong;
}

std::string add_cache_rule(config& into, const std::string& value)
{
    auto equals = value.find('=');
    if (equals == value.npos || equals == 0 || equals + 1 == value.size())
        return "is not GLOB=VALUE, such as *.css=max-age=3600";
    if (!std::ranges::all_of(value, is_field_char))
        return "holds a control byte";
    auto pattern = glob::parse(value.substr(0, equals));
    if (!pattern)
        return "has no valid pattern before the `=`";
    into.cache_control.push_back({std::move(*pattern), value.substr(equals + 1)});
    return {};
}

std::string add_header(config& into, const std::string& value)
{
    auto colon = value.find(':');
    if (colon == value.npos)
        return "is not `Name: value`";
    if (!std::ranges::all_of(value, is_field_char))
        return "holds a control byte";
    into.headers.emplace_back(value.substr(0, colon), trim_ows(std::string_view(value).substr(colon + 1)));
    return {};
}

std::vector<std::string> precompressed(const config& from)
{
    std::string list;
    for (http::content_coding coding : from.precompressed)
        list.append(list.empty() ? "" : ",").append(to_string(coding));
    return {list};
}

std::vector<std::string> cache_rules(const config& from)
{
    std::vector<std::string> rules;
    for (const cache_rule& rule : from.cache_control)
        rules.push_back(rule.pattern.pattern() + "=" + rule.value);
    return rules;
}

std::vector<std::string> headers(const config& from)
{
    std::vector<std::string> fields;
    for (const auto& [name, value] : from.headers)
        fields.push_back(name + ": " + value);
    return fields;
}

} // namespace

void declare(ops::options& table, config& into)
{
    table.group("What to serve");
    table.text("root", "DIR", into.root.empty() ? "folder to serve (Pier's own pages)" : "folder to serve",
               into.root);
    // The first --index replaces the default, further ones add to it.
    table.add({"index", 0, "NAME", "file that answers for its folder", "",
               [&into, first = std::make_shared<bool>(true)](const std::string& value) {
                   if (std::exchange(*first, false))
                       into.index.clear();
                   into.index.push_back(value);
                   bool name =
                       !value.empty() && value.find('/') == value.npos && value != "." && value != "..";
                   return std::string(name ? "" : "is not a file name");
               },
               true, [&into] { return into.index; }});
    table.toggle("hidden", "serve names that start with a dot; /.well-known always is", into.hidden);
    table.choice("links", "symbolic links to follow: inside the root, all, none", into.links,
                 {{"inside", link_policy::inside}, {"all", link_policy::all}, {"none", link_policy::none}});
    table.add({"precompressed", 0, "LIST",
               "of br,zstd,gzip: send NAME.br, .zst, .gz to who accepts it (none)", "",
               [&into](const std::string& value) { return set_precompressed(into, value); }, false,
               [&into] { return precompressed(into); }});
    table.group("What to say with it");
    table.add({"cache-control", 0, "GLOB=VALUE", "Cache-Control for files that match (no-cache)", "",
               [&into](const std::string& value) { return add_cache_rule(into, value); }, true,
               [&into] { return cache_rules(into); }});
    table.add({"header", 0, "'N: V'", "another field on every file", "",
               [&into](const std::string& value) { return add_header(into, value); }, true,
               [&into] { return headers(into); }});
    table.count("max-ranges", "a request for more ranges gets the whole file", into.max_ranges, {0, 1024});
    table.group("Memory");
    table.size("cache-size", "memory for the contents of small files", into.cache_size,
               {0, std::uint64_t{1} << 40});
    table.check([&into] { return into.validate(); });
}

} // namespace pier::files
