#include "pier/http/access_format.hpp"

#include "check.hpp"

#include <algorithm>

// The input is a format, a line feed, and what a request brings.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view input(reinterpret_cast<const char*>(data), size);
    std::string_view text = input.substr(0, input.find('\n'));
    std::string_view part = text.size() < size ? input.substr(text.size() + 1) : "";
    pier::http::access_format format;
    if (!format.set(text).empty()) {
        check(format.is_combined());
        return 0;
    }
    pier::http::access_entry entry{.peer = "::1",
                                   .request_line = part,
                                   .status = 400,
                                   .bytes = size,
                                   .referer = part,
                                   .user_agent = part,
                                   .user = part,
                                   .method = part,
                                   .target = part,
                                   .protocol = part,
                                   .host = part,
                                   .duration = size,
                                   .end = "error",
                                   .number = size};
    pier::http::log_time time;
    std::string line;
    format.append(line, entry, time, 784111777);
    check(line.ends_with('\n') && std::ranges::count(line, '\n') == 1);
    check(std::ranges::all_of(std::string_view(line).substr(0, line.size() - 1),
                              [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\t'; }));
    if (text == "json") { // quotes come in pairs: none is forged
        std::size_t quotes = 0;
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (line[at] == '\\')
                ++at;
            else
                quotes += line[at] == '"';
        }
        check(quotes == 48);
    }
    return 0;
}
