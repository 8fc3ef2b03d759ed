#include "pier/files/respond.hpp"

#include "pier/base/number.hpp"
#include "pier/http/conditional.hpp"
#include "pier/http/range.hpp"

#include <array>
#include <random>

namespace pier::files {

namespace {

/// Several lines of a list field are one list (RFC 9110 5.3); `joined` keeps it alive.
std::optional<std::string_view> list_field(const http::request& in, http::field_id id, std::string& joined)
{
    if (in.head->count(id) < 2)
        return in.field(id);
    for (const http::field_line& f : in.fields())
        if (f.id == id)
            joined.append(joined.empty() ? "" : ", ").append(in.value(f));
    return joined;
}

/// The variant that the client likes best of those there are (RFC 9110 12.5.3).
const representation& negotiate(const http::request& in, const resource& what)
{
    if (what.variants.size() == 1)
        return what.variants.front();
    std::array<http::content_coding, http::content_coding_count> encoded;
    std::size_t count = 0;
    for (const representation& r : what.variants)
        if (r.coding != http::content_coding::identity && count < encoded.size())
            encoded[count++] = r.coding;
    std::string joined;
    auto accepted = list_field(in, http::field_id::accept_encoding, joined).value_or("");
    auto best =
        http::choose_coding(accepted, {encoded.data(), count}).value_or(http::content_coding::identity);
    for (const representation& r : what.variants)
        if (r.coding == best)
            return r;
    return what.variants.front();
}

bool is_conditional(const http::request& in)
{
    using enum http::field_id;
    return in.has(if_none_match) || in.has(if_modified_since) || in.has(if_match) ||
           in.has(if_unmodified_since);
}

http::precondition evaluate(const http::request& in, const representation& r, std::int64_t now)
{
    using enum http::field_id;
    std::string joined[2];
    http::conditions given;
    given.if_match = list_field(in, if_match, joined[0]);
    given.if_none_match = list_field(in, if_none_match, joined[1]);
    if (r.last_modified > 0) {
        given.if_modified_since = in.field(if_modified_since);
        given.if_unmodified_since = in.field(if_unmodified_since);
    }
    return http::evaluate(given, {r.etag, r.last_modified}, true, now);
}

/// The first `used` bytes of its fields; `what` keeps them alive.
http::shared_fields fields_of(const std::shared_ptr<resource>& what, const representation& r,
                              std::size_t used)
{
    return {std::shared_ptr<const http::fields>(what, &r.headers), used};
}

http::piece slice(const representation& r, std::uint64_t first, std::uint64_t length)
{
    if (r.file)
        return http::piece::of(r.file, first, length);
    return http::piece::of(std::string_view(*r.content).substr(first, length), r.content);
}

/// Not to be found in any file by chance: 120 bits of it.
std::string make_boundary()
{
    static thread_local std::mt19937_64 random{std::random_device{}()};
    std::string boundary = "pier-";
    append_number(boundary, random(), 36);
    append_number(boundary, random(), 36);
    return boundary;
}

/// multipart/byteranges, RFC 9110 14.6.
void add_parts(const std::shared_ptr<resource>& what, const representation& r,
               const std::vector<http::byte_range>& ranges, http::response& out)
{
    std::string boundary = make_boundary();
    http::content_range_buffer buffer;
    for (const http::byte_range& range : ranges) {
        std::string head = "\r\n--" + boundary + "\r\nContent-Type: ";
        head.append(r.content_type).append("\r\nContent-Range: ");
        head.append(http::format_content_range(range, r.size, buffer)).append("\r\n\r\n");
        out.add(http::piece::of(std::move(head)));
        out.add(slice(r, range.first, range.size()));
    }
    out.add(http::piece::of("\r\n--" + boundary + "--\r\n"));
    out.shared_headers = fields_of(what, r, r.headers_but_type);
    out.headers.add("Content-Type", "multipart/byteranges; boundary=" + boundary);
}

/// An error's size, or its being one, may depend on the encoding that was chosen.
void add_vary(const config& options, http::response& out)
{
    if (!options.precompressed.empty())
        out.headers.add("Vary", "Accept-Encoding");
}

/// True when the Range field decided the answer.
bool respond_in_part(const http::request& in, const std::shared_ptr<resource>& what, const representation& r,
                     const config& options, std::int64_t now, http::response& out)
{
    http::conditions given;
    given.if_range = in.field(http::field_id::if_range);
    if (in.verb != http::method::get || in.head->count(http::field_id::range) != 1 ||
        !http::range_applies(given, {r.etag, r.last_modified}, now))
        return false;
    std::vector<http::byte_range> ranges;
    http::content_range_buffer buffer;
    switch (http::parse_range(*in.field(http::field_id::range), r.size, {.max_ranges = options.max_ranges},
                              ranges)) {
    case http::range_outcome::whole: return false;
    case http::range_outcome::unsatisfiable:
        out.error(416, "The file has no such part.");
        add_vary(options, out);
        out.headers.add("Content-Range", http::format_unsatisfied_range(r.size, buffer));
        return true;
    case http::range_outcome::partial: break;
    }
    out.status = 206;
    if (ranges.size() > 1) {
        add_parts(what, r, ranges, out);
        return true;
    }
    const auto& only = ranges.front();
    out.shared_headers = fields_of(what, r, r.headers.text().size());
    out.headers.add("Content-Range", http::format_content_range(only, r.size, buffer));
    out.add(slice(r, only.first, only.size()));
    return true;
}

} // namespace

void respond(const http::request& in, const std::shared_ptr<resource>& what, const config& options,
             std::int64_t now, http::response& out)
{
    const representation& r = negotiate(in, *what);
    if (is_conditional(in)) {
        switch (evaluate(in, r, now)) {
        case http::precondition::proceed: break;
        case http::precondition::not_modified:
            out.status = 304;
            out.shared_headers = fields_of(what, r, r.headers_of_304);
            return;
        case http::precondition::failed:
            out.error(412, "The file is not what the request took it for.");
            add_vary(options, out);
            return;
        }
    }
    if (in.has(http::field_id::range) && respond_in_part(in, what, r, options, now, out))
        return;
    out.shared_headers = fields_of(what, r, r.headers.text().size());
    out.add(slice(r, 0, r.size));
}

} // namespace pier::files
