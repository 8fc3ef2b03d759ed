// pier-httpd: serves a folder over HTTP.
#include "../dashboard.hpp"
#include "../redirect.hpp"
#include "pier/admin/options.hpp"
#include "pier/files/handler.hpp"
#include "pier/files/options.hpp"
#include "pier/http/server_options.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    files::config site;
    net::server_options server(8080);
    http::server_options http_options;
    http::https_options https_options(server);
    admin::options admin_options(server);

    ops::options table(
        "pier-httpd", "[ROOT] [OPTION]...",
        "Serves the files of a folder (the current one) over HTTP, to this machine only by default.");
    table.operand("root", "ROOT");
    files::declare(table, site);
    server.declare(table);
    http_options.declare(table);
    https_options.declare(table);
    admin_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    auto handlers = files::make_handlers(std::make_shared<files::disk_source>(site), runtime.threads());
    auto http_config = https_options.apply(http_options.config(runtime));
    auto bound =
        runtime.add(http::traits_named("httpd"), server.listen(), http::make_server(http_config, handlers));
    add_redirect(runtime, https_options, http_config, site.root, bound);
    admin::add_to(runtime, with_dashboard(admin_options.config(), runtime.threads()));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-httpd", [&] { return run(argc, argv); });
}
