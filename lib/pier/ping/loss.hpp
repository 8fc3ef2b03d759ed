// Loss: in runs, for how long, and on which way. No I/O.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pier::ping {

/// Of probes one after the other without an answer.
class loss_runs {
public:
    /// In order of the probes' numbers; `sent`: when, by any clock that does not step.
    void record(bool lost, std::int64_t sent)
    {
        if (lost) {
            if (length_++ == 0) {
                began_ = sent;
                ++runs_;
            }
            longest_ = std::max(longest_, length_);
            last_ = sent;
        } else if (length_ != 0) {
            close(sent);
        }
    }

    std::uint64_t runs() const { return runs_; }
    std::uint64_t longest() const { return longest_; } ///< probes
    std::uint64_t open() const { return length_; }     ///< of the run that has not ended
    /// Nanoseconds from the first lost probe to the next that was answered (or the last lost one), at most.
    std::int64_t longest_outage() const
    {
        return length_ ? std::max(longest_outage_, last_ - began_) : longest_outage_;
    }
    std::int64_t outage() const { return length_ ? outage_ + (last_ - began_) : outage_; } ///< all together

private:
    void close(std::int64_t now)
    {
        length_ = 0;
        outage_ += now - began_;
        longest_outage_ = std::max(longest_outage_, now - began_);
    }

    std::uint64_t runs_ = 0, length_ = 0, longest_ = 0;
    std::int64_t began_ = 0, last_ = 0, outage_ = 0, longest_outage_ = 0;
};

/// A stateful reflector numbers its packets itself (RFC 8762 4): a gap in the senders' numbers that is not in
/// its own arose on the way there, one in both on the way back.
class directions {
public:
    /// Sure from the start, or only once a packet shows it: a stateless reflector's numbers are the sender's
    /// own.
    explicit directions(bool stateful = false) : stateful_(stateful) {}

    /// In order of arrival, duplicates left out; late ones too.
    void record(std::uint64_t sender, std::uint32_t reflector);

    bool stateful() const { return stateful_; }
    std::uint64_t lost_there() const { return static_cast<std::uint64_t>(std::max<std::int64_t>(there_, 0)); }
    std::uint64_t lost_back() const { return static_cast<std::uint64_t>(std::max<std::int64_t>(back_, 0)); }

private:
    bool stateful_;
    bool any_ = false;
    std::uint64_t sender_ = 0;    ///< the highest answered
    std::uint32_t reflector_ = 0; ///< and the reflector's number of that answer
    std::int64_t there_ = 0, back_ = 0;
};

} // namespace pier::ping
