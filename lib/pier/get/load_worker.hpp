// One thread of a load test: its event loop, its connections, and what they have counted.
#pragma once

#include "pier/base/intrusive_list.hpp"
#include "pier/base/unique_fd.hpp"
#include "pier/get/load_connection.hpp"
#include "pier/get/load_target.hpp"
#include "pier/get/load_turns.hpp"
#include "pier/net/connect.hpp"
#include "pier/net/deadline_clock.hpp"
#include "pier/net/types.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace pier::get {

moment steady_now();

class load_worker {
public:
    /// Number `index` of `threads`, with so many connections. `ready` is called, on its thread, when these
    /// stand, or cannot.
    load_worker(const load_target& target, load_plan& plan, std::uint64_t index, std::uint64_t threads,
                std::uint64_t connections, std::function<void()> ready);
    ~load_worker();

    /// For the first connection: one that was made to find out which address answers.
    void adopt(unique_fd first) { first_ = std::move(first); }
    /// The thread's work: until the test is over.
    void run();

    // From any thread:
    /// The plan says when it begins, and that is now.
    void begin();
    /// Nothing more is sent, and nothing awaited.
    void stop();
    std::uint64_t answers() const { return answers_.load(std::memory_order_relaxed); }
    std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

    /// Once it is ready: why none of its connections stands. None: some do.
    http::client_error trouble() const
    {
        return unprepared_ == connections_.size() ? unprepared_for_ : http::client_error{};
    }

    // After run():
    const load_tally& tally() const { return tally_; }
    moment last_answer() const { return last_answer_; } ///< 0: there was none
    /// The part of the measured time in which this thread was busy, 0 to 1.
    double busy() const { return busy_ < 0 ? 0 : busy_; }

private:
    friend class load_connection;

    static constexpr std::size_t buffer_size = 128 * 1024;

    struct times {
        moment sent, received;
        bool was_idle; ///< the connection, when the turn was due
    };

    // For connections.
    net::connecting connect();
    std::optional<turn> take_turn(moment now);
    bool finished(moment now) const { return turns_->finished(now); }
    std::size_t next_url();
    void begin_turn(const turn& t);
    void answered(const turn& of, const times& at, const answer_reader& what);
    void failed(const turn& of, http::failure why, const std::string& sentence);
    void could_not_prepare(http::failure why, const std::string& sentence);
    void park(load_connection& c);
    void leave(load_connection& c);

    void spawn(net::task<> what, void (load_worker::*then)());
    void drive(load_connection& c);
    void prepared();
    void start();
    void stop_here();
    void leave_undriven();
    void wake(load_connection& c);
    void dispatch();
    void await_due();
    void at_due();
    void at_end();
    void await(net::timer& t, moment when, void (load_worker::*then)());
    void measure_from_here();
    void measure_until_here();
    void over();

    net::asio::io_context context_; // before what belongs to it
    net::asio::executor_work_guard<net::executor> until_begun_{context_.get_executor()};
    net::timer due_timer_{context_}, warm_timer_{context_}, end_timer_{context_};
    net::deadline_clock deadlines_{context_};

    const load_target& target_;
    load_plan& plan_;
    const std::uint64_t index_, threads_;
    std::function<void()> ready_;
    unique_fd first_;
    std::vector<char> buffer_;
    std::vector<known_head> known_; ///< by URL
    std::size_t url_;
    std::vector<std::unique_ptr<load_connection>> connections_;
    intrusive_list<load_connection, idle_tag> idle_;
    std::size_t preparing_ = 0, unprepared_ = 0, active_ = 0;
    http::client_error unprepared_for_;
    bool awaiting_due_ = false, stopped_ = false;

    std::optional<load_turns> turns_;
    load_tally tally_;
    moment last_answer_ = 0;
    std::atomic<std::uint64_t> answers_{0}, failures_{0};
    std::int64_t cpu_before_ = 0;
    moment measuring_since_ = 0;
    double busy_ = -1; ///< not known yet
    std::exception_ptr error_;
};

} // namespace pier::get
