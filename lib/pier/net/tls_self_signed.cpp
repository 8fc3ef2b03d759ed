// A certificate that vouches for itself, for sharing something quickly: who knows its fingerprint is safe.
#include "pier/base/ip_address.hpp"
#include "pier/net/tls_certificate.hpp"
#include "pier/ops/exit.hpp"

#include <array>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace pier::net {

namespace {

constexpr std::int64_t skew = 3600; // of the client's clock

/// `IP:192.0.2.1,DNS:localhost`: what stands in it is checked, so that nothing else can slip into the list.
std::string alternatives(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        bool address = ip_address::parse(name).has_value();
        bool host =
            !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                    "0123456789-._") == name.npos;
        if (address || host)
            text.append(text.empty() ? "" : ",").append(address ? "IP:" : "DNS:").append(name);
    }
    return text;
}

bool extend(X509* to, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, to, to, nullptr, nullptr, 0);
    X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    bool good = made && X509_add_ext(to, made, -1) == 1;
    X509_EXTENSION_free(made);
    return good;
}

/// Positive, as RFC 5280 4.1.2.2 wants it, and another one each time: browsers remember pairs of issuer and
/// number.
bool number(X509* one)
{
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
    BIGNUM* value = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
    bool good = value && BN_to_ASN1_INTEGER(value, X509_get_serialNumber(one));
    BN_free(value);
    return good;
}

bool name(X509* one)
{
    X509_NAME* subject = X509_get_subject_name(one);
    constexpr std::string_view text = "Pier, self-signed";
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1 &&
           X509_set_issuer_name(one, subject) == 1;
}

bool fill(X509* one, const std::vector<std::string>& names, std::int64_t now, EVP_PKEY* key)
{
    return X509_set_version(one, X509_VERSION_3) == 1 && number(one) && name(one) &&
           ASN1_TIME_set(X509_getm_notBefore(one), now - skew) &&
           ASN1_TIME_set(X509_getm_notAfter(one), now + self_signed_seconds) &&
           X509_set_pubkey(one, key) == 1 && extend(one, NID_basic_constraints, "critical,CA:FALSE") &&
           extend(one, NID_key_usage, "critical,digitalSignature") &&
           extend(one, NID_ext_key_usage, "serverAuth") &&
           extend(one, NID_subject_alt_name, alternatives(names)) && X509_sign(one, key, EVP_sha256()) > 0;
}

} // namespace

tls_certificate make_self_signed(const std::vector<std::string>& names, std::int64_t now, EVP_PKEY* key)
{
    ERR_clear_error();
    tls_certificate c;
    if (key) {
        EVP_PKEY_up_ref(key);
        c.key.reset(key);
    } else {
        c.key.reset(EVP_EC_gen("P-256"));
    }
    c.own.reset(X509_new());
    if (!c.key || !c.own || !fill(c.own.get(), names, now, c.key.get()))
        throw ops::fatal(ops::exit_software,
                         "--tls self: no certificate could be made: " + take_openssl_error());
    describe(c, {});
    return c;
}

} // namespace pier::net
