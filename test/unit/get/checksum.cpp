#include "pier/get/checksum.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;

namespace {

constexpr const char* of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string sum_of(sum_kind kind, std::string_view content)
{
    summer s(kind);
    for (char c : content) // however it is split
        s.add({&c, 1});
    return to_hex(s.finish());
}

} // namespace

TEST_CASE("sums of content")
{
    CHECK(sum_of(sum_kind::sha256, "abc") == of_abc);
    CHECK(sum_of(sum_kind::md5, "abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(sum_of(sum_kind::sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(sum_of(sum_kind::sha384, "abc").starts_with("cb00753f45a35e8b"));
    CHECK(sum_of(sum_kind::sha512, "abc").starts_with("ddaf35a193617aba"));
}

TEST_CASE("a checksum as it is asked for")
{
    std::string why;
    auto sum = parse_checksum(std::string("SHA256:") + of_abc, why);
    REQUIRE(sum);
    CHECK(sum->kind == sum_kind::sha256);
    CHECK(to_hex(sum->bytes) == of_abc);
    CHECK_FALSE(is_weak(sum->kind));
    CHECK(is_weak(parse_checksum("md5:900150983cd24fb0d6963f7d28e17f72", why)->kind));
    CHECK_FALSE(parse_checksum("sha256:00", why));
    CHECK(why == "is not sha256: and 64 hexadecimal digits");
    CHECK_FALSE(parse_checksum("sha256:" + std::string(64, 'x'), why));
    for (const char* bad : {"", "sha256", "crc32:00000000", of_abc}) {
        CHECK_FALSE(parse_checksum(bad, why));
        CHECK(why.find("ALGORITHM:HEX") != std::string::npos);
    }
}

TEST_CASE("Repr-Digest")
{
    // RFC 9530, appendix B.1
    auto sums = parse_repr_digest("sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:");
    REQUIRE(sums.size() == 1);
    CHECK(sums[0].bytes.size() == 32);
    CHECK(to_hex(sums[0].bytes).starts_with("778df9428fa7299fa02dc507"));
    CHECK(
        parse_repr_digest("md5=:AAAA:, sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:;x=1").size() ==
        1);
    for (const char* bad : {"", "sha-256", "sha-256=abc", "sha-256=:abc", "sha-256=:AAAA:", "sha-256=::",
                            "sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGP==:", "SHA-256=:AAAA:"})
        CHECK(parse_repr_digest(bad).empty());
}
