#include "pier/http/redirect_server.hpp"

#include <utility>

namespace pier::http {

namespace {

class redirect final : public handler {
public:
    redirect(std::uint16_t port, std::unique_ptr<handler> challenges)
        : port_(port), challenges_(std::move(challenges))
    {
    }

    bool reads_body(const request&) const override { return false; }
    bool answer_now(const request& in, response& out) override;
    net::task<> answer(const request& in, response& out) override { return challenges_->answer(in, out); }
    void tick() override
    {
        if (challenges_)
            challenges_->tick();
    }

private:
    const std::uint16_t port_;
    std::unique_ptr<handler> challenges_;
};

/// 308 and not 301: what was a POST stays one (RFC 9110 15.4.9).
bool redirect::answer_now(const request& in, response& out)
{
    if (challenges_ && is_acme_challenge(in.path))
        return challenges_->answer_now(in, out);
    auto where = https_location(in.host, in.path, in.query, port_);
    if (!where) {
        out.error(400, "The request does not say which host it is for.");
        return true;
    }
    out.error(308, "This site is served by TLS.");
    out.headers.add("Location", *where);
    return true;
}

} // namespace

net::stream_factory make_redirect(redirect_config c, const server_config& like)
{
    server_config server = like;
    server.hsts.reset();
    return make_server(std::move(server), [c = std::move(c)](net::shard& shard) {
        return std::make_unique<redirect>(c.port, c.challenges ? c.challenges(shard) : nullptr);
    });
}

} // namespace pier::http
