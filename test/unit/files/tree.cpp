#include "pier/files/tree.hpp"

#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace pier::files;
namespace fs = std::filesystem;

namespace {

kind look(const tree& t, const std::string& path)
{
    return t.look_up(path, may_block::yes).kind;
}

std::string content_of(const tree& t, const std::string& path)
{
    auto found = t.look_up(path, may_block::yes);
    if (found.kind != kind::file)
        return "no file";
    auto fd = t.open(found);
    std::string text;
    CHECK(read_all(fd.get(), found.stamp.size, text, may_block::yes) == read_outcome::whole);
    return text;
}

/// outside/secret beside root/: what no path may reach.
struct two_folders {
    temporary_folder folder;
    fs::path root = folder / "root";

    two_folders()
    {
        folder.write("outside/secret", "secret");
        folder.write("root/file", "inside");
        folder.write("root/sub/deep", "deep");
    }
    void link(const std::string& name, const fs::path& to) const { fs::create_symlink(to, root / name); }
    tree open(link_policy links) const { return {root, links}; }
};

} // namespace

TEST_CASE("files and folders are told apart, and nothing else is found")
{
    two_folders f;
    auto t = tree(f.root, link_policy::inside);
    CHECK(look(t, "/") == kind::directory);
    CHECK(look(t, "/file") == kind::file);
    CHECK(look(t, "/sub") == kind::directory);
    CHECK(look(t, "/sub/") == kind::directory);
    CHECK(look(t, "/sub/deep") == kind::file);
    CHECK(look(t, "/nothing") == kind::missing);
    CHECK(look(t, "/nothing/there") == kind::missing);
    CHECK(look(t, "/file/") == kind::missing);
    CHECK(look(t, "/file/below") == kind::missing);
    CHECK(look(t, "/" + std::string(256, 'a')) == kind::missing);
    CHECK(look(t, "/" + std::string(5000, 'a')) == kind::missing);
    CHECK(content_of(t, "/sub/deep") == "deep");
}

TEST_CASE("no path leaves the root, dots or not")
{
    two_folders f;
    for (auto links : {link_policy::inside, link_policy::none}) {
        auto t = tree(f.root, links);
        for (auto path :
             {"/../outside/secret", "/..", "/sub/../../outside/secret", "//etc/passwd", "/./../outside"}) {
            CAPTURE(path);
            CHECK(look(t, path) == kind::missing);
        }
        CHECK(look(t, f.folder / "outside/secret") == kind::missing);
    }
}

TEST_CASE("links: inside follows those that stay beneath the root")
{
    two_folders f;
    f.link("near", "file");
    f.link("folder", "sub");
    f.link("sub/up", "../file");
    f.link("twice", "near");
    f.link("out", "../outside/secret");
    f.link("folder-out", "../outside");
    f.link("absolute", f.root / "file");
    f.link("absolute-out", f.folder / "outside/secret");
    f.link("round-about", "../root/file");
    f.link("loop", "loop");
    f.link("dangling", "nothing");
    f.link("proc", "/proc/self/root");

    SECTION("inside")
    {
        auto t = tree(f.root, link_policy::inside);
        for (auto good : {"/near", "/sub/up", "/twice"}) {
            CAPTURE(good);
            CHECK(content_of(t, good) == "inside");
        }
        CHECK(content_of(t, "/folder/deep") == "deep");
        for (auto bad : {"/out", "/folder-out", "/folder-out/secret", "/absolute", "/absolute-out",
                         "/round-about", "/loop", "/dangling", "/proc", "/proc/etc/passwd"}) {
            CAPTURE(bad);
            CHECK(look(t, bad) == kind::missing);
        }
    }
    SECTION("none")
    {
        auto t = tree(f.root, link_policy::none);
        CHECK(content_of(t, "/file") == "inside");
        for (auto bad :
             {"/near", "/folder/deep", "/folder/", "/sub/up", "/twice", "/out", "/absolute", "/loop"}) {
            CAPTURE(bad);
            CHECK(look(t, bad) == kind::missing);
        }
    }
    SECTION("all")
    {
        auto t = tree(f.root, link_policy::all);
        CHECK(content_of(t, "/near") == "inside");
        CHECK(content_of(t, "/absolute") == "inside");
        CHECK(content_of(t, "/round-about") == "inside");
        CHECK(content_of(t, "/out") == "secret");
        CHECK(content_of(t, "/folder-out/secret") == "secret");
        CHECK(content_of(t, "/absolute-out") == "secret");
        CHECK(look(t, "/loop") == kind::missing);
        CHECK(look(t, "/dangling") == kind::missing);
        CHECK(look(t, "/proc/etc/passwd") == kind::missing); // a magic link leads nowhere
    }
}

TEST_CASE("the root itself may be a link, and stays the folder it was")
{
    two_folders f;
    fs::create_directory_symlink("root", f.folder / "current");
    auto t = tree(f.folder / "current", link_policy::none);
    CHECK(content_of(t, "/file") == "inside");
    fs::remove(f.folder / "current");
    fs::create_directory_symlink("outside", f.folder / "current");
    CHECK(content_of(t, "/file") == "inside");
}

TEST_CASE("what is neither file nor folder is not there, and is never opened")
{
    two_folders f;
    REQUIRE(::mkfifo((f.root / "fifo").c_str(), 0600) == 0);
    pier::unique_fd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto name = (f.root / "socket").string();
    REQUIRE(name.size() < sizeof address.sun_path);
    name.copy(address.sun_path, name.size());
    REQUIRE(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    f.link("null", "/dev/null");

    auto t = tree(f.root, link_policy::all);
    // A reader that opened the FIFO would let a writer in.
    CHECK(look(t, "/fifo") == kind::missing);
    CHECK(::open((f.root / "fifo").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC) == -1);
    CHECK(errno == ENXIO);
    CHECK(look(t, "/socket") == kind::missing);
    CHECK(look(t, "/null") == kind::missing);
}

TEST_CASE("what is opened is what was looked up, whatever stands there now")
{
    two_folders f;
    auto t = tree(f.root, link_policy::inside);
    auto found = t.look_up("/file", may_block::yes);
    REQUIRE(found.kind == kind::file);
    f.folder.write("root/other", "other!");
    fs::rename(f.root / "other", f.root / "file");
    auto fd = t.open(found);
    std::string text;
    CHECK(read_all(fd.get(), 6, text, may_block::yes) == read_outcome::whole);
    CHECK(text == "inside");
    CHECK(content_of(t, "/file") == "other!");
}

TEST_CASE("a stamp changes with the file")
{
    two_folders f;
    auto t = tree(f.root, link_policy::inside);
    auto stamp_of = [&](const std::string& path) { return t.look_up(path, may_block::yes).stamp; };
    auto first = stamp_of("/file");
    CHECK(first.exists);
    CHECK(first.size == 6);
    CHECK(first == stamp_of("/file"));
    CHECK_FALSE(first == stamp_of("/sub/deep"));
    CHECK_FALSE(stamp_of("/nothing").exists);
    CHECK(stamp_of("/nothing") == stamp{});

    fs::last_write_time(f.root / "file", fs::file_time_type::clock::now() - std::chrono::hours(1));
    auto older = stamp_of("/file");
    CHECK(older.modified_ns < first.modified_ns);
    CHECK_FALSE(older == first);
    f.folder.write("root/file", "longer than it was");
    CHECK(stamp_of("/file").size == 18);
    CHECK(stamp_of("/file").inode == first.inode);
}

TEST_CASE("looking without blocking finds what has been seen, or says that it would block")
{
    two_folders f;
    auto t = tree(f.root, link_policy::inside);
    REQUIRE(look(t, "/sub/deep") == kind::file);
    auto known = t.look_up("/sub/deep", may_block::no);
    if (t.may_stall(known.place ? t.look_up("/sub/deep", may_block::yes).stamp.device : 0)) {
        WARN("not tried: the temporary folder is on a file system that is not known to be local");
        return;
    }
    CHECK(known.kind == kind::file);
    CHECK(known.stamp == t.look_up("/sub/deep", may_block::yes).stamp);
    // a name that the kernel has not looked up yet: either it knows better, or it would have to ask the disk
    f.folder.write("root/elsewhere/new", "x");
    auto fresh = t.look_up("/elsewhere/never-seen", may_block::no).kind;
    CHECK((fresh == kind::missing || fresh == kind::would_block));
}

TEST_CASE("a file that may not be read is there all the same")
{
    two_folders f;
    f.folder.write("root/closed/deep", "deep");
    auto t = tree(f.root, link_policy::inside);
    fs::permissions(f.root / "file", fs::perms::none);
    fs::permissions(f.root / "closed", fs::perms::none);
    // Root may read everything: as somebody else, for this thread's files alone, it may not.
    constexpr uid_t nobody = 65534;
    bool is_root = ::geteuid() == 0;
    if (is_root)
        ::setfsuid(nobody);
    auto found = t.look_up("/file", may_block::yes);
    auto opened = t.open(found);
    int why = errno;
    auto beyond = t.look_up("/closed/deep", may_block::yes).kind;
    if (is_root)
        ::setfsuid(0);
    CHECK(found.kind == kind::file);
    CHECK_FALSE(opened);
    CHECK(why == EACCES);
    CHECK(beyond == kind::forbidden);
    fs::permissions(f.root / "closed", fs::perms::owner_all);
}

TEST_CASE("a root that is no folder ends the program with a sentence")
{
    two_folders f;
    for (auto root : {f.root / "nothing", f.root / "file"}) {
        try {
            tree t(root, link_policy::inside);
            FAIL("accepted " << root);
        } catch (const pier::ops::fatal& e) {
            CHECK(e.code() == pier::ops::exit_no_input);
            CHECK(std::string(e.what()).find(root.string()) != std::string::npos);
        }
    }
}

TEST_CASE("reading a whole file notices when there is less of it")
{
    two_folders f;
    pier::unique_fd fd(::open((f.root / "file").c_str(), O_RDONLY | O_CLOEXEC));
    std::string text = "what was there";
    CHECK(read_all(fd.get(), 6, text, may_block::yes) == read_outcome::whole);
    CHECK(text == "inside");
    CHECK(read_all(fd.get(), 3, text, may_block::yes) == read_outcome::whole);
    CHECK(text == "ins");
    CHECK(read_all(fd.get(), 7, text, may_block::yes) == read_outcome::changed);
    CHECK(read_all(fd.get(), 0, text, may_block::no) == read_outcome::whole);
    CHECK(text.empty());
    CHECK(read_all(-1, 1, text, may_block::yes) == read_outcome::failed);
    // just written, so in memory
    CHECK(read_all(fd.get(), 6, text, may_block::no) == read_outcome::whole);
    CHECK(text == "inside");
}
