// Starting another program, and what its end means as an exit status.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace pier::beat {

struct child_setup {
    bool quiet = false;     ///< reads nothing, and its standard output goes nowhere
    bool own_group = false; ///< a process group of its own: it can be killed with all that it has started
    std::vector<std::string> environment{}; ///< "NAME=value", beside this process's
};

struct child {
    pid_t pid = -1;
    unique_fd handle; ///< readable when it has ended (pidfd_open(2))
};

/// Looks it up in PATH. `error`: an errno, 0 when it runs.
struct started_child {
    child process;
    int error = 0;
};
started_child start_child(const std::vector<std::string>& command, const child_setup& setup);

/// As a shell has it: the program's own, 128 and the signal's number for one that was killed.
int exit_status(int wait_status);
/// When it could not be started: 127 for one that is not there, 126 for any other reason.
int exit_status_of_error(int error);

} // namespace pier::beat
