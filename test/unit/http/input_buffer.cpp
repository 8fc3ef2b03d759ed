#include "pier/http/input_buffer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using pier::http::input_buffer;
using pier::net::buffer_pool;

namespace {

struct pools {
    buffer_pool small{16, 4}, large{64, 4};
};

void put(input_buffer& in, std::string_view bytes, std::size_t least = 0)
{
    auto space = in.space(std::max(least, bytes.size()));
    REQUIRE(space.size() >= bytes.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    in.filled(bytes.size());
}

std::string letters(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += static_cast<char>('a' + i % 26);
    return text;
}

} // namespace

TEST_CASE("an empty buffer holds no block")
{
    pools p;
    p.small.give(p.small.take());
    input_buffer in(p.small, p.large);
    CHECK(in.empty());
    CHECK(in.view().empty());
    CHECK(p.small.spare() == 1);
    CHECK(in.space().size() == 16);
    CHECK(p.small.spare() == 0);
    in.release();
    CHECK(p.small.spare() == 1);
    CHECK(in.view().empty());
    in.release(); // which changes nothing
    CHECK(p.small.spare() == 1);
}

TEST_CASE("bytes are seen until they are consumed")
{
    pools p;
    input_buffer in(p.small, p.large);
    put(in, "hello");
    put(in, " world");
    CHECK(in.view() == "hello world");
    in.consume(6);
    CHECK(in.view() == "world");
    in.drop_back(2);
    CHECK(in.view() == "wor");
    in.consume(3);
    CHECK(in.empty());
    CHECK(in.space().size() == 16); // all of the block again
}

TEST_CASE("what is left moves to the front rather than to a larger block")
{
    pools p;
    input_buffer in(p.small, p.large);
    put(in, letters(16));
    in.consume(10);
    CHECK(in.space(10).size() == 10);
    CHECK(in.view() == letters(16).substr(10));
    put(in, "0123456789");
    CHECK(in.view() == letters(16).substr(10) + "0123456789");
    CHECK(p.small.spare() == 0);
}

TEST_CASE("a larger block takes over when it must, and the small one goes back")
{
    pools p;
    input_buffer in(p.small, p.large);
    put(in, letters(16));
    in.consume(4);
    auto space = in.space(5);
    CHECK(space.size() == 64 - 12);
    CHECK(in.view() == letters(16).substr(4));
    CHECK(p.small.spare() == 1);
    put(in, letters(52));
    CHECK(in.view() == letters(16).substr(4) + letters(52));

    // full: there is no more, and nothing past the block
    CHECK(in.space(1).empty());
    in.consume(60);
    CHECK(in.space(40).size() == 60);
    CHECK(in.view() == letters(52).substr(48));
    in.release();
    CHECK(p.large.spare() == 1);
    CHECK(p.small.spare() == 1);
    CHECK(in.empty());
}

TEST_CASE("a large wish is met at once, one too large as far as can be")
{
    pools p;
    {
        input_buffer in(p.small, p.large);
        CHECK(in.space(17).size() == 64);
        CHECK(p.small.spare() == 0);
        CHECK(in.space(1000).size() == 64);
    }
    CHECK(p.large.spare() == 1); // given back at the end
}

TEST_CASE("a stream of bytes comes through unharmed, whatever the sizes")
{
    pools p;
    input_buffer in(p.small, p.large);
    std::string sent = letters(5000), got;
    std::size_t at = 0;
    for (std::size_t round = 1; got.size() < sent.size(); ++round) {
        auto space = in.space(1 + round * 7 % 23);
        std::size_t n = std::min({space.size(), 1 + round * 5 % 31, sent.size() - at});
        std::copy_n(sent.begin() + static_cast<std::ptrdiff_t>(at), n, space.begin());
        in.filled(n);
        at += n;
        std::size_t used = std::min(in.view().size(), round * 11 % 29);
        got += in.view().substr(0, used);
        in.consume(used);
        if (in.empty() && round % 3 == 0)
            in.release();
    }
    CHECK(got == sent);
}

TEST_CASE("for a long wait it holds just what it has, and grows again")
{
    pools p;
    std::string text = letters(20);
    {
        input_buffer in(p.small, p.large);
        std::copy_n(text.begin(), 20, in.space(20).begin());
        in.filled(20);
        in.consume(5);
        std::size_t spare = p.small.spare() + p.large.spare();
        in.fit();
        CHECK(p.small.spare() + p.large.spare() == spare + 1); // the block is back
        CHECK(in.view() == text.substr(5));
        auto space = in.space(1);
        REQUIRE_FALSE(space.empty());
        space[0] = '!';
        in.filled(1);
        CHECK(in.view() == text.substr(5) + "!");
        in.fit();
        in.consume(16);
        in.fit(); // of nothing
        CHECK(in.empty());
        CHECK(in.space().size() >= 1);
    }
    input_buffer odd(p.small, p.large);
    odd.space(1);
    odd.filled(1);
    odd.fit();
    std::size_t spare = p.small.spare() + p.large.spare();
    odd.release(); // such a block is none of the pools'
    CHECK(p.small.spare() + p.large.spare() == spare);
}
