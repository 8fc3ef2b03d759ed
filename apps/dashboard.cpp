#include "dashboard.hpp"

#include "pier/files/handler.hpp"

using namespace pier;

std::span<const files::embedded_file> static_dashboard(); // generated from static/dashboard

admin::config with_dashboard(admin::config config, unsigned threads)
{
    files::config site;
    site.cache_control.push_back({*glob::parse("**"), "no-store"});
    auto pages = std::make_shared<files::embedded_source>(static_dashboard(), site);
    config.pages = files::make_handlers(pages, threads);
    return config;
}
