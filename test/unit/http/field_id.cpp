#include "pier/http/field_id.hpp"

#include "pier/base/ascii.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace pier::http;

namespace {

constexpr std::pair<const char*, field_id> known[] = {
    {"Host", field_id::host},
    {"Connection", field_id::connection},
    {"Content-Length", field_id::content_length},
    {"Transfer-Encoding", field_id::transfer_encoding},
    {"Expect", field_id::expect},
    {"Range", field_id::range},
    {"If-Range", field_id::if_range},
    {"If-Match", field_id::if_match},
    {"If-None-Match", field_id::if_none_match},
    {"If-Modified-Since", field_id::if_modified_since},
    {"If-Unmodified-Since", field_id::if_unmodified_since},
    {"Accept-Encoding", field_id::accept_encoding},
    {"Referer", field_id::referer},
    {"User-Agent", field_id::user_agent},
    {"Forwarded", field_id::forwarded},
    {"X-Forwarded-For", field_id::x_forwarded_for},
};

} // namespace

TEST_CASE("every field that has an id is recognised, in any case")
{
    CHECK(std::size(known) + 1 == static_cast<std::size_t>(field_id::count_)); // and `other`
    for (auto [name, id] : known) {
        CAPTURE(name);
        std::string lower, upper;
        for (char c : std::string(name)) {
            lower += pier::to_lower(c);
            upper += pier::to_upper(c);
        }
        CHECK(identify_field(name) == id);
        CHECK(identify_field(lower) == id);
        CHECK(identify_field(upper) == id);
    }
}

TEST_CASE("a name with one byte changed, more or less is another")
{
    for (auto [text, id] : known) {
        const std::string name = text;
        CHECK(identify_field(name + "x") == field_id::other);
        CHECK(identify_field(name.substr(1)) == field_id::other);
        for (std::size_t at = 0; at < name.size(); ++at)
            for (unsigned byte = 0; byte < 256; ++byte) {
                std::string changed = name;
                changed[at] = static_cast<char>(static_cast<unsigned char>(byte));
                bool same = pier::iequals(changed, name);
                if ((identify_field(changed) == id) != same) {
                    CAPTURE(changed);
                    CHECK((identify_field(changed) == id) == same);
                }
            }
    }
    for (auto other :
         {"", "X", "Date", "Accept", "Cookie", "Via-Host", "If-Watch", "Keep-Alive", "Content-Type"})
        CHECK(identify_field(other) == field_id::other);
}
