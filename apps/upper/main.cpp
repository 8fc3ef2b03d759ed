// pier-upper: asks an uppercase server, over TCP or UDP.
#include "pier/ops/exit.hpp"
#include "pier/upper/client_options.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    upper::client_config config;
    ops::options table(
        "pier-upper", "HOST PORT [OPTION]... [TEXT]...",
        "Has a text put into upper case by pier-upperd: the words given, or each line of standard "
        "input.");
    upper::declare(table, config);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;
    return upper::run_client(config);
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-upper", [&] { return run(argc, argv); });
}
