#include "pier/get/report.hpp"

#include "pier/base/json_writer.hpp"
#include "pier/base/text.hpp"
#include "pier/get/progress.hpp"

#include <algorithm>

namespace pier::get {

namespace {

std::int64_t milliseconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

void add_time(json_writer& json, const char* name, std::chrono::nanoseconds time)
{
    json.key(name).thousandths(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)) / 1000);
}

void add_timings(json_writer& json, const timings& took)
{
    json.key("milliseconds").begin_object();
    add_time(json, "dns", took.dns);
    add_time(json, "connect", took.connect);
    add_time(json, "tls", took.tls);
    add_time(json, "first_byte", took.first_byte);
    add_time(json, "total", took.total);
    json.end_object();
}

void add_error(json_writer& json, const result& done)
{
    if (!done.wrong)
        return;
    json.key("error").begin_object();
    json.member("class", done.wrong.word()).member("sentence", done.wrong.sentence);
    json.member("exit_code", done.wrong.exit_code());
    json.member("resumable", done.interrupted_resumable).end_object();
}

std::string in_words(std::chrono::nanoseconds time)
{
    return time_in_words(milliseconds(time));
}

} // namespace

std::string result_line(const job& what, const result& done)
{
    std::string line =
        visible(what.path) + ": " + bytes_in_words(done.bytes) + " in " + in_words(done.took.total);
    double seconds = std::chrono::duration<double>(done.took.total).count();
    if (done.received > 0 && seconds > 0)
        line += ", " +
                bytes_in_words(static_cast<std::uint64_t>(static_cast<double>(done.received) / seconds)) +
                "/s";
    if (done.resumed_from > 0)
        line += ", " + bytes_in_words(done.resumed_from) + " of it from an earlier run";
    if (what.sum)
        line += ", " + std::string(to_string(what.sum->kind)) + " is right";
    return line;
}

std::string problem_line(const job& what, const result& done)
{
    std::string line = visible(what.shown) + ": " + done.wrong.sentence;
    if (!done.wrong.advice.empty())
        line += ": " + done.wrong.advice;
    if (done.interrupted_resumable)
        line += "; the same command goes on where this one ended";
    return line;
}

std::string json_line(const job& what, const result& done)
{
    std::string line;
    json_writer json(line);
    json.begin_object().member("url", what.shown);
    if (what.repetition > 0)
        json.member("repetition", what.repetition);
    json.member("final_url", done.final_url.to_string());
    if (done.status != 0)
        json.member("status", done.status).member("http_version", "1." + std::to_string(done.minor_version));
    if (!done.peer.empty())
        json.member("server", done.peer).member("connection_reused", done.reused);
    if (what.to == job::place::file)
        json.member("file", what.path);
    json.member("bytes", done.bytes).member("received", done.received);
    json.member("resumed_from", done.resumed_from).member("segments", done.segments);
    if (!done.encoding.empty())
        json.member("encoding", done.encoding);
    if (!done.sha256.empty())
        json.member("sha256", done.sha256);
    json.member("digest_checked", done.digest_checked);
    json.member("requests", done.tries).member("redirects", done.redirects);
    add_timings(json, done.took);
    add_error(json, done);
    json.end_object();
    return line;
}

comparison compare(std::span<const result* const> all)
{
    comparison c;
    const result* first = nullptr;
    for (const result* each : all) {
        if (each->wrong) {
            ++c.failures;
            continue;
        }
        ++c.answers;
        if (!first) {
            first = each;
            c.bytes = each->bytes;
            c.sha256 = each->sha256;
            c.fastest = c.slowest = each->took.total;
        }
        c.different += each->bytes != c.bytes || each->sha256 != c.sha256;
        c.fastest = std::min(c.fastest, each->took.total);
        c.slowest = std::max(c.slowest, each->took.total);
    }
    return c;
}

std::string comparison_line(const comparison& c)
{
    std::string line = std::to_string(c.answers) + (c.answers == 1 ? " answer" : " answers");
    if (c.failures > 0)
        line += ", " + std::to_string(c.failures) + " failed";
    if (c.answers == 0)
        return line;
    if (c.different > 0)
        return line + ", " + std::to_string(c.different) + " of them differ from the first";
    return line + (c.answers > 1 ? ", all equal: " : ": ") + std::to_string(c.bytes) + " bytes, sha256 " +
           c.sha256 + ", in " + in_words(c.fastest) + " to " + in_words(c.slowest);
}

} // namespace pier::get
