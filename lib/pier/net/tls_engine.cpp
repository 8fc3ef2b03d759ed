#include "pier/net/tls_engine.hpp"

#include <algorithm>
#include <cstring>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <utility>

namespace pier::net {

namespace {

/// What engines of one thread use in turn: made when the first of them needs it, and kept.
struct scratch {
    std::unique_ptr<char[]> input;
    std::size_t input_size = 0;
    std::unique_ptr<char[]> plain;
    std::string output;
    const void* writer = nullptr; ///< whose output it is
};

scratch& own_scratch()
{
    static thread_local const std::unique_ptr<scratch> memory = std::make_unique<scratch>();
    return *memory;
}

/// Empty, unless it is this engine's already.
std::string& output_of(const void* engine)
{
    scratch& own = own_scratch();
    if (own.writer != engine) {
        own.output.clear();
        own.writer = engine;
    }
    return own.output;
}

void release(std::string& text)
{
    std::string().swap(text);
}

} // namespace

/// Never blocks: what is not there yet is to be asked for again, what is written is kept.
struct tls_engine::bio {
    static tls_engine& engine(BIO* b) { return *static_cast<tls_engine*>(BIO_get_data(b)); }

    static int read(BIO* b, char* into, std::size_t size, std::size_t* taken)
    {
        std::string_view& fed = engine(b).fed_;
        BIO_clear_retry_flags(b);
        if (fed.empty()) {
            BIO_set_retry_read(b);
            return 0;
        }
        *taken = std::min(size, fed.size());
        std::memcpy(into, fed.data(), *taken);
        fed.remove_prefix(*taken);
        return 1;
    }

    static int write(BIO* b, const char* from, std::size_t size, std::size_t* taken)
    {
        tls_engine& self = engine(b);
        BIO_clear_retry_flags(b);
        if (self.unsent_.empty())
            output_of(&self).append(from, size);
        else if (self.unsent_.size() + size > unsent_limit)
            return 0; // a peer that goes on asking and does not read
        else
            self.unsent_.append(from, size);
        *taken = size;
        return 1;
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static int create(BIO* b)
    {
        BIO_set_init(b, 1);
        return 1;
    }

    static BIO* make(tls_engine& of)
    {
        static BIO_METHOD* const method = [] {
            BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pier");
            BIO_meth_set_read_ex(m, read);
            BIO_meth_set_write_ex(m, write);
            BIO_meth_set_ctrl(m, control);
            BIO_meth_set_create(m, create);
            return m;
        }();
        BIO* b = BIO_new(method);
        if (!b)
            throw std::bad_alloc();
        BIO_set_data(b, &of);
        return b;
    }
};

tls_engine::tls_engine(ssl_ptr ssl) : ssl_(std::move(ssl)), server_(SSL_is_server(ssl_.get()) == 1)
{
    BIO* both = bio::make(*this);
    SSL_set_bio(ssl_.get(), both, both);
    SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_set_options(ssl_.get(), SSL_OP_NO_RENEGOTIATION);
}

tls_engine::~tls_engine()
{
    output_of(nullptr); // the next engine may get the same address
    // Else OpenSSL would take the session for spoilt by an end without close_notify, as TLS 1.0 did.
    if (established_ && !failure_)
        SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

std::span<char> tls_engine::receive_space(std::size_t wanted)
{
    wanted = std::clamp(wanted, receive_size, 4 * batch);
    scratch& own = own_scratch();
    if (own.input_size < wanted) {
        own.input.reset(new char[wanted]); // not zeroed
        own.input_size = wanted;
    }
    return {own.input.get(), wanted};
}

std::span<char> tls_engine::plain_space()
{
    scratch& own = own_scratch();
    if (!own.plain)
        own.plain.reset(new char[batch]);
    return {own.plain.get(), batch};
}

void tls_engine::feed(std::string_view ciphertext)
{
    if (fed_.empty()) {
        fed_ = ciphertext;
        return;
    }
    std::string all(fed_);
    all.append(ciphertext);
    kept_ = std::move(all);
    fed_ = kept_;
}

void tls_engine::keep()
{
    if (fed_.empty()) {
        if (!kept_.empty())
            release(kept_);
        return;
    }
    kept_ = std::string(fed_);
    fed_ = kept_;
}

void tls_engine::end_input(int error)
{
    ended_ = true;
    if (error != 0 && !failure_)
        failure_ = {tls_failure::kind::io, static_cast<unsigned long>(error)};
}

/// An HTTP request says so with its first byte: a record begins with its type, 20 to 24.
bool tls_engine::looks_plain() const
{
    return server_ && !started_ && !fed_.empty() && fed_.front() >= 'A' && fed_.front() <= 'Z';
}

tls_step tls_engine::handshake()
{
    if (failure_)
        return tls_step::failed;
    if (looks_plain()) {
        failure_ = {tls_failure::kind::plain};
        return tls_step::failed;
    }
    started_ = started_ || !fed_.empty();
    ERR_clear_error();
    int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
        ERR_clear_error(); // a ticket that nobody knows any more leaves its traces there
        established_ = true;
        return tls_step::done;
    }
    if (!take_error(result))
        return tls_step::failed;
    if (ended_) {
        failure_ = {tls_failure::kind::closed};
        return tls_step::failed;
    }
    return tls_step::wants_read;
}

/// False: the connection has failed, or has come to its end.
bool tls_engine::take_error(int result)
{
    switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return true;
    case SSL_ERROR_ZERO_RETURN:
        ended_ = clean_ = true;
        if (!established_)
            failure_ = {tls_failure::kind::closed};
        return false;
    default: break;
    }
    failure_ = tls_failure::take(SSL_get_verify_result(ssl_.get()));
    if (server_ && failure_.what == tls_failure::kind::plain)
        failure_.what = tls_failure::kind::protocol; // what speaks plainly was recognised before
    return false;
}

bool tls_engine::has_input() const
{
    return !fed_.empty() || SSL_pending(ssl_.get()) > 0;
}

tls_input tls_engine::read(std::span<char> into)
{
    using status = tls_input::status;
    std::size_t total = 0;
    while (total < into.size() && !clean_ && !failure_) {
        std::size_t n = 0;
        if (SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &n) == 1) {
            total += n;
            if (!has_input())
                break;
        } else if (take_error(0)) {
            break;
        }
    }
    if (total > 0)
        return {status::data, total};
    if (failure_)
        return {status::failed};
    return {ended_ ? status::ended : status::wants_input};
}

tls_input tls_engine::peek(std::span<char> into)
{
    using status = tls_input::status;
    std::size_t n = 0;
    if (!failure_ && SSL_peek_ex(ssl_.get(), into.data(), into.size(), &n) == 1)
        return {status::data, n};
    if (!failure_)
        take_error(0);
    if (failure_)
        return {status::failed};
    return {ended_ ? status::ended : status::wants_input};
}

bool tls_engine::write(std::span<const iovec> pieces)
{
    if (failure_)
        return false;
    if (!unsent_.empty()) { // what is left of a handshake goes first, by the same send
        output_of(this).assign(output());
        release(unsent_);
        unsent_at_ = 0;
    }
    std::string_view text;
    if (pieces.size() == 1) {
        text = {static_cast<const char*>(pieces[0].iov_base), std::min(pieces[0].iov_len, batch)};
    } else {
        std::span<char> room = plain_space();
        std::size_t size = 0;
        for (const iovec& piece : pieces) {
            std::size_t n = std::min(piece.iov_len, room.size() - size);
            if (n > 0)
                std::memcpy(room.data() + size, piece.iov_base, n);
            size += n;
        }
        text = {room.data(), size};
    }
    if (text.empty())
        return true;
    std::size_t n = 0;
    int result = SSL_write_ex(ssl_.get(), text.data(), text.size(), &n);
    if (result != 1) {
        take_error(result);
        if (!failure_)
            failure_ = {tls_failure::kind::protocol};
        return false;
    }
    owed_ = n;
    return true;
}

std::size_t tls_engine::take_written(std::size_t most)
{
    std::size_t n = std::min(most, written_);
    written_ -= n;
    return n;
}

std::string_view tls_engine::output() const
{
    return unsent_.empty() ? std::string_view(output_of(this)) : std::string_view(unsent_).substr(unsent_at_);
}

bool tls_engine::output_can_wait() const
{
    return established_ && has_input() && SSL_version(ssl_.get()) == TLS1_3_VERSION;
}

void tls_engine::sent(std::size_t bytes)
{
    if (unsent_.empty()) {
        std::string& output = output_of(this);
        if (bytes < output.size())
            unsent_ = output.substr(bytes);
        output.clear();
    } else {
        unsent_at_ += bytes;
        if (unsent_at_ == unsent_.size())
            release(unsent_);
    }
    if (unsent_.empty()) {
        unsent_at_ = 0;
        written_ += std::exchange(owed_, 0);
    }
}

void tls_engine::close_output()
{
    if (!established_ || failure_ || quiet_ || (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0)
        return;
    if (SSL_shutdown(ssl_.get()) < 0)
        ERR_clear_error();
}

tls_facts tls_engine::facts() const
{
    SSL* ssl = ssl_.get();
    tls_facts result;
    result.version = SSL_get_version(ssl);
    if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl))
        result.cipher = SSL_CIPHER_get_name(cipher);
    const unsigned char* alpn = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &alpn, &size);
    if (size > 0)
        result.alpn = {reinterpret_cast<const char*>(alpn), size};
    if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
        result.server_name = name;
    result.resumed = SSL_session_reused(ssl) == 1;
    return result;
}

} // namespace pier::net
