#include "pier/net/blocking_pool.hpp"

#include "pier/ops/crash.hpp"

#include <algorithm>
#include <system_error>

namespace pier::net {

blocking_pool::~blocking_pool()
{
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return threads_ == 0; });
}

void blocking_pool::submit(std::unique_ptr<job> next)
{
    {
        std::lock_guard lock(mutex_);
        if (!closing_ && queue_.size() < config_.queue) {
            if (idle_ <= queue_.size() && may_start_thread())
                start_thread();
            if (threads_ > 0) {
                queue_.push_back(std::move(next));
                changed_.notify_one();
                return;
            }
        }
    }
    next->refuse();
}

bool blocking_pool::may_start_thread() const
{
    if (threads_ < config_.threads)
        return true;
    auto late = clock::now() - config_.stalled;
    auto stalled = std::ranges::find_if(running_, [late](auto since) { return since > late; });
    return threads_ < config_.most_threads &&
           threads_ < config_.threads + static_cast<unsigned>(std::distance(running_.begin(), stalled));
}

void blocking_pool::start_thread()
{
    try {
        std::thread([this] { work_until_idle(); }).detach(); // joined by count, in the destructor
        ++threads_;
    } catch (const std::system_error&) {
        // The system refuses more threads: those at work serve the queue, if there are any.
    }
}

void blocking_pool::relieve()
{
    std::lock_guard lock(mutex_);
    for (std::size_t wanted = queue_.size(); idle_ < wanted && may_start_thread(); --wanted)
        start_thread();
}

bool blocking_pool::idle()
{
    std::lock_guard lock(mutex_);
    return running_.empty() && queue_.empty();
}

void blocking_pool::work_until_idle()
{
    ops::crash_stack stack;
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        bool woken = changed_.wait_for(lock, config_.linger, [this] { return closing_ || !queue_.empty(); });
        --idle_;
        if (!woken || queue_.empty())
            break;
        auto current = std::move(queue_.front());
        queue_.pop_front();
        auto since = running_.insert(running_.end(), clock::now());
        lock.unlock();
        current->run();
        current.reset();
        lock.lock();
        running_.erase(since);
    }
    --threads_;
    changed_.notify_all();
}

} // namespace pier::net
