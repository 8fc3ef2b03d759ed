// What pier-get is told to do: what both of its modes ask for, and what belongs to downloads alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pier::get {

/// Of -H. Without a value it takes a field away that would be sent by itself.
struct header_line {
    std::string name;
    std::optional<std::string> value;
    friend bool operator==(const header_line&, const header_line&) = default;
};

/// What is asked and over which way, in both modes.
struct request_config {
    std::vector<std::string> urls; ///< with their schemes
    bool coursework = false;       ///< they came as HOST PORT FILE

    std::string method; ///< of -X; empty: what the rest asks for
    bool head = false;  ///< -I
    std::vector<header_line> headers;
    std::optional<std::string> data; ///< the content to send
    std::string duration;            ///< of -d with --bench; empty: not said

    std::string ca_file;           ///< certificates to trust instead of the system's; empty: those
    std::vector<std::string> pins; ///< SHA-256 of keys, one of which the server must have
    bool insecure = false;         ///< believe anybody
    std::string tls_keylog;        ///< a file for the sessions' secrets; empty: none
    std::string proxy;             ///< "none"; empty: what the environment says

    std::chrono::milliseconds connect_timeout{10'000}; ///< all of a connection: name, TCP, TLS
    std::chrono::milliseconds head_timeout{60'000};    ///< from the request to the end of the answer's head
    std::chrono::milliseconds idle_timeout{30'000};    ///< without a byte of the content

    std::uint64_t requests = 0;    ///< -n; 0: not said
    std::uint64_t concurrency = 0; ///< -c; 0: not said
    bool json = false;
    bool verbose = false;

    /// -X, or what -I and -d ask for.
    std::string method_in_force() const
    {
        return !method.empty() ? method : head ? "HEAD" : data ? "POST" : "GET";
    }
};

enum class progress_mode { automatic, on, off };

struct config {
    request_config request;
    bool bench = false;

    std::vector<std::string> outputs; ///< -o, by URL; "-" is standard output
    bool remote_names = false;        ///< -O
    std::string folder;               ///< -P
    bool overwrite = false;           ///< also files that were not named, which -O would not
    bool include_head = false;        ///< -i
    bool resume = true;
    bool sync = false;                  ///< on disk before it is called done
    std::uint64_t segments = 1;         ///< ranges of one file at once
    std::uint64_t max_size = 0;         ///< bytes of an answer; 0: any
    std::vector<std::string> checksums; ///< ALGORITHM:HEX, by URL, or one for all

    bool location = false; ///< -L: follows redirects
    std::uint64_t max_redirects = 10;
    bool compressed = false;           ///< asks for compressed content, and stores it as it was before
    std::uint64_t max_expansion = 250; ///< times the bytes received, where those exceed a few megabytes

    std::uint64_t retries = 3;
    std::chrono::milliseconds retry_delay{200};        ///< the first wait at most; doubles each time
    std::chrono::milliseconds retry_max_delay{30'000}; ///< no wait is longer
    std::chrono::milliseconds retry_max_time{120'000}; ///< after so long no more tries are begun

    progress_mode progress = progress_mode::automatic;

    /// -n, or what the form of the command line stands for.
    std::uint64_t requests_in_force() const
    {
        return request.requests ? request.requests : request.coursework ? 10 : 1;
    }
    std::uint64_t concurrency_in_force() const
    {
        return request.concurrency ? request.concurrency : request.coursework ? 10 : 4;
    }
    bool to_files() const { return remote_names || !folder.empty() || !outputs.empty(); }

    /// An empty string, or what is wrong with it.
    std::string validate() const;

    static constexpr std::uint64_t most_urls = 100'000;
    static constexpr std::uint64_t most_requests = 1'000'000;
    static constexpr std::uint64_t most_concurrency = 1'000;
    static constexpr std::uint64_t most_segments = 64;
    static constexpr std::uint64_t most_redirects = 50;
    static constexpr std::uint64_t most_data = std::uint64_t{256} << 20; ///< bytes of -d
};

} // namespace pier::get
