#include "pier/ops/crash.hpp"

#include "pier/base/sanitized.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <execinfo.h>
#include <link.h>
#include <typeinfo>
#include <ucontext.h>
#include <unistd.h>

namespace pier::ops {

namespace {

#ifdef PIER_SANITIZED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

constexpr std::size_t stack_size = 64 * 1024;
constexpr int most_frames = 64;

struct fault {
    int number;
    std::string_view name;
};
constexpr fault faults[] = {
    {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}, {SIGABRT, "SIGABRT"}};

const char* program = "";
std::atomic_flag speaking; // only the first thread that crashes has its say

// From here on to on_fault() everything is async-signal-safe.

std::string_view file_name(const char* path)
{
    std::string_view name = path;
    return name.empty() ? std::string_view(program) : name.substr(name.rfind('/') + 1);
}

void append_frame(crash_line& line, void* address)
{
    // Unlike dladdr() this takes no lock.
    dl_find_object found;
    line << " ";
    if (::_dl_find_object(address, &found) != 0) {
        line << "?+";
        line.hex(reinterpret_cast<std::size_t>(address));
        return;
    }
    line << file_name(found.dlfo_link_map->l_name) << "+";
    line.hex(reinterpret_cast<std::size_t>(address) - found.dlfo_link_map->l_addr);
}

/// Frames from the one at `from` on; all of them when it is not found.
void append_frames(crash_line& line, const void* from)
{
    void* frames[most_frames];
    int count = ::backtrace(frames, most_frames);
    void** first = std::find(frames, frames + count, from);
    if (first == frames + count)
        first = frames;
    line << ", in";
    std::for_each(first, frames + count, [&line](void* address) { append_frame(line, address); });
}

const void* interrupted_at(const void* context)
{
    const mcontext_t& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
    return reinterpret_cast<const void*>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return reinterpret_cast<const void*>(machine.pc);
#else
    (void)machine;
    return nullptr;
#endif
}

void on_fault(int number, siginfo_t* info, void* context)
{
    while (speaking.test_and_set())
        ::pause(); // another thread is at it, and ends the process
    crash_line line;
    line << program << ": crashed: ";
    for (const fault& f : faults)
        if (f.number == number)
            line << f.name;
    if (info->si_code > 0 && number != SIGABRT) { // the kernel's: the address means something
        line << " at ";
        line.hex(reinterpret_cast<std::size_t>(info->si_addr));
    }
    append_frames(line, interrupted_at(context));
    line.write(STDERR_FILENO);
    std::signal(number, SIG_DFL);
    ::raise(number); // blocked until this returns: the core shows where it happened
}

/// Not in a signal: the exception, if there is one, can be asked.
[[noreturn]] void on_terminate()
{
    while (speaking.test_and_set())
        ::pause();
    crash_line line;
    line << program << ": crashed: std::terminate()";
    if (auto error = std::current_exception()) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            line << " for " << typeid(e).name() << " `" << e.what() << "`";
        } catch (...) {
            line << " for an exception";
        }
    }
    append_frames(line, nullptr);
    line.write(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

} // namespace

crash_line& crash_line::operator<<(std::string_view text)
{
    for (char c : text.substr(0, most - length_))
        text_[length_++] = static_cast<unsigned char>(c) < ' ' ? ' ' : c; // it stays one line
    return *this;
}

crash_line& crash_line::hex(std::size_t number)
{
    char digits[2 * sizeof number];
    auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
    return *this << "0x" << std::string_view(digits, static_cast<std::size_t>(end - digits));
}

void crash_line::write(int fd)
{
    text_[length_] = '\n';
    (void)!::write(fd, text_, length_ + 1);
}

void install_crash_handlers(const char* name)
{
    if (sanitized)
        return;
    program = name;
    void* frame;
    ::backtrace(&frame, 1); // loads libgcc_s now: a handler must not
    std::set_terminate(on_terminate);
    struct sigaction action{};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (const fault& f : faults) // a second fault while the first is told ends the process at once
        ::sigaddset(&action.sa_mask, f.number);
    for (const fault& f : faults)
        ::sigaction(f.number, &action, nullptr);
}

crash_stack::crash_stack()
{
    if (sanitized)
        return;
    memory_ = std::make_unique_for_overwrite<std::byte[]>(stack_size);
    stack_t stack{};
    stack.ss_sp = memory_.get();
    stack.ss_size = stack_size;
    ::sigaltstack(&stack, nullptr);
}

crash_stack::~crash_stack()
{
    if (!memory_)
        return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
}

} // namespace pier::ops
