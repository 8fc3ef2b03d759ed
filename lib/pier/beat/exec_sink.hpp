// Runs a command at each alert: some at once, some more waiting, none for ever.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/beat/child.hpp"
#include "pier/beat/config.hpp"
#include "pier/beat/event.hpp"
#include "pier/net/readiness.hpp"
#include "pier/net/shard.hpp"

#include <deque>
#include <list>

namespace pier::beat {

class exec_sink final : public alert_sink {
public:
    exec_sink(net::shard& home, exec_config c) : home_(home), config_(std::move(c)) {}

    void deliver(const event& e) override;
    void tick() override;

private:
    struct running {
        running(child c, net::asio::io_context& context, net::ticks end)
            : process(std::move(c)), ended(context), deadline(end)
        {
        }
        ~running() { ended.release(process.handle.get()); }
        child process;
        net::readiness ended;
        net::ticks deadline;
        bool killed = false;
    };

    void start_more();
    void start(const event& e);
    net::task<> await_end(std::list<running>::iterator one);

    net::shard& home_;
    const exec_config config_;
    std::deque<event> waiting_;
    std::list<running> running_;
    std::uint64_t dropped_ = 0;
    bool starting_ = false;
};

/// What the command finds in its environment.
std::vector<std::string> exec_environment(const event& e);

} // namespace pier::beat
