#include "pier/http/conditional.hpp"

#include "pier/http/date.hpp"
#include "pier/http/entity_tag.hpp"

namespace pier::http {

namespace {

bool lists_current(std::string_view field, const validators& current, comparison how)
{
    // Without a tag of its own a representation can still be asked for by `*`.
    auto tag = parse_entity_tag(current.etag);
    return match_entity_tags(field, tag.value_or(entity_tag{}), how) == list_match::match;
}

std::optional<std::int64_t> date_of(const std::optional<std::string_view>& field, std::int64_t now)
{
    return field ? parse_date(*field, now) : std::nullopt;
}

} // namespace

precondition evaluate(const conditions& request, const validators& current, bool get_or_head,
                      std::int64_t now)
{
    // 13.2.2 steps 1 and 2
    if (request.if_match) {
        if (!lists_current(*request.if_match, current, comparison::strong))
            return precondition::failed;
    } else if (auto date = date_of(request.if_unmodified_since, now); date && current.last_modified > *date) {
        return precondition::failed;
    }

    // steps 3 and 4
    if (request.if_none_match) {
        if (lists_current(*request.if_none_match, current, comparison::weak))
            return get_or_head ? precondition::not_modified : precondition::failed;
    } else if (get_or_head) {
        if (auto date = date_of(request.if_modified_since, now); date && current.last_modified <= *date)
            return precondition::not_modified;
    }
    return precondition::proceed;
}

bool range_applies(const conditions& request, const validators& current, std::int64_t now)
{
    if (!request.if_range)
        return true;
    if (auto asked = parse_entity_tag(*request.if_range)) {
        auto tag = parse_entity_tag(current.etag);
        return tag && strong_match(*asked, *tag);
    }
    auto date = parse_date(*request.if_range, now);
    return date && *date == current.last_modified && current.last_modified < now;
}

} // namespace pier::http
