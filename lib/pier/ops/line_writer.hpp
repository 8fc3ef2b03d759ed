// The thread behind a line_file, and what it decides. Private to ops.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pier::ops {

/// Lines are lost by the thousand; the operator hears of it twice: when it begins, and how many they were
/// when it has ended. It has ended when nothing was lost for a second. Pure.
class loss_report {
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds quiet{1000};

    /// True: this is the first loss.
    bool lost(std::uint64_t lines, time_point now)
    {
        last_ = now;
        writable_ = false;
        lines_ += lines;
        return lines_ == lines;
    }
    void written() { writable_ = true; }
    /// When to ask ended() again, if nothing happens before.
    std::optional<time_point> due() const
    {
        return lines_ > 0 && writable_ ? std::optional(last_ + quiet) : std::nullopt;
    }
    /// Not 0: so many were lost, and it is over.
    std::uint64_t ended(time_point now) { return due() && now >= *due() ? std::exchange(lines_, 0) : 0; }
    std::uint64_t lines() const { return lines_; }

private:
    std::uint64_t lines_ = 0;
    time_point last_;
    bool writable_ = true;
};

struct identity;

/// Owned by its thread and by the line_file: a thread that is stuck in write(2) outlives the file's owner.
/// The thread starts with the first work, so that a process may change its user before.
class line_writer : public std::enable_shared_from_this<line_writer> {
public:
    /// `where` is a path, or `stderr`. Throws ops::fatal.
    static std::shared_ptr<line_writer> open(const std::string& where);
    line_writer(std::string where, unique_fd fd, bool made);

    /// Before the first work: a file that did not exist becomes that user's. Throws ops::fatal.
    void give_to(const identity& who) const;
    void push(std::string& lines);
    /// Waits for the outcome at most so long. Throws ops::fatal when it is known, and bad.
    void reopen(std::chrono::milliseconds at_most);
    bool settle(std::chrono::milliseconds at_most);
    /// Ends the thread, after what is left if that takes no longer than this.
    void stop(std::chrono::milliseconds at_most);
    std::uint64_t take_lost() { return lost_.load(relaxed) ? lost_.exchange(0, relaxed) : 0; }

private:
    struct reopening {
        bool done = false, awaited = true;
        std::string wrong;
    };
    struct job {
        std::string lines;
        std::shared_ptr<reopening> reopen{}; ///< instead of lines
    };
    static constexpr auto relaxed = std::memory_order_relaxed;
    static constexpr std::size_t most_spare = 8;
    static constexpr std::size_t largest_spare = 256 * 1024;

    void add(job next);
    void run();
    void wait_for_job(std::unique_lock<std::mutex>& lock);
    void tell_end(std::unique_lock<std::mutex>& lock);
    void put(std::string& lines);
    int put_some(std::string_view& rest);
    void reopen(reopening& outcome);
    void lose(std::uint64_t lines, const std::string& why);
    bool is_stderr() const { return where_ == "stderr"; }

    const std::string where_;
    const bool made_; ///< the file, by this process
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<bool> abandoned_{false};

    std::mutex mutex_;
    std::condition_variable changed_, idle_, reopened_;
    std::deque<job> jobs_;
    std::size_t waiting_ = 0; ///< bytes, those being written included
    bool started_ = false, busy_ = false, stopping_ = false;
    std::vector<std::string> spare_;
    loss_report losses_;

    // The thread's own.
    unique_fd fd_;
    std::string cut_; ///< the rest of a line whose beginning is in the file
};

} // namespace pier::ops
