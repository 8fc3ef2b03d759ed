#include "pier/beat/handler.hpp"

#include "pier/beat/listing.hpp"
#include "pier/net/run_on.hpp"

namespace pier::beat {

namespace {

class handler final : public http::handler {
public:
    handler(net::shard& home, std::shared_ptr<watch> common, std::unique_ptr<http::handler> others)
        : home_(home), common_(std::move(common)), others_(std::move(others))
    {
    }

    bool reads_body(const http::request& in) const override
    {
        return in.path != api_path && others_ && others_->reads_body(in);
    }
    bool answer_now(const http::request& in, http::response& out) override;
    net::task<> answer(const http::request& in, http::response& out) override;
    void tick() override
    {
        if (others_)
            others_->tick();
    }

private:
    net::task<> list(const http::request& in, http::response& out);

    net::shard& home_;
    const std::shared_ptr<watch> common_;
    const std::unique_ptr<http::handler> others_;
};

bool handler::answer_now(const http::request& in, http::response& out)
{
    if (in.path != api_path && others_)
        return others_->answer_now(in, out);
    bool reads = in.verb == http::method::get || in.verb == http::method::head;
    if (in.path == api_path && reads)
        return false;
    out.error(in.path == api_path ? 405 : 404);
    if (in.path == api_path)
        out.headers.add("Allow", "GET, HEAD");
    return true;
}

net::task<> handler::answer(const http::request& in, http::response& out)
{
    if (in.path == api_path)
        co_await list(in, out);
    else
        co_await others_->answer(in, out);
}

/// Each shard is asked in turn.
net::task<> handler::list(const http::request& in, http::response& out)
{
    auto query = listing_query::parse(in.query.value_or(""));
    if (!query) {
        out.error(
            400,
            "state is a list of up, new, late, suspect, down, stopped; search has at most 64 bytes; limit "
            "is a number from 1 to 5000.");
        co_return;
    }
    listing found;
    for (unsigned i = 0; i < common_->monitors.size(); ++i) {
        auto work = [&found, &query, of = &common_->of(i)] {
            of->look_at_clock(monotonic_microseconds(), wall_microseconds());
            add_listing(*of, *query, found);
        };
        auto asking = net::run_on(home_.whole().shards[i]->context(), home_.context().get_executor(), work,
                                  net::nothrow);
        co_await std::move(asking);
    }
    out.headers.add("Content-Type", "application/json");
    out.add(http::piece::of(to_json(found, common_->told.monitor, wall_microseconds())));
}

} // namespace

http::handler_factory with_api(std::shared_ptr<watch> common, http::handler_factory others)
{
    return [common, others](net::shard& shard) {
        return std::make_unique<handler>(shard, common, others ? others(shard) : nullptr);
    };
}

} // namespace pier::beat
