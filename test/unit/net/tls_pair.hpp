// A client's and a server's engine in one process: what one puts out the other is fed, as the test wishes.
#pragma once

#include "pier/net/tls_engine.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string>

struct tls_pair {
    using engine = pier::net::tls_engine;
    using input = pier::net::tls_input;
    using step = pier::net::tls_step;

    /// A new one for localhost, signed by itself.
    struct identity {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        explicit identity(const char* name = "localhost", long seconds = 3600)
        {
            X509_set_version(certificate, 2);
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
            X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
            X509_gmtime_adj(X509_getm_notAfter(certificate), seconds);
            X509_set_pubkey(certificate, key);
            X509_NAME* subject = X509_get_subject_name(certificate);
            X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>("Example"), -1, -1, 0);
            X509_set_issuer_name(certificate, subject);
            X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                                        (std::string("DNS:") + name).c_str());
            X509_add_ext(certificate, names, -1);
            X509_EXTENSION_free(names);
            X509_sign(certificate, key, EVP_sha256());
        }
        ~identity()
        {
            X509_free(certificate);
            EVP_PKEY_free(key);
        }
        identity(const identity&) = delete;
        identity& operator=(const identity&) = delete;
    };

    static identity& localhost()
    {
        static identity one;
        return one;
    }

    static pier::net::ssl_context_ptr server_context(const identity& who = localhost())
    {
        pier::net::ssl_context_ptr context(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(context.get(), who.certificate);
        SSL_CTX_use_PrivateKey(context.get(), who.key);
        return context;
    }
    static pier::net::ssl_context_ptr client_context()
    {
        return pier::net::ssl_context_ptr(SSL_CTX_new(TLS_client_method()));
    }

    explicit tls_pair(int version = TLS1_3_VERSION)
        : client_from(client_context()), server_from(server_context()),
          client(open(client_from, false, version)), server(open(server_from, true, version))
    {
    }

    static pier::net::ssl_ptr open(const pier::net::ssl_context_ptr& from, bool accepts, int version)
    {
        pier::net::ssl_ptr ssl(SSL_new(from.get()));
        SSL_set_max_proto_version(ssl.get(), version);
        accepts ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
        return ssl;
    }

    /// All that `from` has for its peer.
    static std::string take(engine& from)
    {
        std::string all(from.output());
        from.sent(all.size());
        return all;
    }
    static void give(engine& to, const std::string& bytes)
    {
        to.feed(bytes);
        to.keep();
    }

    /// `piece` bytes at a time each way. What the server puts out after the handshake comes as well.
    void shake_hands(std::size_t piece = 1 << 20)
    {
        std::string to_server, to_client;
        for (int turns = 0; turns < 100000 && !(client.established() && server.established()); ++turns) {
            turn(client, to_client, to_server, piece);
            turn(server, to_server, to_client, piece);
        }
        give(client, to_client + take(server));
        give(server, to_server + take(client));
        REQUIRE(client.established());
        REQUIRE(server.established());
    }

    static void turn(engine& who, std::string& in, std::string& out, std::size_t piece)
    {
        std::string some = in.substr(0, piece);
        in.erase(0, some.size());
        if (!some.empty())
            who.feed(some);
        if (!who.established())
            REQUIRE(who.handshake() != step::failed);
        who.keep();
        out += take(who);
    }

    static bool write(engine& by, const std::string& text)
    {
        iovec piece{const_cast<char*>(text.data()), text.size()};
        return by.write({&piece, 1});
    }
    /// All plaintext there is.
    static std::string read(engine& by, std::size_t most = 20000)
    {
        std::string all, some(most, '?');
        for (;;) {
            auto got = by.read(some);
            by.keep();
            all.append(some, 0, got.bytes);
            if (got.now != input::status::data)
                return all;
        }
    }
    std::string carry(engine& from, engine& to, const std::string& text)
    {
        REQUIRE(write(from, text));
        give(to, take(from));
        return read(to);
    }

    pier::net::ssl_context_ptr client_from, server_from;
    engine client, server;
};
