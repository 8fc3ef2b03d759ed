#include "pier/net/tls_context.hpp"

#include "pier/ops/exit.hpp"

#include <chrono>
#include <cstring>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

namespace pier::net {

namespace {

// Mozilla's "intermediate": forward secrecy and authenticated encryption, nothing else.
constexpr const char* ciphers_tls12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                      "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* ciphers_tls13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* groups = "X25519:P-256:P-384";

/// Tickets of another service are none of ours: their keys differ, too.
constexpr unsigned char session_context[] = {'p', 'i', 'e', 'r'};

void free_policy(void*, void* policy, CRYPTO_EX_DATA*, int, long, void*)
{
    delete static_cast<std::unique_ptr<tls_policy>*>(policy);
}

/// Where the first set's context keeps the policy, and with it the other contexts.
int owner_index()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_policy);
    return index;
}

/// Where every context finds it. A connection holds on to the context that it was made of.
int policy_index()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

const tls_policy& policy_of(const SSL* connection)
{
    return *static_cast<const tls_policy*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), policy_index()));
}

int choose_certificate(SSL* connection, int*, void*)
{
    const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (!name)
        return SSL_TLSEXT_ERR_NOACK;
    const tls_policy& policy = policy_of(connection);
    if (std::size_t set = policy.names.find(name); set > 0)
        SSL_set_SSL_CTX(connection, policy.by_set[set - 1].get());
    return SSL_TLSEXT_ERR_OK;
}

/// RFC 7301 3.2: nothing in common ends the handshake, by its own alert.
int choose_protocol(SSL* connection, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*)
{
    const std::string& ours = policy_of(connection).protocols;
    unsigned char* found = nullptr;
    int result =
        SSL_select_next_proto(&found, chosen_size, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned>(ours.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::chrono::seconds now()
{
    return std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now().time_since_epoch());
}

bool set_mac(EVP_MAC_CTX* mac, tls_ticket_key& key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

int seal_ticket(tls_ticket_keys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                EVP_MAC_CTX* mac)
{
    auto key = keys.current(now());
    if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
        return 0; // goes on without a ticket
    std::memcpy(name, key->name.data(), key->name.size());
    bool good = EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->aes.data(), iv) == 1 &&
                set_mac(mac, *key);
    OPENSSL_cleanse(&*key, sizeof *key);
    return good ? 1 : -1;
}

/// RFC 8446 C.4: in TLS 1.3 a client uses a ticket once and gets a new one each time.
int open_ticket(tls_ticket_keys& keys, const unsigned char* name, const unsigned char* iv,
                EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool always_renew)
{
    unsigned char wanted[16];
    std::memcpy(wanted, name, sizeof wanted);
    auto found = keys.find(wanted, now());
    if (!found)
        return 0; // a whole handshake, then
    bool good = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.aes.data(), iv) == 1 &&
                set_mac(mac, found->key);
    bool renew = always_renew || !found->is_current;
    OPENSSL_cleanse(&found->key, sizeof found->key);
    return !good ? -1 : renew ? 2 : 1;
}

int on_ticket(SSL* connection, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
              EVP_MAC_CTX* mac, int sealing)
{
    tls_ticket_keys& keys = *policy_of(connection).tickets;
    if (sealing)
        return seal_ticket(keys, name, iv, cipher, mac);
    return open_ticket(keys, name, iv, cipher, mac, SSL_version(connection) >= TLS1_3_VERSION);
}

[[noreturn]] void refuse(const std::string& file, const std::string& why)
{
    throw ops::fatal(ops::exit_data, (file.empty() ? "--tls self" : file) + ": cannot be used: " + why);
}

void present(SSL_CTX* context, const tls_certificate& c)
{
    ERR_clear_error();
    STACK_OF(X509)* chain = sk_X509_new_null();
    for (const x509_ptr& issuer : c.chain)
        sk_X509_push(chain, issuer.get());
    bool good = SSL_CTX_use_cert_and_key(context, c.own.get(), c.key.get(), chain, 1) == 1;
    sk_X509_free(chain);
    if (good)
        return;
    bool weak = ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_EE_KEY_TOO_SMALL;
    std::string why = take_openssl_error();
    refuse(c.report.file,
           weak ? "its key is too short for today; make one of 2048 bits (RSA) or P-256 (ECDSA)" : why);
}

ssl_context_ptr make_context(const std::vector<tls_certificate>& all, const tls_name_table::set& members,
                             tls_policy& policy)
{
    ssl_context_ptr made(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = made.get();
    if (!context)
        throw ops::fatal(ops::exit_software, "TLS cannot be started: " + take_openssl_error());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    bool good = SSL_CTX_set_cipher_list(context, ciphers_tls12) == 1 &&
                SSL_CTX_set_ciphersuites(context, ciphers_tls13) == 1 &&
                SSL_CTX_set1_groups_list(context, groups) == 1 &&
                SSL_CTX_set_session_id_context(context, session_context, sizeof session_context) == 1 &&
                SSL_CTX_set_ex_data(context, policy_index(), &policy) == 1;
    if (!good)
        throw ops::fatal(ops::exit_software, "TLS cannot be set up: " + take_openssl_error());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // clients keep their sessions, in tickets
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, static_cast<long>(policy.tickets->rotation().count()));
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    if (!policy.protocols.empty())
        SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (policy.keylog)
        policy.keylog->attach(context);
    for (std::size_t i : members)
        present(context, all[i]);
    return made;
}

std::string wire_form(const std::vector<std::string>& protocols)
{
    std::string text;
    for (const std::string& p : protocols)
        text.append(1, static_cast<char>(p.size())).append(p);
    return text;
}

} // namespace

ssl_context_ptr make_server_context(const std::vector<tls_certificate>& certificates,
                                    const std::vector<std::string>& protocols,
                                    std::shared_ptr<tls_ticket_keys> tickets,
                                    std::shared_ptr<tls_keylog> keylog)
{
    std::vector<named_certificate> named;
    for (const tls_certificate& c : certificates)
        named.push_back({c.names, c.kind});
    auto policy = std::make_unique<tls_policy>(tls_name_table(named));
    policy->protocols = wire_form(protocols);
    policy->tickets = std::move(tickets);
    policy->keylog = std::move(keylog);
    const auto& sets = policy->names.sets();
    for (std::size_t i = 1; i < sets.size(); ++i)
        policy->by_set.push_back(make_context(certificates, sets[i], *policy));
    ssl_context_ptr first = make_context(certificates, sets.front(), *policy);
    auto owner = std::make_unique<std::unique_ptr<tls_policy>>(std::move(policy));
    if (SSL_CTX_set_ex_data(first.get(), owner_index(), owner.get()) != 1)
        throw ops::fatal(ops::exit_software, "TLS cannot be set up: " + take_openssl_error());
    (void)owner.release();
    return first;
}

} // namespace pier::net
