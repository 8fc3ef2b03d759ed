// pier-ping: sends probes and tells how long they took, and which came back.
#include "pier/ops/exit.hpp"
#include "pier/ping/options.hpp"
#include "pier/ping/run.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    ping::config config;
    ops::options table(
        "pier-ping", "HOST[:PORT]... [OPTION]...",
        "Measures round trips to hosts, their loss and their variation: to pier-pingd or any STAMP "
        "reflector, by TCP or ICMP to any host.");
    ping::declare(table, config);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;
    return ping::run(config);
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-ping", [&] { return run(argc, argv); });
}
