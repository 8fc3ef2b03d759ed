// A log file of lines, for what is written per request: gathered in a buffer of the shard's own, handed over
// by one write(2) when the buffer is full or the shard ticks. Appending costs a copy and no system call.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/ops/counters.hpp"
#include "pier/ops/reloadable.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace pier::ops {

/// Shared by all shards; O_APPEND keeps their writes apart.
class line_file : public reloadable {
public:
    /// `stderr`, or a path that is created when absent. Throws ops::fatal when it cannot be written.
    static std::shared_ptr<const line_file> open(const std::string& where);
    int descriptor() const { return fd_.get(); }

    void give_to(const identity& who) const override;
    /// Opens the path again, where logrotate has moved the file away. The descriptor keeps its number: a
    /// write goes to the one file or to the other.
    void reload() const override;

private:
    void open_path(const std::string& path);

    unique_fd fd_;
    std::string path_; ///< empty: standard error
    bool created_ = false;
};

class line_buffer {
public:
    line_buffer(std::shared_ptr<const line_file> file, counter& dropped)
        : file_(std::move(file)), dropped_(dropped)
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
    void flush();

private:
    static constexpr std::size_t full = 64 * 1024;
    static constexpr std::size_t longest = 64 * 1024;

    std::shared_ptr<const line_file> file_;
    counter& dropped_;
    std::string text_;
};

} // namespace pier::ops
