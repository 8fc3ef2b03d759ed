#include "pier/http/conditional.hpp"

#include "check.hpp"
#include "pier/http/entity_tag.hpp"

#include <cstddef>

// The input stands for every field at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::int64_t now = 1763719200;
    const validators current{"\"a\"", 784111777};
    const entity_tag tag = *parse_entity_tag(current.etag);

    auto strong = match_entity_tags(text, tag, comparison::strong);
    auto weak = match_entity_tags(text, tag, comparison::weak);
    check((strong == list_match::malformed) == (weak == list_match::malformed));
    check(strong != list_match::match || weak == list_match::match);
    if (auto one = parse_entity_tag(text))
        check((weak == list_match::match) == weak_match(*one, tag));

    conditions request;
    request.if_none_match = text;
    check((evaluate(request, current, true, now) == precondition::not_modified) ==
          (weak == list_match::match));
    request = {};
    request.if_match = text;
    check((evaluate(request, current, true, now) == precondition::failed) == (strong != list_match::match));
    request = {};
    request.if_range = text;
    if (range_applies(request, current, now))
        check(text == current.etag || size >= 24);
    return 0;
}
