#include "pier/ops/process.hpp"

#include <cstdio>
#include <dirent.h>
#include <memory>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pier::ops {

namespace {

constexpr const char* descriptors = "/proc/self/fd";

} // namespace

std::uint64_t cpu_milliseconds()
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto ms = [](const timeval& t) { return static_cast<std::uint64_t>(t.tv_sec * 1000 + t.tv_usec / 1000); };
    return ms(used.ru_utime) + ms(used.ru_stime);
}

std::uint64_t resident_bytes()
{
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> statm(std::fopen("/proc/self/statm", "re"), &std::fclose);
    unsigned long long pages = 0; // the second field
    if (!statm || std::fscanf(statm.get(), "%*u %llu", &pages) != 1)
        return 0;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t descriptor_limit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::optional<std::uint64_t> open_descriptors()
{
    struct stat info;
    if (::stat(descriptors, &info) != 0 || info.st_size == 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(info.st_size);
}

std::optional<std::uint64_t> count_descriptors()
{
    std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(descriptors), &::closedir);
    if (!folder)
        return std::nullopt;
    std::uint64_t n = 0;
    while (const dirent* entry = ::readdir(folder.get()))
        n += entry->d_name[0] != '.';
    return n - 1; // but for the one that reads
}

} // namespace pier::ops
