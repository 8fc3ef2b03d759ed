// A file while it is fetched: NAME.pier-part beside NAME, and NAME.pier-part-info that says of what it is a
// part. Only when it is complete it becomes NAME. No socket; its calls may wait for a disk.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/get/partial_record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace pier::get {

class partial_file {
public:
    struct request {
        std::string path;
        bool replace = false; ///< what stands there already
        bool resume = true;   ///< what an earlier run has left
        std::string url;      ///< of which it must have been
    };
    /// Null, and a sentence in `why`. One process at a time has it.
    static std::unique_ptr<partial_file> open(const request& what, std::string& why);
    ~partial_file();
    partial_file(const partial_file&) = delete;

    /// What an earlier run has left and can be gone on with.
    const std::optional<partial_record>& found() const { return found_; }
    /// How much of the file there is.
    std::uint64_t size() const;
    const std::string& path() const { return path_; }
    int descriptor() const { return part_.get(); }

    // All of these: 0, or an errno.
    int write(std::uint64_t at, std::span<const char> content);
    int cut(std::uint64_t size);
    /// From now on the part can be gone on with.
    int remember(const partial_record& record);
    int forget();
    /// The file gets its name. EEXIST: meanwhile there is one that is not to be replaced. `sync`: only when
    /// the disk has it.
    int finish(bool sync);
    /// Nothing of it stays.
    void discard();

private:
    partial_file() = default;
    bool open_part(const request& what, std::string& why);
    bool may_be_gone_on_with(std::string& why) const;
    void load(const std::string& url);
    int rename_part() const;

    std::string path_, name_, part_name_, record_name_;
    unique_fd folder_, part_;
    bool replace_ = false;
    bool discarded_ = false;
    bool has_record_ = false;
    std::optional<partial_record> found_;
};

} // namespace pier::get
