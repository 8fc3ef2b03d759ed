// Probes in datagrams, over UDP or an unprivileged ICMP socket, stamped by the kernel where it does that.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/ping/codec.hpp"
#include "pier/ping/prober.hpp"

#include <cstddef>
#include <memory>
#include <sys/socket.h>
#include <vector>

namespace pier::ping {

struct datagram_options {
    int hop_limit = -1;         ///< -1: the system's
    int traffic_class = -1;     ///< DSCP in the upper six bits
    bool stamp_sending = true;  ///< ask the kernel when it sent each probe: a second packet for it to queue
    bool one_at_a_time = false; ///< the receiving call returns with the first answer, for whoever spins
};

class datagram_prober final : public prober {
public:
    /// `fd` is connected to the target, and non-blocking.
    datagram_prober(target& to, unique_fd fd, std::unique_ptr<codec> how, const datagram_options& options);

    int descriptor() const override { return fd_.get(); }
    void send(std::int64_t due, events& to) override;
    void receive(events& to) override;
    void clock(error_estimate ours) override { codec_->clock(ours); }

private:
    static constexpr std::size_t batch = 32;
    static constexpr int rounds = 64; ///< batches in one receive(), so that a flood leaves time for sending
    static constexpr std::size_t id_ring = 4096;

    void mark(const datagram_options& options);
    void start_stamps();
    int send_once(probe& p);
    int receive_batch(events& to);
    void read_errors(events& to, probe* about);
    void read_error(const msghdr& message, events& to, probe* about);
    probe* latest();

    target& target_;
    unique_fd fd_;
    std::unique_ptr<codec> codec_;
    bool stamp_sending_;
    bool spins_;
    std::vector<char> packet_; ///< all but numbers, time and hash ready
    std::vector<char> received_;
    std::vector<mmsghdr> messages_;
    std::vector<iovec> pieces_;
    std::vector<char> control_;
    std::vector<std::uint64_t> numbers_; ///< of probes, by the kernel's count of what it stamps
    std::uint32_t stamped_ = 0;          ///< the kernel's next number
    std::uint32_t unread_ = 0;           ///< sent since its stamps were last read
};

} // namespace pier::ping
