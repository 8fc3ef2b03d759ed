#include "beats.hpp"

#include "pier/beat/handler.hpp"
#include "pier/files/handler.hpp"

#include <deque>

using namespace pier;

std::span<const files::embedded_file> static_beats(); // generated from static/beats

namespace {

constexpr std::string_view folder = "/beats";

/// The pages as they stand beneath /beats/.
std::span<const files::embedded_file> placed_pages()
{
    static std::deque<std::string> paths;
    static const std::vector<files::embedded_file> pages = [] {
        std::vector<files::embedded_file> placed;
        for (const files::embedded_file& page : static_beats())
            placed.push_back({paths.emplace_back(std::string(folder).append(page.path)), page.content});
        return placed;
    }();
    return pages;
}

class handler final : public http::handler {
public:
    handler(std::unique_ptr<http::handler> pages, std::unique_ptr<http::handler> others)
        : pages_(std::move(pages)), others_(std::move(others))
    {
    }

    bool reads_body(const http::request& in) const override { return of(in).reads_body(in); }
    bool answer_now(const http::request& in, http::response& out) override
    {
        return of(in).answer_now(in, out);
    }
    net::task<> answer(const http::request& in, http::response& out) override
    {
        return of(in).answer(in, out);
    }
    void tick() override
    {
        pages_->tick();
        others_->tick();
    }

private:
    http::handler& of(const http::request& in) const
    {
        bool ours = in.path == folder || in.path.starts_with(std::string(folder) + "/");
        return ours ? *pages_ : *others_;
    }

    const std::unique_ptr<http::handler> pages_, others_;
};

} // namespace

admin::config with_beats(admin::config config, std::shared_ptr<beat::watch> watch, unsigned threads)
{
    files::config site;
    site.cache_control.push_back({*glob::parse("**"), "no-store"});
    auto pages =
        files::make_handlers(std::make_shared<files::embedded_source>(placed_pages(), site), threads);
    auto api = beat::with_api(std::move(watch), config.pages);
    config.pages = [pages, api](net::shard& shard) {
        return std::make_unique<handler>(pages(shard), api(shard));
    };
    return config;
}
