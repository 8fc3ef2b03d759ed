// Looks now and then whether what a process has loaded has changed since.
#pragma once

#include "pier/net/types.hpp"
#include "pier/ops/reloadable.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace pier::net {

class blocking_pool;

/// Runs on the main thread and has the pool do the looking, one look at a time.
class reload_watch {
public:
    static constexpr std::chrono::milliseconds interval{1'000};

    reload_watch(asio::io_context& control, blocking_pool& pool,
                 const std::vector<std::shared_ptr<ops::reloadable>>& all);
    /// Does nothing when nobody wants to look.
    void start();
    /// For good. A look that is under way ends by itself: `then` is called when it has, at once if there is
    /// none.
    void end(std::function<void()> then);

private:
    void wait();
    void look();
    void looked();

    timer timer_;
    executor home_;
    blocking_pool& pool_;
    const std::vector<std::shared_ptr<ops::reloadable>>& all_;
    bool looking_ = false, ended_ = false;
    std::function<void()> then_;
};

} // namespace pier::net
