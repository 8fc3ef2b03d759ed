// Certificates and keys as files, made for a test.
#pragma once

#include "../temporary_folder.hpp"
#include "pier/net/tls_certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string>

struct test_issuer {
    pier::net::private_key_ptr key;
    pier::net::x509_ptr certificate;
};

struct test_certificate {
    std::string names = "DNS:localhost";    ///< of subjectAltName; empty: none
    const char* key = "P-256";              ///< or RSA, or RSA-1024
    long from = -3600, to = 90 * 24 * 3600; ///< seconds from now
    const test_issuer* by = nullptr;        ///< itself
};

inline test_issuer make(const test_certificate& wanted)
{
    using namespace pier::net;
    std::string type = wanted.key;
    test_issuer made{private_key_ptr(type == "RSA"        ? EVP_RSA_gen(2048)
                                     : type == "RSA-1024" ? EVP_RSA_gen(1024)
                                                          : EVP_EC_gen(wanted.key)),
                     x509_ptr(X509_new())};
    static long number = 0;
    X509* one = made.certificate.get();
    X509_set_version(one, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(one), ++number);
    X509_gmtime_adj(X509_getm_notBefore(one), wanted.from);
    X509_gmtime_adj(X509_getm_notAfter(one), wanted.to);
    X509_set_pubkey(one, made.key.get());
    std::string name = "test " + std::to_string(number);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(one, X509_get_subject_name(wanted.by ? wanted.by->certificate.get() : one));
    if (!wanted.names.empty()) {
        X509_EXTENSION* names =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, wanted.names.c_str());
        X509_add_ext(one, names, -1);
        X509_EXTENSION_free(names);
    }
    X509_sign(one, wanted.by ? wanted.by->key.get() : made.key.get(), EVP_sha256());
    return made;
}

inline std::string contents(BIO* bio)
{
    char* data = nullptr;
    long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

inline std::string pem(const pier::net::x509_ptr& certificate)
{
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate.get());
    return contents(bio);
}

inline std::string pem(const pier::net::private_key_ptr& key, const char* pass_phrase = nullptr)
{
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, key.get(), pass_phrase ? EVP_aes_256_cbc() : nullptr, pass_phrase,
                                  pass_phrase ? static_cast<int>(std::string(pass_phrase).size()) : 0,
                                  nullptr, nullptr);
    return contents(bio);
}

/// NAME.pem and NAME.key in the folder.
inline pier::net::tls_certificate_files write(const temporary_folder& into, const std::string& name,
                                              const test_issuer& what)
{
    into.write(name + ".pem", pem(what.certificate));
    into.write(name + ".key", pem(what.key));
    std::filesystem::permissions(into / (name + ".key"), std::filesystem::perms(0600));
    return {into / (name + ".pem"), into / (name + ".key")};
}
