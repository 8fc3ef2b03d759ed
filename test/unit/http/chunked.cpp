#include "pier/http/chunked.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace pier::http;
using state = chunked_decoder::state;

namespace {

struct reading {
    std::string body;
    state end = state::need_more;
    chunked_error error = chunked_error::none;
    std::size_t consumed = 0; // of the whole input

    friend bool operator==(const reading&, const reading&) = default;
};

/// Feeds the pieces one after the other until the decoder has had enough.
reading read(const std::vector<std::string_view>& pieces, const chunked_limits& limits = {})
{
    chunked_decoder decoder(limits);
    reading result;
    for (std::string_view in : pieces) {
        while (true) {
            auto step = decoder.decode(in);
            REQUIRE(step.consumed <= in.size());
            REQUIRE(step.data.empty() == (step.now != state::data));
            if (!step.data.empty())
                REQUIRE((step.data.data() >= in.data() &&
                         step.data.data() + step.data.size() <= in.data() + step.consumed));
            result.body += step.data;
            result.consumed += step.consumed;
            result.end = step.now;
            in.remove_prefix(step.consumed);
            if (step.now == state::need_more)
                REQUIRE(in.empty());
            if (step.now != state::data)
                break;
        }
        if (result.end == state::done || result.end == state::error)
            break;
    }
    result.error = decoder.error();
    CHECK((result.error != chunked_error::none) == (result.end == state::error));
    return result;
}

/// The input whole, in single bytes, and split in two at every byte: all read the same.
reading read_every_way(std::string_view in, const chunked_limits& limits = {})
{
    auto whole = read({in}, limits);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < in.size(); ++i)
        bytes.push_back(in.substr(i, 1));
    CHECK(read(bytes, limits) == whole);
    for (std::size_t i = 0; i <= in.size(); ++i) {
        CAPTURE(i);
        CHECK(read({in.substr(0, i), in.substr(i)}, limits) == whole);
    }
    return whole;
}

chunked_error error_of(std::string_view in, const chunked_limits& limits = {})
{
    auto result = read_every_way(in, limits);
    CHECK(result.end == state::error);
    return result.error;
}

std::string body_of(std::string_view in, const chunked_limits& limits = {})
{
    auto result = read_every_way(in, limits);
    CHECK(result.end == state::done);
    CHECK(result.consumed == in.size());
    return result.body;
}

} // namespace

TEST_CASE("chunks make up a body")
{
    CHECK(body_of("0\r\n\r\n").empty());
    CHECK(body_of("5\r\nhello\r\n0\r\n\r\n") == "hello");
    CHECK(body_of("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n") == "hello world");
    CHECK(body_of("a\r\n0123456789\r\nA\r\n0123456789\r\n00000\r\n\r\n") == "01234567890123456789");
    CHECK(body_of("0000000000000003\r\n\r\n0\r\n0\r\n\r\n") == "\r\n0");
}

TEST_CASE("a body that has not ended wants more")
{
    std::string_view whole = "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto result = read_every_way(whole.substr(0, size));
        CAPTURE(size);
        CHECK(result.end == state::need_more);
        CHECK(result.consumed == size);
    }
}

TEST_CASE("what follows the body is left alone")
{
    auto result = read_every_way("1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
    CHECK(result.end == state::done);
    CHECK(result.body == "x");
    CHECK(result.consumed == 11);

    chunked_decoder decoder;
    CHECK(decoder.decode("0\r\n\r\n").now == state::done);
    auto again = decoder.decode("5\r\nhello");
    CHECK(again.now == state::done);
    CHECK(again.consumed == 0);
}

TEST_CASE("an error is final")
{
    chunked_decoder decoder;
    CHECK(decoder.decode("x").now == state::error);
    auto again = decoder.decode("0\r\n\r\n");
    CHECK(again.now == state::error);
    CHECK(again.consumed == 0);
}

TEST_CASE("sizes are hexadecimal digits and nothing else")
{
    for (auto bad : {"\r\n", " 5\r\n", "+5\r\n", "-5\r\n", "0x5\r\n", "5x\r\n", "g\r\n", "5 5\r\n", "5 \r\n",
                     "5\t\r\n", "5,\r\n", "5\n", "\n", ";a\r\n", "5.0\r\n", "\"5\"\r\n", "5h\r\n"}) {
        CAPTURE(bad);
        CHECK(error_of(bad) == chunked_error::size);
        CHECK(error_of(std::string("1\r\nx\r\n") + bad) == chunked_error::size);
    }
    CHECK(error_of(std::string_view("5\0\r\n", 4)) == chunked_error::size);
}

TEST_CASE("sizes stay below 2^63, and below 17 digits")
{
    auto largest = read_every_way("7fffffffffffffff\r\nabc");
    CHECK(largest.end == state::need_more);
    CHECK(largest.body == "abc");
    for (auto bad : {"8000000000000000\r\n", "ffffffffffffffff\r\n", "10000000000000000\r\n",
                     "00000000000000000\r\n", "10000000000000005\r\n"}) {
        CAPTURE(bad);
        CHECK(error_of(bad) == chunked_error::size_overflow);
    }
}

TEST_CASE("lines end in CRLF, and so does each chunk's data")
{
    CHECK(error_of("5\rhello") == chunked_error::line_end);
    CHECK(error_of("5\r\r\nhello") == chunked_error::line_end);
    CHECK(error_of("5\r\nhello0\r\n\r\n") == chunked_error::line_end);
    CHECK(error_of("5\r\nhello\n0\r\n\r\n") == chunked_error::line_end);
    CHECK(error_of("5\r\nhello\r0\r\n\r\n") == chunked_error::line_end);
    CHECK(error_of("5\r\nhello!\r\n0\r\n\r\n") == chunked_error::line_end);
    CHECK(error_of("0\r\n\rX") == chunked_error::line_end);
    CHECK(error_of("0\r\nA: b\rC: d\r\n\r\n") == chunked_error::line_end);
    CHECK(error_of("0\r\n\n") == chunked_error::trailer);
}

TEST_CASE("extensions are passed over")
{
    CHECK(body_of("5;a\r\nhello\r\n0;b=\"c;d\"\r\n\r\n") == "hello");
    CHECK(body_of("5 \t; a = b\r\nhello\r\n0 ;\r\n\r\n") == "hello");
    for (auto bad : {"5;a\nhello\r\n0\r\n\r\n", "5;\x01\r\n", "5;\"a\n\"\r\n", "5;\x7f\r\n"}) {
        CAPTURE(bad);
        CHECK(error_of(bad) == chunked_error::extension);
    }
    CHECK(error_of(std::string_view("5;\0\r\n", 5)) == chunked_error::extension);
    CHECK(error_of("5;a\rb\r\n") == chunked_error::line_end);
}

TEST_CASE("extensions are bounded, by chunk and in all")
{
    chunked_limits limits;
    limits.chunk_extension = 4;
    limits.all_extensions = 10;
    CHECK(body_of("1;abc\r\nx\r\n1;abc\r\nx\r\n0;b\r\n\r\n", limits) == "xx");
    CHECK(error_of("1;abcd\r\n", limits) == chunked_error::extension_limit);
    CHECK(error_of("1     ;\r\n", limits) == chunked_error::extension_limit);
    CHECK(error_of("1;abc\r\nx\r\n1;abc\r\nx\r\n0;bc\r\n\r\n", limits) == chunked_error::extension_limit);

    // one that never ends
    chunked_decoder decoder;
    CHECK(decoder.decode("5;").now == state::need_more);
    CHECK(decoder.decode(std::string(255, 'a')).now == state::need_more);
    CHECK(decoder.decode("a").now == state::error);
    // many that are short
    std::string many;
    for (int i = 0; i < 8192; ++i)
        many += "1;a\r\nx\r\n";
    CHECK(read({many, "0\r\n\r\n"}).end == state::done);
    CHECK(read({many, "1;a\r\nx\r\n0\r\n\r\n"}).error == chunked_error::extension_limit);
}

TEST_CASE("trailer fields are checked and dropped")
{
    CHECK(body_of("1\r\nx\r\n0\r\nDigest: abc\r\nEmpty:\r\nContent-Length: 7\r\n\r\n") == "x");
    for (auto bad : {"0\r\n: x\r\n\r\n", "0\r\nA b: x\r\n\r\n", "0\r\nA : x\r\n\r\n", "0\r\n A: x\r\n\r\n",
                     "0\r\nA: x\r\n y\r\n\r\n", "0\r\nA: x\n\r\n", "0\r\nA\r\n\r\n", "0\r\nA: \x01\r\n\r\n",
                     "0\r\nGET / HTTP/1.1\r\n\r\n"}) {
        CAPTURE(bad);
        CHECK(error_of(bad) == chunked_error::trailer);
    }
}

TEST_CASE("the trailer section is bounded")
{
    chunked_limits limits;
    limits.trailer_section = 12;
    CHECK(body_of("0\r\nA: b\r\nC: d\r\n\r\n", limits).empty());
    CHECK(error_of("0\r\nA: b\r\nC: de\r\n\r\n", limits) == chunked_error::trailer_limit);
    limits.trailer_section = 0;
    CHECK(body_of("0\r\n\r\n", limits).empty());
    CHECK(error_of("0\r\nA: b\r\n\r\n", limits) == chunked_error::trailer_limit);

    chunked_decoder decoder;
    CHECK(decoder.decode("0\r\nA:").now == state::need_more);
    CHECK(decoder.decode(std::string(8190, 'b')).now == state::need_more);
    CHECK(decoder.decode("b").now == state::error);
    CHECK(decoder.error() == chunked_error::trailer_limit);
}

TEST_CASE("data comes in views of the input, as large as it has them")
{
    chunked_decoder decoder;
    std::string_view in = "a\r\n01234";
    auto step = decoder.decode(in);
    CHECK(step.now == state::data);
    CHECK(step.consumed == in.size());
    CHECK(step.data.data() == in.data() + 3);
    CHECK(step.data == "01234");
    step = decoder.decode("56789\r\n0\r\n");
    CHECK(step.data == "56789");
    CHECK(step.consumed == 5);
}

TEST_CASE("what is encoded can be decoded")
{
    chunk_size_buffer buffer;
    CHECK(format_chunk_size(1, buffer) == "1\r\n");
    CHECK(format_chunk_size(0x1a2b, buffer) == "1a2b\r\n");
    CHECK(format_chunk_size(~0ull, buffer) == "ffffffffffffffff\r\n");
    std::string body, wire;
    for (std::size_t size : {1u, 15u, 16u, 255u, 256u, 5000u}) {
        std::string data(size, static_cast<char>('a' + size % 26));
        body += data;
        wire += format_chunk_size(size, buffer);
        wire += data;
        wire += chunk_end;
    }
    wire += last_chunk;
    auto result = read({wire});
    CHECK(result.end == state::done);
    CHECK(result.body == body);
}
