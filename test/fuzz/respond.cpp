#include "pier/files/respond.hpp"

#include "check.hpp"

#include <array>
#include <string>

namespace {

using namespace pier::files;
namespace http = pier::http;

constexpr std::int64_t now = 1763719200;

class handmade : public source {
public:
    using source::source;
    std::shared_ptr<resource> load(const std::string&, std::int64_t, may_block) const override { return {}; }
    freshness check(const resource&, may_block) const override { return freshness::same; }

    representation variant(std::size_t size, http::content_coding coding, std::string etag) const
    {
        representation r;
        r.coding = coding;
        r.size = size;
        r.last_modified = 784111777;
        r.etag = std::move(etag);
        std::string content(size, '?');
        for (std::size_t i = 0; i < size; ++i)
            content[i] = static_cast<char>('a' + i % 26);
        r.content = std::make_shared<const std::string>(std::move(content));
        make_fields("/a.txt", r);
        return r;
    }
};

const config options = [] {
    config c;
    c.precompressed = {http::content_coding::br, http::content_coding::gzip};
    return c;
}();

const std::shared_ptr<resource> file = [] {
    handmade from(options);
    auto made = std::make_shared<resource>();
    made->kind = kind::file;
    made->variants = {from.variant(1000, {}, R"("a")"),
                      from.variant(500, http::content_coding::br, R"("a-br")"),
                      from.variant(600, http::content_coding::gzip, R"("a-gzip")")};
    return made;
}();

std::string field(const http::response& out, std::string_view wanted)
{
    std::string found;
    auto collect = [&](std::string_view name, std::string_view value) {
        if (name == wanted) {
            check(found.empty());
            found = value;
        }
    };
    http::for_each_field(out.shared_headers.text(), collect);
    out.headers.for_each(collect);
    return found;
}

const representation& sent(const http::response& out)
{
    for (const auto& v : file->variants)
        if (v.etag == field(out, "ETag"))
            return v;
    __builtin_trap();
}

/// A part's bytes are those that its Content-Range names.
void check_part(const representation& of, std::string_view range, std::string_view bytes)
{
    std::uint64_t first = 0, last = 0, size = 0;
    check(std::sscanf(std::string(range).c_str(), "bytes %lu-%lu/%lu", &first, &last, &size) == 3);
    check(first <= last && last < size && size == of.size);
    check(bytes == of.content->substr(first, last - first + 1));
}

} // namespace

// The input is the fields of a request, in lines that end in LF.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string text = size > 0 && data[0] == '\n' ? "HEAD / HTTP/1.1\r\n" : "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < size; ++i)
        if (data[i] != '\n')
            text += static_cast<char>(data[i]);
        else if (i > 0)
            text += "\r\n";
    text += "\r\n\r\n";
    http::head_parser head;
    if (head.parse(text) != http::head_parser::status::done)
        return 0;
    http::request in;
    in.verb = head.method_id();
    in.head = &head;
    in.base = text.data();
    http::response out;
    respond(in, file, options, now, out);

    if (out.status == 304 || out.status == 200 || out.status == 206)
        check(field(out, "Vary") == "Accept-Encoding");
    switch (out.status) {
    case 200: check(out.content.size() == 1 && out.content[0].bytes == *sent(out).content); break;
    case 206:
        check(in.verb == http::method::get && in.has(http::field_id::range));
        if (out.content.size() == 1) {
            check_part(sent(out), field(out, "Content-Range"), out.content[0].bytes);
            break;
        }
        check(out.content.size() >= 5 && out.content.size() % 2 == 1 && field(out, "Content-Range").empty());
        for (std::size_t i = 0; i + 2 < out.content.size(); i += 2) {
            std::string_view before = out.content[i].bytes;
            auto at = before.find("bytes ");
            check(before.starts_with("\r\n--") && before.ends_with("\r\n\r\n") && at != before.npos);
            check_part(sent(out), before.substr(at), out.content[i + 1].bytes);
        }
        break;
    case 304:
        check(out.content.empty() &&
              (in.has(http::field_id::if_none_match) || in.has(http::field_id::if_modified_since)));
        sent(out);
        break;
    case 412: check(in.has(http::field_id::if_match) || in.has(http::field_id::if_unmodified_since)); break;
    case 416:
        check(in.verb == http::method::get && field(out, "Content-Range").starts_with("bytes */"));
        break;
    default: check(false);
    }
    for (const auto& p : out.content)
        check(p.length == p.bytes.size());
    return 0;
}
