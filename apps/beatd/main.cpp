// pier-beatd: watches the heartbeats of other programs, and tells who is up.
#include "../beats.hpp"
#include "../dashboard.hpp"
#include "pier/admin/options.hpp"
#include "pier/beat/options.hpp"
#include "pier/beat/server.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    net::server_options server(beat::default_port, net::server_kind::datagram);
    beat::options beats(server);
    admin::options admin_options(server);

    ops::options table(
        "pier-beatd", "[OPTION]...",
        "Hears the heartbeats of pier-beat and tells who is up, late or down, to this machine only by "
        "default.");
    beats.declare(table);
    server.declare(table);
    admin_options.declare(table);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;

    net::runtime runtime(server.runtime());
    auto watch = beat::add_to(runtime, beats.config(), server.listen());
    auto pages = with_dashboard(admin_options.config(), runtime.threads());
    admin::add_to(runtime, with_beats(std::move(pages), std::move(watch), runtime.threads()));
    return runtime.run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-beatd", [&] { return run(argc, argv); });
}
