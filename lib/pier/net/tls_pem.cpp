#include "pier/net/tls_pem.hpp"

#include "pier/base/unique_fd.hpp"
#include "pier/ops/exit.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pier::net {

namespace {

struct bio_deleter {
    void operator()(BIO* one) const { BIO_free(one); }
};
using bio_ptr = std::unique_ptr<BIO, bio_deleter>;

bio_ptr bio_of(const pem_text& from)
{
    return bio_ptr(BIO_new_mem_buf(from.text.data(), static_cast<int>(from.text.size())));
}

[[noreturn]] void unreadable(const std::string& path)
{
    int why = errno;
    std::string sentence = path + ": cannot be read: " + std::strerror(why);
    if (why == EACCES)
        sentence += "; give this user a copy, as docs/tls.md shows, or let systemd pass it (LoadCredential=)";
    throw ops::fatal(ops::exit_no_input, sentence);
}

/// OpenSSL asks for it when a key is encrypted. Nobody is there to answer.
int no_pass_phrase(char*, int, int, void* asked)
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

} // namespace

pem_text::~pem_text()
{
    OPENSSL_cleanse(text.data(), text.size());
}

std::string take_openssl_error()
{
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text = reason ? reason : "no reason is known";
    ERR_clear_error();
    return text;
}

pem_text read_pem(const std::string& path)
{
    unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat found{};
    if (!file || ::fstat(file.get(), &found) != 0)
        unreadable(path);
    pem_text result;
    result.mode = found.st_mode;
    result.text.resize(largest_pem + 1);
    std::size_t size = 0;
    while (size < result.text.size()) {
        ssize_t got = ::read(file.get(), result.text.data() + size, result.text.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            unreadable(path);
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    if (size > largest_pem)
        throw ops::fatal(ops::exit_data, path + ": too long for a certificate or key in PEM form");
    result.text.resize(size);
    return result;
}

private_key_ptr read_key(const pem_text& from, const std::string& path, bool with_certificate)
{
    bool encrypted = false;
    bio_ptr bio = bio_of(from);
    private_key_ptr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, &encrypted));
    std::string why = take_openssl_error();
    if (key)
        return key;
    if (encrypted)
        throw ops::fatal(ops::exit_data, path +
                                             ": this private key is encrypted, and nobody is there to enter "
                                             "its pass phrase; decrypt it with: openssl pkey -in " +
                                             path + " -out NEW, and protect the file by its mode (600)");
    if (from.text.find("PRIVATE KEY-----") != std::string::npos)
        throw ops::fatal(ops::exit_data, path + ": its private key cannot be read: " + why);
    if (with_certificate)
        throw ops::fatal(ops::exit_data,
                         path + ": holds no private key; --tls-key FILE names the file that does");
    throw ops::fatal(ops::exit_data, path +
                                         ": holds no private key in PEM form (\"BEGIN PRIVATE KEY\"); if it "
                                         "is in DER form: openssl pkey -inform DER -in " +
                                         path + " -out NEW");
}

std::vector<x509_ptr> read_certificates(const pem_text& from, const std::string& path)
{
    std::vector<x509_ptr> all;
    bio_ptr bio = bio_of(from);
    while (x509_ptr next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
        all.push_back(std::move(next));
        if (all.size() > longest_chain + 1)
            throw ops::fatal(ops::exit_data, path + ": more than " + std::to_string(longest_chain + 1) +
                                                 " certificates; a chain has two or three");
    }
    bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    std::string why = take_openssl_error();
    if (all.empty() && at_end)
        throw ops::fatal(ops::exit_data, path +
                                             ": holds no certificate in PEM form (\"BEGIN CERTIFICATE\"); if "
                                             "it is in DER form: openssl x509 -inform DER -in " +
                                             path + " -out NEW");
    if (!at_end)
        throw ops::fatal(ops::exit_data, path + ": its certificate " + std::to_string(all.size() + 1) +
                                             " cannot be read: " + why);
    return all;
}

} // namespace pier::net
