// The last words of a process that crashes: one line on standard error, then the end that the system has for
// such a signal, core dump included.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace pier::ops {

/// A line that is put together without allocating; what does not fit is cut off.
class crash_line {
public:
    crash_line& operator<<(std::string_view text);
    /// `0x` and lower-case digits.
    crash_line& hex(std::size_t number);
    std::string_view text() const { return {text_, length_}; }
    /// With its LF, which has room always, in one write(2).
    void write(int fd);

private:
    static constexpr std::size_t most = 4096;
    char text_[most + 1];
    std::size_t length_ = 0;
};

/// SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and std::terminate() write
///
///     NAME: crashed: SIGSEGV at 0x0, in NAME+0x1234 libc.so.6+0x2724a ...
///
/// with the frames innermost first, each as an offset in its file: `addr2line -e FILE 0x1234` names the
/// place. Does nothing under a sanitizer, which says more. Once per process; `name` must last.
void install_crash_handlers(const char* name);

/// A stack for those handlers while this object lives, of the thread that makes it: a thread that has used up
/// its own has no other.
class crash_stack {
public:
    crash_stack();
    ~crash_stack();
    crash_stack(const crash_stack&) = delete;
    crash_stack& operator=(const crash_stack&) = delete;

private:
    std::unique_ptr<std::byte[]> memory_;
};

} // namespace pier::ops
