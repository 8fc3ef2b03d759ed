// Two ends of one connection inside this process: `near` non-blocking, for the code under test; `far` the
// peer, in the test's hands.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

struct socket_pair {
    pier::unique_fd near, far;

    socket_pair()
    {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw std::runtime_error("no socket pair");
        near.reset(ends[0]);
        far.reset(ends[1]);
        ::fcntl(near.get(), F_SETFL, O_NONBLOCK);
    }

    void send(std::string_view bytes) const
    {
        while (!bytes.empty()) {
            ssize_t n = ::send(far.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0)
                throw std::runtime_error("the near end takes no bytes");
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    /// What has arrived, without waiting for more.
    std::string received() const
    {
        std::string all;
        char block[65536];
        for (;;) {
            ssize_t n = ::recv(far.get(), block, sizeof block, MSG_DONTWAIT);
            if (n <= 0)
                return all;
            all.append(block, static_cast<std::size_t>(n));
        }
    }
};
