#include "pier/get/load_answer.hpp"

#include "check.hpp"

#include <algorithm>
#include <string_view>

namespace {

using namespace pier;
using get::answer_reader;
using state = answer_reader::state;

struct reading {
    state end = state::need_more;
    std::size_t taken = 0;
    int status = 0;
    std::uint64_t head = 0, body = 0;
    bool keep_alive = false;
};

/// Feeds `in` in pieces of at most `piece` bytes until the answer has ended.
reading read(std::string_view in, std::size_t piece, get::known_head& known, http::method asked)
{
    answer_reader reader;
    reader.begin(asked, known);
    reading r;
    while (r.taken < in.size() && r.end == state::need_more) {
        auto part = in.substr(r.taken, piece);
        r.end = reader.take(part);
        r.taken += part.size();
    }
    check((r.end == state::failed) == (reader.wrong() != nullptr));
    if (r.end == state::failed)
        return r;
    r.status = reader.status();
    r.head = reader.head_bytes();
    r.body = reader.body_bytes();
    r.keep_alive = reader.in_body() && reader.keep_alive();
    return r;
}

bool equal(const reading& a, const reading& b)
{
    return a.end == b.end && a.status == b.status && a.head == b.head && a.body == b.body &&
           a.keep_alive == b.keep_alive;
}

} // namespace

/// The first byte says what was asked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    http::method asked = data[0] == 'h' ? http::method::head : http::method::get;
    std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
    get::known_head known, none;
    auto whole = read(in, size, known, asked);
    check(whole.head + whole.body <= in.size());
    check(equal(read(in, size, known, asked), whole)); // by the head that is known now
    auto single = read(in, 1, none, asked);
    if (single.end == state::done && single.taken < in.size()) // what follows it fails the whole
        check(whole.end == state::failed &&
              equal(read(in.substr(0, single.taken), size, none, asked), single));
    else
        check(equal(single, whole));
    return 0;
}
