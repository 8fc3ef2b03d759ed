// Names to addresses without waiting for them on the thread that asks: getaddrinfo on the blocking pool, its
// answers remembered for a while, one question for all who ask the same at once.
#pragma once

#include "pier/base/intrusive_list.hpp"
#include "pier/net/home.hpp"
#include "pier/net/limited_wait.hpp"
#include "pier/net/resolve.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace pier::net {

struct resolver_config {
    std::chrono::milliseconds age{60'000}; ///< addresses are remembered so long; failures are not
    std::size_t names = 256;               ///< of so many names
};

class resolver {
public:
    resolver(net::home where, deadline_clock& clock, resolver_config c = {})
        : home_(where), clock_(clock), config_(c)
    {
    }

    /// No addresses and no error: `patience` has ended. What was begun for it goes on, for others.
    task<resolved> resolve(const std::string& host, std::uint16_t port, limited_wait& patience);
    /// The addresses of `host` were of no use: the next question asks anew.
    void forget(const std::string& host, std::uint16_t port);

private:
    struct waiter_tag;
    struct waiter : list_hook<waiter_tag> {
        explicit waiter(asio::io_context& context) : done(context) {}
        event done;
    };
    struct question {
        std::string host;
        std::uint16_t port = 0;
        resolved found{};
        bool answered = false;
        ticks when = 0;
        intrusive_list<waiter, waiter_tag> waiters{};
    };

    std::shared_ptr<question> ask(const std::string& host, std::uint16_t port);
    void make_room();
    static task<> answer(net::home where, std::shared_ptr<question> q);

    const net::home home_;
    deadline_clock& clock_;
    const resolver_config config_;
    std::unordered_map<std::string, std::shared_ptr<question>> questions_; ///< by host and port
};

} // namespace pier::net
