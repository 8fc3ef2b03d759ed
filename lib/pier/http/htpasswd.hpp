// Files of names and password hashes, as htpasswd(1) writes them, and the credentials of Basic authentication
// (RFC 7617) that are held against them. No sockets, no clock; verify() is slow by intent.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pier::http {

struct htpasswd_limits {
    std::size_t file = 1024 * 1024; ///< bytes
    std::size_t users = 10'000;
    std::size_t line = 512;    ///< bytes
    unsigned bcrypt_cost = 16; ///< a verification of cost 16 takes seconds, one more doubles it
    unsigned sha_rounds = 5'000'000;
};

class htpasswd {
public:
    /// Lines `user:hash`; empty ones and those that begin with `#` say nothing. Accepts bcrypt (`$2y$`,
    /// `$2b$`,
    /// `$2a$`), SHA-512 crypt (`$6$`) and SHA-256 crypt (`$5$`). Throws ops::fatal with `name` and the line
    /// for anything else.
    static htpasswd parse(std::string_view text, std::string_view name, const htpasswd_limits& limits = {});
    /// Reads the file. Throws ops::fatal when it cannot.
    static htpasswd load(const std::string& path, const htpasswd_limits& limits = {});

    std::size_t size() const { return users_.size(); }

    /// The user's hash, or for one who does not exist a hash like those of the others, which no password is
    /// known for: answering takes as long. Never empty.
    const std::string& hash_for(std::string_view user) const;
    bool knows(std::string_view user) const { return users_.contains(user); }

private:
    std::map<std::string, std::string, std::less<>> users_;
    std::string dummy_;
};

/// Whether the password has the hash: crypt_r(3). Takes tens of milliseconds or more: not for a shard's
/// thread. False too when the system's libcrypt does not support the hash.
bool verify_password(const std::string& password, const std::string& hash);

/// Takes the same time for all texts of one length, whatever they hold.
bool equal_in_constant_time(std::string_view a, std::string_view b);

struct credentials {
    std::string user;
    std::string password;
};

/// The value of an Authorization field: `Basic` and base64 of `user:password` in UTF-8 (RFC 7617 2). Nothing
/// when it is something else, or has control characters, which neither part may have.
std::optional<credentials> parse_basic(std::string_view field);

} // namespace pier::http
