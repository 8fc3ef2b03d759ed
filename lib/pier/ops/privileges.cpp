#include "pier/ops/privileges.hpp"

#include "pier/ops/exit.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pier::ops {

namespace {

[[noreturn]] void fail(const identity& who, const std::string& why)
{
    throw fatal(exit_no_permission, "cannot become user " + who.name + ": " + why);
}

void require(bool done, const identity& who)
{
    if (!done)
        fail(who, std::strerror(errno));
}

std::vector<gid_t> groups_of(const passwd& user)
{
    std::vector<gid_t> groups(64);
    auto count = static_cast<int>(groups.size());
    while (::getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count) < 0)
        groups.resize(static_cast<std::size_t>(count)); // as many as it now asks for
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

bool is_already(const identity& who)
{
    uid_t real, effective, saved;
    gid_t group, effective_group, saved_group;
    ::getresuid(&real, &effective, &saved);
    ::getresgid(&group, &effective_group, &saved_group);
    return real == who.user && effective == who.user && saved == who.user && group == who.group &&
           effective_group == who.group && saved_group == who.group;
}

/// setresuid() takes the permitted capabilities away, unless the securebits keep them; the inheritable ones
/// stay in any case. capset(2) has no wrapper in the C library.
bool drop_capabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    return ::syscall(SYS_capset, &header, none) == 0;
}

} // namespace

user_and_group split_user(std::string_view text)
{
    auto colon = text.find(':');
    if (colon == text.npos)
        return {std::string(text), {}};
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

identity find_identity(const user_and_group& names)
{
    // The results are the C library's until the next call: start-up has one thread.
    const passwd* user = ::getpwnam(names.user.c_str());
    if (!user)
        throw fatal(exit_no_user, "there is no user `" + names.user + "`");
    if (user->pw_uid == 0)
        throw fatal(exit_usage, "user `" + names.user + "` is root and would keep every right; name another");
    identity result{names.user, user->pw_uid, user->pw_gid, {}};
    if (names.group.empty()) {
        result.groups = groups_of(*user);
        return result;
    }
    const group* only = ::getgrnam(names.group.c_str());
    if (!only)
        throw fatal(exit_no_user, "there is no group `" + names.group + "`");
    result.group = only->gr_gid;
    result.groups = {only->gr_gid};
    return result;
}

void become(const identity& who)
{
    if (is_root()) {
        require(::setgroups(who.groups.size(), who.groups.data()) == 0, who);
        require(::setresgid(who.group, who.group, who.group) == 0, who);
        require(::setresuid(who.user, who.user, who.user) == 0, who);
        require(drop_capabilities(), who);
    } else if (!is_already(who)) {
        fail(who, "only root can");
    }
    require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, who);
    // The kernel forbids core dumps to who has been another user. What this process reads from here on, its
    // keys included, that user may read anyway.
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    if (!is_already(who) || ::setresuid(0, 0, 0) == 0 || ::setresgid(0, 0, 0) == 0)
        fail(who, "the way back to root stays open");
}

bool is_root()
{
    return ::geteuid() == 0;
}

} // namespace pier::ops
