// pier-get: downloads, many at once; and puts a measured load on a server.
#include "pier/get/fetch.hpp"
#include "pier/get/load.hpp"
#include "pier/get/load_options.hpp"
#include "pier/get/options.hpp"
#include "pier/ops/exit.hpp"

using namespace pier;

static int run(int argc, char** argv)
{
    get::config config;
    ops::options table("pier-get", "URL... | HOST PORT FILE [OPTION]...",
                       "Fetches what URLs stand for: to standard output, or into files, many at once.");
    get::declare(table, config);
    get::load_config load;
    get::declare(table, config, load);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;
    return config.bench ? get::run_load(config.request, load) : get::fetch(config);
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-get", [&] { return run(argc, argv); });
}
