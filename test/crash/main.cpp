// Crashes as it is told, as a server would: `pier-crash HOW [thread]`.
#include "pier/ops/crash.hpp"
#include "pier/ops/options.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace {

volatile int zero = 0;

// GCC sees through endless recursion and would make it a loop.
[[gnu::noinline]] int overflow(int depth)
{
    volatile char page[4096];
    page[0] = static_cast<char>(depth);
    return zero == 0 ? overflow(depth + 1) + page[0] : 0;
}

[[gnu::noinline]] void beyond_the_end_of_a_file()
{
    char path[] = "/tmp/pier-crash-XXXXXX";
    int fd = ::mkstemp(path);
    ::unlink(path);
    auto* at = static_cast<volatile char*>(::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0));
    (void)at[0];
}

void crash(const char* how)
{
    auto is = [how](const char* name) { return std::strcmp(how, name) == 0; };
    if (is("SIGSEGV"))
        *reinterpret_cast<volatile int*>(static_cast<std::uintptr_t>(zero) + 16) = 1;
    else if (is("overflow"))
        std::printf("%d", overflow(0));
    else if (is("SIGBUS"))
        beyond_the_end_of_a_file();
    else if (is("SIGFPE"))
        ::raise(SIGFPE); // a division by zero is no fault everywhere
    else if (is("SIGILL"))
        __builtin_trap();
    else if (is("SIGABRT"))
        std::abort();
    else if (is("terminate"))
        std::terminate();
    else if (is("exception"))
        throw std::runtime_error("said\nwhy");
    else if (is("wait"))
        for (;;)
            ::pause();
}

int run(int argc, char** argv)
{
    if (argc == 3) {
        std::thread([how = argv[1]] {
            pier::ops::crash_stack stack;
            crash(how);
        }).join();
    } else if (argc == 2) {
        // run_program() tells of exceptions itself: one that leaves a noexcept function is nobody's.
        [how = argv[1]]() noexcept { crash(how); }();
    }
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    return pier::ops::run_program("pier-crash", [&] { return run(argc, argv); });
}
