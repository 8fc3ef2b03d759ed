#include "check.hpp"
#include "pier/get/decoder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

// The first byte chooses the coding and how the rest is split.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::get;
    constexpr const char* codings[] = {"gzip", "deflate", "br", "zstd"};
    if (size == 0)
        return 0;
    auto d = decoder::make(codings[data[0] % 4], {100, 1 << 16});
    std::size_t pieces = data[0] / 4u + 1;
    std::span<const char> in(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::array<char, 4096> out;
    std::uint64_t produced = 0;
    for (;;) {
        auto piece = in.first(std::min(pieces, in.size()));
        auto step = d->decode(piece, out);
        check(step.consumed <= piece.size() && step.produced <= out.size());
        produced += step.produced;
        in = in.subspan(step.consumed);
        if (step.wrong != decoder::error::none || (in.empty() && step.produced < out.size()))
            break;
    }
    check(produced <= (1 << 16) + 100 * size + out.size());
    return 0;
}
