// A server's engine fed with what a stranger sends. The first byte says how it is split and what comes first:
// an even one nothing, an odd one a handshake with a client of ours, so that records are reached.
#include "pier/net/tls_engine.hpp"

#include "check.hpp"
#include "pier/net/tls_certificate.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string>

namespace {

using namespace pier::net;

const ssl_context_ptr& server_context()
{
    static const ssl_context_ptr made = [] {
        ssl_context_ptr context(SSL_CTX_new(TLS_server_method()));
        auto own = make_self_signed({"localhost"}, std::time(nullptr), nullptr);
        check(SSL_CTX_use_certificate(context.get(), own.own.get()) == 1);
        check(SSL_CTX_use_PrivateKey(context.get(), own.key.get()) == 1);
        return context;
    }();
    return made;
}

ssl_ptr open(const ssl_context_ptr& context, bool accepts)
{
    ssl_ptr ssl(SSL_new(context.get()));
    accepts ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
    return ssl;
}

std::string take(tls_engine& from)
{
    std::string all(from.output());
    from.sent(all.size());
    return all;
}

void shake_hands(tls_engine& server)
{
    static const ssl_context_ptr context(SSL_CTX_new(TLS_client_method()));
    tls_engine client(open(context, false));
    while (!server.established()) {
        if (!client.established())
            client.handshake();
        std::string hello = take(client);
        server.feed(hello);
        check(server.handshake() != tls_step::failed);
        server.keep();
        std::string answer = take(server);
        client.feed(answer);
        client.keep();
    }
}

void receive(tls_engine& server, std::string_view piece)
{
    std::string copy(piece);
    server.feed(copy);
    if (!server.established()) {
        server.handshake();
    } else {
        char room[100];
        for (int reads = 0; reads < 1000; ++reads) {
            auto got = server.read(room);
            check((got.bytes > 0) == (got.now == tls_input::status::data) && got.bytes <= sizeof room);
            if (got.now != tls_input::status::data)
                break;
        }
    }
    server.keep();
    check(take(server).size() < 100'000);
    check(!server.failure() || !server.failure().to_string().empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
    tls_engine server(open(server_context(), true));
    if (data[0] % 2 == 1)
        shake_hands(server);
    std::size_t step = data[0] < 2 ? in.size() + 1 : data[0] / 2;
    for (std::size_t at = 0; at < in.size() && !server.failure(); at += step)
        receive(server, in.substr(at, step));
    server.end_input();
    receive(server, {});
    server.close_output();
    check(ERR_peek_error() == 0);
    return 0;
}
