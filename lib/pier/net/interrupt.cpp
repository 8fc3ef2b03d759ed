#include "pier/net/interrupt.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace pier::net {

namespace {

constexpr int numbers[] = {SIGINT, SIGTERM};
volatile std::sig_atomic_t came = 0;

void note(int number)
{
    came = number;
}

} // namespace

interrupt::interrupt()
{
    came = 0;
    sigset_t blocked;
    sigemptyset(&blocked);
    struct sigaction once{};
    once.sa_handler = note;
    once.sa_flags = static_cast<int>(SA_RESETHAND);
    for (int i = 0; i < 2; ++i) {
        ::sigaction(numbers[i], nullptr, &actions_[i]);
        if (actions_[i].sa_handler == SIG_IGN)
            continue;
        sigaddset(&blocked, numbers[i]);
        ::sigaction(numbers[i], &once, nullptr);
    }
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before_);
}

interrupt::~interrupt()
{
    for (int i = 0; i < 2; ++i)
        ::sigaction(numbers[i], &actions_[i], nullptr);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int interrupt::signal() const
{
    return came;
}

interrupt::outcome interrupt::wait(std::span<pollfd> on,
                                   std::optional<std::chrono::nanoseconds> at_most) const
{
    using namespace std::chrono;
    auto until = steady_clock::now() + at_most.value_or(nanoseconds(0));
    for (;;) {
        if (came)
            return outcome::interrupted;
        nanoseconds left = std::max<nanoseconds>(until - steady_clock::now(), nanoseconds(0));
        timespec time{static_cast<time_t>(left.count() / 1'000'000'000),
                      static_cast<long>(left.count() % 1'000'000'000)};
        int got = ::ppoll(on.data(), on.size(), at_most ? &time : nullptr, &before_);
        if (got > 0)
            return outcome::ready;
        if (got == 0)
            return outcome::timed_out;
        if (errno != EINTR)
            return outcome::ready; // whoever tries to go on hears of it
    }
}

} // namespace pier::net
