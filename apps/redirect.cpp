#include "redirect.hpp"

#include "pier/files/handler.hpp"

using namespace pier;

namespace {

/// As they are written: nothing is kept in memory that an ACME client takes away again in a moment.
http::handler_factory challenges_in(const std::string& folder, unsigned threads)
{
    files::config site;
    site.root = folder;
    site.cache_size = 0;
    site.cache_control.push_back({*glob::parse("**"), "no-store"});
    return files::make_handlers(std::make_shared<files::disk_source>(site), threads);
}

} // namespace

void add_redirect(net::runtime& runtime, const http::https_options& options,
                  const http::server_config& server, const std::string& root,
                  const std::vector<net::endpoint>& bound)
{
    if (!options.redirects())
        return;
    const std::string& folder = options.acme_webroot().empty() ? root : options.acme_webroot();
    auto challenges = folder.empty() ? nullptr : challenges_in(folder, runtime.threads());
    options.add_to(runtime, server, bound, std::move(challenges));
}
