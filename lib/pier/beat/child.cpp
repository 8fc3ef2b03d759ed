#include "pier/beat/child.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pier::beat {

namespace {

/// posix_spawn's settings, which want to be destroyed.
class spawn_settings {
public:
    explicit spawn_settings(const child_setup& setup)
    {
        ::posix_spawnattr_init(&attributes);
        ::posix_spawn_file_actions_init(&files);
        // What we block or ignore is our own business.
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        if (setup.own_group)
            flags |= POSIX_SPAWN_SETPGROUP;
        ::posix_spawnattr_setflags(&attributes, flags);
        if (setup.quiet) {
            ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
            ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        }
    }
    ~spawn_settings()
    {
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&files);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;

    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
};

std::vector<char*> pointers(const std::vector<std::string>& words)
{
    std::vector<char*> list;
    for (const std::string& word : words)
        list.push_back(const_cast<char*>(word.c_str())); // exec's signature is older than const
    list.push_back(nullptr);
    return list;
}

/// This process's, with `more` instead of what has the same name.
std::vector<std::string> environment_with(const std::vector<std::string>& more)
{
    std::vector<std::string> all = more;
    for (char** entry = environ; *entry; ++entry) {
        std::string one = *entry;
        std::string name = one.substr(0, one.find('=') + 1);
        bool replaced = false;
        for (const std::string& other : more)
            replaced = replaced || other.starts_with(name);
        if (!replaced)
            all.push_back(std::move(one));
    }
    return all;
}

} // namespace

started_child start_child(const std::vector<std::string>& command, const child_setup& setup)
{
    spawn_settings settings(setup);
    auto words = pointers(command);
    auto variables = environment_with(setup.environment);
    auto environment = pointers(variables);
    started_child result;
    pid_t pid = -1;
    result.error = ::posix_spawnp(&pid, command.front().c_str(), &settings.files, &settings.attributes,
                                  words.data(), environment.data());
    if (result.error == 0) {
        result.process.pid = pid;
        result.process.handle.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    }
    return result;
}

int exit_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int exit_status_of_error(int error)
{
    return error == ENOENT ? 127 : 126;
}

} // namespace pier::beat
