#include "../socket_pair.hpp"
#include "../temporary_folder.hpp"
#include "pier/net/stream.hpp"
#include "pier/net/tls_engine.hpp"
#include "tls_pair.hpp"

#include <algorithm>
#include <fcntl.h>

using namespace pier::net;

namespace {

/// Two streams over one pair of sockets; nobody waits: both are tried in turn.
struct tls_streams {
    socket_pair ends;
    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    ssl_context_ptr from_client = tls_pair::client_context(), from_server = tls_pair::server_context();
    stream server, client;

    tls_streams() : server(context, std::move(ends.near)), client(context, std::move(ends.far))
    {
        ::fcntl(client.native_handle(), F_SETFL, O_NONBLOCK);
        server.start_tls(tls_pair::open(from_server, true, TLS1_3_VERSION));
        client.start_tls(tls_pair::open(from_client, false, TLS1_3_VERSION));
    }

    void shake_hands()
    {
        tls_step c = tls_step::wants_read, s = c;
        for (int turns = 0; turns < 100 && (c != tls_step::done || s != tls_step::done); ++turns) {
            c = client.handshake();
            s = server.handshake();
        }
        REQUIRE(c == tls_step::done);
        REQUIRE(s == tls_step::done);
        CHECK(read(client).empty()); // the tickets
    }

    static io_result write(stream& to, std::string_view text, bool more = false)
    {
        const iovec piece{const_cast<char*>(text.data()), text.size()};
        return to.write_some({&piece, 1}, more);
    }

    /// Until nothing more is there.
    static std::string read(stream& from, std::size_t at_a_time = 5000)
    {
        std::string all, some(at_a_time, '?');
        for (;;) {
            auto got = from.read_some(some);
            all.append(some, 0, got.bytes);
            if (got.bytes == 0)
                return all;
        }
    }
};

} // namespace

TEST_CASE("streams with TLS shake hands and exchange plaintext")
{
    tls_streams s;
    CHECK(s.server.handshake() == tls_step::wants_read);
    s.shake_hands();
    CHECK(s.server.tls()->established());
    CHECK(s.write(s.client, "hello").bytes == 5);
    char room[3];
    CHECK(s.server.peek_some(room).bytes == 3);
    CHECK(s.server.read_some(room).bytes == 3);
    CHECK(s.server.may_have_input()); // in the engine, where no edge will tell
    CHECK(s.server.read_some(room).bytes == 2);
    CHECK_FALSE(s.server.may_have_input());
    CHECK(s.server.read_some(room).would_block());
    std::string a = "one", b = "two";
    const iovec pieces[] = {{a.data(), a.size()}, {b.data(), b.size()}};
    CHECK(s.server.write_some(pieces, true).bytes == 6);
    CHECK(s.read(s.client) == "onetwo");
}

TEST_CASE("a full socket blocks a stream with TLS, and nothing is lost or sent twice")
{
    tls_streams s;
    s.shake_hands();
    std::string text(5 << 20, 'x'), received;
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>('a' + i * i % 23);
    std::size_t written = 0, blocked = 0, offered = 1;
    while (received.size() < text.size()) {
        offered = offered * 7 % 1'000'003; // as a limit of the rate would have it
        auto rest = std::string_view(text).substr(written, std::max<std::size_t>(1, offered));
        auto put = rest.empty() ? io_result{} : s.write(s.server, rest);
        REQUIRE_FALSE(put.failed());
        written += put.bytes;
        blocked += put.would_block();
        if (put.would_block() || rest.empty())
            received += s.read(s.client, 1 + offered % 70'000);
    }
    CHECK(blocked > 3);
    CHECK(received == text);
}

TEST_CASE("files are encrypted on their way, and their end is no bytes")
{
    temporary_folder folder;
    std::string text(300'000, 'x');
    folder.write("file", text);
    pier::unique_fd file(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
    tls_streams s;
    s.shake_hands();
    std::string received;
    for (std::uint64_t at = 10; received.size() < text.size() - 10;) {
        auto put = s.server.send_file(file.get(), at, text.size() - at);
        REQUIRE_FALSE(put.failed());
        at += put.bytes;
        received += s.read(s.client);
    }
    CHECK(received == text.substr(10));
    auto beyond = s.server.send_file(file.get(), text.size(), 1);
    CHECK(beyond.bytes == 0);
    CHECK_FALSE(beyond.error);
    CHECK(s.server.send_file(-1, 0, 1).failed());
}

TEST_CASE("who closes says so first, and who breaks off does not")
{
    tls_streams s;
    s.shake_hands();
    CHECK(s.write(s.server, "last").bytes == 4);
    bool clean = true;
    SECTION("closed")
    {
        s.server.close();
    }
    SECTION("one direction")
    {
        s.server.shutdown_send();
        CHECK(s.write(s.client, "still heard").bytes == 11);
        CHECK(s.read(s.server) == "still heard");
    }
    SECTION("broken off")
    {
        s.server.shutdown();
        s.server.close();
        clean = false;
    }
    CHECK(s.read(s.client) == "last");
    CHECK(s.client.may_have_input());
    CHECK(s.client.peer_has_finished());
    CHECK(s.client.ended_cleanly() == clean);
    char byte;
    auto again = s.client.read_some({&byte, 1});
    CHECK(again.bytes == 0);
    CHECK_FALSE(again.error);
}

TEST_CASE("a handshake with somebody who closes or sends nonsense fails")
{
    tls_streams s;
    SECTION("closes")
    {
        s.client.stop_tls();
        s.client.close();
        CHECK(s.server.handshake() == tls_step::failed);
        CHECK(s.server.tls()->failure().what == tls_failure::kind::closed);
    }
    SECTION("nonsense")
    {
        s.client.stop_tls();
        s.write(s.client, "nonsense");
        CHECK(s.server.handshake() == tls_step::failed);
        CHECK(s.server.tls()->failure().what == tls_failure::kind::protocol);
    }
    SECTION("speaks plainly, and can be answered so")
    {
        s.client.stop_tls();
        s.write(s.client, "GET / HTTP/1.1\r\n\r\n");
        CHECK(s.server.handshake() == tls_step::failed);
        CHECK(s.server.tls()->failure().what == tls_failure::kind::plain);
        s.server.stop_tls();
        CHECK(s.write(s.server, "no").bytes == 2);
        CHECK(s.read(s.client) == "no");
    }
}
