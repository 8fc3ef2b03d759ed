#include "pier/net/late_close.hpp"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace pier::net {

namespace {

class closer {
public:
    void add(unique_fd fd)
    {
        std::lock_guard lock(mutex_);
        try {
            if (!std::exchange(started_, true))
                std::thread([this] { run(); }).detach();
        } catch (const std::system_error&) {
            started_ = false; // no thread to be had: they are closed when there is one again
        }
        waiting_.push_back(std::move(fd));
        changed_.notify_one();
    }

private:
    void run()
    {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return !waiting_.empty(); });
            std::vector<unique_fd> taken;
            taken.swap(waiting_);
            lock.unlock();
            taken.clear();
            lock.lock();
        }
    }

    bool started_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<unique_fd> waiting_; // as many as there can be descriptors
};

} // namespace

void close_later(unique_fd fd)
{
    static closer* const instance = new closer; // lives as long as its thread: until the process ends
    instance->add(std::move(fd));
}

} // namespace pier::net
