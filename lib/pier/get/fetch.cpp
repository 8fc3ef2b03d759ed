#include "pier/get/fetch.hpp"

#include "pier/get/board.hpp"
#include "pier/get/download.hpp"
#include "pier/get/jobs.hpp"
#include "pier/get/report.hpp"
#include "pier/get/trust.hpp"
#include "pier/net/client_loop.hpp"
#include "pier/net/spawn.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/terminal.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <random>
#include <unistd.h>
#include <utility>

namespace pier::get {

namespace {

constexpr int exit_by_signal = 128;
constexpr std::chrono::milliseconds between_paints{200}, between_lines{2'000};

board::style style_of(const config& c, const std::vector<job>& jobs)
{
    const char* term = std::getenv("TERM");
    bool obeys = term && std::string_view(term) != "dumb";
    bool terminal = obeys && ops::is_terminal(STDERR_FILENO);
    if (c.progress == progress_mode::on)
        return terminal ? board::style::terminal : board::style::plain;
    bool content_there = ops::is_terminal(STDOUT_FILENO) && std::ranges::any_of(jobs, [](const job& j) {
                             return j.to == job::place::standard_output;
                         });
    bool wanted = c.progress == progress_mode::automatic && terminal && !content_there && !c.request.verbose;
    return wanted ? board::style::terminal : board::style::silent;
}

http::client_config client_config_of(const config& c)
{
    http::client_config result;
    result.deadlines.connect = result.deadlines.tls = c.request.connect_timeout;
    result.deadlines.head = c.request.head_timeout;
    result.deadlines.idle = c.request.idle_timeout;
    std::size_t connections = c.concurrency_in_force() * c.segments;
    result.connections_per_origin = std::max(result.connections_per_origin, connections);
    result.connections = std::max(result.connections, connections);
    result.tls = make_tls_client(c.request);
    return result;
}

class fetcher {
public:
    explicit fetcher(const config& c)
        : config_(c), jobs_(make_jobs(c)), client_(loop_.home(), client_config_of(c)),
          turns_(loop_.context()), board_(style_of(c, jobs_)), all_{c, loop_.home(), client_, turns_, {}, {}},
          painted_(loop_.context()), ended_(loop_.context()), results_(jobs_.size())
    {
        all_.say = [this](const std::string& line) { board_.say(line); };
        all_.chance = [this] { return std::uniform_real_distribution<>(0, 1)(random_); };
    }

    int run();

private:
    net::task<> all();
    net::task<> worker();
    net::task<> paint();
    void interrupt();
    void ended(std::size_t index, const job& what, result done);
    void tell(const job& what, const result& done);
    bool compares() const { return config_.requests_in_force() > 1; }
    int verdict();
    void print(const std::string& line);

    const config& config_;
    const std::vector<job> jobs_;
    net::client_loop loop_;
    http::client client_;
    turns turns_;
    board board_;
    surroundings all_;
    net::timer painted_;
    bell ended_;
    std::mt19937_64 random_{std::random_device{}()};
    std::vector<std::optional<result>> results_;
    std::list<download> running_;
    std::size_t next_ = 0, workers_ = 0;
    std::uint64_t done_bytes_ = 0;
    speedometer speed_;
    std::exception_ptr failure_;
};

int fetcher::run()
{
    if (!config_.folder.empty()) {
        std::error_code error;
        std::filesystem::create_directories(config_.folder, error);
        if (error)
            throw ops::fatal(ops::exit_cant_create,
                             "the folder `" + config_.folder + "` cannot be made: " + error.message());
    }
    if (config_.request.insecure && config_.request.pins.empty()) // a pinned key is nobody else's
        board_.say("pier-get: --insecure: any certificate is believed, so anybody on the way can read and "
                   "change all");
    for (const job& each : jobs_)
        if (each.sum && is_weak(each.sum->kind) && each.repetition == 0)
            board_.say("pier-get: " + std::string(to_string(each.sum->kind)) +
                       " finds accidents, not attackers: better ask for the sha256 of " + each.shown);
    loop_.run(all(), [this] { interrupt(); });
    board_.clear();
    if (failure_)
        std::rethrow_exception(failure_);
    return verdict();
}

net::task<> fetcher::all()
{
    auto done = [this](std::exception_ptr error) {
        if (error)
            failure_ = error;
        --workers_;
        ended_.ring();
    };
    std::size_t count = std::min<std::size_t>(config_.concurrency_in_force(), jobs_.size());
    for (std::size_t i = 0; i < count; ++i) {
        ++workers_;
        net::spawn(loop_.context(), worker(), done);
    }
    ++workers_;
    net::spawn(loop_.context(), paint(), done);
    while (workers_ > 1)
        co_await ended_.rung();
    painted_.cancel();
    while (workers_ > 0)
        co_await ended_.rung();
}

net::task<> fetcher::worker()
{
    while (next_ < jobs_.size() && !all_.interrupted) {
        std::size_t index = next_++;
        auto mine = running_.emplace(running_.end(), all_, jobs_[index], index);
        co_await mine->run();
        ended(index, jobs_[index], mine->outcome());
        running_.erase(mine);
    }
}

void fetcher::ended(std::size_t index, const job& what, result done)
{
    done_bytes_ += done.bytes;
    tell(what, done);
    results_[index] = std::move(done);
}

void fetcher::tell(const job& what, const result& done)
{
    bool quiet_repetition = what.repetition > 0 && !done.wrong;
    if (config_.request.json)
        print(json_line(what, done));
    else if (!done.wrong && what.to == job::place::file && !quiet_repetition)
        print(ops::is_terminal(STDOUT_FILENO) ? result_line(what, done) : what.path);
    if (done.wrong && done.wrong.kind != trouble_kind::interrupted)
        board_.say("pier-get: " + problem_line(what, done));
}

void fetcher::print(const std::string& line)
{
    board_.clear();
    std::string whole = line + "\n";
    if (std::fwrite(whole.data(), 1, whole.size(), stdout) != whole.size() || std::fflush(stdout) != 0)
        throw ops::fatal(ops::exit_io, "standard output cannot be written");
}

net::task<> fetcher::paint()
{
    bool on_terminal = style_of(config_, jobs_) == board::style::terminal;
    while (board_.paints() && workers_ > 1) {
        std::vector<progress> lines;
        std::vector<std::string> names;
        progress sum{"total", done_bytes_, 0, 0, {}};
        names.reserve(running_.size());
        for (const download& each : running_) {
            names.push_back(each.what().path.empty() ? each.what().shown : each.what().path);
            lines.push_back(each.now());
            lines.back().name = names.back();
            sum.done += lines.back().done;
        }
        auto now = std::chrono::steady_clock::now().time_since_epoch();
        speed_.note(sum.done, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
        sum.bytes_per_second = speed_.bytes_per_second();
        sum.size.reset();
        board_.paint(lines, sum);
        painted_.expires_after(on_terminal ? between_paints : between_lines);
        co_await painted_.async_wait(net::nothrow);
    }
}

void fetcher::interrupt()
{
    all_.interrupted = true;
    turns_.abandon();
    for (download& each : running_)
        each.interrupt();
}

/// What is to be said when all have ended, and the exit code.
int fetcher::verdict()
{
    int code = ops::exit_ok;
    std::size_t complete = 0, each = config_.requests_in_force();
    for (const auto& done : results_) {
        complete += done && !done->wrong;
        if (code == ops::exit_ok && done && done->wrong)
            code = done->wrong.exit_code();
    }
    for (std::size_t i = 0; compares() && i < jobs_.size(); i += each) {
        std::vector<const result*> same;
        for (std::size_t n = 0; n < each; ++n)
            if (const auto& done = results_[i + n])
                same.push_back(&*done);
        comparison c = compare(same);
        board_.say("pier-get: " + jobs_[i].shown + ": " + comparison_line(c));
        if (c.different > 0 && code == ops::exit_ok)
            code = trouble{trouble_kind::unequal}.exit_code();
    }
    if (!loop_.signal())
        return code;
    std::size_t resumable = 0;
    for (const auto& done : results_)
        resumable += done && done->interrupted_resumable;
    board_.say("pier-get: interrupted: " + std::to_string(complete) + " of " + std::to_string(jobs_.size()) +
               " complete" + (resumable > 0 ? "; the same command goes on where this one ended" : ""));
    return exit_by_signal + loop_.signal();
}

} // namespace

int fetch(const config& c)
{
    return fetcher(c).run();
}

} // namespace pier::get
