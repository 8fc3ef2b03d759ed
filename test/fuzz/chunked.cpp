#include "pier/http/chunked.hpp"

#include "check.hpp"

#include <string>

namespace {

using namespace pier::http;

struct reading {
    std::string body;
    std::size_t consumed = 0;
    chunked_decoder::state end = chunked_decoder::state::need_more;
    chunked_error error = chunked_error::none;
    friend bool operator==(const reading&, const reading&) = default;
};

/// Feeds `in` in pieces of at most `piece` bytes.
reading read(std::string_view in, std::size_t piece)
{
    chunked_decoder decoder;
    reading result;
    while (result.consumed < in.size()) {
        auto step = decoder.decode(in.substr(result.consumed, piece));
        result.body += step.data;
        result.consumed += step.consumed;
        result.end = step.now;
        if (step.now == chunked_decoder::state::done || step.now == chunked_decoder::state::error)
            break;
        check(step.consumed > 0);
    }
    // whether the last piece of a body's data has been seen to be the last is no matter of the border
    if (result.end == chunked_decoder::state::data)
        result.end = chunked_decoder::state::need_more;
    result.error = decoder.error();
    return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view in(reinterpret_cast<const char*>(data), size);
    auto whole = read(in, size);
    check(read(in, 1) == whole && read(in, 3) == whole);
    check(whole.consumed <= size && whole.body.size() <= whole.consumed);
    check((whole.end == chunked_decoder::state::error) == (whole.error != chunked_error::none));
    return 0;
}
