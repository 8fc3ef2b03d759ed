// pier: all services in one process, and Pier's own site.
#include "../dashboard.hpp"
#include "../redirect.hpp"
#include "address_table.hpp"
#include "hosted.hpp"
#include "pier/admin/options.hpp"
#include "pier/files/handler.hpp"
#include "pier/files/options.hpp"
#include "pier/http/server_options.hpp"
#include "pier/net/server_options.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"
#include "service_list.hpp"

#include <cstdio>
#include <filesystem>

using namespace pier;

std::span<const files::embedded_file> static_site(); // generated from static/site

/// A user's folder is the user's: nothing is added to it.
static http::handler_factory pages(const files::config& site, const descriptions& what, unsigned threads)
{
    if (!site.root.empty())
        return files::make_handlers(std::make_shared<files::disk_source>(site), threads);
    auto own = std::make_shared<files::embedded_source>(static_site(), site);
    return with_service_list(files::make_handlers(own, threads), what);
}

static descriptions describe(const files::config& site, const hosted_services& others)
{
    auto folder = [&] { return std::filesystem::absolute(site.root).lexically_normal().string(); };
    descriptions all = others.what();
    all["httpd"] = site.root.empty() ? "Pier's own site" : "the files of " + folder();
    all["redirect-http"] = "the way to https";
    all["admin"] = "dashboard, metrics, health";
    return all;
}

static void print_table(std::span<const net::served> services, const descriptions& what)
{
    std::vector<address_row> rows;
    for (const net::served& service : services)
        for (const std::string& url : service.urls)
            rows.push_back({service.name, url, what.at(service.name)});
    std::fputs(address_table(rows).c_str(), stdout);
    std::fflush(stdout);
}

static int run(int argc, char** argv)
{
    files::config site;
    site.root.clear(); // Pier's own pages
    net::server_options server(8080, net::server_kind::all);
    http::server_options http_options;
    http::https_options https_options(server);
    admin::options admin_options(server, "127.0.0.1:8600");
    hosted_services others;

    ops::options table(
        "pier", "[OPTION]...",
        "Runs Pier's services in one process, and its own site unless the file server is given a folder.");
    server.declare_running(table);
    admin_options.declare(table);
    table.main_section("httpd");
    files::declare(table, site);
    server.declare_listening(table);
    http_options.declare(table);
    https_options.declare(table);
    others.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    const descriptions what = describe(site, others);
    auto http_config = https_options.apply(http_options.config(runtime));
    auto bound = runtime.add(http::traits_named("httpd"), server.listen(),
                             http::make_server(http_config, pages(site, what, runtime.threads())));
    add_redirect(runtime, https_options, http_config, site.root, bound);
    others.add_to(runtime);
    auto dashboard = with_dashboard(admin_options.config(), runtime.threads());
    admin::add_to(runtime, others.with_pages(std::move(dashboard), runtime.threads()));
    runtime.on_ready([&](std::span<const net::served> services) { print_table(services, what); });
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier", [&] { return run(argc, argv); });
}
