#include "pier/ops/hmac.hpp"

#include "pier/base/ascii.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/secret_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <unistd.h>

namespace pier::ops {

namespace {

[[noreturn]] void refuse(exit_code code, std::string_view name, const std::string& why)
{
    throw fatal(code, std::string(name).append(": ").append(why));
}

bool is_hex(std::string_view text)
{
    return text.size() % 2 == 0 && std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

} // namespace

hmac_key hmac_key::parse(std::string_view text, std::string_view name)
{
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    bool hex = is_hex(text);
    std::size_t size = hex ? text.size() / 2 : text.size();
    if (size < least)
        refuse(exit_config, name,
               "a key has " + std::to_string(least) +
                   " octets at least; make one with: (umask 077; openssl rand -hex 32 > FILE)");
    if (size > most)
        refuse(exit_config, name, "a key has " + std::to_string(most) + " octets at most");
    hmac_key key;
    key.size_ = size;
    for (std::size_t i = 0; i < size; ++i)
        key.octets_[i] = static_cast<unsigned char>(
            hex ? hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]) : text[i]);
    return key;
}

hmac_key hmac_key::load(const std::string& path)
{
    unique_fd file = open_secret(path, "key");
    char text[2 * most + 3]; // the longest, a line end, and one to see that there is more
    ssize_t size = read(file.get(), text, sizeof text);
    if (size < 0)
        refuse(exit_no_input, path, std::string("the key cannot be read: ") + std::strerror(errno));
    struct wipe {
        char (&bytes)[sizeof text];
        ~wipe() { OPENSSL_cleanse(bytes, sizeof bytes); }
    } after{text};
    return parse({text, static_cast<std::size_t>(size)}, path);
}

hmac_key::~hmac_key()
{
    OPENSSL_cleanse(octets_.data(), octets_.size());
}

/// OpenSSL's type by our name: its headers stay in this file.
struct hmac::context {
    EVP_MAC_CTX* mac;
};

void hmac::free_context::operator()(context* c) const
{
    EVP_MAC_CTX_free(c->mac);
    delete c;
}

hmac::hmac(const hmac_key& key)
{
    std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                                EVP_MAC_free);
    context_.reset(new context{algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr});
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    auto octets = key.octets();
    if (!context_->mac || EVP_MAC_init(context_->mac, octets.data(), octets.size(), parameters) != 1)
        throw std::bad_alloc();
}

hmac::tag hmac::of(std::initializer_list<std::span<const char>> parts)
{
    unsigned char whole[EVP_MAX_MD_SIZE];
    std::size_t length = 0;
    EVP_MAC_CTX* mac = context_->mac;
    bool done = EVP_MAC_init(mac, nullptr, 0, nullptr) == 1; // the key stays prepared
    for (std::span<const char> part : parts)
        done = done &&
               EVP_MAC_update(mac, reinterpret_cast<const unsigned char*>(part.data()), part.size()) == 1;
    if (!done || EVP_MAC_final(mac, whole, &length, sizeof whole) != 1)
        throw std::bad_alloc();
    tag result;
    std::memcpy(result.data(), whole, size);
    return result;
}

bool hmac::matches(std::initializer_list<std::span<const char>> parts, std::span<const char> expected)
{
    tag right = of(parts);
    return expected.size() == size && CRYPTO_memcmp(right.data(), expected.data(), size) == 0;
}

} // namespace pier::ops
