// pier-upperd: answers in upper case, over TCP and UDP on the same port.
#include "../dashboard.hpp"
#include "pier/admin/options.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"
#include "pier/upper/options.hpp"
#include "pier/upper/server.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    upper::config service;
    net::server_options server(12000, net::server_kind::stream_and_datagram);
    admin::options admin_options(server);

    ops::options table(
        "pier-upperd", "[OPTION]...",
        "Answers what it is sent in upper case, over TCP and UDP, to this machine only by default.");
    upper::declare(table, service);
    server.declare(table);
    admin_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    upper::add_to(runtime, service, server.listen_all());
    admin::add_to(runtime, with_dashboard(admin_options.config(), runtime.threads()));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-upperd", [&] { return run(argc, argv); });
}
