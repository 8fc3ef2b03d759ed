// Exit codes of sysexits.h, and the exception that ends a program before it serves.
#pragma once

#include <stdexcept>
#include <string>

namespace pier::ops {

enum exit_code : int {
    exit_ok = 0,
    exit_usage = 64,       ///< the command line is wrong
    exit_data = 65,        ///< what was given to work on cannot be
    exit_no_input = 66,    ///< a file or folder that was named does not exist
    exit_no_user = 67,     ///< a user or group that was named does not exist
    exit_no_host = 68,     ///< a name has no address
    exit_unavailable = 69, ///< an address cannot be listened on, or a server does not answer
    exit_software = 70,
    exit_os = 71,
    exit_cant_create = 73, ///< a file that should be written cannot be
    exit_io = 74,          ///< reading or writing a file failed half-way
    exit_temporary = 75,   ///< it took too long; another time it may work
    exit_protocol = 76,    ///< the other side does not keep to the protocol
    exit_no_permission = 77,
    exit_config = 78, ///< a configuration file or the environment is wrong
};

/// For start-up only: `what()` is a sentence for the person at the terminal.
class fatal : public std::runtime_error {
public:
    fatal(exit_code code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
    exit_code code() const { return code_; }

private:
    exit_code code_;
};

} // namespace pier::ops
