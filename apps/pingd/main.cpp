// pier-pingd: answers pings, of STAMP and in text.
#include "../dashboard.hpp"
#include "pier/admin/options.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ping/reflector_options.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    net::server_options server(ping::reflector_options::default_port, net::server_kind::datagram);
    ping::reflector_options reflector(server);
    admin::options admin_options(server);

    ops::options table(
        "pier-pingd", "[OPTION]...",
        "Answers pings: a reflector of STAMP (RFC 8762), and the text ping of networking courses. To "
        "this machine only by default.");
    server.declare_listening(table);
    reflector.declare(table);
    server.declare_running(table);
    admin_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    reflector.add_to(runtime);
    admin::add_to(runtime, with_dashboard(admin_options.config(), runtime.threads()));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-pingd", [&] { return run(argc, argv); });
}
