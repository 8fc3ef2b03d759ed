// Prints lines: for people, or JSON for other programs.
#pragma once

#include "pier/ping/console.hpp"
#include "pier/ping/observer.hpp"
#include "pier/ping/text_report.hpp"

namespace pier::ping {

/// What to print of the probes themselves, and how often of the rolling window.
struct line_options {
    bool quiet = false;
    std::int64_t window = 0; ///< nanoseconds; 0: never
};

class text_observer final : public observer {
public:
    text_observer(console& out, bool several, const line_options& options);

    void begin(std::span<const target* const> all) override;
    void came(const target& t, const answer& a, const session::arrival& what) override;
    void lost(const target& t, const probe& p) override;
    void failed(const target& t, fault f, const probe* about) override;
    void not_sent(const target& t, const probe& p, std::string_view why) override;
    void tick(std::int64_t now) override;
    std::int64_t next_tick() const override { return next_; }

private:
    console& out_;
    text_report report_;
    line_options options_;
    std::vector<const target*> all_;
    std::int64_t next_;
};

class json_observer final : public observer {
public:
    json_observer(console& out, const line_options& options);

    void begin(std::span<const target* const> all) override { all_.assign(all.begin(), all.end()); }
    void came(const target& t, const answer& a, const session::arrival& what) override;
    void lost(const target& t, const probe& p) override;
    void failed(const target& t, fault f, const probe* about) override;
    void not_sent(const target& t, const probe& p, std::string_view why) override;
    void tick(std::int64_t now) override;
    std::int64_t next_tick() const override { return next_; }

private:
    console& out_;
    line_options options_;
    std::vector<const target*> all_;
    std::int64_t next_;
};

} // namespace pier::ping
