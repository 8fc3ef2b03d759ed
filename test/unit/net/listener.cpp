#include "pier/net/listener.hpp"

#include "../temporary_folder.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/service.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <future>

using namespace pier;
using namespace pier::net;

namespace {

class nobody : public stream_service {
public:
    task<> serve(session&) override { co_return; }
    void refuse(int) override {}
};

unique_fd connect_to(const endpoint& where)
{
    unique_fd fd(::socket(where.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(fd.get(), where.data(), where.size()) == 0);
    return fd;
}

/// How many of three waiting connections a listener takes that is stopped before it has had its turn, or
/// whose process has begun to drain.
int taken_at_the_end(listener::queue at_end, bool stopped = true)
{
    blocking_pool pool;
    process whole{connection_limit(10), pool};
    shard home(0, whole);
    nobody refuser;
    auto socket = listen_on(endpoint::loopback(0), {});
    auto where = bound_address(socket.get());
    unique_fd held(::dup(socket.get())); // the service manager's
    std::vector<unique_fd> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(connect_to(where));

    int taken = 0;
    listener l(
        home, std::move(socket), refuser, [&taken](unique_fd, const peer_address&) { ++taken; }, at_end);
    whole.draining = true;
    if (stopped)
        l.stop();
    asio::co_spawn(home.context(), l.run(), [](std::exception_ptr error) { CHECK_FALSE(error); });
    home.context().run();
    for (int i = taken; i < 3; ++i)
        CHECK(unique_fd(::accept4(held.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)));
    return taken;
}

int code_of_adopting(int fd)
{
    try {
        adopt({fd, "name"});
    } catch (const ops::fatal& e) {
        CHECK(std::string(e.what()).find(std::to_string(fd) + " (name)") != std::string::npos);
        return e.code();
    }
    return ops::exit_ok;
}

unique_fd fill(const endpoint& where, std::vector<unique_fd>& clients)
{
    unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(fd.get(), where.data(), where.size()) == 0);
    REQUIRE(::listen(fd.get(), 0) == 0);
    int error = 0;
    while (error == 0) {
        auto& client = clients.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        error = ::connect(client.get(), where.data(), where.size()) == 0 ? 0 : errno;
    }
    REQUIRE(error == EAGAIN);
    return fd;
}

} // namespace

TEST_CASE("a listener that stops empties its queue, or leaves it to others")
{
    CHECK(taken_at_the_end(listener::queue::empty) == 3);
    CHECK(taken_at_the_end(listener::queue::leave) == 0);
    CHECK(taken_at_the_end(listener::queue::leave, false) == 0);
}

TEST_CASE("a socket that is passed must listen to streams")
{
    auto good = listen_on(endpoint::loopback(0), {});
    auto where = adopt({good.get(), "name"});
    CHECK(where.inherited() == good.get());
    CHECK(where.to_string() == bound_address(good.get()).to_string());

    CHECK(code_of_adopting(unique_fd(::socket(AF_INET, SOCK_STREAM, 0)).get()) == ops::exit_unavailable);
    CHECK(code_of_adopting(unique_fd(::socket(AF_INET, SOCK_DGRAM, 0)).get()) == ops::exit_unavailable);
    CHECK(code_of_adopting(unique_fd(::socket(AF_UNIX, SOCK_SEQPACKET, 0)).get()) == ops::exit_unavailable);
    CHECK(code_of_adopting(1'000'000) == ops::exit_unavailable);
}

TEST_CASE("a listener that stops does not go on for those who reconnect at once")
{
    temporary_folder folder;
    auto where = *endpoint::parse("unix:" + (folder / "socket").string());
    blocking_pool pool;
    process whole{connection_limit(10), pool};
    shard home(0, whole);
    nobody refuser;
    auto socket = listen_on(where, {});
    constexpr int bound = listener::last_batches * listener::batch;
    int taken = 0;
    connect_to(where);
    listener l(home, std::move(socket), refuser, [&](unique_fd, const peer_address&) {
        if (++taken <= 2 * bound)
            connect_to(where);
    });
    l.stop();
    asio::co_spawn(home.context(), l.run(), [](std::exception_ptr error) { CHECK_FALSE(error); });
    home.context().run();
    CHECK(taken >= 1);
    CHECK(taken <= bound);
}

TEST_CASE("a unix socket whose queue is full is no stale one")
{
    temporary_folder folder;
    auto where = *endpoint::parse("unix:" + (folder / "socket").string());
    std::vector<unique_fd> clients;
    unique_fd busy = fill(where, clients);
    auto starting = std::async(std::launch::async, [&] {
        try {
            listen_on(where, {});
        } catch (const ops::fatal& e) {
            return e.code();
        }
        return ops::exit_ok;
    });
    bool at_once = starting.wait_for(std::chrono::seconds(5)) == std::future_status::ready;
    CHECK(at_once);
    CHECK(std::filesystem::exists(folder / "socket"));
    if (at_once)
        CHECK(starting.get() == ops::exit_unavailable);
    busy.reset(); // who waits for room gets to hear that there is none
}
