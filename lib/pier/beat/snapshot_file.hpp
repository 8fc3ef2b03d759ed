// The file in which the senders outlive the process: written beside it and renamed, so that it is whole at
// any moment; one that is damaged all the same is set aside.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/beat/monitor.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pier::beat {

class snapshot_file {
public:
    explicit snapshot_file(std::string path) : path_(std::move(path)) {}

    /// Calls `take` for each sender of the file, if there is one. What is damaged is renamed to FILE.damaged,
    /// with a warning; what stands before the damage is taken. Throws ops::fatal when the file cannot be
    /// read.
    template <class Take>
    void load(Take take)
    {
        load_each(
            [](void* context, std::unique_ptr<sender> s) { (*static_cast<Take*>(context))(std::move(s)); },
            &take);
    }

    // Blocking, all of them; one thread at a time. After a failure, which is logged once, a writing is void.
    void begin();
    void append(const std::string& bytes);
    void commit();

    /// So many senders from `place` on; returns where to go on, or the index's end.
    static std::size_t gather(monitor& from, std::size_t place, std::size_t most, std::string& into,
                              std::uint64_t& count);
    /// All at once, when nothing else runs any more.
    void write_all(const std::vector<std::unique_ptr<monitor>>& monitors);

private:
    void load_each(void (*take)(void*, std::unique_ptr<sender>), void* context);
    void fail(const char* what);
    std::string beside() const { return path_ + ".new"; }

    const std::string path_;
    unique_fd fd_;
    bool complained_ = false;
};

} // namespace pier::beat
