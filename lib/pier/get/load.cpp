#include "pier/get/load.hpp"

#include "pier/get/load_report.hpp"
#include "pier/get/load_worker.hpp"
#include "pier/get/trouble.hpp"
#include "pier/net/connect.hpp"
#include "pier/net/descriptors.hpp"
#include "pier/net/interrupt.hpp"
#include "pier/net/resolve.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <thread>

namespace pier::get {

namespace {

constexpr int exit_by_signal = 128;

ops::exit_code exit_code_of(http::failure why)
{
    return static_cast<ops::exit_code>(trouble{trouble_kind::transport, "", why}.exit_code());
}

/// Where nothing went well, of what went wrong most often.
int exit_code_of(const load_tally& t)
{
    if (t.with_status(2) + t.with_status(3) > 0)
        return ops::exit_ok;
    trouble most;
    if (t.failed() >= t.answered) {
        most.kind = trouble_kind::transport;
        most.transport =
            static_cast<http::failure>(std::ranges::max_element(t.failures) - t.failures.begin());
    } else {
        most.kind = trouble_kind::status;
        most.status = static_cast<int>(std::ranges::max_element(t.statuses) - t.statuses.begin());
    }
    return most.exit_code();
}

class load_test {
public:
    load_test(const request_config& r, const load_config& c)
        : request_(r), config_(c), target_(load_target::of(r, c)),
          changed_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
    {
    }

    int run();

private:
    void need_descriptors() const;
    unique_fd connect(const net::interrupt& ctrl_c);
    void make_workers(unique_fd first);
    bool nothing_stands();
    void begin();
    void run_threads(const net::interrupt& ctrl_c);
    void run_worker(load_worker& w);
    void tell();
    bool wait(const net::interrupt& ctrl_c);
    void show_progress() const;
    load_result result(bool interrupted = false) const;
    void print(const std::string& text) const;

    const request_config& request_;
    const load_config& config_;
    load_target target_;
    load_plan plan_;
    std::vector<std::unique_ptr<load_worker>> workers_;
    std::atomic<std::size_t> not_ready_{0}, running_{0};
    std::atomic<bool> broken_{false};
    std::exception_ptr error_;   ///< of the thread that set broken_
    unique_fd changed_;          ///< one of these has changed
    http::client_error trouble_; ///< why not one connection stands
    bool begun_ = false;
    const bool progress_ = ops::is_terminal(STDERR_FILENO);
};

void load_test::need_descriptors() const
{
    net::raise_descriptor_limit();
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    std::uint64_t needed = config_.connections(request_) + 16 + config_.threads * net::descriptors_per_thread;
    if (needed > limit.rlim_cur)
        throw ops::fatal(ops::exit_os, "so many connections need " + std::to_string(needed) +
                                           " descriptors, and " + std::to_string(limit.rlim_cur) +
                                           " are allowed: see `ulimit -Hn`, or lower --concurrency");
}

/// Finds out which of the host's addresses answers; the connection is used as the first one.
unique_fd load_test::connect(const net::interrupt& ctrl_c)
{
    const http::url& to = target_.origin();
    auto found = net::resolve(to.host, to.port);
    if (found.addresses.empty())
        throw ops::fatal(ops::exit_no_host, "`" + to.host + "` has no address: " + found.error);
    auto got = net::connect_to_one_of(found.addresses, request_.connect_timeout, ctrl_c);
    if (!got.fd && got.error != EINTR) {
        std::string why = got.error == ECONNREFUSED ? "nobody listens there (connection refused)"
                          : got.error == ETIMEDOUT  ? "it did not answer in time"
                                                    : std::strerror(got.error);
        http::failure kind = got.error == ECONNREFUSED ? http::failure::refused
                             : got.error == ETIMEDOUT  ? http::failure::connect_timeout
                                                       : http::failure::unreachable;
        std::string hint = advice(kind, to.secure(), to.host_and_port());
        throw ops::fatal(exit_code_of(kind), got.to.to_string() + " cannot be reached: " + why +
                                                 (hint.empty() ? "" : "; " + hint));
    }
    target_.address = got.to;
    return std::move(got.fd);
}

void load_test::make_workers(unique_fd first)
{
    std::uint64_t threads = config_.threads, connections = config_.connections(request_);
    not_ready_ = threads;
    for (std::uint64_t i = 0; i < threads; ++i) {
        std::uint64_t share = connections / threads + (i < connections % threads ? 1 : 0);
        workers_.push_back(std::make_unique<load_worker>(target_, plan_, i, threads, share, [this] {
            if (--not_ready_ == 0)
                tell();
        }));
    }
    workers_.front()->adopt(std::move(first));
}

void load_test::begin()
{
    using std::chrono::nanoseconds;
    auto span = [](std::chrono::milliseconds d) { return nanoseconds(d).count(); };
    plan_.begin = steady_now();
    plan_.measured_from = plan_.begin + span(config_.warm_up);
    plan_.rate = config_.rate;
    plan_.requests = config_.requests(request_);
    if (auto time = config_.time(request_); time.count() > 0)
        plan_.end = plan_.measured_from + span(time);
    begun_ = true;
    if (!request_.json)
        print(load_heading(result()) + "\n");
    for (auto& w : workers_)
        w->begin();
}

/// Where not one connection could be made there is nothing to measure.
bool load_test::nothing_stands()
{
    if (begun_ || not_ready_ > 0)
        return false;
    for (auto& w : workers_) {
        trouble_ = w->trouble();
        if (!trouble_)
            return false;
    }
    return true;
}

void load_test::run_worker(load_worker& w)
{
    try {
        w.run();
    } catch (...) {
        if (!broken_.exchange(true))
            error_ = std::current_exception();
    }
    --running_;
    tell();
}

void load_test::tell()
{
    ::eventfd_write(changed_.get(), 1);
}

/// Until a worker has something to tell, or a second has passed. False: a signal came.
bool load_test::wait(const net::interrupt& ctrl_c)
{
    pollfd on{changed_.get(), POLLIN, 0};
    auto outcome = ctrl_c.wait({&on, 1}, std::chrono::seconds(1));
    eventfd_t ignored;
    ::eventfd_read(changed_.get(), &ignored);
    return outcome != net::interrupt::outcome::interrupted;
}

void load_test::run_threads(const net::interrupt& ctrl_c)
{
    std::vector<std::jthread> threads; // joined at the end of this, all of them having ended
    running_ = workers_.size();
    for (auto& w : workers_)
        threads.emplace_back([this, &w] { run_worker(*w); });
    while (running_ > 0) {
        if (!wait(ctrl_c) || broken_ || nothing_stands()) {
            for (auto& w : workers_)
                w->stop();
            break;
        }
        if (!begun_ && not_ready_ == 0)
            begin();
        show_progress();
    }
}

void load_test::show_progress() const
{
    if (!progress_ || !begun_)
        return;
    std::uint64_t answers = 0, failures = 0;
    for (auto& w : workers_) {
        answers += w->answers();
        failures += w->failures();
    }
    auto seconds = (steady_now() - plan_.begin) / 1'000'000'000;
    std::fprintf(stderr, "\r%lld s: %llu answered, %llu failed ", static_cast<long long>(seconds),
                 static_cast<unsigned long long>(answers), static_cast<unsigned long long>(failures));
}

load_result load_test::result(bool interrupted) const
{
    load_result r;
    r.interrupted = interrupted;
    r.method = request_.method_in_force();
    r.url = target_.origin().to_string();
    r.urls = target_.urls.size();
    r.address = target_.address.to_string();
    r.connections = config_.connections(request_);
    r.threads = config_.threads;
    r.rate = config_.rate;
    r.keep_alive = config_.keep_alive;
    moment last = 0;
    for (auto& w : workers_) {
        r.tally += w->tally();
        r.busy = std::max(r.busy, w->busy());
        last = std::max(last, w->last_answer());
    }
    if (!begun_)
        return r;
    // A number of requests takes as long as it takes, and so does what was cut short.
    bool whole = plan_.end != load_plan::never && plan_.requests == 0 && !r.interrupted;
    moment until = whole ? plan_.end : last;
    r.measured = std::max<moment>(until - plan_.measured_from, 0);
    return r;
}

void load_test::print(const std::string& text) const
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw ops::fatal(ops::exit_cant_create,
                         std::string("standard output cannot be written: ") + std::strerror(errno));
}

int load_test::run()
{
    need_descriptors();
    net::interrupt ctrl_c;
    make_workers(connect(ctrl_c));
    run_threads(ctrl_c);
    if (progress_)
        std::fputs("\r\x1b[K", stderr);
    if (error_)
        std::rethrow_exception(error_);
    if (trouble_ && !begun_)
        throw ops::fatal(exit_code_of(trouble_.kind), trouble_.sentence);
    load_result found = result(ctrl_c.signal() != 0);
    print(request_.json ? load_json(found) : load_text(found));
    return found.interrupted ? exit_by_signal + ctrl_c.signal() : exit_code_of(found.tally);
}

} // namespace

int run_load(const request_config& r, const load_config& c)
{
    return load_test(r, c).run();
}

} // namespace pier::get
