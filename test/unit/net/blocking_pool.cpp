#include "pier/net/blocking_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

/// What a piece of work waits for, so that a test can hold a thread of the pool.
struct gate {
    std::promise<void> open;
    std::shared_future<void> opened{open.get_future()};
};

} // namespace

TEST_CASE("work runs on another thread and completes at home")
{
    asio::io_context home;
    blocking_pool pool;
    std::thread::id worked, completed;
    std::optional<error_code> result;
    pool.run(
        home.get_executor(), [&] { worked = std::this_thread::get_id(); },
        [&](error_code ec) {
            result = ec;
            completed = std::this_thread::get_id();
        });
    CHECK_FALSE(result); // never from within run()
    home.run();          // waits for it: work under way keeps its home busy
    REQUIRE(result);
    CHECK_FALSE(*result);
    CHECK(worked != std::this_thread::get_id());
    CHECK(completed == std::this_thread::get_id());
}

namespace {

task<> ask_twice(blocking_pool& pool, executor home, int& sum)
{
    for (int i = 1; i <= 2; ++i) {
        auto work = [&sum, i] { sum += i; };
        auto running = pool.run(home, work, nothrow);
        auto [error] = co_await std::move(running);
        if (error)
            co_return;
    }
}

} // namespace

TEST_CASE("a coroutine waits for its work")
{
    asio::io_context home;
    blocking_pool pool;
    int sum = 0;
    asio::co_spawn(home, ask_twice(pool, home.get_executor(), sum), [](std::exception_ptr) {});
    home.run();
    CHECK(sum == 3);
}

TEST_CASE("a full queue refuses, without running the work")
{
    asio::io_context home;
    blocking_pool pool({.threads = 1, .queue = 2});
    gate g;
    std::latch started(1);
    int done = 0, refused = 0;
    std::atomic<int> ran = 0;
    auto complete = [&](error_code ec) {
        ++(ec ? refused : done);
        if (ec)
            CHECK(ec == asio::error::no_buffer_space);
    };
    pool.run(
        home.get_executor(),
        [&] {
            started.count_down();
            g.opened.wait();
        },
        complete);
    started.wait(); // the one thread is taken and the queue empty
    for (int i = 0; i < 5; ++i)
        pool.run(home.get_executor(), [&] { ++ran; }, complete);
    home.poll();
    CHECK(refused == 3);
    CHECK(done == 0);
    g.open.set_value();
    home.run();
    CHECK(done == 3);
    CHECK(ran == 2);
    // there is room again
    home.restart();
    pool.run(home.get_executor(), [&] { ++ran; }, complete);
    home.run();
    CHECK(ran == 3);
}

TEST_CASE("no more threads than allowed, and no fewer when they are needed")
{
    constexpr int most = 4;
    asio::io_context home;
    blocking_pool pool({.threads = most, .queue = 1000});
    gate g;
    std::latch all_at_work(most);
    std::mutex mutex;
    std::set<std::thread::id> threads;
    std::atomic<int> together = 0, largest = 0;
    auto work = [&](bool waits) {
        int now = ++together;
        for (int seen = largest; seen < now && !largest.compare_exchange_weak(seen, now);) {
        }
        {
            std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
        }
        if (waits) {
            all_at_work.count_down();
            g.opened.wait();
        }
        --together;
    };
    int done = 0;
    for (int i = 0; i < most; ++i)
        pool.run(home.get_executor(), [&] { work(true); }, [&](error_code) { ++done; });
    all_at_work.wait(); // which ends only if each has a thread of its own
    for (int i = 0; i < 100; ++i)
        pool.run(home.get_executor(), [&] { work(false); }, [&](error_code) { ++done; });
    g.open.set_value();
    home.run();
    CHECK(done == most + 100);
    CHECK(largest == most);
    CHECK(threads.size() == most);
}

TEST_CASE("idle threads leave, and others take their place")
{
    asio::io_context home;
    blocking_pool pool({.threads = 1, .linger = 1ms});
    // A thread's own end is seen by what it owns: a thread_local of the worker.
    struct farewell {
        std::promise<void>* to = nullptr;
        ~farewell()
        {
            if (to)
                to->set_value();
        }
    };
    for (int round = 0; round < 3; ++round) {
        std::promise<void> left;
        pool.run(
            home.get_executor(),
            [&] {
                static thread_local farewell last;
                last.to = &left;
            },
            [](error_code) {});
        home.run();
        home.restart();
        CHECK(left.get_future().wait_for(30s) == std::future_status::ready);
    }
}

TEST_CASE("the destructor finishes what was accepted")
{
    asio::io_context home;
    int done = 0;
    std::atomic<int> ran = 0;
    {
        blocking_pool pool({.threads = 2});
        for (int i = 0; i < 200; ++i)
            pool.run(home.get_executor(), [&] { ++ran; }, [&](error_code ec) { done += !ec; });
    }
    CHECK(ran == 200);
    home.run();
    CHECK(done == 200);
}

TEST_CASE("work that waits behind stalled work gets threads of its own, up to a limit")
{
    asio::io_context home;
    gate g;
    blocking_pool pool({.threads = 2, .stalled = 1ms, .most_threads = 4});
    std::atomic<int> begun = 0;
    auto stall = [&] {
        ++begun;
        g.opened.wait();
    };
    for (int i = 0; i < 5; ++i)
        pool.run(home.get_executor(), stall, [](error_code) {});
    auto relieve_until = [&](int wanted) {
        for (auto end = std::chrono::steady_clock::now() + 30s;
             begun < wanted && std::chrono::steady_clock::now() < end;)
            pool.relieve();
    };
    relieve_until(4);
    CHECK(begun == 4);
    pool.relieve();
    CHECK(begun == 4); // the fifth waits
    g.open.set_value();
    home.run();
    CHECK(begun == 5);
}
