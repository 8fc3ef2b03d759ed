// Where a sender's beats go: the first address of a name that takes them, looked up again when none does.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/beat/lookup.hpp"
#include "pier/net/target.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace pier::beat {

class transmitter {
public:
    using clock = std::chrono::steady_clock;

    /// `say` is told once when something goes wrong, and once when it does no more.
    transmitter(net::target where, std::function<void(const std::string&)> say);

    bool send(std::span<const char> datagram);
    /// Readable when looked_up() is to be called.
    int handle() const { return lookup_.handle(); }
    /// True: there is an address now where there was none.
    bool looked_up();
    /// "127.0.0.1:12002"; empty: none yet.
    std::string address() const;

    static constexpr std::chrono::seconds retry{5}; ///< a name that was not found, or whose addresses refuse
    static constexpr std::chrono::minutes refresh{5}; ///< a name may move while its old address takes all

private:
    void look_up_when_due();
    bool connect(std::size_t index);
    bool has_failed(const std::string& why);
    void has_worked();

    const net::target where_;
    const std::function<void(const std::string&)> say_;
    lookup lookup_;
    clock::time_point looked_{};
    std::vector<net::endpoint> addresses_;
    std::size_t current_ = 0;
    unique_fd socket_;
    bool failing_ = false;
    int good_ = 0; ///< beats since the last that failed
};

} // namespace pier::beat
