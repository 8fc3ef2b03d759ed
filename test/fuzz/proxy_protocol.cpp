#include "pier/net/proxy_protocol.hpp"

#include "check.hpp"

#include <cstdint>
#include <string>

namespace {

using pier::net::proxy_header_parser;
using status = proxy_header_parser::status;

struct reading {
    std::size_t consumed = 0;
    status end = status::need_more;
    std::string client;
    friend bool operator==(const reading&, const reading&) = default;
};

reading read(std::string_view in, std::size_t piece)
{
    proxy_header_parser parser;
    reading result;
    while (result.end == status::need_more && result.consumed < in.size()) {
        auto part = in.substr(result.consumed, piece);
        auto step = parser.feed(part);
        result.consumed += step.consumed;
        result.end = step.now;
        check(step.consumed <= part.size() &&
              (step.now != status::need_more || step.consumed == part.size()));
    }
    if (result.end == status::done && parser.client())
        result.client = parser.client()->to_string() + " " + std::to_string(parser.client()->port);
    return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view in(reinterpret_cast<const char*>(data), size);
    auto whole = read(in, size);
    check(read(in, 1) == whole && read(in, 3) == whole);
    check(whole.consumed <= proxy_header_parser::most_v2);
    return 0;
}
