// One download: what it is to bring, and what became of it. No I/O.
#pragma once

#include "pier/get/checksum.hpp"
#include "pier/get/trouble.hpp"
#include "pier/http/url.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pier::get {

struct job {
    enum class place : unsigned char { standard_output, file, nowhere };

    http::url url;
    std::string shown;          ///< the URL without its user
    std::size_t repetition = 0; ///< of -n; only the first goes anywhere
    place to = place::standard_output;
    std::string path; ///< of a file
    bool replace = false;
    std::optional<checksum> sum;
};

struct timings {
    using time = std::chrono::nanoseconds;
    time dns{0}, connect{0}, tls{0}; ///< each by itself; 0 on a kept connection
    time first_byte{0};              ///< since the last request began
    time total{0};                   ///< of all, with redirects, retries and waits
};

struct result {
    trouble wrong{};
    http::url final_url;
    int status = 0; ///< of the last answer; 0: there was none
    int minor_version = 1;
    std::string peer;
    bool reused = false;
    timings took{};
    std::uint64_t bytes = 0;        ///< of the content as it is written
    std::uint64_t received = 0;     ///< of content over the network, all tries together
    std::uint64_t resumed_from = 0; ///< bytes that an earlier run had brought
    std::string encoding;           ///< that was undone
    unsigned tries = 0, redirects = 0, segments = 1;
    std::string sha256; ///< hexadecimal, where it was asked for
    bool digest_checked = false;
    bool interrupted_resumable = false; ///< what has come is kept and can be gone on with
};

} // namespace pier::get
