#include "pier/net/blocking_pool.hpp"

#include "pier/ops/crash.hpp"

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
            if (idle_ <= queue_.size() && threads_ < config_.threads) {
                try {
                    std::thread([this] { work_until_idle(); }).detach(); // joined by count, in the destructor
                    ++threads_;
                } catch (const std::system_error&) {
                    // The system refuses more threads: those at work serve the queue, if there are any.
                }
            }
            if (threads_ > 0) {
                queue_.push_back(std::move(next));
                changed_.notify_one();
                return;
            }
        }
    }
    next->refuse();
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
        lock.unlock();
        current->run();
        current.reset();
        lock.lock();
    }
    --threads_;
    changed_.notify_all();
}

} // namespace pier::net
