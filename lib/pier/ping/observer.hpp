// Who prints what becomes of probes, while it happens and at the end. No I/O.
#pragma once

#include "pier/ping/target.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace pier::ping {

class observer {
public:
    virtual ~observer() = default;

    virtual void begin(std::span<const target* const>) {}
    virtual void came(const target&, const answer&, const session::arrival&) {}
    virtual void lost(const target&, const probe&) {}
    virtual void failed(const target&, fault, const probe*) {}
    virtual void not_sent(const target&, const probe&, std::string_view /*why*/) {}
    /// At next_tick() or a little later (steady).
    virtual void tick(std::int64_t /*now*/) {}
    virtual std::int64_t next_tick() const { return std::numeric_limits<std::int64_t>::max(); }
    virtual void finish(std::span<const target* const>) {}
};

} // namespace pier::ping
