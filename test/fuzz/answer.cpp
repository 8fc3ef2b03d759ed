#include "check.hpp"
#include "pier/base/ascii.hpp"
#include "pier/http/answer_body.hpp"
#include "pier/http/answer_head.hpp"

#include <string>
#include <vector>

namespace {

using namespace pier::http;
using status = head_parser::status;

constexpr head_limits limits{.request_line = 512, .head = 1024, .fields = 20, .leading_lines = 0};

/// Shows the parser ever more of `in`, each time in another buffer of exactly that size.
status read(answer_head& head, std::string_view in, std::size_t step)
{
    for (std::size_t size = step;; size += step) {
        size = size < in.size() ? size : in.size();
        std::vector<char> buffer(in.data(), in.data() + size);
        auto now = head.parse({buffer.data(), size});
        if (now != status::need_more || size == in.size())
            return now;
    }
}

struct outcome {
    std::string data;
    bool complete = false, broken = false;
    std::size_t left = 0;

    bool operator==(const outcome&) const = default;
};

outcome read_body(answer_body body, std::string_view in, std::size_t step)
{
    outcome result;
    while (!in.empty() && !result.broken && !body.complete()) {
        std::vector<char> part(in.data(), in.data() + (step < in.size() ? step : in.size()));
        std::string_view rest(part.data(), part.size());
        for (;;) {
            auto taken = body.take(rest);
            check(taken.consumed >= taken.data.size() && taken.consumed <= rest.size());
            result.data += taken.data;
            result.broken = taken.now == answer_body::state::error;
            rest.remove_prefix(taken.consumed);
            if (taken.now != answer_body::state::data)
                break;
        }
        in.remove_prefix(part.size() - rest.size());
    }
    result.left = result.broken ? 0 : in.size();
    result.complete = body.complete();
    check(!result.broken || body.wrong()[0] != '\0');
    return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view in(reinterpret_cast<const char*>(data), size);
    answer_head whole(limits), bytes(limits);
    auto end = read(whole, in, size > 0 ? size : 1);
    check(read(bytes, in, 1) == end);
    if (end == status::failed)
        check(whole.error() == bytes.error() &&
              (whole.error() == 400 || whole.error() == 431 || whole.error() == 505));
    if (end != status::done)
        return 0;
    check(whole.text() == bytes.text() && whole.size() == whole.text().size() && whole.size() <= size);
    check(whole.status() >= 100 && whole.status() <= 999);
    whole.for_each([](std::string_view name, std::string_view value) {
        check(pier::is_token(name) && value == pier::trim_ows(value));
        for (char c : value)
            check(pier::is_field_char(c));
    });
    for (method asked : {method::get, method::head, method::connect}) {
        auto framing = answer_framing::of(whole.parser(), whole.text(), asked);
        if (framing.wrong)
            continue;
        check((framing.kind == answer_framing::body::length) == (framing.length > 0));
        chunked_limits small{.chunk_extension = 16, .all_extensions = 32, .trailer_section = 32};
        std::string_view rest = in.substr(whole.size());
        auto at_once = read_body(answer_body(framing, small), rest, size);
        check(at_once == read_body(answer_body(framing, small), rest, 1));
    }
    return 0;
}
