// pier: all services in one process. So far the file server, with Pier's own site.
#include "pier/files/handler.hpp"
#include "pier/http/server_options.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"

using namespace pier;

std::span<const files::embedded_file> static_site(); // generated from static/site

static int run(int argc, char** argv)
{
    net::server_options server(8080);
    http::server_options http_options;

    ops::options table("pier", "[OPTION]...",
                       "Runs Pier's services in one process: the file server with Pier's own site.");
    server.declare(table);
    http_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    auto http_config = http_options.config();
    runtime.on_reload(http_config.access_log);
    auto site = std::make_shared<files::embedded_source>(static_site(), files::config{});
    runtime.add(http::traits, server.listen(),
                http::make_server(http_config, files::make_handlers(site, runtime.threads())));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier", [&] { return run(argc, argv); });
}
