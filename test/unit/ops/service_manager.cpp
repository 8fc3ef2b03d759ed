#include "pier/ops/service_manager.hpp"

#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>

using namespace pier;
using namespace pier::ops;

namespace {

constexpr int self = 77;

std::string passed(const char* pid, const char* count, const char* names)
{
    auto found = parse_passed(pid, count, names, self);
    if (!found)
        return "nonsense";
    std::string text;
    for (const auto& p : *found)
        text += std::to_string(p.fd) + "=" + p.name + " ";
    return text;
}

void clear()
{
    for (const char* name :
         {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID", "NOTIFY_SOCKET"})
        ::unsetenv(name);
}

} // namespace

TEST_CASE("descriptors are passed from 3 on, with names")
{
    CHECK(passed("77", "1", nullptr) == "3=unknown ");
    CHECK(passed("77", "2", "http:admin") == "3=http 4=admin ");
    CHECK(passed("77", "3", "http::x") == "3=http 4=unknown 5=x ");
    CHECK(passed("77", "2", "http") == "3=http 4=unknown ");
    CHECK(passed("77", "1", "http:too:many") == "3=http ");
    CHECK(passed("77", "0", "") == "");
}

TEST_CASE("descriptors of another process are not ours")
{
    CHECK(passed("78", "1", nullptr) == "");
    CHECK(passed(nullptr, "1", "x") == "");
    CHECK(passed("77", nullptr, "x") == "");
    CHECK(passed(nullptr, nullptr, nullptr) == "");
}

TEST_CASE("what no manager would pass is told apart from nothing")
{
    for (auto count : {"", "x", "-1", "1x", " 1", "1025", "99999999999999999999"})
        CHECK(passed("77", count, nullptr) == "nonsense");
    for (auto pid : {"", "x", "77 ", "99999999999999999999"})
        CHECK(passed(pid, "1", nullptr) == "nonsense");
    CHECK(parse_passed("77", "1024", nullptr, self)->size() == most_passed);
}

TEST_CASE("the watchdog is ours, or nobody's")
{
    using std::chrono::microseconds;
    CHECK(parse_watchdog("30000000", nullptr, self) == microseconds(30'000'000));
    CHECK(parse_watchdog("30000000", "77", self) == microseconds(30'000'000));
    CHECK(parse_watchdog("30000000", "78", self) == microseconds(0));
    CHECK(parse_watchdog(nullptr, "77", self) == microseconds(0));
    for (auto period : {"", "x", "-1", "1s", "99999999999"})
        CHECK(parse_watchdog(period, nullptr, self) == microseconds(0));
}

TEST_CASE("a notify socket is a path or an abstract name")
{
    auto path = parse_notify_socket("/run/notify");
    REQUIRE(path);
    CHECK(path->address.sun_path == std::string("/run/notify"));
    CHECK(path->size == offsetof(sockaddr_un, sun_path) + 12);
    auto abstract = parse_notify_socket("@name");
    REQUIRE(abstract);
    CHECK(std::memcmp(abstract->address.sun_path, "\0name", 5) == 0);
    CHECK(abstract->size == offsetof(sockaddr_un, sun_path) + 5);

    constexpr std::size_t most = sizeof(sockaddr_un::sun_path);
    CHECK(parse_notify_socket("/" + std::string(most - 2, 'x')));
    CHECK_FALSE(parse_notify_socket("/" + std::string(most - 1, 'x')));
    CHECK(parse_notify_socket("@" + std::string(most - 1, 'x')));
    CHECK_FALSE(parse_notify_socket("@" + std::string(most, 'x')));
    for (std::string_view text : {"", "/", "@", "relative", "vsock:2:1"})
        CHECK_FALSE(parse_notify_socket(text));
    CHECK_FALSE(parse_notify_socket(std::string_view("/a\0b", 4)));
}

TEST_CASE("the environment is read once and keeps nothing")
{
    clear();
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("WATCHDOG_USEC", "2000000", 1);
    auto manager = service_manager::from_environment();
    CHECK(manager->passed().empty());
    CHECK(manager->watchdog() == std::chrono::seconds(2));
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "WATCHDOG_USEC"})
        CHECK(std::getenv(name) == nullptr);

    ::setenv("LISTEN_PID", "me", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    CHECK_THROWS_AS(service_manager::from_environment(), fatal);
    CHECK(std::getenv("LISTEN_PID") == nullptr);
}

TEST_CASE("the manager hears what it is told")
{
    temporary_folder folder;
    auto address = parse_notify_socket((folder.path() / "notify").string());
    REQUIRE(address);
    unique_fd heard(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    REQUIRE(::bind(heard.get(), reinterpret_cast<sockaddr*>(&address->address), address->size) == 0);
    auto next = [&heard] {
        char text[256];
        auto n = ::recv(heard.get(), text, sizeof text, 0);
        return std::string(text, n > 0 ? static_cast<std::size_t>(n) : 0);
    };
    clear();
    ::setenv("NOTIFY_SOCKET", address->address.sun_path, 1);
    auto manager = service_manager::from_environment();
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
    manager->ready("serving");
    CHECK(next() == "READY=1\nSTATUS=serving");
    manager->stopping("ending");
    CHECK(next() == "STOPPING=1\nSTATUS=ending");
    manager->reloading();
    auto reloading = next();
    CHECK(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(reloading.find_first_not_of("0123456789", 27) == std::string::npos);
    CHECK(reloading.size() > 27);

    while (true) { // one that does not read holds us up for a moment, not for ever
        auto before = std::chrono::steady_clock::now();
        manager->notify("WATCHDOG=1");
        if (std::chrono::steady_clock::now() - before >= notify_patience / 2)
            break;
    }
    heard.reset(); // a manager that is gone is no trouble
    manager->notify("WATCHDOG=1");
    service_manager().notify("to nobody");
}
