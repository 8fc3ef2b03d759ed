// What `pier` tells on a terminal: which service is where, and what is there. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

/// One address of one service.
struct address_row {
    std::string service;
    std::string url; ///< as in its `listening on` line
    std::string what;
};

/// What a program is to be given to reach it: `http://127.0.0.1:8600` of `admin+http://127.0.0.1:8600`,
/// `unix:/run/pier.sock` of `http+unix:/run/pier.sock`.
std::string plain_url(std::string_view url);

inline bool is_unix_url(std::string_view plain)
{
    return plain.starts_with("unix:");
}

/// Between empty lines. What stands in the row above is not said again.
std::string address_table(std::span<const address_row> rows);
