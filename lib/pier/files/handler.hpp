// The file server as an HTTP handler: from the shard's cache when it can, else from the disk's memory, else
// from the blocking pool.
#pragma once

#include "pier/files/cache.hpp"
#include "pier/files/resource.hpp"
#include "pier/http/handler.hpp"
#include "pier/http/server.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

namespace pier::files {

class handler final : public http::handler {
public:
    handler(net::shard& shard, std::shared_ptr<const source> files, cache_limits limits);

    bool reads_body(const http::request&) const override { return false; }
    bool answer_now(const http::request& in, http::response& out) override;
    net::task<> answer(const http::request& in, http::response& out) override;
    void tick() override;

private:
    bool answer_without_file(const http::request& in, http::response& out);
    bool decode(const http::request& in, std::string_view& path);
    void answer_from(const http::request& in, std::string_view path, const std::shared_ptr<resource>& what,
                     http::response& out);

    /// A look at the disk under way, for all that want the same path.
    struct loading {
        explicit loading(net::asio::io_context& context) : done(context, net::timer::time_point::max()) {}
        net::timer done; ///< cancelled when it is
        std::shared_ptr<resource> what;
        net::ticks began = 0;
    };
    net::task<> load(const std::string& path, loading& look);
    bool changed_lately(const resource& what) const;
    void remember(std::string_view path, std::shared_ptr<resource> what, net::ticks checked);
    source::freshness check(cache::entry& known);
    bool keep_in_memory(cache::entry& known);

    /// A changed file is noticed within this time, plus what is left of the answer under way.
    static constexpr std::chrono::milliseconds fresh_for{800};
    /// A file that nobody asks for is closed after this time.
    static constexpr std::chrono::milliseconds open_for{60'000};

    net::shard& shard_;
    std::shared_ptr<const source> files_;
    cache cache_;
    std::unordered_map<std::string, std::weak_ptr<loading>> loading_; // owned by the coroutines
    std::string decoded_; ///< of the request at hand; answer_now does not wait, so one is enough
};

/// For http::make_server. `shards` share the cache.
http::handler_factory make_handlers(std::shared_ptr<const source> files, unsigned shards);

} // namespace pier::files
