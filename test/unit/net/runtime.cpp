#include "pier/net/runtime.hpp"

#include "pier/base/sanitized.hpp"
#include "pier/net/service.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#ifndef PIER_SANITIZED // sanitizers need more room than is left here, and threads that no fork copies

using namespace pier;
using namespace pier::net;
using namespace std::chrono_literals;

namespace {

class nobody : public stream_service {
public:
    task<> serve(session&) override { co_return; }
    void refuse(int) override {}
};

class slow_list : public ops::reloadable {
public:
    void reload() override { std::this_thread::sleep_for(500ms); }
};

void add_service(runtime& to)
{
    to.add({.scheme = "test"}, {endpoint::loopback(0)}, [](shard&) { return std::make_unique<nobody>(); });
}

/// While it lives there is room for two threads more: each gets a stack of a gigabyte, of which there are
/// not three.
class scarce_threads {
public:
    scarce_threads()
    {
        ::pthread_getattr_default_np(&before_);
        pthread_attr_t large;
        ::pthread_getattr_default_np(&large);
        ::pthread_attr_setstacksize(&large, gigabyte);
        ::pthread_setattr_default_np(&large);
        ::pthread_attr_destroy(&large);
        ::getrlimit(RLIMIT_AS, &limit_);
        rlimit lower = limit_;
        lower.rlim_cur = mapped() + 2 * gigabyte + gigabyte / 2;
        ::setrlimit(RLIMIT_AS, &lower);
    }
    ~scarce_threads()
    {
        ::setrlimit(RLIMIT_AS, &limit_);
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&before_);
    }

private:
    static std::size_t mapped()
    {
        std::size_t pages = 0;
        if (auto* statm = std::fopen("/proc/self/statm", "re")) {
            (void)!std::fscanf(statm, "%zu", &pages);
            std::fclose(statm);
        }
        return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    }

    static constexpr std::size_t gigabyte = std::size_t{1} << 30;
    pthread_attr_t before_;
    rlimit limit_{};
};

class silence {
public:
    silence() { ops::set_log_level(ops::level::off); }
    ~silence() { ops::set_log_level(before_); }

private:
    const ops::level before_ = ops::log_level();
};

constexpr int returned = 42;

/// A process of its own, which is told to stop and whose main thread is held up until both is there: its
/// shard has ended, and the drain's time is over.
[[noreturn]] void stop_late()
{
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    silence quiet;
    runtime_config config;
    config.threads = 1;
    config.drain = 50ms;
    runtime r(config);
    add_service(r);
    r.on_reload(std::make_shared<slow_list>());
    ::raise(SIGHUP);
    r.stop();
    int code = r.run();
    ::_exit(code == ops::exit_ok ? returned : code);
}

} // namespace

TEST_CASE("a runtime without its threads says so, and lets those go that it has")
{
    silence quiet;
    runtime_config config;
    config.threads = 8;
    runtime r(config);
    add_service(r);
    scarce_threads scarce;
    try {
        r.run();
        FAIL("it runs");
    } catch (const ops::fatal& e) {
        CHECK(e.code() == ops::exit_os);
        CHECK(std::string(e.what()).starts_with("cannot start 8 threads: "));
        CHECK(std::string(e.what()).ends_with("; see --threads"));
    }
}

TEST_CASE("a drain that is over when its time is over is over")
{
    pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
        stop_late();
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == returned); // it left by _exit(0) once it had waited in vain
}

#endif
