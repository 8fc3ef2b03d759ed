// Where work that may block goes (cold files, slow disks), so that no shard ever waits for it. Bounded in
// threads and in queue; threads start when needed and leave when idle.
#pragma once

#include "pier/net/types.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace pier::net {

struct blocking_pool_config {
    unsigned threads = 64;                    ///< at most so many calls block at once,
    std::chrono::milliseconds stalled{1'000}; ///< not counting those that have done so for this long:
    unsigned most_threads = 512;              ///< of a hung disk's victims there may be as many
    std::size_t queue = 4096;                 ///< calls waiting for a thread; more are refused
    std::chrono::milliseconds linger{10'000}; ///< an idle thread leaves after this
};

class blocking_pool {
public:
    explicit blocking_pool(blocking_pool_config config = {}) : config_(config) {}
    blocking_pool(const blocking_pool&) = delete;
    /// Finishes what was accepted, then joins. Completions need their executors until then.
    ~blocking_pool();

    /// Runs `work` on a thread of the pool and completes on `home`. `work` writes its result where the
    /// waiting coroutine keeps it, and must not throw. Error: no_buffer_space when the queue is full; `work`
    /// did not run.
    template <class Work, class Token>
    auto run(executor home, Work work, Token&& token)
    {
        return asio::async_initiate<Token, void(error_code)>(initiate<Work>{this, home, std::move(work)},
                                                             token);
    }

    /// Call it now and then: work that waits behind stalled work gets threads of its own.
    void relieve();

    /// Nothing runs and nothing waits.
    bool idle();

private:
    using clock = std::chrono::steady_clock;

    struct job {
        virtual ~job() = default;
        virtual void run() = 0;    ///< on a thread of the pool
        virtual void refuse() = 0; ///< on the caller's thread
    };

    template <class Work, class Handler>
    struct job_for final : job {
        job_for(executor home, Work w, Handler h) : guard(home), work(std::move(w)), handler(std::move(h)) {}
        void run() override
        {
            work();
            complete({});
        }
        void refuse() override { complete(asio::error::no_buffer_space); }
        void complete(error_code ec)
        {
            auto home = guard.get_executor();
            asio::post(home, [guard = std::move(guard), handler = std::move(handler), ec]() mutable {
                std::move(handler)(ec);
            });
        }

        asio::executor_work_guard<executor> guard;
        Work work;
        Handler handler;
    };

    template <class Work>
    struct initiate {
        blocking_pool* pool;
        executor home;
        Work work;

        template <class Handler>
        void operator()(Handler&& handler)
        {
            using type = job_for<Work, std::decay_t<Handler>>;
            pool->submit(std::make_unique<type>(home, std::move(work), std::forward<Handler>(handler)));
        }
    };

    void submit(std::unique_ptr<job> next);
    bool may_start_thread() const;
    void start_thread();
    void work_until_idle();

    blocking_pool_config config_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<job>> queue_;
    std::list<clock::time_point> running_; ///< since when, the oldest first
    unsigned threads_ = 0;
    unsigned idle_ = 0;
    bool closing_ = false;
};

} // namespace pier::net
