// URLs as a client is given them: http and https (RFC 3986, RFC 9110 4.2). No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::http {

/// Taken apart and normalised: scheme and host in lower case, a host of other scripts as its A-labels
/// (UTS #46), port never 0, path never empty. What is percent-encoded stays as it is; bytes that a URL may
/// not hold (spaces, quotes, what is not ASCII, a `%` that encodes nothing) are percent-encoded.
struct url {
    std::string scheme; ///< "http" or "https"
    std::string user;   ///< what stands before the `@`, still encoded. A secret: no other member shows it
    std::string host;   ///< an IPv6 address without brackets, its zone after a `%`
    std::uint16_t port = 0;
    std::string path = "/";
    std::optional<std::string> query; ///< without the `?`; present and empty differs from absent
    std::string fragment;             ///< without the `#`

    /// Longer ones are refused.
    static constexpr std::size_t longest = 16 * 1024;

    /// Nothing, and in `why` a sentence to go after the URL: "has no host".
    static std::optional<url> parse(std::string_view text, std::string& why);
    /// A reference found in what came from here, RFC 3986 5.2: absolute, `//host/path`, `/path`, `path`,
    /// `?query`, `#fragment`. Takes over this URL's fragment where it has none (RFC 9110 10.2.2), and its
    /// user where host, port and scheme are the same.
    std::optional<url> resolve(std::string_view reference, std::string& why) const;

    bool secure() const { return scheme == "https"; }
    /// Where both name the same server: scheme, host and port.
    bool same_origin(const url& other) const;

    /// "http://example.com:8080": the port where it is not the scheme's own.
    std::string origin() const;
    /// "example.com:8080", "[::1]": what the Host field says. Without a zone, which is this machine's affair.
    std::string authority() const;
    /// "example.com:443": always with its port, as CONNECT has it.
    std::string host_and_port() const;
    /// "/path?query", RFC 9112 3.2.1.
    std::string target() const;
    /// "http://example.com/path?query", RFC 9112 3.2.2: for a proxy.
    std::string absolute_target() const { return origin() + target(); }
    /// All of it but the user.
    std::string to_string() const;
    /// "name:password" of `user`, decoded, for Basic authentication (RFC 7617); empty: none.
    std::string credentials() const;
    /// The path's last segment, decoded: a name for a file. Empty when the path ends with a slash or the
    /// name is none for a file (".", "..", with a slash or a control byte in it).
    std::string file_name() const;

    friend bool operator==(const url&, const url&) = default;
};

} // namespace pier::http
