#include "pier/net/stream.hpp"

#include "../socket_pair.hpp"
#include "../temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <optional>
#include <string>

using namespace pier::net;

namespace {

struct peers {
    socket_pair ends;
    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    stream near{context, std::move(ends.near)};

    std::string read(std::size_t most = 100)
    {
        std::string bytes(most, '?');
        auto got = near.read_some(bytes);
        CHECK_FALSE(got.failed());
        bytes.resize(got.bytes);
        return bytes;
    }
};

iovec piece_of(const std::string& text)
{
    return {const_cast<char*>(text.data()), text.size()};
}

} // namespace

TEST_CASE("a short read says that the socket is empty")
{
    peers p;
    CHECK(p.near.may_have_input()); // nobody knows yet
    p.ends.send("hello");
    CHECK(p.read(3) == "hel");
    CHECK(p.near.may_have_input()); // a full buffer: there may be more
    CHECK(p.read(3) == "lo");
    CHECK_FALSE(p.near.may_have_input());
    p.near.expect_input();
    CHECK(p.near.may_have_input());
    char byte;
    auto nothing = p.near.read_some({&byte, 1});
    CHECK(nothing.would_block());
    CHECK_FALSE(nothing.failed());
    CHECK_FALSE(p.near.may_have_input());
}

TEST_CASE("the end of the stream is no bytes and no error, again and again")
{
    peers p;
    p.ends.send("x");
    p.ends.far.reset();
    CHECK(p.read() == "x");
    for (int i = 0; i < 2; ++i) {
        char byte;
        auto end = p.near.read_some({&byte, 1});
        CHECK(end.bytes == 0);
        CHECK_FALSE(end.error);
        CHECK(p.near.may_have_input());
    }
}

TEST_CASE("whether the peer has finished can be asked without taking bytes")
{
    peers p;
    CHECK_FALSE(p.near.peer_has_finished());
    p.ends.send("x");
    ::shutdown(p.ends.far.get(), SHUT_WR);
    CHECK_FALSE(p.near.peer_has_finished()); // not before its last bytes are read
    CHECK(p.read() == "x");
    CHECK(p.near.peer_has_finished());
    CHECK(p.near.peer_has_finished());
}

TEST_CASE("pieces are gathered in one write")
{
    peers p;
    std::string one = "one", empty, two = "two";
    const iovec three[] = {piece_of(one), piece_of(empty), piece_of(two)};
    CHECK(p.near.write_some(three).bytes == 6);
    CHECK(p.near.write_some({three, 1}, true).bytes == 3);
    CHECK(p.ends.received() == "onetwoone");
}

TEST_CASE("a full socket would block, a peer that has gone is an error and no signal")
{
    peers p;
    std::string block(1 << 20, 'x');
    const iovec pieces[] = {piece_of(block), piece_of(block)};
    io_result last;
    for (int i = 0; i < 1000 && !last.error; ++i)
        last = p.near.write_some(pieces);
    CHECK(last.would_block());
    CHECK_FALSE(last.failed());
    p.ends.far.reset();
    CHECK(p.near.write_some(pieces).failed());
    CHECK(p.near.write_some({pieces, 1}).failed());
}

TEST_CASE("files are sent from where they are told, and their end is no bytes")
{
    temporary_folder folder;
    folder.write("file", "0123456789");
    pier::unique_fd file(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
    peers p;
    CHECK(p.near.send_file(file.get(), 2, 3).bytes == 3);
    CHECK(p.near.send_file(file.get(), 8, 100).bytes == 2);
    auto beyond = p.near.send_file(file.get(), 10, 1);
    CHECK(beyond.bytes == 0);
    CHECK_FALSE(beyond.error);
    CHECK(p.ends.received() == "23489");
    CHECK(p.near.send_file(-1, 0, 1).failed());
}

namespace {

task<> read_twice(stream& from, std::string& all, std::optional<error_code>& ended)
{
    for (;;) {
        char bytes[16];
        auto got = from.read_some(bytes);
        all.append(bytes, got.bytes);
        if (got.bytes == 0 && !got.would_block())
            co_return;
        if (from.may_have_input())
            continue;
        auto [error] = co_await from.readable();
        if (error) {
            ended = error;
            co_return;
        }
    }
}

} // namespace

TEST_CASE("a reader that waits after short reads only misses nothing")
{
    peers p;
    std::string all;
    std::optional<error_code> ended;
    asio::co_spawn(p.context, read_twice(p.near, all, ended), [](std::exception_ptr) {});
    std::string expected;
    for (std::size_t size : {1u, 15u, 16u, 17u, 1u, 64u, 1000u}) {
        p.context.poll();
        p.context.restart();
        p.ends.send(std::string(size, 'x'));
        expected.append(size, 'x');
        p.context.poll();
        p.context.restart();
        CHECK(all == expected);
    }
    SECTION("until the peer leaves")
    {
        ::shutdown(p.ends.far.get(), SHUT_WR);
        p.context.run();
        CHECK_FALSE(ended);
    }
    SECTION("until it is cancelled")
    {
        p.near.cancel();
        p.context.run();
        CHECK(ended == asio::error::operation_aborted);
        CHECK(p.near.native_handle() >= 0);
    }
    SECTION("until it is shut down")
    {
        p.near.shutdown();
        p.context.run();
        CHECK(ended == asio::error::operation_aborted);
        char byte;
        CHECK(::recv(p.ends.far.get(), &byte, 1, MSG_DONTWAIT) == 0);
    }
    SECTION("until it is closed")
    {
        p.near.close();
        p.context.run();
        CHECK(ended == asio::error::operation_aborted);
        CHECK(p.near.native_handle() < 0);
        p.near.close();
    }
}

TEST_CASE("the peer sees the end when sending is shut down, and may still speak")
{
    peers p;
    p.near.shutdown_send();
    char byte;
    CHECK(::recv(p.ends.far.get(), &byte, 1, MSG_DONTWAIT) == 0);
    p.ends.send("x");
    CHECK(p.read() == "x");
}
