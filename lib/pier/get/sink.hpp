// Where content goes: a file under construction, a stream such as standard output, or nowhere.
#pragma once

#include "pier/get/partial_file.hpp"
#include "pier/net/home.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace pier::get {

class sink {
public:
    virtual ~sink() = default;
    /// An empty string, or what went wrong. `content` lives until this completes.
    virtual net::task<std::string> write(std::uint64_t at, std::span<const char> content) = 0;
    /// From the first byte again; false: what is written is written.
    virtual bool restart() = 0;
};

/// Writes on the thread that calls: into the system's memory, and from there it goes to the disk.
class file_sink final : public sink {
public:
    explicit file_sink(partial_file& file) : file_(file) {}
    net::task<std::string> write(std::uint64_t at, std::span<const char> content) override;
    bool restart() override { return file_.cut(0) == 0; }

private:
    partial_file& file_;
};

/// Standard output, or a device or pipe that was named. A reader that takes its time holds up nobody else.
class stream_sink final : public sink {
public:
    /// `owned`: is closed with the sink.
    stream_sink(net::home where, int fd, unique_fd owned = {});
    net::task<std::string> write(std::uint64_t at, std::span<const char> content) override;
    bool restart() override { return written_ == 0; }

private:
    net::home home_;
    const int fd_;
    unique_fd owned_;
    bool waits_; ///< for a reader
    std::uint64_t written_ = 0;
};

class no_sink final : public sink {
public:
    net::task<std::string> write(std::uint64_t at, std::span<const char> content) override;
    bool restart() override { return true; }
};

} // namespace pier::get
