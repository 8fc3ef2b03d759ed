// Standard output that never makes a measurement wait: what a slow reader does not take stays in memory, up
// to a bound, and what is beyond that is left out and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pier::ping {

class console {
public:
    explicit console(int fd) : fd_(fd) {}

    /// Whole lines.
    void write(std::string_view lines);
    bool pending() const { return !text_.empty(); }
    int descriptor() const { return fd_; }
    /// As much as goes without waiting.
    void flush();
    /// All of it, then `last`, however long that takes.
    void finish(std::string_view last);
    /// Lines that were left out.
    std::uint64_t dropped() const { return dropped_; }

    static constexpr std::size_t most = std::size_t{4} << 20; ///< bytes in memory

private:
    bool put(std::size_t most);

    int fd_;
    std::string text_;
    std::uint64_t dropped_ = 0;
};

} // namespace pier::ping
