// One HTTP/1.1 connection, and what the connections of a shard share. Private to the server; the coroutine
// that drives a connection is shard_server::serve in server.cpp and reads like the protocol.
#pragma once

#include "pier/base/cycle_clock.hpp"
#include "pier/http/access_line.hpp"
#include "pier/http/chunked.hpp"
#include "pier/http/input_buffer.hpp"
#include "pier/http/request_rules.hpp"
#include "pier/http/response_head.hpp"
#include "pier/http/sender.hpp"
#include "pier/http/server.hpp"
#include "pier/net/shard.hpp"

#include <optional>

namespace pier::http {

/// What a connection needs from the first byte of a request to the last of its answer, and not while it is
/// idle.
struct exchange {
    exchange(const head_limits& limits, net::buffer_pool& small, net::buffer_pool& large)
        : parser(limits), in(small, large)
    {
    }
    /// For the next request, on whatever connection that comes.
    void reset();

    head_parser parser;
    request_facts facts;
    http::request request;
    http::response response;
    bool response_is_chunked = false;
    input_buffer in;
    sender out;
    std::uint64_t body_left = 0;     ///< of the request's, with Content-Length
    std::uint64_t body_sent = 0;     ///< of the response's
    std::size_t body_at = 0;         ///< where unread body bytes start in the input
    cycle_clock::stamp read_at = 0;  ///< the last time that input came
    cycle_clock::stamp begun_at = 0; ///< when this request's first byte was read
    std::optional<chunked_decoder> chunks;
    net::ticks body_waited = 0; ///< for the request's body, since so many bytes of it came:
    std::size_t body_fresh = 0;
    net::peer_address client; ///< the peer, or whom a trusted one forwards for
};

/// One shard's server.
class shard_server final : public net::stream_service {
public:
    shard_server(net::shard& shard, const server_config& config, std::unique_ptr<http::handler> handler);

    net::task<> serve(net::session& peer) override;
    void refuse(int fd) override;
    std::string_view answer_without_tls() override;
    void tick() override;
    std::chrono::milliseconds opening_time() const override { return config.timeout_header; }

    std::unique_ptr<exchange> take_exchange();
    void give_exchange(std::unique_ptr<exchange> unused);

    net::shard& shard;
    const server_config config;
    std::unique_ptr<http::handler> handler;
    common_lines common, secure_common; ///< of connections without TLS and with it
    log_time time;
    std::optional<ops::line_buffer> log;
    cycle_clock clock;
    const bool screens; ///< requests are counted by client
    const bool paces;   ///< there is a limit to how fast bytes leave
    net::deadline_list &header, &idle, &body, &write, &linger;

private:
    static constexpr std::size_t small_block = 4 * 1024;
    static constexpr std::size_t body_room = 16 * 1024; ///< beside the largest head
    static constexpr std::size_t spare_exchanges = 64;

    net::buffer_pool &small_, &large_;
    std::string without_tls_;
    std::vector<std::unique_ptr<exchange>> spare_;
};

class connection final : body_source {
public:
    connection(net::session& session, shard_server& server);
    ~connection() override;

    enum class input {
        request, ///< request() is there to be answered
        refused, ///< what came is no request; response() already says so
        limited, ///< a request, but too many came from its address; response() already says so
        needs_more,
        ended ///< the peer has nothing more to say
    };
    input next_request();

    const http::request& request() const { return x_->request; }
    http::response& response() { return x_->response; }

    /// A connection that always has another request at hand has had so many answered that others want a look.
    bool turn_is_over() { return ++in_a_row_ == turn_limit; }
    net::task<> let_others();
    /// What the handler has to wait for. Earlier answers do not wait with it.
    net::task<> answer_with(http::handler& handler);

    /// Gets ready for a wait between two reads: buffers go back when nothing is half done. False: close
    /// instead.
    bool prepare_to_wait();
    /// The wait was aborted. True: look at the input once more, or send what has been queued as a last word.
    bool after_aborted_wait();

    /// The response becomes bytes in line to be sent.
    void queue_answer();
    /// True when all is sent, or may leave together with the answer to the next request at hand.
    bool push();
    /// Sends everything that is queued, waiting as needed.
    net::task<> send();
    /// That, and takes what the handler left of the request's body out of the next one's way.
    net::task<> deliver();
    bool unsent() const { return x_ && (!x_->out.empty() || x_->response.source); }

    bool body_unread() const { return !body_complete_; }
    /// Throws away, within limits, a body that the handler has no use for, and says how the request stands
    /// then.
    net::task<input> skip_body();
    /// Accounts for the answer and makes room for the next request.
    void finish_request();

    bool open() const { return open_; }
    /// The end: last words are sent, and a peer that is still sending gets to read them.
    net::task<> wind_up();

private:
    net::task<body_read> read(std::span<char> into) override; // of the request's body, for the handler

    bool one_more_look();
    bool leaving() const;
    input understand();
    input refuse(int status);
    void start_request();
    bool keep_alive() const;
    bool more_at_hand() const;
    bool body_too_long() const;
    body_read take_body(std::span<char> into);
    bool receive_body();
    net::task<bool> await_body();
    sender::outcome push_output();
    sender::outcome push_paced(bool closing);
    net::task<> give_way();
    input screen();
    net::task<> discard_body();
    net::task<> send_source();
    net::task<> send_parts();
    net::task<bool> wait_writable();
    net::task<bool> warm_up();
    std::uint64_t duration() const;
    std::string_view what_becomes() const;
    void log_request(std::uint64_t body_bytes, std::uint64_t duration);
    void complete_entry(access_entry& entry) const;
    void count_received(std::size_t bytes);
    void abandon();

    static constexpr unsigned char turn_limit = 128;
    static constexpr std::size_t source_part = 16 * 1024;  ///< read from a handler's source at a time
    static constexpr std::size_t body_progress = 4 * 1024; ///< of a body, renews its deadline

    net::session& session_;
    shard_server& server_;
    std::unique_ptr<exchange> x_;
    std::unique_ptr<token_bucket> pace_; ///< none where nothing limits how fast bytes leave
    bool open_ = true;
    bool abandoned_ = false;  ///< an answer was cut off
    bool more_parts_ = false; ///< the handler's source goes on
    bool lingers_ = false;
    bool header_armed_ = false;
    bool body_complete_ = true;
    bool continue_due_ = false;
    bool broken_body_ = false;
    bool discarding_ = false;
    bool last_look_ = false;
    unsigned char in_a_row_ = 0; ///< requests since it last waited
};

} // namespace pier::http
