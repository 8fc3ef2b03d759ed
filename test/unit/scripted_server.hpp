// A server that does what a test says: one script for each connection, in the order they come.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <atomic>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

/// One connection of it, in the script's hands.
class scripted_peer {
public:
    explicit scripted_peer(pier::unique_fd fd) : fd_(std::move(fd)) {}

    /// Reads to the end of a head, and gives it; empty when the client closed.
    std::string head() { return until("\r\n\r\n"); }
    /// Reads until `end` has come, or the client closed.
    std::string until(std::string_view end)
    {
        std::string all = std::move(read_);
        read_.clear();
        char bytes[4096];
        for (;;) {
            if (auto at = all.find(end); at != all.npos) {
                read_ = all.substr(at + end.size());
                return all.substr(0, at + end.size());
            }
            ssize_t got = ::recv(fd_.get(), bytes, sizeof bytes, 0);
            if (got <= 0)
                return {};
            all.append(bytes, static_cast<std::size_t>(got));
        }
    }
    void send(std::string_view text)
    {
        while (!text.empty()) {
            ssize_t sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    /// Each byte by itself, as far as the kernel lets us.
    void send_bytewise(std::string_view text)
    {
        for (std::size_t i = 0; i < text.size(); ++i) {
            send(text.substr(i, 1));
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    }
    void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
    void close() { fd_.reset(); }
    void reset()
    {
        linger now{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        fd_.reset();
    }
    /// Until the client has closed.
    void wait_for_end()
    {
        char bytes[4096];
        while (::recv(fd_.get(), bytes, sizeof bytes, 0) > 0) {
        }
    }
    int native_handle() const { return fd_.get(); }

private:
    pier::unique_fd fd_;
    std::string read_;
};

class scripted_server {
public:
    using script = std::function<void(scripted_peer&)>;

    /// The last script serves all further connections too. Each runs in a thread of its own.
    explicit scripted_server(std::vector<script> scripts)
        : scripts_(std::move(scripts)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* address = reinterpret_cast<sockaddr*>(&at);
        ::bind(listening_.get(), address, size);
        ::listen(listening_.get(), 64);
        ::getsockname(listening_.get(), address, &size);
        port_ = ntohs(at.sin_port);
        accepting_ = std::thread([this] { accept(); });
    }
    ~scripted_server()
    {
        ::shutdown(listening_.get(), SHUT_RDWR);
        accepting_.join();
        for (auto& t : serving_)
            t.join();
    }
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url(std::string_view path = "/") const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    std::size_t connections() const { return accepted_; }

private:
    void accept()
    {
        for (;;) {
            pier::unique_fd fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!fd)
                return;
            std::size_t which = accepted_++;
            const script& s = scripts_[std::min(which, scripts_.size() - 1)];
            serving_.emplace_back([&s, peer = scripted_peer(std::move(fd))]() mutable { s(peer); });
        }
    }

    const std::vector<script> scripts_;
    pier::unique_fd listening_;
    std::uint16_t port_ = 0;
    std::atomic<std::size_t> accepted_{0};
    std::thread accepting_;
    std::vector<std::thread> serving_;
};
