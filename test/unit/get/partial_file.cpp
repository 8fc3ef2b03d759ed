#include "pier/get/partial_file.hpp"

#include "../temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace pier::get;
namespace fs = std::filesystem;

namespace {

struct place {
    temporary_folder folder;
    std::string path = (folder / "file").string();
    std::string why;

    std::unique_ptr<partial_file> open(bool replace = false, bool resume = true,
                                       std::string url = "http://a/")
    {
        return partial_file::open({path, replace, resume, url}, why);
    }
    std::string content(const std::string& name = "file") const
    {
        std::ostringstream all;
        all << std::ifstream(folder / name).rdbuf();
        return all.str();
    }
    std::size_t files() const
    {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
    }
};

int put(partial_file& file, std::uint64_t at, std::string_view text)
{
    return file.write(at, {text.data(), text.size()});
}

const partial_record record{"http://a/", "\"tag\"", 10, {}};

} // namespace

TEST_CASE("a file has its name when it is complete, not before")
{
    place here;
    auto file = here.open();
    REQUIRE(file);
    CHECK(put(*file, 0, "hello ") == 0);
    CHECK(put(*file, 6, "world") == 0);
    CHECK(file->remember(record) == 0);
    CHECK_FALSE(fs::exists(here.path));
    CHECK(fs::exists(here.path + ".pier-part"));
    CHECK(file->finish(GENERATE(false, true)) == 0);
    CHECK(here.content() == "hello world");
    CHECK(here.files() == 1);
}

TEST_CASE("what an earlier run has left is found again")
{
    place here;
    auto file = here.open();
    CHECK_FALSE(file->found());
    put(*file, 0, "hello");
    REQUIRE(file->remember(record) == 0);
    struct stat info{};
    REQUIRE(::stat((here.path + ".pier-part-info").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    file.reset();

    SECTION("of the same URL")
    {
        file = here.open();
        REQUIRE(file->found());
        CHECK(file->found()->validator == "\"tag\"");
        CHECK(file->size() == 5);
    }
    SECTION("not of another URL")
    {
        file = here.open(false, true, "http://b/");
        CHECK_FALSE(file->found());
        CHECK(file->size() == 0);
    }
    SECTION("not when nobody wants it")
    {
        file = here.open(false, false);
        CHECK_FALSE(file->found());
        CHECK(file->size() == 0);
    }
    SECTION("not when there is more than there can be")
    {
        here.folder.write("file.pier-part", "hello world, and more");
        CHECK_FALSE(here.open()->found());
    }
    SECTION("not when the record is broken")
    {
        here.folder.write("file.pier-part-info", record.to_string().substr(0, 20));
        CHECK_FALSE(here.open()->found());
    }
    SECTION("not when noted bytes are not there")
    {
        partial_record with = record;
        with.done = coverage::parse("0-4,6-8");
        here.folder.write("file.pier-part-info", with.to_string());
        CHECK_FALSE(here.open()->found());
    }
}

TEST_CASE("what exists is replaced only for who says so")
{
    place here;
    here.folder.write("file", "old");
    CHECK_FALSE(here.open());
    CHECK(here.why.find("--overwrite") != std::string::npos);
    ::chmod(here.path.c_str(), 0600);
    auto file = here.open(true);
    REQUIRE(file);
    put(*file, 0, "new");
    CHECK(here.content() == "old");
    CHECK(file->finish(false) == 0);
    CHECK(here.content() == "new");
    CHECK((fs::status(here.path).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("what appears meanwhile is not replaced")
{
    place here;
    auto file = here.open();
    here.folder.write("file", "somebody else's");
    CHECK(file->finish(false) == EEXIST);
    CHECK(here.content() == "somebody else's");
    CHECK(fs::exists(here.path + ".pier-part"));
    file->discard();
    CHECK(here.files() == 1);
}

TEST_CASE("one process at a time")
{
    place here;
    auto file = here.open();
    CHECK_FALSE(here.open());
    CHECK(here.why.find("another pier-get") != std::string::npos);
    file.reset();
    CHECK(here.open());
}

TEST_CASE("nothing is written through what others put there")
{
    place here;
    here.folder.write("victim", "precious");
    SECTION("a symbolic link")
    {
        fs::create_symlink(here.folder / "victim", here.path + ".pier-part");
        CHECK_FALSE(here.open());
    }
    SECTION("a hard link")
    {
        fs::create_hard_link(here.folder / "victim", here.path + ".pier-part");
        CHECK_FALSE(here.open());
        CHECK(here.why.find("not a file of ours") != std::string::npos);
    }
    SECTION("a pipe")
    {
        REQUIRE(::mkfifo((here.path + ".pier-part").c_str(), 0600) == 0);
        CHECK_FALSE(here.open());
    }
    SECTION("a record")
    {
        fs::create_symlink(here.folder / "victim", here.path + ".pier-part-info");
        CHECK(here.open()->remember(record) == ELOOP);
    }
    CHECK(here.content("victim") == "precious");
}

TEST_CASE("a link to a file stays one")
{
    place here;
    here.folder.write("real", "old");
    fs::create_symlink("real", here.path);
    auto file = here.open(true);
    REQUIRE(file);
    put(*file, 0, "new");
    CHECK(file->finish(false) == 0);
    CHECK(fs::is_symlink(here.path));
    CHECK(here.content("real") == "new");
}

TEST_CASE("where no file can be made")
{
    place here;
    here.path = (here.folder / "no/such/file").string();
    CHECK_FALSE(here.open());
    CHECK(here.why.find("No such file") != std::string::npos);
    here.path = here.folder.path().string();
    CHECK_FALSE(here.open(true));
    CHECK(here.why.find("is a folder") != std::string::npos);
}
