#include "pier/ops/file_change.hpp"

#include <sys/stat.h>

namespace pier::ops {

namespace {

std::int64_t nanoseconds(const timespec& t)
{
    return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

} // namespace

file_mark file_mark::of(const std::string& path)
{
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0)
        return {};
    return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size), nanoseconds(found.st_mtim),
            nanoseconds(found.st_ctim)};
}

file_marks marks_of(const std::vector<std::string>& paths)
{
    file_marks all;
    for (const std::string& path : paths)
        all.push_back(file_mark::of(path));
    return all;
}

file_change::verdict file_change::look(const file_marks& now)
{
    if (now == loaded_) { // also when somebody has put back what was there
        last_ = now;
        failed_ = false;
        return verdict::nothing;
    }
    if (now != last_) {
        last_ = now;
        failed_ = false;
        return verdict::nothing;
    }
    if (!failed_) {
        looks_ = 0;
        return verdict::load;
    }
    return ++looks_ == patience ? verdict::complain : verdict::nothing;
}

void file_change::loaded(const file_marks& these)
{
    loaded_ = these;
    last_ = these;
    failed_ = false;
}

} // namespace pier::ops
