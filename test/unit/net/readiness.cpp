#include "pier/net/readiness.hpp"

#include "../socket_pair.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace pier::net;

namespace {

/// One thread, as a shard has it.
struct waiting {
    socket_pair ends;
    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    readiness ready{context};
    std::optional<error_code> result;

    ~waiting() { ready.release(ends.near.get()); }

    void wait(readiness::kind what = readiness::read)
    {
        result.reset();
        ready.wait(ends.near.get(), what, [this](error_code ec) { result = ec; });
        CHECK_FALSE(result); // never from within wait()
    }
    /// Runs what is ready; false if the wait goes on.
    bool completes()
    {
        context.restart();
        context.poll();
        return result.has_value();
    }
    void read_all()
    {
        char bytes[64];
        while (::recv(ends.near.get(), bytes, sizeof bytes, 0) > 0) {
        }
    }
};

} // namespace

TEST_CASE("a wait completes when bytes arrive, not before")
{
    waiting w;
    w.wait();
    CHECK_FALSE(w.completes());
    w.ends.send("x");
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
}

TEST_CASE("bytes that were there before the first wait complete it")
{
    waiting w;
    w.ends.send("x");
    w.wait();
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
}

TEST_CASE("what is forgotten is known again at the next wait")
{
    waiting w;
    w.ready.forget(w.ends.near.get()); // not known yet
    w.wait();
    w.ends.send("x");
    REQUIRE(w.completes());
    w.ready.forget(w.ends.near.get());
    w.read_all();
    w.ends.send("y"); // nobody hears of it now
    w.wait();
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
    w.read_all();
    w.wait();
    CHECK_FALSE(w.completes());
    w.ready.forget(w.ends.near.get());
    REQUIRE(w.completes());
    CHECK(*w.result == asio::error::operation_aborted);
}

TEST_CASE("an edge is used up by its wait")
{
    waiting w;
    w.ends.send("x");
    w.wait();
    REQUIRE(w.completes());
    // the byte is still there, but its edge has been told
    w.wait();
    CHECK_FALSE(w.completes());
    w.read_all();
    w.ends.send("y");
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
}

TEST_CASE("an edge that came while nobody waited is remembered")
{
    waiting w;
    w.ends.send("x");
    w.wait();
    REQUIRE(w.completes());
    w.read_all();
    w.ends.send("y");
    w.result.reset();
    CHECK_FALSE(w.completes()); // the loop sees the edge; nobody waits
    w.wait();
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
    w.wait(); // remembered once, not for ever
    CHECK_FALSE(w.completes());
    w.ready.cancel();
    CHECK(w.completes());
}

TEST_CASE("a peer that leaves is an edge")
{
    waiting w;
    w.wait();
    CHECK_FALSE(w.completes());
    ::shutdown(w.ends.far.get(), SHUT_WR);
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
}

TEST_CASE("a full socket becomes writable when the peer reads")
{
    waiting w;
    std::string block(65536, 'x');
    while (::send(w.ends.near.get(), block.data(), block.size(), MSG_NOSIGNAL) > 0) {
    }
    REQUIRE(errno == EAGAIN);
    w.wait(readiness::write);
    if (w.completes()) // a wait may complete for nothing
        w.wait(readiness::write);
    CHECK_FALSE(w.completes());
    CHECK(w.ends.received().size() > 0);
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
}

TEST_CASE("cancel() ends a wait, and every later one until resume()")
{
    waiting w;
    w.wait();
    CHECK_FALSE(w.completes());
    w.ready.cancel();
    CHECK(w.ready.cancelled());
    REQUIRE(w.completes());
    CHECK(*w.result == asio::error::operation_aborted);
    w.ends.send("x"); // bytes change nothing about that
    for (auto kind : {readiness::read, readiness::write}) {
        w.wait(kind);
        REQUIRE(w.completes());
        CHECK(*w.result == asio::error::operation_aborted);
    }
    w.ready.resume();
    CHECK_FALSE(w.ready.cancelled());
    w.wait();
    REQUIRE(w.completes());
    CHECK_FALSE(*w.result);
}

TEST_CASE("cancel() before the first wait counts as well")
{
    waiting w;
    w.ready.cancel();
    w.wait();
    REQUIRE(w.completes());
    CHECK(*w.result == asio::error::operation_aborted);
}

TEST_CASE("release() ends a pending wait, after which the descriptor may close")
{
    waiting w;
    w.wait();
    CHECK_FALSE(w.completes());
    w.ready.release(w.ends.near.get());
    w.ends.near.reset();
    REQUIRE(w.completes());
    CHECK(*w.result == asio::error::operation_aborted);
    w.ready.release(-1); // nothing is registered any more
}

TEST_CASE("a descriptor that cannot be waited for says so")
{
    waiting w;
    w.ends.near.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ::close(w.ends.near.release()); // closed behind its back
    w.wait();
    REQUIRE(w.completes());
    CHECK(*w.result);
}
