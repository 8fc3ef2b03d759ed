#include "pier/get/load_worker.hpp"

#include "pier/net/spawn.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <ctime>
#include <sys/prctl.h>

namespace pier::get {

namespace {

/// Processor time of the calling thread, nanoseconds.
std::int64_t thread_time()
{
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

} // namespace

moment steady_now()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

// UNSAFE_IO: sockets and timers belong to this thread, so the reactor takes no locks; posting stays safe.
load_worker::load_worker(const load_target& target, load_plan& plan, std::uint64_t index,
                         std::uint64_t threads, std::uint64_t connections, std::function<void()> ready)
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), target_(target), plan_(plan), index_(index),
      threads_(threads), ready_(std::move(ready)), buffer_(buffer_size), known_(target.urls.size()),
      url_(index)
{
    for (std::uint64_t i = 0; i < connections; ++i)
        connections_.push_back(std::make_unique<load_connection>(*this));
    active_ = connections_.size();
}

load_worker::~load_worker() = default;

void load_worker::run()
{
    ::prctl(PR_SET_TIMERSLACK, 1); // else the kernel wakes up to 50 us late, to save power
    preparing_ = 1;
    if (target_.keep_alive)
        for (auto& c : connections_) {
            ++preparing_;
            spawn(c->prepare(), &load_worker::prepared);
        }
    prepared();
    context_.run();
    if (error_)
        std::rethrow_exception(error_);
}

void load_worker::prepared()
{
    if (--preparing_ > 0)
        return;
    ready_();
    if (stopped_)
        leave_undriven();
}

void load_worker::could_not_prepare(http::failure why, const std::string& sentence)
{
    ++unprepared_;
    unprepared_for_ = {why, sentence};
}

void load_worker::begin()
{
    net::asio::post(context_, [this] { start(); });
}

void load_worker::start()
{
    if (stopped_)
        return;
    turns_.emplace(plan_, index_, threads_);
    if (plan_.measured_from > plan_.begin)
        await(warm_timer_, plan_.measured_from, &load_worker::measure_from_here);
    else
        measure_from_here();
    if (plan_.end != load_plan::never)
        await(end_timer_, plan_.end, &load_worker::at_end);
    for (auto& c : connections_)
        drive(*c);
}

void load_worker::stop()
{
    net::asio::post(context_, [this] { stop_here(); });
}

void load_worker::stop_here()
{
    stopped_ = true;
    for (auto& c : connections_)
        c->stop();
    if (preparing_ == 0)
        leave_undriven();
}

void load_worker::leave_undriven()
{
    for (auto& c : connections_)
        if (!c->driven())
            leave(*c);
}

void load_worker::leave(load_connection& c)
{
    if (c.leave() && --active_ == 0)
        over();
}

/// Nothing is left to do: run() returns.
void load_worker::over()
{
    measure_until_here();
    if (turns_)
        tally_.unsent = turns_->untaken(steady_now());
    for (net::timer* t : {&due_timer_, &warm_timer_, &end_timer_})
        t->cancel();
    deadlines_.rest();
    until_begun_.reset();
}

void load_worker::at_end()
{
    measure_until_here();
    dispatch(); // who is idle leaves
    if (active_ > 0)
        await(end_timer_, plan_.end + std::chrono::nanoseconds(load_config::grace).count(),
              &load_worker::stop_here);
}

void load_worker::measure_from_here()
{
    cpu_before_ = thread_time();
    measuring_since_ = steady_now();
}

void load_worker::measure_until_here()
{
    if (measuring_since_ == 0 || busy_ >= 0)
        return;
    auto span = static_cast<double>(std::max<moment>(steady_now() - measuring_since_, 1));
    busy_ = static_cast<double>(thread_time() - cpu_before_) / span;
}

void load_worker::spawn(net::task<> what, void (load_worker::*then)())
{
    net::spawn(context_, std::move(what), [this, then](std::exception_ptr error) {
        if (error) {
            error_ = error;
            context_.stop();
        } else if (then) {
            (this->*then)();
        }
    });
}

void load_worker::drive(load_connection& c)
{
    spawn(c.drive(), nullptr);
}

void load_worker::await(net::timer& t, moment when, void (load_worker::*then)())
{
    t.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(when)));
    t.async_wait([this, then](const net::error_code& error) {
        if (!error)
            (this->*then)();
    });
}

net::connecting load_worker::connect()
{
    if (first_)
        return {std::move(first_), 0};
    return net::begin_connect(target_.address, SOCK_STREAM);
}

std::size_t load_worker::next_url()
{
    return target_.urls.size() == 1 ? 0 : url_++ % target_.urls.size();
}

void load_worker::begin_turn(const turn& t)
{
    ++(t.measured ? tally_.begun : tally_.warm_up);
}

void load_worker::answered(const turn& of, const times& at, const answer_reader& what)
{
    if (!of.measured)
        return;
    std::uint64_t bytes = what.head_bytes() + what.body_bytes();
    ++tally_.answered;
    tally_.answer(what.status());
    tally_.head_bytes += what.head_bytes();
    tally_.body_bytes += what.body_bytes();
    if (at.received <= plan_.end) {
        ++tally_.in_time;
        tally_.bytes_in_time += bytes;
    }
    tally_.latency.record(at.received - of.due);
    if (turns_->open_loop()) {
        tally_.service.record(at.received - at.sent);
        tally_.waited.record(at.was_idle ? 0 : at.sent - of.due);
        if (at.was_idle)
            tally_.late.record(at.sent - of.due);
    }
    last_answer_ = at.received;
    answers_.store(tally_.answered, std::memory_order_relaxed);
}

void load_worker::failed(const turn& of, http::failure why, const std::string& sentence)
{
    if (!of.measured)
        return;
    tally_.fail(why, sentence);
    failures_.store(failures_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

std::optional<turn> load_worker::take_turn(moment now)
{
    return turns_->take(now);
}

void load_worker::park(load_connection& c)
{
    idle_.push_back(c);
    await_due();
}

void load_worker::wake(load_connection& c)
{
    if (!c.wake())
        drive(c);
}

/// Gives what is due to who is idle, longest idle first.
void load_worker::dispatch()
{
    moment now = steady_now();
    while (!idle_.empty()) {
        load_connection& c = idle_.front();
        if (!turns_->finished(now)) {
            auto next = turns_->take(now);
            if (!next)
                break;
            c.give(*next);
        }
        wake(c);
    }
    await_due();
}

void load_worker::await_due()
{
    if (awaiting_due_ || idle_.empty())
        return;
    awaiting_due_ = true;
    moment now = steady_now();
    await(due_timer_, turns_->finished(now) ? now : turns_->next_due(), &load_worker::at_due);
}

void load_worker::at_due()
{
    awaiting_due_ = false;
    dispatch();
}

} // namespace pier::get
