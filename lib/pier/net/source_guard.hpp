// Whom a datagram service may answer. An answer goes to whatever address the datagram says that it came from,
// and two services that answer everything answer each other for ever once somebody forges one datagram
// between them (CVE-2024-2169). No I/O.
#pragma once

#include "pier/net/endpoint.hpp"

#include <cstdint>
#include <vector>

namespace pier::net {

class source_guard {
public:
    /// Answers nobody below port 1024, where echo (RFC 862) and its like live, nor well-known ports above it
    /// whose services answer what they did not ask for, nor port 0, broadcast or multicast, nor no address at
    /// all.
    source_guard() = default;
    /// Answers everybody who can be answered: for services that send nothing back.
    static source_guard open();

    /// Own ports too: nobody talks to its peer's service from the port of its own.
    void refuse_port(std::uint16_t port);

    bool admits(const peer_address& source) const;
    /// What was sent to a broadcast or multicast address: an answer of everyone who hears it is a flood.
    bool admits_to_many() const { return open_; }

private:
    bool open_ = false; ///< nothing is sent back
    std::vector<std::uint16_t> refused_;
};

} // namespace pier::net
