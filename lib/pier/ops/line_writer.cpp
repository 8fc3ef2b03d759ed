#include "pier/ops/line_writer.hpp"

#include "pier/ops/crash.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/line_log.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/privileges.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace pier::ops {

namespace {

constexpr mode_t owner_and_group = 0640;
constexpr std::chrono::milliseconds look_up{50}; ///< how soon an abandoned thread ends

/// A FIFO is opened for reading too: then opening waits for no reader, and readers may come and go.
unique_fd open_to_append(const std::string& path, int create)
{
    struct stat s;
    bool fifo = ::stat(path.c_str(), &s) == 0 && S_ISFIFO(s.st_mode);
    int mode = fifo ? O_RDWR | O_NONBLOCK : O_WRONLY | O_APPEND | create;
    return unique_fd(::open(path.c_str(), mode | O_CLOEXEC | O_NOCTTY, owner_and_group));
}

/// One that nobody else has made, by this name or any other.
unique_fd make(const std::string& path)
{
    int mode = O_WRONLY | O_APPEND | O_CREAT | O_EXCL;
    return unique_fd(::open(path.c_str(), mode | O_CLOEXEC | O_NOCTTY, owner_and_group));
}

std::uint64_t count_lines(std::string_view text)
{
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

std::string number_of_lines(std::uint64_t n)
{
    return std::to_string(n) + (n == 1 ? " line" : " lines");
}

} // namespace

std::shared_ptr<line_writer> line_writer::open(const std::string& where)
{
    unique_fd fd = where == "stderr" ? unique_fd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) : make(where);
    bool made = fd && where != "stderr";
    if (!fd && where != "stderr")
        fd = open_to_append(where, 0); // root makes no file where somebody else's link points
    if (!fd)
        throw fatal(exit_cant_create, "cannot write the log " + where + ": " + std::strerror(errno));
    return std::make_shared<line_writer>(where, std::move(fd), made);
}

line_writer::line_writer(std::string where, unique_fd fd, bool made)
    : where_(std::move(where)), made_(made), fd_(std::move(fd))
{
}

void line_writer::give_to(const identity& who) const
{
    if (made_ && ::fchown(fd_.get(), who.user, who.group) != 0)
        throw fatal(exit_cant_create,
                    "cannot give the log " + where_ + " to user " + who.name + ": " + std::strerror(errno));
}

/// With the lock held. When the system refuses a thread the work waits for the next try.
void line_writer::add(job next)
{
    jobs_.push_back(std::move(next));
    try {
        if (!std::exchange(started_, true))
            std::thread([self = shared_from_this()] { self->run(); }).detach();
    } catch (const std::system_error&) {
        started_ = false;
    }
    changed_.notify_one();
}

void line_writer::push(std::string& lines)
{
    bool first = false;
    {
        std::lock_guard lock(mutex_);
        if (waiting_ + lines.size() <= line_file::most_waiting) {
            waiting_ += lines.size();
            add({std::move(lines)});
            lines = std::string();
            if (!spare_.empty()) {
                lines = std::move(spare_.back());
                spare_.pop_back();
            }
            return;
        }
        std::uint64_t count = count_lines(lines);
        lost_.fetch_add(count, relaxed);
        first = losses_.lost(count, std::chrono::steady_clock::now());
        lines.clear();
    }
    if (first && !is_stderr()) // which could not take the event either
        log(level::error, "the log " + where_ + " takes nothing more: lines are dropped");
}

void line_writer::reopen(std::chrono::milliseconds at_most)
{
    if (is_stderr())
        return;
    auto outcome = std::make_shared<reopening>();
    std::unique_lock lock(mutex_);
    add({{}, outcome});
    outcome->awaited = reopened_.wait_for(lock, at_most, [&] { return outcome->done; });
    if (!outcome->wrong.empty())
        throw fatal(exit_cant_create, outcome->wrong);
}

bool line_writer::settle(std::chrono::milliseconds at_most)
{
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, at_most, [this] { return jobs_.empty() && !busy_; });
}

void line_writer::stop(std::chrono::milliseconds at_most)
{
    settle(at_most);
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        abandoned_ = true;
        for (const job& j : jobs_)
            losses_.lost(count_lines(j.lines), std::chrono::steady_clock::now());
        jobs_.clear();
        changed_.notify_one();
    }
    settle(2 * look_up); // not for a thread that is stuck in write(2)
    std::unique_lock lock(mutex_);
    std::uint64_t left = losses_.lines();
    lock.unlock();
    if (left > 0)
        log(level::error, "the log " + where_ + " ends with " + number_of_lines(left) + " lost");
}

void line_writer::run()
{
    crash_stack stack;
    std::unique_lock lock(mutex_);
    for (;;) {
        wait_for_job(lock);
        if (jobs_.empty()) {
            idle_.notify_all();
            return;
        }
        job next = std::move(jobs_.front());
        jobs_.pop_front();
        busy_ = true;
        lock.unlock();
        std::size_t size = next.lines.size();
        if (next.reopen)
            reopen(*next.reopen);
        else
            put(next.lines);
        lock.lock();
        busy_ = false;
        waiting_ -= size;
        if (size > 0 && next.lines.capacity() <= largest_spare && spare_.size() < most_spare) {
            next.lines.clear();
            spare_.push_back(std::move(next.lines));
        }
        tell_end(lock);
    }
}

void line_writer::wait_for_job(std::unique_lock<std::mutex>& lock)
{
    while (jobs_.empty() && !stopping_) {
        idle_.notify_all();
        if (auto due = losses_.due()) {
            changed_.wait_until(lock, *due);
            tell_end(lock);
        } else {
            changed_.wait(lock);
        }
    }
}

void line_writer::tell_end(std::unique_lock<std::mutex>& lock)
{
    std::uint64_t lines = losses_.ended(std::chrono::steady_clock::now());
    if (lines == 0)
        return;
    lock.unlock();
    log(level::warning, "the log " + where_ + " is written again: " + number_of_lines(lines) + " lost");
    lock.lock();
}

/// Takes off what could be written; returns 0, or the error that left the rest.
int line_writer::put_some(std::string_view& rest)
{
    while (!rest.empty() && !abandoned_) {
        ssize_t n = ::write(fd_.get(), rest.data(), rest.size());
        if (n > 0) {
            rest.remove_prefix(static_cast<std::size_t>(n));
        } else if (n < 0 && errno == EAGAIN) {
            pollfd wait{fd_.get(), POLLOUT, 0};
            ::poll(&wait, 1, static_cast<int>(look_up.count()));
        } else if (n == 0 || errno != EINTR) {
            return n == 0 ? ENOSPC : errno;
        }
    }
    return 0;
}

void line_writer::put(std::string& lines)
{
    bool mid_line = !cut_.empty();
    if (mid_line) {
        lines.insert(0, cut_);
        cut_.clear();
    }
    std::string_view rest = lines;
    int error = put_some(rest);
    if (rest.empty()) {
        std::lock_guard lock(mutex_);
        losses_.written();
        return;
    }
    std::size_t written = lines.size() - rest.size();
    if (written > 0 ? lines[written - 1] != '\n' : mid_line) {
        std::size_t length = std::min(rest.find('\n'), rest.size() - 1) + 1;
        cut_ = rest.substr(0, length);
        rest.remove_prefix(length);
    }
    lose(count_lines(rest), std::strerror(error));
}

void line_writer::lose(std::uint64_t lines, const std::string& why)
{
    if (lines == 0)
        return;
    lost_.fetch_add(lines, relaxed);
    bool first = false;
    {
        std::lock_guard lock(mutex_);
        first = losses_.lost(lines, std::chrono::steady_clock::now());
    }
    if (first && !is_stderr() && !abandoned_)
        log(level::error, "the log " + where_ + " cannot be written: " + why + ": lines are dropped");
}

void line_writer::reopen(reopening& outcome)
{
    if (!cut_.empty()) { // its beginning stays in the old file, so its end can go nowhere else
        std::string_view rest = cut_;
        int error = put_some(rest);
        if (!rest.empty())
            lose(1, std::strerror(error));
        cut_.clear();
    }
    std::string wrong;
    if (unique_fd next = open_to_append(where_, O_CREAT))
        fd_ = std::move(next);
    else
        wrong = "the log " + where_ + " cannot be reopened: " + std::strerror(errno);
    std::unique_lock lock(mutex_);
    outcome.done = true;
    outcome.wrong = wrong;
    reopened_.notify_all();
    bool awaited = outcome.awaited;
    lock.unlock();
    if (!wrong.empty() && !awaited)
        log(level::error, wrong);
}

} // namespace pier::ops
