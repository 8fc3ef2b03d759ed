// One download from its first request to its file: tries, redirects, ranges and pieces, sums.
#pragma once

#include "pier/get/config.hpp"
#include "pier/get/decoder.hpp"
#include "pier/get/job.hpp"
#include "pier/get/progress.hpp"
#include "pier/get/range_rules.hpp"
#include "pier/get/redirect.hpp"
#include "pier/get/sink.hpp"
#include "pier/get/wait.hpp"
#include "pier/http/client.hpp"
#include "pier/http/retry.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace pier::get {

/// What all downloads of a run share. Of one thread.
struct surroundings {
    const config& settings;
    net::home home;
    http::client& client;
    turns& output_turns;                         ///< on standard output
    std::function<void(const std::string&)> say; ///< a line for people, on standard error
    std::function<double()> chance;              ///< from 0 to below 1
    bool interrupted = false;
};

class download {
public:
    /// `place`: among those that write to standard output.
    download(surroundings& all, const job& what, std::size_t place);
    ~download();
    download(const download&) = delete;

    /// Until it is done or has failed, which outcome() tells.
    net::task<> run();
    /// Ends what run() waits for.
    void interrupt();

    const result& outcome() const { return result_; }
    const job& what() const { return job_; }
    /// How far it is: without its name.
    progress now() const;

private:
    using clock = std::chrono::steady_clock;
    static constexpr std::size_t buffer_size = 256 << 10;
    static constexpr std::uint64_t least_piece = 1 << 20; ///< a request for less costs more than it gains

    /// A stretch of the file, which one request after the other brings.
    struct piece {
        std::uint64_t first = 0, at = 0;
        std::optional<std::uint64_t> end; ///< none: not known yet
        std::uint64_t tries = 0;          ///< since it last came further
        clock::time_point since;          ///< when that was
        std::unique_ptr<http::client_exchange> exchange{};
        net::timer pause;
        std::vector<char> buffer{};
        bool taken = false;

        piece(net::asio::io_context& context, std::uint64_t begin, std::optional<std::uint64_t> e)
            : first(begin), at(begin), end(e), since(clock::now()), pause(context)
        {
        }
    };
    /// Where requests go, as redirects have it.
    struct destination {
        http::url url;
        std::string method;
        bool with_content = true, with_credentials = true;
    };
    /// One try of a piece, and what it came to.
    struct attempt {
        destination where;
        std::optional<range_request> asked{};
        bool done = false;
        bool further = false; ///< bytes came
        trouble wrong{};
        bool may_retry = false;
        std::optional<std::chrono::milliseconds> retry_after{};
    };

    // download.cpp
    net::task<> fetch();
    net::task<> worker();
    net::task<> fetch_piece(piece& p);
    void plan();
    piece* next_piece();
    void start_workers(std::size_t count);
    std::optional<std::chrono::milliseconds> next_wait(piece& p, const attempt& a);
    bool may_go_on(piece& p);
    void start_over_as_one_stream();
    void fail(trouble wrong);
    bool stopping() const { return result_.wrong || start_over_ || all_.interrupted; }
    void cancel_requests();

    // download_request.cpp
    net::task<> try_piece(piece& p, attempt& a);
    net::task<bool> ask(piece& p, attempt& a);
    bool redirect(const http::client_exchange& x, attempt& a);
    http::client_request make_request(const attempt& a) const;
    void note_answer(const http::client_exchange& x, const attempt& a, bool answered);
    void show(const http::client_exchange& x, bool answered) const;
    void failed(const http::client_exchange& x, attempt& a) const;

    // download_answer.cpp
    net::task<> receive(piece& p, attempt& a);
    net::task<> receive_whole(piece& p, attempt& a);
    net::task<> receive_part(piece& p, attempt& a, range_verdict v);
    net::task<> receive_refusal(piece& p, attempt& a);
    bool begin_whole(piece& p, attempt& a);
    void begin_sums();
    void begin_digests(const http::answer_head& head);
    bool fits(attempt& a, std::uint64_t bytes) const;
    bool begin_decoding(const http::answer_head& head, attempt& a);
    void split(piece& p);

    // download_content.cpp
    net::task<> pump(piece& p, attempt& a);
    net::task<bool> deliver(piece& p, attempt& a, std::span<const char> content);
    net::task<bool> put(piece& p, attempt& a, std::span<const char> content);
    net::task<bool> put_head(piece& p, attempt& a);
    void came(piece& p, std::uint64_t bytes);

    // download_end.cpp
    bool open_output();
    bool open_file();
    bool take_over(const partial_record& record);
    net::task<> conclude();
    net::task<> sum_file();
    bool check_sums();
    void settle();
    coverage covered() const;
    void remember(bool with_ranges);
    bool is_resumable() const;

    surroundings& all_;
    const config& config_;
    const job& job_;
    const std::size_t place_;
    result result_;
    const clock::time_point begun_;

    std::unique_ptr<partial_file> file_;
    std::unique_ptr<sink> sink_;
    const destination origin_;
    destination where_;     ///< the last answer came from
    std::string validator_; ///< strong; empty: parts cannot be put together
    std::optional<std::uint64_t> size_;
    coverage done_; ///< by earlier runs
    std::list<piece> pieces_;
    bool segmented_;
    bool start_over_ = false;
    unsigned starts_over_ = 0;
    std::size_t workers_ = 0;
    bell bell_;
    std::exception_ptr failure_;
    clock::time_point saved_;
    std::string note_; ///< of what it waits for

    std::unique_ptr<decoder> decoder_;
    std::vector<char> decoded_;
    std::vector<summer> sums_;      ///< of what is written
    std::vector<summer> raw_sums_;  ///< of what is received, where that is something else
    std::vector<checksum> digests_; ///< of Repr-Digest
    std::uint64_t summed_ = 0;      ///< bytes in sums_, without a gap
};

} // namespace pier::get
