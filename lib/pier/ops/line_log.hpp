// A log file of lines, for what is written per request: gathered in a buffer of the shard's own, handed over
// when the buffer is full or the shard ticks. Appending costs a copy and no system call.
//
// Writing may block (a stalled disk or network file system, a pipe that nobody reads), so a thread of the
// file's own does it. What it cannot keep up with is dropped and counted, and so is what a full disk refuses.
// Lines are written whole: one that a full disk has cut is finished before any other.
#pragma once

#include "pier/ops/counters.hpp"
#include "pier/ops/reloadable.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pier::ops {

class line_writer;

/// Shared by all shards. Every function may be called by any thread, and none waits for the file but
/// settle() and reload(). The thread that writes starts with the first line.
class line_file : public reloadable {
public:
    /// So many bytes wait for a file that stalls; what comes then is dropped.
    static constexpr std::size_t most_waiting = 4 << 20;

    /// `stderr`, or a path that is created when absent. Throws ops::fatal when it cannot be written.
    static std::shared_ptr<line_file> open(const std::string& where);
    /// The one for standard error: whoever writes there shares it, so that lines are not mixed.
    static const std::shared_ptr<line_file>& standard_error();

    explicit line_file(std::shared_ptr<line_writer> writer);
    /// Waits a second at most for what is still to be written.
    ~line_file() override;

    /// Whole lines. Leaves `lines` empty, with some buffer to append to.
    void write(std::string& lines);
    void give_to(const identity& who) override;
    /// Opens the path anew, after what was handed over so far. Keeps the old file when that fails; says so in
    /// an event when that turns out late. Standard error stays what it is.
    void reload() override;
    /// Until all that was handed over has been written or is lost. False: it takes longer than that.
    bool settle(std::chrono::milliseconds at_most);
    /// Lines lost since the last call, whoever wrote them.
    std::uint64_t take_lost();

private:
    std::shared_ptr<line_writer> writer_;
};

/// A shard's.
class line_buffer {
public:
    line_buffer(std::shared_ptr<line_file> file, counter& dropped) : file_(std::move(file)), dropped_(dropped)
    {
        text_.reserve(full + longest);
    }
    ~line_buffer() { flush(); }

    /// Where the next line is appended, its LF included; call line_done() after it.
    std::string& text() { return text_; }
    void line_done()
    {
        if (text_.size() >= full)
            flush();
    }
    /// Hands over what there is, and counts what the file has lost by now.
    void flush();

private:
    static constexpr std::size_t full = 64 * 1024;
    static constexpr std::size_t longest = 64 * 1024;

    std::shared_ptr<line_file> file_;
    counter& dropped_;
    std::string text_;
};

} // namespace pier::ops
