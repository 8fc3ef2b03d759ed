#include "pier/ops/secret_file.hpp"

#include "pier/ops/exit.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace pier::ops {

namespace {

constexpr std::size_t longest_line = 4096;

[[noreturn]] void refuse(exit_code code, const std::string& path, const std::string& why)
{
    throw fatal(code, path + ": " + why);
}

} // namespace

unique_fd open_secret(const std::string& path, std::string_view what)
{
    std::string name(what);
    unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat about{};
    if (!file || ::fstat(file.get(), &about) != 0)
        refuse(errno == EACCES ? exit_no_permission : exit_no_input, path,
               "the " + name + " cannot be read: " + std::strerror(errno));
    if (!S_ISREG(about.st_mode))
        refuse(exit_no_input, path, "a " + name + " is a regular file");
    if (about.st_mode & (S_IWGRP | S_IRWXO))
        refuse(exit_no_permission, path, "others can read or change this " + name + "; say: chmod 600 FILE");
    return file;
}

std::string load_secret_line(const std::string& path, std::string_view what)
{
    unique_fd file = open_secret(path, what);
    char text[longest_line + 2];
    ssize_t size = ::read(file.get(), text, sizeof text);
    if (size < 0)
        refuse(exit_no_input, path, "the " + std::string(what) + " cannot be read: " + std::strerror(errno));
    std::string_view line(text, static_cast<std::size_t>(size));
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    bool visible = std::ranges::all_of(line, [](char c) { return c > ' ' && c < 0x7f; });
    if (line.empty() || line.size() > longest_line || !visible)
        refuse(exit_config, path,
               "a " + std::string(what) + " is one line of visible characters, at most " +
                   std::to_string(longest_line));
    return std::string(line);
}

} // namespace pier::ops
