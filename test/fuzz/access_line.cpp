#include "pier/http/access_line.hpp"

#include "check.hpp"

#include <algorithm>

// The input stands for everything that a request brings.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string line;
    pier::http::append_combined(line,
                                {.peer = "::1",
                                 .request_line = text,
                                 .status = 400,
                                 .bytes = size,
                                 .referer = text,
                                 .user_agent = text.substr(size / 2)},
                                "[06/Nov/1994:08:49:37 +0000]");
    check(line.ends_with("\"\n") && std::ranges::count(line, '\n') == 1 &&
          std::ranges::count(line, '"') == 6);
    for (char c : std::string_view(line).substr(0, line.size() - 1))
        check(c >= ' ' && c <= '~');
    for (std::size_t at = line.find('\\'); at != line.npos; at = line.find('\\', at + 1))
        check(line[at + 1] == 'x');
    check(line.size() <= 100 + 4 * (2 * size + size - size / 2));
    return 0;
}
