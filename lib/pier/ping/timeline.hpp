// What became of the probes over time, in a bounded number of columns: first one for each probe; when they
// are full, neighbours are joined, so that a day fits where a minute did. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pier::ping {

struct column {
    std::int64_t began = 0; ///< when its first probe was sent, nanoseconds since the run began
    std::uint64_t probes = 0;
    std::uint64_t lost = 0;
    std::int64_t least = 0, most = 0; ///< RTT of those that were answered
    double sum = 0;

    std::uint64_t answered() const { return probes - lost; }
    double mean() const { return answered() ? sum / static_cast<double>(answered()) : 0; }
};

class timeline {
public:
    static constexpr std::size_t most_columns = 2048;

    void answered(std::int64_t at, std::int64_t rtt) { add({at, 1, 0, rtt, rtt, static_cast<double>(rtt)}); }
    void lost(std::int64_t at) { add({at, 1, 1, 0, 0, 0}); }

    const std::vector<column>& columns() const { return columns_; }
    std::uint64_t probes_each() const { return each_; }

private:
    void add(const column& one);
    static void join(column& to, const column& next);

    std::vector<column> columns_;
    std::uint64_t each_ = 1;
};

} // namespace pier::ping
