#include "pier/http/head_parser.hpp"

#include "check.hpp"
#include "pier/base/ascii.hpp"
#include "pier/http/host.hpp"
#include "pier/http/request_rules.hpp"

#include <string>
#include <vector>

namespace {

using namespace pier::http;
using status = head_parser::status;

constexpr head_limits limits{.request_line = 512, .head = 1024, .fields = 20, .leading_lines = 2};

/// Shows the parser ever more of `in`, each time in another buffer of exactly that size.
status read(head_parser& parser, std::string_view in, std::size_t step, std::vector<char>& buffer)
{
    for (std::size_t size = step;; size += step) {
        size = size < in.size() ? size : in.size();
        buffer = std::vector<char>(in.data(), in.data() + size);
        auto now = parser.parse({buffer.data(), size});
        if (now != status::need_more || size == in.size())
            return now;
    }
}

void check_facts(const head_parser& parser, std::string_view in)
{
    request_facts facts;
    int refused = check_request(parser, in, facts);
    check(refused == 0 || refused == 400 || refused == 417 || refused == 501);
    if (refused != 0)
        return;
    check(parser.minor_version() == 0 || valid_host(facts.host));
    check((facts.body == request_facts::body_kind::length) == (facts.length > 0));
    check(parser.count(field_id::content_length) + parser.count(field_id::transfer_encoding) <= 1);
    check(!facts.expects_continue || facts.body != request_facts::body_kind::none);

    std::string path;
    if (facts.target.path.empty() || !decode_path(facts.target.path, path))
        return;
    std::string closed = path + "/";
    check(path.starts_with('/') && path.find("//") == path.npos && path.find('\0') == path.npos);
    check(closed.find("/../") == closed.npos && closed.find("/./") == closed.npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view in(reinterpret_cast<const char*>(data), size);
    head_parser whole(limits), bytes(limits);
    std::vector<char> buffer, other;
    auto end = read(whole, in, size > 0 ? size : 1, buffer);
    check(read(bytes, in, 1, other) == end);
    if (end == status::failed) {
        int error = whole.error();
        check(error == 400 || error == 414 || error == 431 || error == 505);
        check(bytes.error() == error);
    }
    if (end != status::done)
        return 0;
    check(whole.size() == bytes.size() && whole.size() <= size && whole.size() <= limits.head + 1);
    check(in.substr(0, whole.size()).ends_with("\r\n\r\n"));
    std::string_view seen(buffer.data(), buffer.size());
    check(whole.method_name(seen) == bytes.method_name(seen) && pier::is_token(whole.method_name(seen)));
    check(whole.target(seen) == bytes.target(seen) && !whole.target(seen).empty());
    check(whole.fields().size() == bytes.fields().size() && whole.fields().size() <= limits.fields);
    std::size_t at = 0;
    for (const auto& f : whole.fields()) {
        auto name = seen.substr(f.name, f.name_length), value = seen.substr(f.value, f.value_length);
        check(f.name > at && f.value > f.name + f.name_length && f.value + f.value_length < whole.size());
        check(pier::is_token(name) && value == pier::trim_ows(value) && identify_field(name) == f.id);
        for (char c : value)
            check(pier::is_field_char(c));
        at = f.value + f.value_length;
    }
    check_facts(whole, seen);
    return 0;
}
