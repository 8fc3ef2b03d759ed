// pier: all services in one process. So far the file server, with Pier's own site.
#include "../dashboard.hpp"
#include "pier/admin/options.hpp"
#include "pier/files/handler.hpp"
#include "pier/files/options.hpp"
#include "pier/http/server_options.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"

using namespace pier;

std::span<const files::embedded_file> static_site(); // generated from static/site

static std::shared_ptr<const files::source> open(const files::config& site)
{
    if (site.root.empty())
        return std::make_shared<files::embedded_source>(static_site(), site);
    return std::make_shared<files::disk_source>(site);
}

static int run(int argc, char** argv)
{
    files::config site;
    site.root.clear(); // Pier's own pages
    net::server_options server(8080);
    http::server_options http_options;
    admin::options admin_options("127.0.0.1:8600");

    ops::options table(
        "pier", "[OPTION]...",
        "Runs Pier's services in one process: the file server, with Pier's own site by default.");
    server.declare_running(table);
    admin_options.declare(table);
    table.main_section("httpd");
    files::declare(table, site);
    server.declare_listening(table);
    http_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    runtime.add(
        http::traits_named("httpd"), server.listen(),
        http::make_server(http_options.config(runtime), files::make_handlers(open(site), runtime.threads())));
    admin::add_to(runtime, with_dashboard(admin_options.config(), runtime.threads()));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier", [&] { return run(argc, argv); });
}
