// One text there, its answer back: over TCP and over UDP.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/interrupt.hpp"
#include "pier/upper/client.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace pier::upper {

class asker {
public:
    asker(const client_config& c, std::vector<net::endpoint> addresses, const net::interrupt& ctrl_c)
        : config_(c), addresses_(std::move(addresses)), ctrl_c_(ctrl_c)
    {
    }
    virtual ~asker() = default;
    virtual exchange ask(std::string_view text) = 0;

protected:
    const client_config& config_;
    const std::vector<net::endpoint> addresses_;
    const net::interrupt& ctrl_c_;
};

/// Keeps its connection from text to text, and makes a new one for servers that answer only one each.
class stream_asker final : public asker {
public:
    using asker::asker;
    exchange ask(std::string_view text) override;

private:
    bool connect(exchange& into);
    bool go_on(std::string_view& unsent, std::size_t wanted, exchange& into);

    unique_fd fd_;
    std::string server_;
};

/// A connected socket, which hears of ICMP refusals and of no strangers.
class datagram_asker final : public asker {
public:
    using asker::asker;
    exchange ask(std::string_view text) override;

private:
    bool open(const net::endpoint& to, exchange& into);
    bool ask_here(std::string_view text, exchange& into);
    bool wait_for_answer(exchange& into);

    unique_fd fd_;
    std::size_t address_ = 0;
    bool settled_ = false; ///< this address has answered
    answer_matcher matcher_;
    std::vector<char> received_ = std::vector<char>(64 * 1024);
};

} // namespace pier::upper
