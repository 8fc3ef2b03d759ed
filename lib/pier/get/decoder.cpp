#include "pier/get/decoder.hpp"

#include "pier/base/ascii.hpp"

#include <brotli/decode.h>
#include <new>
#include <zlib.h>
#include <zstd.h>

namespace pier::get {

namespace {

/// gzip (RFC 1952), which may be several members one after the other, and deflate: by its name the zlib
/// format (RFC 1950), in the wild also without its head.
class zlib_decoder final : public decoder {
public:
    zlib_decoder(bool gzip, decoder_limits limits) : decoder(limits), gzip_(gzip) {}
    ~zlib_decoder() override
    {
        if (open_)
            ::inflateEnd(&zlib_);
    }
    bool complete() const override { return ended_; }

private:
    static constexpr int largest_window = 15, with_gzip = 16;

    bool open(unsigned char first)
    {
        constexpr unsigned char method_mask = 0x0f, method_deflate = 8; // RFC 1950 2.2
        bool has_head = (first & method_mask) == method_deflate && (first >> 4) <= 7;
        open_ = ::inflateInit2(&zlib_, gzip_      ? largest_window + with_gzip
                                       : has_head ? largest_window
                                                  : -largest_window) == Z_OK;
        if (!open_)
            throw std::bad_alloc();
        return true;
    }

    bool run(std::span<const char> in, std::span<char> out, step& done) override
    {
        if (!open_ && !in.empty())
            open(static_cast<unsigned char>(in[0]));
        if (!open_)
            return true;
        if (ended_ && !in.empty() && (!gzip_ || ::inflateReset(&zlib_) != Z_OK))
            return false; // something follows what should be the end
        if (ended_ && in.empty())
            return true;
        ended_ = false;
        zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        zlib_.avail_in = static_cast<uInt>(in.size());
        zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
        zlib_.avail_out = static_cast<uInt>(out.size());
        int result = ::inflate(&zlib_, Z_NO_FLUSH);
        done.consumed = in.size() - zlib_.avail_in;
        done.produced = out.size() - zlib_.avail_out;
        ended_ = result == Z_STREAM_END;
        return ended_ || result == Z_OK || result == Z_BUF_ERROR;
    }

    z_stream zlib_{};
    const bool gzip_;
    bool open_ = false, ended_ = false;
};

class brotli_decoder final : public decoder {
public:
    explicit brotli_decoder(decoder_limits limits)
        : decoder(limits), state_(::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr))
    {
        if (!state_)
            throw std::bad_alloc();
    }
    ~brotli_decoder() override { ::BrotliDecoderDestroyInstance(state_); }
    bool complete() const override { return ::BrotliDecoderIsFinished(state_) != 0; }

private:
    bool run(std::span<const char> in, std::span<char> out, step& done) override
    {
        if (complete())
            return in.empty();
        std::size_t available_in = in.size(), available_out = out.size();
        auto next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        auto next_out = reinterpret_cast<std::uint8_t*>(out.data());
        auto result = ::BrotliDecoderDecompressStream(state_, &available_in, &next_in, &available_out,
                                                      &next_out, nullptr);
        done.consumed = in.size() - available_in;
        done.produced = out.size() - available_out;
        return result != BROTLI_DECODER_RESULT_ERROR;
    }

    BrotliDecoderState* state_;
};

class zstd_decoder final : public decoder {
public:
    explicit zstd_decoder(decoder_limits limits) : decoder(limits), state_(::ZSTD_createDStream())
    {
        constexpr int largest_window = 23; // RFC 9659 3: a server asks for no more memory than 8 MiB
        if (!state_ || ::ZSTD_isError(::ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, largest_window)))
            throw std::bad_alloc();
    }
    ~zstd_decoder() override { ::ZSTD_freeDStream(state_); }
    bool complete() const override { return frame_ended_; }

private:
    bool run(std::span<const char> in, std::span<char> out, step& done) override
    {
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        if (frame_ended_ && in.empty())
            return true;
        std::size_t result = ::ZSTD_decompressStream(state_, &output, &input);
        done.consumed = input.pos;
        done.produced = output.pos;
        frame_ended_ = result == 0; // another frame may follow (RFC 8878 3)
        return !::ZSTD_isError(result);
    }

    ZSTD_DStream* state_;
    bool frame_ended_ = false;
};

} // namespace

std::unique_ptr<decoder> decoder::make(std::string_view content_encoding, decoder_limits limits)
{
    std::string_view name = trim_ows(content_encoding);
    if (iequals(name, "gzip") || iequals(name, "x-gzip"))
        return std::make_unique<zlib_decoder>(true, limits);
    if (iequals(name, "deflate"))
        return std::make_unique<zlib_decoder>(false, limits);
    if (iequals(name, "br"))
        return std::make_unique<brotli_decoder>(limits);
    if (iequals(name, "zstd"))
        return std::make_unique<zstd_decoder>(limits);
    return nullptr;
}

decoder::step decoder::decode(std::span<const char> in, std::span<char> out)
{
    step done;
    if (!run(in, out, done)) {
        done.wrong = error::broken;
        return done;
    }
    consumed_ += done.consumed;
    produced_ += done.produced;
    if (produced_ > limits_.free && produced_ / limits_.expansion > consumed_)
        done.wrong = error::expansion;
    return done;
}

} // namespace pier::get
