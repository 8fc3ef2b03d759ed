#include "pier/http/target.hpp"

#include "check.hpp"
#include "pier/http/host.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto target = parse_target(text)) {
        for (char c : text)
            check(c > ' ' && c < '\x7f' && c != '#' && c != '\\' && c != '"');
        check((target->form == target_form::asterisk) != target->path.starts_with('/'));
        check((target->form == target_form::absolute) == valid_host(target->authority));
    }
    if (auto target = parse_target(text, true))
        check(target->form == target_form::authority && split_host(target->authority)->port);

    std::string path;
    if (!decode_path(text, path)) {
        check(!is_plain_path(text));
        return 0;
    }
    check(path.starts_with('/') && path.size() <= size && path.find("//") == path.npos);
    std::string closed = path + "/";
    check(closed.find("/./") == closed.npos && closed.find("/../") == closed.npos);
    for (char c : path)
        check(c != '\\' && c != '\0'); // other control bytes may stand in the name of a file
    check(!is_plain_path(text) || path == text);
    return 0;
}
