#include "pier/net/tls_client.hpp"

#include "pier/net/tls_keylog.hpp"
#include "pier/net/tls_peer.hpp"
#include "pier/net/tls_session_cache.hpp"
#include "pier/ops/exit.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace pier::net {

namespace {

constexpr std::string_view pin_prefix = "sha256//";
constexpr std::size_t pin_bytes = 32;

/// What OpenSSL checks a connection's certificate by, beside the chain of issuers.
struct demands {
    bool insecure;
    std::vector<std::string> pins;
};

std::string name_of(const X509_NAME* name)
{
    char text[256];
    for (int field : {NID_commonName, NID_organizationName})
        if (X509_NAME_get_text_by_NID(name, field, text, sizeof text) > 0)
            return text;
    return "nobody";
}

bool pinned(const demands& what, X509* certificate)
{
    if (what.pins.empty())
        return true;
    tls_certificate c;
    X509_up_ref(certificate);
    c.own.reset(certificate);
    c.key.reset(X509_get_pubkey(certificate));
    describe(c, {});
    return std::ranges::find(what.pins, c.report.pin) != what.pins.end();
}

void note_refused(const SSL* ssl, X509* certificate)
{
    tls_peer* peer = tls_peer::of(ssl);
    if (!peer || !certificate)
        return;
    tls_certificate& c = peer->refused.emplace();
    X509_up_ref(certificate);
    c.own.reset(certificate);
    c.key.reset(X509_get_pubkey(certificate));
    if (c.key)
        describe(c, {});
    peer->issuer = name_of(X509_get_issuer_name(certificate));
}

int verify(X509_STORE_CTX* chain, void* argument)
{
    const auto& what = *static_cast<const demands*>(argument);
    X509* own = X509_STORE_CTX_get0_cert(chain);
    bool good = what.insecure || X509_verify_cert(chain) > 0;
    if (good && !pinned(what, own)) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
        good = false;
    }
    if (!good)
        note_refused(
            static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx())), own);
    else if (what.insecure)
        X509_STORE_CTX_set_error(chain, X509_V_OK);
    return good ? 1 : 0;
}

/// 1: we keep the reference.
int keep_session(SSL* ssl, SSL_SESSION* session)
{
    tls_peer* peer = tls_peer::of(ssl);
    if (!peer || SSL_SESSION_is_resumable(session) != 1)
        return 0;
    peer->sessions->put(peer->server, ssl_session_ptr(session));
    return 1;
}

int index_in_connection()
{
    static const int index = SSL_get_ex_new_index(
        0, nullptr, nullptr, nullptr,
        [](void*, void* peer, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<tls_peer*>(peer); });
    return index;
}

void trust(SSL_CTX* context, const std::string& ca_file)
{
    bool good = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                : SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) == 1;
    if (!good)
        throw ops::fatal(ops::exit_no_input,
                         ca_file.empty()
                             ? "this machine's list of certificate authorities cannot be read; "
                               "install ca-certificates, or name a file of them with --ca"
                             : ca_file + ": no certificates can be read from it (" + take_openssl_error() +
                                   "); --ca takes a file of them in PEM form");
    // As curl does: whoever names a server's own certificate as trusted means it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(context), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
}

} // namespace

tls_peer* tls_peer::of(const SSL* ssl)
{
    return static_cast<tls_peer*>(SSL_get_ex_data(ssl, index_in_connection()));
}

void tls_peer::attach(SSL* ssl, std::unique_ptr<tls_peer> peer)
{
    if (SSL_set_ex_data(ssl, index_in_connection(), peer.get()) == 1)
        peer.release();
}

std::string add_pin(tls_client_config& to, const std::string& value)
{
    unsigned char bytes[pin_bytes + 4];
    constexpr std::size_t text_size = (pin_bytes + 2) / 3 * 4;
    bool good =
        value.starts_with(pin_prefix) && value.size() == pin_prefix.size() + text_size &&
        value.ends_with('=') &&
        EVP_DecodeBlock(bytes, reinterpret_cast<const unsigned char*>(value.data()) + pin_prefix.size(),
                        text_size) > 0;
    if (!good)
        return "is not sha256// and the SHA-256 of a public key in Base64, 44 characters";
    to.pins.push_back(value);
    return {};
}

struct tls_client::state {
    explicit state(const tls_client_config& c) : checks{c.insecure, c.pins} {}

    demands checks;
    tls_session_cache sessions{sessions_per_server, session_limit};
    std::optional<tls_keylog> keylog;
    ssl_context_ptr context{SSL_CTX_new(TLS_client_method())}; ///< goes first: it refers to the others
};

tls_client::tls_client(std::unique_ptr<state> s) : state_(std::move(s)) {}

tls_client::~tls_client() = default;

std::shared_ptr<tls_client> tls_client::make(const tls_client_config& config)
{
    auto made = std::make_unique<state>(config);
    SSL_CTX* context = made->context.get();
    if (!context)
        throw ops::fatal(ops::exit_os, "OpenSSL: " + take_openssl_error());
    SSL_CTX_set_min_proto_version(context, config.tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, verify, &made->checks);
    if (!config.insecure)
        trust(context, config.ca_file);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    if (!config.alpn.empty()) {
        std::string wire(1, static_cast<char>(config.alpn.size())); // RFC 7301 section 3.1
        wire.append(config.alpn);
        SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(wire.data()),
                                static_cast<unsigned>(wire.size()));
    }
    if (!config.keylog_file.empty()) {
        made->keylog.emplace(config.keylog_file);
        made->keylog->open();
        made->keylog->attach(context);
    }
    return std::shared_ptr<tls_client>(new tls_client(std::move(made)));
}

ssl_ptr tls_client::open(const std::string& host, std::uint16_t port)
{
    ssl_ptr ssl(SSL_new(state_->context.get()));
    if (!ssl)
        return nullptr;
    auto peer = std::make_unique<tls_peer>();
    peer->host = host;
    peer->server = host + ":" + std::to_string(port);
    peer->sessions = &state_->sessions;
    std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    // RFC 6066 section 3: an address is no name.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str()) != 1) {
        SSL_set_tlsext_host_name(ssl.get(), name.c_str());
        SSL_set1_host(ssl.get(), name.c_str());
    }
    if (auto session = state_->sessions.take(peer->server))
        SSL_set_session(ssl.get(), session.get());
    tls_peer::attach(ssl.get(), std::move(peer));
    SSL_set_connect_state(ssl.get());
    return ssl;
}

} // namespace pier::net
