// Which user the process is, and how it stops being root for good.
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace pier::ops {

/// A user of this system: what a process that becomes it is allowed to do.
struct identity {
    std::string name;
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups; ///< all, `group` too
};

/// `NAME[:GROUP]`.
struct user_and_group {
    std::string user, group; ///< no group: the user's own
};
user_and_group split_user(std::string_view text);

/// Looks both up; with a group named, it is the only one. Throws fatal when one is unknown, or when the user
/// is root, who would keep everything.
identity find_identity(const user_and_group& names);

/// Becomes that user, for all threads to come and with no way back: also set-user-id programs give no rights
/// again. Before any thread is started. Throws fatal when that cannot be done, or can be undone.
void become(const identity& who);

bool is_root();

} // namespace pier::ops
