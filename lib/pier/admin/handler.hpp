// What a process offers its operator over HTTP: health, metrics, statistics, connections, log level, events,
// and the pages that show them.
#pragma once

#include "pier/admin/config.hpp"
#include "pier/admin/events.hpp"
#include "pier/admin/guard.hpp"
#include "pier/admin/stats.hpp"
#include "pier/http/authenticator.hpp"
#include "pier/http/handler.hpp"

#include <memory>
#include <optional>
#include <span>

namespace pier::admin {

/// What the handlers of all shards share.
struct shared {
    shared(admin::config c, std::shared_ptr<http::password_file> who, std::size_t shards);

    const admin::config config;
    const known_hosts hosts;
    const std::shared_ptr<http::password_file> users; ///< none: whoever gets here gets in
    http::fields headers;                             ///< on every answer that does not say otherwise
    std::shared_ptr<event_hubs> hubs;
};

class handler final : public http::handler {
public:
    handler(net::shard& shard, std::shared_ptr<const shared> common);

    bool reads_body(const http::request& in) const override;
    bool answer_now(const http::request& in, http::response& out) override;
    net::task<> answer(const http::request& in, http::response& out) override;
    void tick() override;

private:
    struct route;
    static std::span<const route> routes();
    static const route* find(std::string_view path);

    bool is_allowed(const http::request& in, const route* to, http::response& out) const;
    bool needs_password(const route* to) const;
    bool dispatch_now(const http::request& in, const route* to, http::response& out);
    net::task<> dispatch(const http::request& in, const route* to, http::response& out);
    void finish(http::response& out) const;

    static void say(http::response& out, int status, std::string_view words,
                    std::string_view type = "text/plain");
    bool health(const http::request& in, http::response& out);
    bool readiness(const http::request& in, http::response& out);
    bool metrics(const http::request& in, http::response& out);
    bool statistics(const http::request& in, http::response& out);
    bool log_level(const http::request& in, http::response& out);
    bool events(const http::request& in, http::response& out);
    bool never(const http::request& in, http::response& out);
    net::task<> count_then_metrics(const http::request& in, http::response& out);
    net::task<> connections(const http::request& in, http::response& out);
    net::task<> set_log_level(const http::request& in, http::response& out);
    void write_metrics(std::optional<std::uint64_t> descriptors, http::response& out) const;

    net::shard& shard_;
    std::shared_ptr<const shared> common_;
    event_hub events_;
    std::unique_ptr<http::handler> pages_;
    std::optional<http::authenticator> gate_;
};

} // namespace pier::admin
