// Where a download begins and ends: what stands in the file system, and whether the content is what it should
// be.
#include "pier/get/download.hpp"
#include "pier/net/blocking_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace pier::get {

bool download::open_output()
{
    switch (job_.to) {
    case job::place::nowhere: sink_ = std::make_unique<no_sink>(); break;
    case job::place::standard_output: sink_ = std::make_unique<stream_sink>(all_.home, STDOUT_FILENO); break;
    case job::place::file: return open_file();
    }
    return true;
}

/// A device or a pipe is written to as it is, all else takes its name when it is complete.
bool download::open_file()
{
    struct stat there{};
    bool special =
        ::stat(job_.path.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode);
    if (special) {
        unique_fd fd(::open(job_.path.c_str(), O_WRONLY | O_CLOEXEC));
        int number = fd.get();
        if (!fd)
            fail({trouble_kind::file, "`" + job_.path + "` cannot be written: " + std::strerror(errno)});
        else
            sink_ = std::make_unique<stream_sink>(all_.home, number, std::move(fd));
        segmented_ = false;
        return number >= 0;
    }
    std::string why;
    bool resume = config_.resume && !config_.compressed && origin_.method == "GET" && !config_.request.data;
    file_ = partial_file::open({job_.path, job_.replace, resume, job_.shown}, why);
    if (!file_) {
        fail({trouble_kind::file, why});
        return false;
    }
    sink_ = std::make_unique<file_sink>(*file_);
    if (file_->found() && !take_over(*file_->found()))
        file_->cut(0);
    return true;
}

/// False: there is nothing in it.
bool download::take_over(const partial_record& record)
{
    coverage done = record.done.value_or(coverage());
    std::uint64_t there = file_->size();
    if (!record.done && there > 0)
        done.add({0, there - 1});
    if (done.bytes() == 0)
        return false;
    // All of it: the server is asked for the last byte, whether it is still the same.
    if (record.size && done.prefix() >= *record.size) {
        done.clear();
        if (*record.size > 1)
            done.add({0, *record.size - 2});
    }
    done_ = done;
    validator_ = record.validator;
    size_ = record.size;
    result_.resumed_from = done.bytes();
    begin_sums();
    return true;
}

net::task<> download::conclude()
{
    if (decoder_ && !decoder_->complete()) {
        fail({trouble_kind::decoding, "the compressed content (" + result_.encoding + ") ends early"});
        co_return;
    }
    result_.bytes = job_.to == job::place::file && file_ ? file_->size() : now().done;
    if (file_ && size_ && result_.bytes != *size_) {
        fail({trouble_kind::ranges,
              "the parts make " + std::to_string(result_.bytes) + " bytes of " + std::to_string(*size_)});
        co_return;
    }
    if ((!sums_.empty() || !raw_sums_.empty()) && summed_ != result_.bytes && file_)
        co_await sum_file();
    if (!check_sums() || !file_)
        co_return;
    int error = 0;
    auto finish = [this, &error] { error = file_->finish(config_.sync); };
    auto [refused] = co_await all_.home.pool.run(all_.home.context.get_executor(), finish, net::nothrow);
    if (refused)
        error = EAGAIN;
    if (error == EEXIST)
        fail({trouble_kind::file,
              "`" + job_.path + "` exists by now: the content is in " + job_.path + ".pier-part"});
    else if (error != 0)
        fail({trouble_kind::writing, "`" + job_.path + "` cannot be finished: " + std::strerror(error)});
}

/// What came in pieces, or by several runs, is read once more.
net::task<> download::sum_file()
{
    for (auto* sums : {&sums_, &raw_sums_})
        for (summer& sum : *sums)
            sum = summer(sum.kind());
    int error = 0;
    auto work = [this, &error] {
        std::vector<char> buffer(1 << 20);
        for (std::uint64_t at = 0;;) {
            ssize_t got = ::pread(file_->descriptor(), buffer.data(), buffer.size(), static_cast<off_t>(at));
            if (got < 0)
                error = errno;
            if (got <= 0)
                return;
            std::span<const char> content(buffer.data(), static_cast<std::size_t>(got));
            for (auto* sums : {&sums_, &raw_sums_})
                for (summer& sum : *sums)
                    sum.add(content);
            at += content.size();
        }
    };
    auto [refused] = co_await all_.home.pool.run(all_.home.context.get_executor(), work, net::nothrow);
    if (refused || error != 0)
        fail({trouble_kind::writing,
              "`" + job_.path + "` cannot be read again: " + std::strerror(error == 0 ? EAGAIN : error)});
}

bool download::check_sums()
{
    if (result_.wrong)
        return false;
    auto differs = [this](const std::string& whose, sum_kind kind, const std::string& wanted,
                          const std::string& is) {
        fail({trouble_kind::checksum,
              std::string(to_string(kind)) + " is " + to_hex(is) + ", " + whose + to_hex(wanted)});
    };
    for (std::size_t i = 0; i < raw_sums_.size(); ++i) {
        std::string sum = raw_sums_[i].finish();
        if (sum != digests_[i].bytes)
            differs("but Repr-Digest says ", digests_[i].kind, digests_[i].bytes, sum);
        result_.digest_checked = true;
    }
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        std::string sum = sums_[i].finish();
        if (job_.sum && i == 0 && sum != job_.sum->bytes)
            differs("and should be ", job_.sum->kind, job_.sum->bytes, sum);
        if (sums_[i].kind() == sum_kind::sha256)
            result_.sha256 = to_hex(sum);
    }
    return !result_.wrong;
}

coverage download::covered() const
{
    coverage all = done_;
    for (const piece& p : pieces_)
        if (p.at > p.first)
            all.add({p.first, p.at - 1});
    return all;
}

void download::remember(bool with_ranges)
{
    if (!file_ || validator_.empty())
        return;
    partial_record record{job_.shown, validator_, size_, {}};
    if (with_ranges && size_)
        record.done = covered();
    file_->remember(record); // without it nothing is lost but time
}

bool download::is_resumable() const
{
    auto kind = result_.wrong.kind;
    bool of_the_way = kind == trouble_kind::transport || kind == trouble_kind::status ||
                      kind == trouble_kind::writing || kind == trouble_kind::interrupted;
    return of_the_way && !validator_.empty() && covered().bytes() > 0;
}

/// What is said of it afterwards, and what stays.
void download::settle()
{
    all_.output_turns.through(place_);
    result_.took.total = clock::now() - begun_;
    if (result_.bytes == 0)
        result_.bytes = now().done;
    bool exists_by_now = result_.wrong.kind == trouble_kind::file;
    if (!file_ || !result_.wrong || exists_by_now)
        return;
    result_.interrupted_resumable = is_resumable();
    if (result_.interrupted_resumable)
        remember(true);
    else
        file_->discard();
}

} // namespace pier::get
