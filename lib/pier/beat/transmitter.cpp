#include "pier/beat/transmitter.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace pier::beat {

namespace {
/// An address that refuses does so for every second datagram: the refusal of one is told to the next.
constexpr int good_enough = 3;
} // namespace

transmitter::transmitter(net::target where, std::function<void(const std::string&)> say)
    : where_(std::move(where)), say_(std::move(say))
{
    look_up_when_due();
}

void transmitter::look_up_when_due()
{
    auto now = clock::now();
    bool is_due = looked_ == clock::time_point() ||
                  now - looked_ >= (failing_ || !socket_ ? clock::duration(retry) : clock::duration(refresh));
    if (lookup_.is_running() || !is_due)
        return;
    looked_ = now;
    lookup_.start(where_.host, where_.port);
}

bool transmitter::looked_up()
{
    auto found = lookup_.take();
    if (!found)
        return false;
    if (found->addresses.empty()) {
        if (!socket_)
            has_failed("no address is known of it: " + found->error);
        return false;
    }
    bool had_one = bool(socket_);
    bool still_there = false;
    for (const net::endpoint& address : found->addresses)
        still_there = still_there || address.to_string() == this->address();
    addresses_ = std::move(found->addresses);
    if (!had_one || !still_there) {
        for (std::size_t i = 0; i < addresses_.size(); ++i)
            if (connect(i))
                break;
    }
    return !had_one && socket_;
}

bool transmitter::connect(std::size_t index)
{
    const net::endpoint& to = addresses_[index];
    unique_fd fd(::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::connect(fd.get(), to.data(), to.size()) != 0)
        return has_failed(std::strerror(errno));
    socket_ = std::move(fd);
    current_ = index;
    return true;
}

std::string transmitter::address() const
{
    return socket_ ? addresses_[current_].to_string() : "";
}

bool transmitter::send(std::span<const char> datagram)
{
    look_up_when_due();
    if (!socket_)
        return false;
    // What is refused here was refused to an earlier one: this one has not been sent yet.
    for (int tries = 0; tries < 2; ++tries) {
        if (::send(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0) {
            if (tries == 0)
                has_worked();
            return true;
        }
        bool refused = errno == ECONNREFUSED;
        has_failed(refused ? "connection refused: is pier-beatd running there?" : std::strerror(errno));
        if (addresses_.size() > 1)
            connect((current_ + 1) % addresses_.size());
    }
    return false;
}

bool transmitter::has_failed(const std::string& why)
{
    good_ = 0;
    if (!std::exchange(failing_, true))
        say_(where_.host + ":" + std::to_string(where_.port) + ": " + why + "; going on");
    return false;
}

void transmitter::has_worked()
{
    if (failing_ && ++good_ >= good_enough) {
        failing_ = false;
        say_(where_.host + ":" + std::to_string(where_.port) + ": beats are no longer refused");
    }
}

} // namespace pier::beat
