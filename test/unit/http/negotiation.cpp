#include "pier/http/negotiation.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

using namespace pier::http;
using enum content_coding;

namespace {

using codings = std::vector<content_coding>;
const codings all = {br, zstd, gzip};

auto choose(std::string_view field, const codings& available = all)
{
    return choose_coding(field, available);
}

} // namespace

TEST_CASE("codings have names")
{
    for (auto coding : {identity, gzip, br, zstd})
        CHECK(parse_content_coding(to_string(coding)) == coding);
    CHECK(parse_content_coding("X-GZIP") == gzip);
    CHECK(parse_content_coding("Br") == br);
    CHECK_FALSE(parse_content_coding("deflate"));
    CHECK_FALSE(parse_content_coding(""));
    CHECK_FALSE(parse_content_coding("*"));
}

TEST_CASE("who asks for nothing gets identity")
{
    CHECK(choose("") == identity);
    CHECK(choose(" , ") == identity);
    CHECK(choose("deflate, compress") == identity);
    CHECK(choose("gzip", {}) == identity);
    CHECK(choose("gzip", {br}) == identity);
}

TEST_CASE("of what is asked for alike the server's favourite")
{
    CHECK(choose("gzip, deflate, br, zstd") == br);
    CHECK(choose("gzip, deflate, br, zstd", {zstd, br}) == zstd);
    CHECK(choose("gzip, deflate") == gzip);
    CHECK(choose("GZIP") == gzip);
    CHECK(choose("x-gzip") == gzip);
    CHECK(choose("gzip, identity") == gzip);
    CHECK(choose("gzip, identity", {identity, gzip}) == identity);
}

TEST_CASE("the highest q wins")
{
    CHECK(choose("gzip;q=1.0, br;q=0.9") == gzip);
    CHECK(choose("gzip;q=0.5, br;q=0.501") == br);
    CHECK(choose("gzip;q=0.9, br;q=0.905") == br);
    CHECK(choose("gzip;q=0.99, br;q=0.995") == br);
    CHECK(choose("gzip;q=0.002, br;q=0.001, zstd;q=0.003") == zstd);
    CHECK(choose("gzip ; Q=0.8 , br\t;\tq=0.7") == gzip);
    CHECK(choose("gzip;q=0.5, identity;q=0.6") == identity);
    CHECK(choose("gzip;q=0.5, identity;q=0.4") == gzip);
    // identity that is not named is the last choice
    CHECK(choose("gzip;q=0.001") == gzip);
}

TEST_CASE("q=0 refuses")
{
    CHECK(choose("gzip;q=0") == identity);
    CHECK(choose("gzip;q=0.000, br") == br);
    CHECK(choose("br;q=0, *") == zstd);
    CHECK(choose("identity;q=0") == std::nullopt);
    CHECK(choose("*;q=0") == std::nullopt);
    CHECK(choose("identity;q=0, gzip") == gzip);
    CHECK(choose("identity;q=0, gzip", {br}) == std::nullopt);
    CHECK(choose("*;q=0, gzip") == gzip);
    CHECK(choose("*;q=0, gzip", {br}) == std::nullopt);
    CHECK(choose("*;q=0, identity") == identity);
    CHECK(choose("identity;q=0.5, *;q=0") == identity);
}

TEST_CASE("a star stands for all that is not named, identity too")
{
    CHECK(choose("*") == br);
    CHECK(choose("*", {}) == identity);
    CHECK(choose("gzip;q=0.5, *;q=0.6") == br);
    CHECK(choose("gzip;q=0.5, *;q=0.4") == gzip);
    CHECK(choose("gzip;q=0.5, *;q=0.6", {gzip}) == identity);
}

TEST_CASE("malformed elements are passed over")
{
    for (auto bad :
         {"gzip;q=",     "gzip;q=2",     "gzip;q=1.001", "gzip;q=-1",  "gzip;q=.5", "gzip;q=0.1234",
          "gzip;q=0,5x", "gzip;q=01",    "gzip;q=10",    "gzip;q=11",  "gzip;q=a",  "gzip;x=1",
          "gzip;",       "gzip;q=1;q=0", "gzip;q =1",    "gzip;q= 1",  "gz ip",     "gzip;q=\"1\"",
          "\"gzip\"",    "gzip\"",       "gzip;q=0x1",   "gzip;q=1e0", "gzip q=1"}) {
        CAPTURE(bad);
        auto chosen = choose(bad, {gzip});
        // "gzip;q=0,5x" is two elements, the first of them a refusal
        CHECK(chosen == identity);
        CHECK(choose(std::string("zstd, ") + bad) == zstd);
    }
    CHECK(choose("gzip;q=0., br;q=0") == identity);
    CHECK(choose("gzip;q=1.") == gzip);
    CHECK(choose("identity;q=none") == identity);
}

TEST_CASE("of two elements for one coding the first counts")
{
    CHECK(choose("gzip, gzip;q=0") == gzip);
    CHECK(choose("gzip;q=0, x-gzip") == identity);
    CHECK(choose("*;q=0, *", {gzip}) == std::nullopt);
}
