// pier-httpd: serves a folder over HTTP.
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

    ops::options table(
        "pier-httpd", "[ROOT] [OPTION]...",
        "Serves the files of a folder (the current one) over HTTP, to this machine only by default.");
    table.positional("ROOT", [&site](const std::string& root) {
        site.root = root;
        return std::string();
    });
    files::declare(table, site);
    server.declare(table);
    http_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;
    if (auto wrong = site.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);

    net::runtime runtime(server.runtime());
    auto http_config = http_options.config();
    runtime.on_reload(http_config.access_log);
    auto handlers = files::make_handlers(std::make_shared<files::disk_source>(site), runtime.threads());
    runtime.add(http::traits, server.listen(), http::make_server(http_config, handlers));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-httpd", [&] { return run(argc, argv); });
}
