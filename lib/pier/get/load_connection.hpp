// One connection of a load test: it takes a turn, sends its request, reads the answer, and takes the next.
#pragma once

#include "pier/base/intrusive_list.hpp"
#include "pier/get/load_answer.hpp"
#include "pier/get/load_turns.hpp"
#include "pier/net/deadline_clock.hpp"
#include "pier/net/stream.hpp"

#include <optional>
#include <string>
#include <utility>

namespace pier::get {

class load_worker;
struct idle_tag;

class load_connection final : public net::deadline_clock::hook, public list_hook<idle_tag> {
public:
    explicit load_connection(load_worker& home) : home_(home) {}

    /// Connects before the first turn, so that what is measured does not begin with a rush.
    net::task<> prepare();
    /// Takes turns until there are none, or none now.
    net::task<> drive();

    /// While it is idle: a turn for it.
    void give(const turn& t) { turn_ = t, given_ = true; }
    /// While it is idle: it ends what drive() waits for. False: drive() does not run, as there is no
    /// connection to watch.
    bool wake();
    /// Whatever it waits for ends.
    void stop();
    bool driven() const { return driven_; }
    /// It takes no more turns. False: it said so before.
    bool leave() { return !std::exchange(left_, true); }

private:
    enum class step { ask, watch, rest, leave };

    step next_step();
    net::task<> watch();
    net::task<> exchange();
    net::task<> open();
    net::task<> secure();
    bool take(std::string_view bytes);
    void end_of_stream(const net::io_result& got);
    void conclude();
    /// From now on, for so long; then the reason why there is no answer is `kind`.
    void limit(std::chrono::milliseconds patience, http::failure kind);
    bool ended();
    void fail(http::failure kind, std::string sentence);
    void cannot_connect(int error);
    void hang_up();
    bool idle() const { return list_hook<idle_tag>::linked(); }
    void expired() override;

    load_worker& home_;
    std::optional<net::stream> stream_;
    bool driven_ = false; ///< drive() or prepare() runs
    bool left_ = false;   ///< for good
    bool used_ = false;   ///< the connection has brought an answer
    bool given_ = false;  ///< the turn came to it while it was idle
    bool connecting_ = false;
    bool tired_ = false; ///< connecting failed: it rests before it tries again
    bool expired_ = false, stopped_ = false;
    std::optional<turn> turn_;
    std::size_t url_ = 0; ///< what is asked in this turn
    moment now_ = 0;
    moment sent_ = 0;
    answer_reader reader_;
    http::failure limited_ = http::failure::none;
    http::failure failure_ = http::failure::none;
    std::string sentence_;
};

} // namespace pier::get
