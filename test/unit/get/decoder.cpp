#include "pier/get/decoder.hpp"

#include <catch2/catch.hpp>

#include <brotli/encode.h>
#include <string>
#include <zlib.h>
#include <zstd.h>

using namespace pier::get;

namespace {

std::string deflated(const std::string& text, int window)
{
    z_stream zlib{};
    REQUIRE(::deflateInit2(&zlib, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(::deflateBound(&zlib, text.size()) + 32, '\0');
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    zlib.avail_in = static_cast<uInt>(text.size());
    zlib.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::deflate(&zlib, Z_FINISH) == Z_STREAM_END);
    out.resize(out.size() - zlib.avail_out);
    ::deflateEnd(&zlib);
    return out;
}

std::string gzip(const std::string& text)
{
    return deflated(text, 15 + 16);
}

std::string brotli(const std::string& text)
{
    std::size_t size = ::BrotliEncoderMaxCompressedSize(text.size());
    std::string out(size, '\0');
    REQUIRE(::BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, text.size(),
                                    reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(out.data())));
    out.resize(size);
    return out;
}

std::string zstd(const std::string& text)
{
    std::string out(::ZSTD_compressBound(text.size()), '\0');
    out.resize(::ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

struct decoded {
    std::string text;
    decoder::error wrong = decoder::error::none;
    bool complete = false;
};

/// With so many bytes of input, and of room, at once.
decoded decode(const char* coding, std::string_view in, std::size_t pieces, std::size_t room,
               decoder_limits limits = {})
{
    auto d = decoder::make(coding, limits);
    REQUIRE(d);
    decoded result;
    std::string out(room, '\0');
    while (result.wrong == decoder::error::none) {
        auto piece = in.substr(0, pieces);
        auto step = d->decode({piece.data(), piece.size()}, out);
        result.text.append(out, 0, step.produced);
        result.wrong = step.wrong;
        in.remove_prefix(step.consumed);
        if (in.empty() && step.produced < room)
            break;
    }
    result.complete = d->complete();
    return result;
}

std::string sample()
{
    std::string text;
    for (int i = 0; i < 2000; ++i)
        text += "line " + std::to_string(i * i) + "\n";
    return text;
}

} // namespace

TEST_CASE("what was compressed comes back, however it is split")
{
    const std::string text = sample();
    const std::pair<const char*, std::string> all[] = {{"gzip", gzip(text)},
                                                       {"X-GZip", gzip(text)},
                                                       {"deflate", deflated(text, 15)},
                                                       {"deflate", deflated(text, -15)},
                                                       {"br", brotli(text)},
                                                       {"zstd", zstd(text)}};
    for (const auto& [coding, compressed] : all)
        for (std::size_t pieces : {1, 2, 7, 100'000})
            for (std::size_t room : {1, 1000, 100'000}) {
                auto got = decode(coding, compressed, pieces, room);
                CHECK(got.wrong == decoder::error::none);
                CHECK(got.text == text);
                CHECK(got.complete);
            }
}

TEST_CASE("several members are one content")
{
    CHECK(decode("gzip", gzip("one ") + gzip("two"), 3, 100).text == "one two");
    CHECK(decode("zstd", zstd("one ") + zstd("two"), 3, 100).text == "one two");
}

TEST_CASE("compressed content that ends early is not complete")
{
    const std::string text = sample();
    for (const auto& [coding, whole] :
         {std::pair{"gzip", gzip(text)}, std::pair{"deflate", deflated(text, 15)},
          std::pair{"br", brotli(text)}, std::pair{"zstd", zstd(text)}})
        for (std::size_t cut : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
            auto got = decode(coding, std::string_view(whole).substr(0, cut), 100, 1000);
            CHECK(got.wrong == decoder::error::none);
            CHECK_FALSE(got.complete);
        }
}

TEST_CASE("compressed content that is broken")
{
    for (const char* coding : {"gzip", "deflate", "br", "zstd"})
        CHECK(decode(coding, "\xff\xff\xff\xff this is not compressed", 100, 1000).wrong ==
              decoder::error::broken);
    CHECK(decode("gzip", gzip("x") + "garbage", 100, 1000).wrong == decoder::error::broken);
    CHECK(decode("br", brotli("x") + "garbage", 100, 1000).wrong == decoder::error::broken);
    auto wrong_sum = gzip(sample());
    wrong_sum[wrong_sum.size() - 8] ^= 1;
    CHECK(decode("gzip", wrong_sum, 100, 1000).wrong == decoder::error::broken);
}

TEST_CASE("a bomb is not let off")
{
    decoder_limits limits{100, 1 << 20};
    const std::string zeros(8 << 20, '\0');
    for (const auto& [coding, bomb] :
         {std::pair{"gzip", gzip(zeros)}, std::pair{"br", brotli(zeros)}, std::pair{"zstd", zstd(zeros)}}) {
        auto got = decode(coding, bomb, 100, 65536, limits);
        CHECK(got.wrong == decoder::error::expansion);
        CHECK(got.text.size() <= (1 << 20) + 65536);
    }
    CHECK(decode("gzip", gzip(zeros), 4096, 65536, {2000, 1 << 20}).complete);
    CHECK(decode("gzip", gzip(zeros), 4096, 65536).complete); // below what is free
}

TEST_CASE("codings that nobody asked for")
{
    for (const char* other : {"", "identity", "compress", "gzip, gzip", "aes128gcm"})
        CHECK_FALSE(decoder::make(other));
}
