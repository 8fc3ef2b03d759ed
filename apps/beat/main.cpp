// pier-beat: sends heartbeats to pier-beatd, by itself or for as long as a command runs.
#include "pier/beat/beating.hpp"
#include "pier/ops/exit.hpp"

#include <unistd.h>

using namespace pier;

static std::string host_name()
{
    char name[beat::longest_name + 1] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

static int run(int argc, char** argv)
{
    beat::sender_config config;
    config.name = host_name();

    ops::options table(
        "pier-beat", "HOST[:PORT] [OPTION]... [-- COMMAND...]",
        "Sends heartbeats to pier-beatd, until it is interrupted or for as long as COMMAND runs, whose "
        "exit status it passes on.");
    beat::declare(table, config);
    if (table.parse(argc, argv) == ops::options::next::exit)
        return ops::exit_ok;
    return beat::beating(config).run();
}

int main(int argc, char** argv)
{
    return ops::run_program("pier-beat", [&] { return run(argc, argv); });
}
