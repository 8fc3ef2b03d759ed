// A name looked up while other things go on: getaddrinfo may take many seconds, and cannot be called off.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pier::beat {

class lookup {
public:
    struct result {
        std::vector<net::endpoint> addresses;
        std::string error; ///< why there are none
    };

    lookup();

    /// One at a time.
    void start(const std::string& host, std::uint16_t port);
    bool is_running() const { return running_; }
    /// Readable when there is a result.
    int handle() const;
    std::optional<result> take();

private:
    struct shared; ///< with the thread, which outlives who does not want to wait for it
    std::shared_ptr<shared> shared_;
    bool running_ = false;
};

} // namespace pier::beat
