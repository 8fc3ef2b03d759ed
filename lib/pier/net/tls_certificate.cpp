#include "pier/net/tls_certificate.hpp"

#include "pier/net/tls_pem.hpp"
#include "pier/ops/exit.hpp"

#include <arpa/inet.h>
#include <ctime>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pier::net {

namespace {

bool belong_together(const x509_ptr& certificate, const private_key_ptr& key)
{
    bool good = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    return good;
}

void require_match(const std::vector<x509_ptr>& all, const private_key_ptr& key, const std::string& path,
                   const std::string& key_path)
{
    if (belong_together(all.front(), key))
        return;
    for (std::size_t i = 1; i < all.size(); ++i)
        if (belong_together(all[i], key))
            throw ops::fatal(ops::exit_data,
                             path + ": the server's own certificate must stand first, here it is number " +
                                 std::to_string(i + 1) +
                                 "; the issuers follow, each after whom it has signed");
    throw ops::fatal(ops::exit_data, path + ": the private key in " + key_path +
                                         " belongs to another certificate; name the two files that were made "
                                         "together");
}

void warn_of_order(const std::vector<x509_ptr>& all, const std::string& path,
                   std::vector<std::string>& warnings)
{
    for (std::size_t i = 1; i < all.size(); ++i)
        if (X509_check_issued(all[i].get(), all[i - 1].get()) != X509_V_OK) {
            warnings.push_back(path + ": certificate " + std::to_string(i + 1) +
                               " is not the issuer of number " + std::to_string(i) +
                               ": some clients will not find the chain; put each issuer after whom it has "
                               "signed");
            return;
        }
}

std::string day_of(std::int64_t seconds)
{
    std::time_t t = seconds;
    std::tm parts{};
    ::gmtime_r(&t, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts)};
}

void warn_of_dates(const tls_certificate& c, const std::string& path, std::int64_t now,
                   std::vector<std::string>& warnings)
{
    constexpr std::int64_t soon = 7 * 24 * 3600;
    if (now >= c.not_after)
        warnings.push_back(path + ": THIS CERTIFICATE HAS EXPIRED on " + day_of(c.not_after) +
                           ", clients refuse it; renew it");
    else if (now < c.not_before)
        warnings.push_back(path + ": this certificate is valid from " + day_of(c.not_before) +
                           " on, clients refuse it until then; is the clock right?");
    else if (c.not_after - now < soon)
        warnings.push_back(path + ": this certificate expires on " + day_of(c.not_after) + "; renew it");
}

/// certbot writes both, side by side, and a browser that knows the issuer hides the mistake.
void warn_of_missing_chain(const tls_certificate& c, const std::string& path,
                           std::vector<std::string>& warnings)
{
    constexpr std::string_view lone = "cert.pem", whole = "fullchain.pem";
    if (!c.chain.empty() || !path.ends_with(lone))
        return;
    std::string better = path.substr(0, path.size() - lone.size()).append(whole);
    if (::access(better.c_str(), R_OK) == 0)
        warnings.push_back(
            path + ": no issuer's certificate is in it, and many clients will not trust it; use " + better);
}

std::int64_t seconds_of(const ASN1_TIME* time)
{
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(::timegm(&parts)) : 0;
}

std::string text_of(const ASN1_STRING* text)
{
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string common_name(const X509* certificate)
{
    const X509_NAME* subject = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    return at < 0 ? std::string() : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::string address_text(int family, const unsigned char* bytes)
{
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family, bytes, text, sizeof text);
    return text;
}

void read_names(tls_certificate& c)
{
    auto* alternatives =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(c.own.get(), NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_DNS)
            c.names.push_back(text_of(name->d.dNSName));
        else if (name->type == GEN_IPADD && name->d.iPAddress->length == 4)
            c.addresses.push_back(address_text(AF_INET, name->d.iPAddress->data));
        else if (name->type == GEN_IPADD && name->d.iPAddress->length == 16)
            c.addresses.push_back(address_text(AF_INET6, name->d.iPAddress->data));
    }
    GENERAL_NAMES_free(alternatives);
    if (c.names.empty() && c.addresses.empty())
        if (std::string name = common_name(c.own.get()); !name.empty())
            c.names.push_back(name);
}

std::string fingerprint_of(const X509* certificate)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), digest, &size);
    constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        if (i > 0)
            text.push_back(':');
        text.push_back(digits[digest[i] >> 4]);
        text.push_back(digits[digest[i] & 15]);
    }
    return text;
}

std::string pin_of(X509* certificate)
{
    unsigned char* der = nullptr;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(der, static_cast<std::size_t>(length), digest, &size, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    unsigned char text[64];
    int written = EVP_EncodeBlock(text, digest, static_cast<int>(size));
    return "sha256//" + std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(written));
}

std::string key_type(int kind)
{
    switch (kind) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_EC: return "ECDSA";
    case EVP_PKEY_ED25519: return "Ed25519";
    default: return OBJ_nid2sn(kind) ? OBJ_nid2sn(kind) : "unknown";
    }
}

} // namespace

void x509_deleter::operator()(X509* one) const
{
    X509_free(one);
}

void x509_deleter::operator()(EVP_PKEY* one) const
{
    EVP_PKEY_free(one);
}

void describe(tls_certificate& c, const std::string& file)
{
    read_names(c);
    c.kind = EVP_PKEY_get_base_id(c.key.get());
    c.not_before = seconds_of(X509_get0_notBefore(c.own.get()));
    c.not_after = seconds_of(X509_get0_notAfter(c.own.get()));
    c.report.name = !c.names.empty() ? c.names.front() : !c.addresses.empty() ? c.addresses.front() : "";
    c.report.file = file;
    c.report.key_type = key_type(c.kind);
    c.report.not_after = c.not_after;
    c.report.fingerprint = fingerprint_of(c.own.get());
    c.report.pin = pin_of(c.own.get());
}

tls_certificate load_certificate(const tls_certificate_files& files, std::int64_t now,
                                 std::vector<std::string>& warnings)
{
    const std::string& path = files.certificate;
    const std::string& key_path = files.key.empty() ? path : files.key;
    ERR_clear_error();
    pem_text text = read_pem(path);
    std::vector<x509_ptr> all = read_certificates(text, path);
    pem_text key_text = files.key.empty() ? std::move(text) : read_pem(key_path);
    tls_certificate c;
    c.key = read_key(key_text, key_path, files.key.empty());
    require_match(all, c.key, path, key_path);
    warn_of_order(all, path, warnings);
    c.own = std::move(all.front());
    for (std::size_t i = 1; i < all.size(); ++i)
        c.chain.push_back(std::move(all[i]));
    describe(c, path);
    if (key_text.mode & S_IROTH)
        warnings.push_back(key_path + ": everybody on this machine can read this private key; chmod 600 it");
    warn_of_dates(c, path, now, warnings);
    warn_of_missing_chain(c, path, warnings);
    if (X509_get_ext_by_NID(c.own.get(), NID_subject_alt_name, -1) < 0)
        warnings.push_back(path + ": has no subjectAltName, which alone browsers look at; make a certificate "
                                  "that has its names there");
    return c;
}

} // namespace pier::net
