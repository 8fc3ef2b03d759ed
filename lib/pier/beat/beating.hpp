// pier-beat at work: beats for itself or for as long as a command runs, and says goodbye when that was meant.
#pragma once

#include "pier/beat/child.hpp"
#include "pier/beat/schedule.hpp"
#include "pier/beat/sender_options.hpp"
#include "pier/beat/transmitter.hpp"
#include "pier/ops/hmac.hpp"

#include <optional>
#include <random>
#include <signal.h>

namespace pier::beat {

class beating {
public:
    /// Throws ops::fatal when the key cannot be read.
    explicit beating(sender_config c);

    /// Until a signal, or until the command has ended. Returns the program's exit status.
    int run();

private:
    void await();
    void send(bool bye);
    void say_goodbye();
    void take_signal();
    bool take_child();
    void say(const std::string& words) const;
    void report() const;

    static constexpr int byes = 3; ///< one may be lost

    const sender_config config_;
    std::optional<ops::hmac> key_;
    heartbeat beat_;
    std::optional<schedule> schedule_;
    std::mt19937_64 dice_{std::random_device{}()};
    unique_fd signals_;
    std::optional<transmitter> way_;
    child command_;
    std::optional<int> status_; ///< of the command, or of a program that was asked to stop
    bool asked_to_stop_ = false;
    std::uint64_t sent_ = 0, failed_ = 0;
    std::int64_t started_ = 0;
};

} // namespace pier::beat
