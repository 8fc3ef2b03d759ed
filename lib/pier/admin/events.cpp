#include "pier/admin/events.hpp"

#include "pier/admin/collect.hpp"

#include <boost/asio/post.hpp>

namespace pier::admin {

namespace {

constexpr std::string_view greeting = "retry: 2000\n\n"; // milliseconds until a browser comes back

} // namespace

class event_hub::reader final : public http::body_source {
public:
    explicit reader(event_hub& hub) : hub_(hub), next_(hub.ring_.next()) {}
    ~reader() override { hub_.all_->readers.fetch_sub(1, std::memory_order_relaxed); }

    net::task<http::body_read> read(std::span<char>) override { co_return http::body_read{0, true}; }
    bool gives_parts() const override { return true; }

    net::task<http::piece> next_part() override
    {
        if (!std::exchange(greeted_, true))
            co_return http::piece::of(greeting, nullptr);
        if (pending_) {
            auto text = std::exchange(pending_, nullptr);
            co_return http::piece::of(*text, text);
        }
        while (!hub_.closed_) {
            auto got = hub_.ring_.take(next_);
            if (got.lost > 0) {
                pending_ = got.what;
                std::string number = std::to_string(got.lost);
                co_return http::piece::of("event: lost\ndata: {\"events\":" + number + "}\n\n");
            }
            if (got.what)
                co_return http::piece::of(*got.what, got.what);
            auto [rung] = co_await hub_.bell_.async_wait(net::nothrow);
            (void)rung;
        }
        co_return http::piece();
    }

private:
    event_hub& hub_;
    std::uint64_t next_;
    event_ring::event pending_;
    bool greeted_ = false;
};

event_hub::event_hub(net::shard& shard, std::shared_ptr<event_hubs> all, std::chrono::milliseconds interval)
    : shard_(shard), all_(std::move(all)), interval_(interval.count()),
      bell_(shard.context(), std::chrono::steady_clock::time_point::max())
{
    all_->by_shard[shard.index()] = this;
}

std::unique_ptr<http::body_source> event_hub::join()
{
    if (all_->readers.fetch_add(1, std::memory_order_relaxed) >= all_->most_readers) {
        all_->readers.fetch_sub(1, std::memory_order_relaxed);
        return nullptr;
    }
    return std::make_unique<reader>(*this);
}

void event_hub::publish(event_ring::event e)
{
    ring_.push(std::move(e));
    bell_.cancel();
}

void event_hub::tick()
{
    if (shard_.draining_last() && !std::exchange(closed_, true))
        bell_.cancel();
    if (shard_.index() != 0 || closed_)
        return;
    if (readers() == 0) {
        last_.reset();
        return;
    }
    net::ticks now = shard_.now();
    if (last_ && now < due_)
        return;
    due_ = last_ && now - due_ < interval_ ? due_ + interval_
                                           : now + interval_; // late once is not late for ever
    collect_for_all();
}

stats event_hub::numbers() const
{
    stats now = collect(shard_);
    now.event_readers = readers();
    now.event_interval_milliseconds = static_cast<std::uint64_t>(interval_);
    return now;
}

void event_hub::collect_for_all()
{
    stats now = numbers();
    std::string json = to_json(since(now, last_ ? *last_ : now));
    last_ = std::move(now);
    auto text = std::make_shared<const std::string>("event: stats\ndata: " + json + "\n\n");
    for (std::size_t i = 0; i < all_->by_shard.size(); ++i)
        net::asio::post(shard_.whole().shards[i]->context(),
                        [hub = all_->by_shard[i], text] { hub->publish(text); });
}

} // namespace pier::admin
