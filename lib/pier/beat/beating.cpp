#include "pier/beat/beating.hpp"

#include "pier/base/json_writer.hpp"
#include "pier/base/units.hpp"
#include "pier/beat/config.hpp"
#include "pier/beat/packet.hpp"
#include "pier/beat/text_beat.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

namespace pier::beat {

namespace {

std::int64_t nanoseconds(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// What is passed on to a command; by itself a sender stops for the first four.
constexpr int stopping_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr int further_signals[] = {SIGUSR1, SIGUSR2, SIGWINCH};

net::target with_port(net::target where, bool text)
{
    if (where.port == 0)
        where.port = text ? default_text_port : default_port;
    return where;
}

} // namespace

beating::beating(sender_config c) : config_(std::move(c))
{
    if (!config_.key.empty())
        key_.emplace(ops::hmac_key::load(config_.key));
    beat_.name = config_.name;
    beat_.boot = static_cast<std::uint64_t>(nanoseconds(CLOCK_REALTIME));
    beat_.interval = config_.interval;
}

int beating::run()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (int signal : stopping_signals)
        ::sigaddset(&set, signal);
    if (!config_.command.empty())
        for (int signal : further_signals)
            ::sigaddset(&set, signal);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));

    if (!config_.command.empty()) {
        started_child started = start_child(config_.command, {});
        if (started.error != 0) {
            say(config_.command.front() + ": " + std::strerror(started.error));
            return exit_status_of_error(started.error);
        }
        command_ = std::move(started.process);
    }
    way_.emplace(with_port(config_.where, config_.text), [this](const std::string& words) { say(words); });
    started_ = nanoseconds(CLOCK_MONOTONIC);
    schedule_.emplace(started_, std::chrono::nanoseconds(config_.interval).count());
    while (!status_)
        await();
    if (*status_ == 0 || asked_to_stop_)
        say_goodbye();
    report();
    return *status_;
}

/// Until the next beat, or whatever comes before it.
void beating::await()
{
    std::int64_t left = std::max<std::int64_t>(0, schedule_->due() - nanoseconds(CLOCK_MONOTONIC));
    timespec time{left / 1'000'000'000, left % 1'000'000'000};
    pollfd on[] = {
        {signals_.get(), POLLIN, 0}, {way_->handle(), POLLIN, 0}, {command_.handle.get(), POLLIN, 0}};
    ::ppoll(on, std::size(on), &time, nullptr);
    if (on[0].revents)
        take_signal();
    if (on[2].revents && take_child())
        return;
    bool has_way = on[1].revents && way_->looked_up();
    std::int64_t now = nanoseconds(CLOCK_MONOTONIC);
    bool is_due = now >= schedule_->due();
    if (status_ || (!has_way && !is_due))
        return;
    send(false); // at once, as soon as it is known where to
    if (is_due)
        schedule_->sent(now, std::uniform_real_distribution<double>(0, 1)(dice_));
}

void beating::send(bool bye)
{
    if (way_->address().empty()) {
        way_->send({}); // looks the name up when it is time
        return;
    }
    ++beat_.sequence;
    beat_.bye = bye;
    beat_.sent = nanoseconds(CLOCK_REALTIME);
    char packet[largest_packet];
    std::string text = config_.text ? write_text_beat(beat_) : std::string();
    std::span<const char> bytes = text;
    if (!config_.text)
        bytes = std::span<const char>(packet, write_packet(beat_, key_ ? &*key_ : nullptr, packet));
    bool good = way_->send(bytes);
    (good ? sent_ : failed_) += 1;
}

/// In text there is no word for it.
void beating::say_goodbye()
{
    if (config_.text)
        return;
    for (int i = 0; i < byes; ++i)
        send(true);
}

void beating::take_signal()
{
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) != sizeof info)
        return;
    auto signal = static_cast<int>(info.ssi_signo);
    bool stops = std::find(std::begin(stopping_signals), std::end(stopping_signals), signal) !=
                 std::end(stopping_signals);
    asked_to_stop_ = asked_to_stop_ || stops;
    if (command_.pid < 0) {
        status_ = 0;
        return;
    }
    // The terminal's keys have reached the command as well.
    bool from_terminal = info.ssi_code == SI_KERNEL;
    if (!from_terminal)
        ::kill(command_.pid, signal);
}

/// True: it has ended.
bool beating::take_child()
{
    int status = 0;
    if (::waitpid(command_.pid, &status, WNOHANG) != command_.pid)
        return false;
    status_ = exit_status(status);
    return true;
}

void beating::say(const std::string& words) const
{
    std::fprintf(stderr, "pier-beat: %s\n", words.c_str());
}

void beating::report() const
{
    if (!config_.json)
        return;
    std::string line;
    json_writer json(line);
    json.begin_object()
        .member("name", std::string_view(config_.name))
        .member("address", std::string_view(way_->address()));
    json.member("sent", sent_).member("failed", failed_);
    json.key("seconds").decimal((nanoseconds(CLOCK_MONOTONIC) - started_) / 1000, 6).end_object();
    std::printf("%s\n", line.c_str());
}

} // namespace pier::beat
