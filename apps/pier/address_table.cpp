#include "address_table.hpp"

#include <algorithm>
#include <vector>

namespace {

/// On a terminal: characters of UTF-8, not bytes.
std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool replace(std::string& in, std::string_view what, std::string_view by)
{
    auto at = in.find(what);
    if (at == in.npos)
        return false;
    in.replace(at, what.size(), by);
    return true;
}

/// The address of all addresses is none that could be opened.
address_row openable(address_row row)
{
    row.url = plain_url(row.url);
    if (!is_unix_url(row.url) &&
        (replace(row.url, "//[::]:", "//localhost:") || replace(row.url, "//0.0.0.0:", "//127.0.0.1:")))
        row.what.append(", at every address of this machine");
    return row;
}

void append_cell(std::string& line, std::string_view text, std::size_t to)
{
    line.append(text).append(to - width(text) + 2, ' ');
}

} // namespace

std::string plain_url(std::string_view url)
{
    auto scheme = url.substr(0, url.find(':'));
    auto plus = scheme.rfind('+');
    return std::string(url.substr(plus == scheme.npos ? 0 : plus + 1));
}

std::string address_table(std::span<const address_row> rows)
{
    std::vector<address_row> lines{{"SERVICE", "ADDRESS", "WHAT IS THERE"}};
    std::size_t service_width = 0, url_width = 0;
    for (const address_row& row : rows)
        lines.push_back(openable(row));
    for (const address_row& line : lines) {
        service_width = std::max(service_width, width(line.service));
        url_width = std::max(url_width, width(line.url));
    }
    std::string out = "\n";
    const address_row* above = nullptr;
    for (const address_row& row : lines) {
        bool same_service = above && above->service == row.service;
        bool same_thing = same_service && above->what == row.what;
        std::string line = "  ";
        append_cell(line, same_service ? "" : std::string_view(row.service), service_width);
        append_cell(line, row.url, url_width);
        line.append(same_thing ? "" : std::string_view(row.what));
        out.append(line, 0, line.find_last_not_of(' ') + 1).append("\n");
        above = &row;
    }
    return out.append("\n");
}
