#include "pier/ops/file_change.hpp"

#include "../temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace pier::ops;
using verdict = file_change::verdict;

namespace {

file_marks version(std::uint64_t certificate, std::uint64_t key)
{
    return {{.device = 1, .inode = certificate}, {.device = 1, .inode = key}};
}

} // namespace

TEST_CASE("what has changed is loaded once it has come to rest")
{
    file_change change(version(1, 1));
    CHECK(change.look(version(1, 1)) == verdict::nothing);
    CHECK(change.look(version(2, 1)) == verdict::nothing); // somebody is at it
    CHECK(change.look(version(2, 2)) == verdict::nothing);
    CHECK(change.look(version(2, 2)) == verdict::load);
    change.loaded(version(2, 2));
    CHECK(change.look(version(2, 2)) == verdict::nothing);
}

TEST_CASE("half of a change is waited for, and only then complained about")
{
    file_change change(version(1, 1));
    change.look(version(2, 1));
    CHECK(change.look(version(2, 1)) == verdict::load);
    change.failed(); // the key does not match
    SECTION("the rest comes")
    {
        CHECK(change.look(version(2, 1)) == verdict::nothing);
        CHECK(change.look(version(2, 2)) == verdict::nothing);
        CHECK(change.look(version(2, 2)) == verdict::load);
        change.loaded(version(2, 2));
        for (unsigned i = 0; i < 2 * file_change::patience; ++i)
            CHECK(change.look(version(2, 2)) == verdict::nothing);
    }
    SECTION("it does not")
    {
        for (unsigned i = 1; i < file_change::patience; ++i)
            CHECK(change.look(version(2, 1)) == verdict::nothing);
        CHECK(change.look(version(2, 1)) == verdict::complain);
        for (unsigned i = 0; i < 2 * file_change::patience; ++i)
            CHECK(change.look(version(2, 1)) == verdict::nothing); // once is enough
        CHECK(change.look(version(3, 1)) == verdict::nothing);
        CHECK(change.look(version(3, 1)) == verdict::load);
    }
    SECTION("what was there is put back")
    {
        CHECK(change.look(version(1, 1)) == verdict::nothing);
        CHECK(change.look(version(1, 1)) == verdict::nothing);
    }
}

TEST_CASE("a mark tells one version of a file from another")
{
    temporary_folder folder;
    folder.write("one", "first");
    auto path = (folder / "one").string();
    auto before = file_mark::of(path);
    CHECK(file_mark::of(path) == before);

    SECTION("written over")
    {
        folder.write("one", "first!");
    }
    SECTION("replaced by one of the same content and time")
    {
        folder.write("two", "first");
        std::filesystem::last_write_time(folder / "two", std::filesystem::last_write_time(folder / "one"));
        std::filesystem::rename(folder / "two", folder / "one");
    }
    SECTION("gone")
    {
        std::filesystem::remove(folder / "one");
        CHECK(file_mark::of(path) == file_mark{});
    }
    SECTION("a link that leads elsewhere")
    {
        folder.write("two", "first");
        std::filesystem::remove(folder / "one");
        std::filesystem::create_symlink("two", folder / "one");
    }
    CHECK(file_mark::of(path) != before);
}
