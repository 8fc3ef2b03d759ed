#include "pier/get/range_rules.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"
#include "pier/http/content_range.hpp"
#include "pier/http/date.hpp"
#include "pier/http/entity_tag.hpp"

#include <utility>

namespace pier::get {

namespace {

using kind = range_verdict::kind;

range_verdict broken(std::string why)
{
    return {kind::broken, 0, {}, std::move(why)};
}

/// The Content-Range, of which there must be one.
std::optional<http::content_range> content_range_of(const http::answer_head& head)
{
    return http::parse_content_range(head.list("Content-Range"));
}

/// A 206 to If-Range names the tag that a 200 would have named (RFC 9110 15.3.7); a date it may leave out.
bool is_same(const std::string& validator, const http::answer_head& head)
{
    bool is_tag = validator.starts_with('"');
    auto found = head.field(is_tag ? "ETag" : "Last-Modified");
    return found ? *found == validator : !is_tag;
}

range_verdict judge_part(const range_request& asked, const http::answer_head& head,
                         std::optional<std::uint64_t> length)
{
    if (istarts_with(head.field("Content-Type").value_or(""), "multipart/byteranges"))
        return broken("answers one range with several");
    auto got = content_range_of(head);
    if (!got || !got->range)
        return broken("answers 206 without a valid Content-Range");
    std::string said = "says Content-Range: " + head.list("Content-Range");
    if (got->range->first != asked.first || (asked.last && got->range->last > *asked.last))
        return broken(said + " to Range: " + asked.field());
    if (length && *length != got->range->size())
        return broken(said + ", which is not the length of its content");
    if (!is_same(asked.validator, head))
        return {kind::changed, 0, got->size, "sends a part of another version than the one begun"};
    if (asked.size && got->size && *asked.size != *got->size)
        return broken(said + " of what had " + std::to_string(*asked.size) + " bytes");
    return {kind::part, got->range->last + 1, got->size ? got->size : asked.size, {}};
}

range_verdict judge_unsatisfiable(const range_request& asked, const http::answer_head& head)
{
    auto got = content_range_of(head);
    bool complete =
        got && !got->range && got->size == asked.first && (!asked.size || *asked.size == asked.first);
    if (complete)
        return {kind::complete, asked.first, asked.first, {}};
    return {kind::changed, 0, {}, "has no such range any more"};
}

} // namespace

std::string strong_validator(const http::answer_head& head, std::int64_t now)
{
    if (auto tag = head.field("ETag")) {
        auto parsed = http::parse_entity_tag(*tag);
        return parsed && !parsed->weak ? std::string(*tag) : std::string();
    }
    auto modified = head.field("Last-Modified");
    auto date = head.field("Date");
    auto then = modified ? http::parse_date(*modified, now) : std::nullopt;
    auto sent = date ? http::parse_date(*date, now) : std::nullopt;
    return then && sent && *then < *sent ? std::string(*modified) : std::string();
}

std::string range_request::field() const
{
    return "bytes=" + std::to_string(first) + "-" + (last ? std::to_string(*last) : "");
}

range_verdict judge(const std::optional<range_request>& asked, const http::answer_head& head,
                    std::optional<std::uint64_t> length)
{
    switch (head.status()) {
    case 200: return {kind::whole, 0, length, {}};
    case 206:
        return asked ? judge_part(*asked, head, length) : broken("answers 206, but no range was asked for");
    case 416: return asked ? judge_unsatisfiable(*asked, head) : range_verdict{};
    default: return {};
    }
}

bool takes_ranges(const http::answer_head& head)
{
    return has_token(head.list("Accept-Ranges"), "bytes");
}

} // namespace pier::get
