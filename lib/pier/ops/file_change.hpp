// Whether files have changed, and have come to rest since: for who follows them without being told. Files
// only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pier::ops {

/// What a name leads to, symbolic links followed: another file, another version of it, or none.
struct file_mark {
    std::uint64_t device = 0, inode = 0, size = 0; ///< 0: there is none
    std::int64_t modified = 0, changed = 0;        ///< nanoseconds

    static file_mark of(const std::string& path);
    friend bool operator==(const file_mark&, const file_mark&) = default;
};
using file_marks = std::vector<file_mark>;
file_marks marks_of(const std::vector<std::string>& paths);

/// Decides, from one look to the next, when to load. What is written or replaced piece by piece is left alone
/// until it is the same for two looks; what could not be loaded then may be half of a change, so it is
/// complained about only when it stays like that. Pure.
class file_change {
public:
    enum class verdict { nothing, load, complain };

    /// Looks from a failed try on that are waited for the rest of the change.
    static constexpr unsigned patience = 5;

    explicit file_change(file_marks loaded) : loaded_(std::move(loaded)), last_(loaded_) {}

    verdict look(const file_marks& now);
    /// They are in force now.
    void loaded(const file_marks& these);
    /// They could not be loaded.
    void failed() { failed_ = true; }

private:
    file_marks loaded_; ///< those in force
    file_marks last_;
    bool failed_ = false; ///< what `last_` says
    unsigned looks_ = 0;  ///< since then
};

} // namespace pier::ops
