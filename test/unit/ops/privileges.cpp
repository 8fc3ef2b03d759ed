#include "pier/ops/privileges.hpp"

#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace pier::ops;

namespace {

int code_of(const user_and_group& names)
{
    try {
        find_identity(names);
    } catch (const fatal& e) {
        return e.code();
    }
    return exit_ok;
}

} // namespace

TEST_CASE("a user may bring a group")
{
    CHECK(split_user("www-data").user == "www-data");
    CHECK(split_user("www-data").group.empty());
    CHECK(split_user("www-data:adm").user == "www-data");
    CHECK(split_user("www-data:adm").group == "adm");
    CHECK(split_user(":adm").user.empty());
    CHECK(split_user("a:b:c").group == "b:c");
}

TEST_CASE("a user has its own groups, or the one that is named")
{
    auto own = find_identity({"daemon", ""}); // Debian's base-passwd: on every system
    CHECK(own.user == 1);
    CHECK(own.group == 1);
    CHECK(std::count(own.groups.begin(), own.groups.end(), own.group) == 1);
    auto named = find_identity({"daemon", "adm"});
    CHECK(named.user == 1);
    CHECK(named.group != 1);
    CHECK(named.groups == std::vector<gid_t>{named.group});
}

TEST_CASE("nobody becomes a stranger, or root")
{
    CHECK(code_of({"no-such-user", ""}) == exit_no_user);
    CHECK(code_of({"daemon", "no-such-group"}) == exit_no_user);
    CHECK(code_of({"1", ""}) == exit_no_user); // a name, not a number
    CHECK(code_of({"root", ""}) == exit_usage);
    CHECK(code_of({"root", "daemon"}) == exit_usage);
}
