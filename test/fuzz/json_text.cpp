#include "pier/base/json_text.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string out, again;
    pier::append_json_text(out, text);
    for (std::size_t at = 0; at < out.size(); ++at) {
        check(static_cast<unsigned char>(out[at]) >= 0x20 && out[at] != 0x7f && out[at] != '"');
        if (out[at] == '\\') {
            ++at;
            check(at < out.size() && (out[at] == '"' || out[at] == '\\' || out[at] == 'u'));
        }
    }
    check(out.size() <= 6 * size);
    // what comes out is UTF-8: nothing of it is replaced
    pier::append_json_text(again, out);
    check(again.find("\\ufffd") == again.npos || out.find("\\ufffd") != out.npos);
    return 0;
}
