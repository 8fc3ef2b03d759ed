// What people read: a line for each probe, and the summary. No I/O.
#pragma once

#include "pier/ping/target.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace pier::ping {

class text_report {
public:
    /// Several targets: each line begins with the one it is about.
    explicit text_report(bool several) : several_(several) {}

    /// "127.0.0.1:8620 by STAMP, 44 octets".
    std::string heading(const target& t) const;
    /// Empty for what is only counted.
    std::string came(const target& t, const answer& a, const session::arrival& what) const;
    std::string lost(const target& t, const probe& p) const;
    /// `about` may be null.
    std::string failed(const target& t, fault f, const probe* about) const;
    std::string not_sent(const target& t, const probe& p, std::string_view why) const;
    /// Of the rolling window.
    std::string window(const target& t, std::int64_t now) const;
    std::string summary(const target& t) const;
    /// Of all targets together, where there are several.
    std::string aggregate(std::span<const target* const> all) const;

private:
    std::string start(const target& t, std::uint64_t sequence) const;
    bool several_;
};

/// "refused: is pier-pingd running on 127.0.0.1:8620?"
std::string explain(const target& t, fault f);

} // namespace pier::ping
