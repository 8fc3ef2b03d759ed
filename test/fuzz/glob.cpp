#include "pier/base/glob.hpp"

#include "check.hpp"

#include <cstddef>

// The input is a pattern, a line feed, and a path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string_view pattern = text.substr(0, text.find('\n'));
    std::string_view path = pattern.size() < size ? text.substr(pattern.size() + 1) : "";
    auto compiled = pier::glob::parse(pattern);
    if (!compiled)
        return 0;
    compiled->matches_beneath(path);
    if (pattern.find_first_of("*?[\\") == pattern.npos)
        check(compiled->matches(path) == (pattern == path));
    // what a pattern matches, it matches with a star on either side
    if (auto wider = pier::glob::parse("**" + std::string(pattern) + "**");
        wider && compiled->matches(path) && !pattern.starts_with('/') && !pattern.starts_with('*'))
        check(wider->matches(path) && wider->matches("a" + std::string(path) + "z"));
    return 0;
}
