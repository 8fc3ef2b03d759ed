#include "pier/files/resource.hpp"

#include "../temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <sys/stat.h>

using namespace pier::files;
using pier::http::content_coding;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t later = 4102444800; // 2100: after every file here

struct site {
    temporary_folder folder;
    config options;

    site() { options.root = folder.path(); }
    disk_source open() const { return disk_source(options); }
};

std::shared_ptr<resource> load(const disk_source& from, const std::string& path, std::int64_t now = later)
{
    return from.load(path, now, may_block::yes);
}

std::string field(std::string_view lines, std::string_view wanted)
{
    std::string found;
    pier::http::for_each_field(lines, [&](std::string_view name, std::string_view value) {
        if (name == wanted)
            found += value;
    });
    return found;
}

std::string_view of_200(const representation& r)
{
    return r.headers.text();
}

std::string_view of_304(const representation& r)
{
    return r.headers.text().substr(0, r.headers_of_304);
}

std::string_view of_parts(const representation& r)
{
    return r.headers.text().substr(0, r.headers_but_type);
}

bool fresh(const disk_source& from, const std::shared_ptr<resource>& what)
{
    return from.check(*what, may_block::yes) == source::freshness::same;
}

/// To the second before it was.
void set_back(const fs::path& file)
{
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::seconds(1));
}

} // namespace

TEST_CASE("a small file is kept in memory, a large one open")
{
    site s;
    s.folder.write("small", "hello");
    s.folder.write("edge", std::string(in_memory_limit, 'x'));
    s.folder.write("large", std::string(in_memory_limit + 1, 'x'));
    s.folder.write("empty", "");
    auto disk = s.open();
    auto small = load(disk, "/small");
    REQUIRE(small->kind == kind::file);
    REQUIRE(small->variants.size() == 1);
    CHECK(*small->variants[0].content == "hello");
    CHECK(small->variants[0].size == 5);
    CHECK_FALSE(small->variants[0].file);
    CHECK(small->descriptors_held() == 0);
    CHECK(small->bytes_held() >= 5);
    CHECK(load(disk, "/edge")->variants[0].content);
    auto large = load(disk, "/large");
    CHECK_FALSE(large->variants[0].content);
    REQUIRE(large->variants[0].file);
    CHECK(large->variants[0].size == in_memory_limit + 1);
    CHECK(large->descriptors_held() == 1);
    CHECK(large->bytes_held() < in_memory_limit);
    CHECK(load(disk, "/empty")->variants[0].size == 0);
    CHECK(load(disk, "/nothing")->kind == kind::missing);
}

TEST_CASE("without waiting, small files are opened first and read into memory when they prove worth it")
{
    site s;
    s.options.precompressed = {content_coding::gzip};
    s.folder.write("a", "hello");
    s.folder.write("a.gz", std::string(in_memory_limit + 1, 'x'));
    s.folder.write("changed", "before");
    s.folder.write("shortened", "before");
    set_back(s.folder / "changed"); // the kernel's clock for files is coarse
    auto disk = s.open();
    auto open = [&](const std::string& path) {
        load(disk, path); // so that the kernel knows what is there, and what is not
        auto made = disk.load(path, later, may_block::no);
        // A rename anywhere on the machine can make the kernel decline.
        for (int again = 0; made->kind == kind::would_block && again < 1000; ++again)
            made = disk.load(path, later, may_block::no);
        REQUIRE(made->kind == kind::file);
        return made;
    };
    auto a = open("/a"), changed = open("/changed"), shortened = open("/shortened");
    REQUIRE(a->variants.size() == 2);
    CHECK(a->bytes_held() == 0);
    CHECK(a->descriptors_held() == 2);
    auto expected = a->bytes_to_read();
    CHECK(expected > 5);
    CHECK(expected < in_memory_limit); // of the small one alone
    CHECK(take_into_memory(*a));
    CHECK(*a->variants[0].content == "hello");
    CHECK(a->bytes_held() == expected);
    CHECK(a->bytes_to_read() == 0);
    CHECK(a->descriptors_held() == 1);

    s.folder.write("changed", "after!"); // in place, of the same size: its tag is not the one made
    fs::resize_file(s.folder / "shortened", 2);
    CHECK_FALSE(take_into_memory(*changed));
    CHECK_FALSE(take_into_memory(*shortened));
    CHECK_FALSE(changed->variants[0].content);
    CHECK(changed->variants[0].file);
    CHECK_FALSE(shortened->variants[0].content);
}

TEST_CASE("a large file that is open and written in place is known to have changed")
{
    site s;
    s.folder.write("a", std::string(in_memory_limit + 1, 'x'));
    set_back(s.folder / "a");
    auto disk = s.open();
    auto a = load(disk, "/a");
    CHECK(large_files_unchanged(*a));
    SECTION("written")
    {
        s.folder.write("a", std::string(in_memory_limit + 1, 'y'));
    }
    SECTION("cut short")
    {
        fs::resize_file(s.folder / "a", 10);
    }
    CHECK_FALSE(large_files_unchanged(*a));
}

TEST_CASE("a tag is strong and changes with time, size and encoding")
{
    site s;
    s.options.precompressed = {content_coding::br, content_coding::gzip};
    s.folder.write("a", "hello");
    fs::copy_file(s.folder / "a", s.folder / "a.br");
    fs::copy_file(s.folder / "a", s.folder / "a.gz");
    for (auto name : {"a.br", "a.gz"}) // the same time and size: only the encoding differs
        fs::last_write_time(s.folder / name, fs::last_write_time(s.folder / "a"));
    auto disk = s.open();
    auto first = load(disk, "/a");
    REQUIRE(first->variants.size() == 3);
    std::map<std::string, int> tags;
    for (const auto& v : first->variants) {
        CHECK(v.etag.size() > 4);
        CHECK(v.etag.front() == '"');
        CHECK(v.etag.back() == '"');
        CHECK(v.etag.find('"', 1) == v.etag.size() - 1);
        ++tags[v.etag];
    }
    CHECK(tags.size() == 3);
    CHECK(load(disk, "/a")->variants[0].etag == first->variants[0].etag);

    auto was = fs::last_write_time(s.folder / "a");
    s.folder.write("a", "hello!");
    fs::last_write_time(s.folder / "a", was);
    auto larger = load(disk, "/a")->variants[0].etag;
    CHECK(larger != first->variants[0].etag);
    fs::last_write_time(s.folder / "a", was - std::chrono::microseconds(1)); // within the same second
    CHECK(load(disk, "/a")->variants[0].etag != larger);
}

TEST_CASE("Last-Modified is never later than the answer")
{
    site s;
    s.folder.write("a", "x");
    auto disk = s.open();
    auto modified = load(disk, "/a")->variants[0].last_modified;
    CHECK(modified > 1'600'000'000);
    CHECK(load(disk, "/a", modified - 100)->variants[0].last_modified == modified - 100);
}

TEST_CASE("encodings beside a file are its variants, in the order of preference")
{
    site s;
    s.folder.write("a.css", "plain");
    s.folder.write("a.css.gz", "gzip!");
    s.folder.write("a.css.zst", "zstd?");
    s.folder.write("a.css.br/is a folder", "");
    SECTION("not unless asked for")
    {
        auto what = load(s.open(), "/a.css");
        CHECK(what->variants.size() == 1);
        CHECK(field(of_200(what->variants[0]), "Vary").empty());
    }
    SECTION("when asked for")
    {
        s.options.precompressed = {content_coding::zstd, content_coding::br, content_coding::gzip};
        auto what = load(s.open(), "/a.css");
        REQUIRE(what->variants.size() == 3);
        CHECK(what->variants[0].coding == content_coding::identity);
        CHECK(what->variants[1].coding == content_coding::zstd);
        CHECK(*what->variants[1].content == "zstd?");
        CHECK(what->variants[2].coding == content_coding::gzip);
        for (const auto& v : what->variants) {
            CHECK(field(of_200(v), "Vary") == "Accept-Encoding");
            CHECK(field(of_304(v), "Vary") == "Accept-Encoding");
            CHECK(field(of_200(v), "Content-Type") == "text/css; charset=utf-8"); // of what is encoded
            CHECK(field(of_parts(v), "Content-Type").empty());
            CHECK(field(of_200(v), "ETag") == v.etag);
            CHECK(field(of_304(v), "ETag") == v.etag);
        }
        CHECK(field(of_200(what->variants[0]), "Content-Encoding").empty());
        CHECK(field(of_200(what->variants[1]), "Content-Encoding") == "zstd");
        CHECK(field(of_parts(what->variants[2]), "Content-Encoding") == "gzip");
    }
    SECTION("an encoding is no file of its own making")
    {
        s.options.precompressed = {content_coding::gzip};
        auto disk = s.open();
        CHECK(load(disk, "/a.css.gz")->variants.size() == 1);
        fs::remove(s.folder / "a.css");
        CHECK(load(disk, "/a.css")->kind == kind::missing);
    }
}

TEST_CASE("a folder answers by its index, in the order given")
{
    site s;
    s.options.index = {"index.html", "index.htm", "default"};
    s.folder.write("one/index.htm", "htm");
    s.folder.write("one/default", "default");
    s.folder.write("none/other", "x");
    s.folder.write("trap/index.html/x", "the index is a folder");
    s.folder.write("trap/default", "trapped");
    s.folder.write("index.html", "top");
    auto disk = s.open();
    CHECK(load(disk, "/one")->kind == kind::directory);
    CHECK(*load(disk, "/one/")->variants[0].content == "htm");
    CHECK(load(disk, "/none/")->kind == kind::missing);
    CHECK(load(disk, "/nothing/")->kind == kind::missing);
    CHECK(*load(disk, "/trap/")->variants[0].content == "trapped");
    CHECK(*load(disk, "/")->variants[0].content == "top");
    CHECK(load(disk, "/index.html/")->kind == kind::missing);
    CHECK(field(of_200(load(disk, "/")->variants[0]), "Content-Type") == "text/html; charset=utf-8");
}

TEST_CASE("names that start with a dot are hidden, /.well-known is not")
{
    site s;
    for (auto name : {".secret", ".git/config", "a/.b/c", "a/.htaccess", ".well-known/acme",
                      ".well-known/.hidden", ".well-known.bak", "a/.well-known/x", "..odd", "a.b"})
        s.folder.write(name, "x");
    for (bool all : {false, true}) {
        s.options.hidden = all;
        auto disk = s.open();
        for (auto name : {"/.secret", "/.git/config", "/.git", "/.git/", "/a/.b/c", "/a/.htaccess",
                          "/.well-known/.hidden", "/.well-known.bak", "/a/.well-known/x", "/..odd"}) {
            CAPTURE(name, all);
            if (std::string_view(name) != "/.git/") // which has no index
                CHECK((load(disk, name)->kind == kind::missing) == !all);
        }
        CHECK(load(disk, "/.well-known/acme")->kind == kind::file);
        CHECK(load(disk, "/.well-known")->kind == kind::directory);
        CHECK(load(disk, "/a.b")->kind == kind::file);
    }
}

TEST_CASE("a resource is the same until something that made it changes")
{
    site s;
    s.options.precompressed = {content_coding::br};
    s.options.index = {"first", "second"};
    s.folder.write("a", "hello");
    s.folder.write("d/second", "two");
    auto disk = s.open();
    auto file = load(disk, "/a");
    auto folder = load(disk, "/d/");
    CHECK(fresh(disk, file));
    CHECK(fresh(disk, folder));

    SECTION("its time")
    {
        set_back(s.folder / "a");
    }
    SECTION("its size")
    {
        s.folder.write("a", "hello, world");
    }
    SECTION("its content, size and time kept")
    {
        auto was = fs::last_write_time(s.folder / "a");
        s.folder.write("a", "HELLO");
        fs::last_write_time(s.folder / "a", was); // the time of change is nobody's to set
    }
    SECTION("another file by that name")
    {
        s.folder.write("b", "hello");
        fs::rename(s.folder / "b", s.folder / "a");
    }
    SECTION("it is gone")
    {
        fs::remove(s.folder / "a");
    }
    SECTION("an encoding appears")
    {
        s.folder.write("a.br", "x");
    }
    CHECK_FALSE(fresh(disk, file));
    CHECK(fresh(disk, folder));
}

TEST_CASE("a folder's page is another when an earlier index appears")
{
    site s;
    s.options.index = {"first", "second"};
    s.folder.write("d/second", "two");
    auto disk = s.open();
    auto folder = load(disk, "/d/");
    CHECK(fresh(disk, folder));
    s.folder.write("d/first", "one");
    CHECK_FALSE(fresh(disk, folder));
    CHECK(*load(disk, "/d/")->variants[0].content == "one");
}

TEST_CASE("an encoding that goes or changes makes another resource")
{
    site s;
    s.options.precompressed = {content_coding::br};
    s.folder.write("a", "hello");
    s.folder.write("a.br", "x");
    auto disk = s.open();
    auto file = load(disk, "/a");
    CHECK(fresh(disk, file));
    SECTION("goes")
    {
        fs::remove(s.folder / "a.br");
    }
    SECTION("changes")
    {
        set_back(s.folder / "a.br");
    }
    CHECK_FALSE(fresh(disk, file));
}

TEST_CASE("files in the program itself are found as files on disk are")
{
    static constexpr embedded_file files[] = {
        {"/index.html", "top"}, {"/sub/index.html", "sub"}, {"/sub/a.css", "css"}, {"/empty", ""}};
    embedded_source from(files, config{});
    auto find = [&](const std::string& path) { return from.load(path, later, may_block::no); };
    CHECK(*find("/")->variants[0].content == "top");
    CHECK(*find("/sub/")->variants[0].content == "sub");
    CHECK(find("/sub")->kind == kind::directory);
    CHECK(find("/su")->kind == kind::missing);
    CHECK(find("/sub/a")->kind == kind::missing);
    CHECK(find("/nothing/")->kind == kind::missing);
    CHECK(find("/empty")->variants[0].size == 0);
    auto css = find("/sub/a.css");
    REQUIRE(css->kind == kind::file);
    CHECK(field(of_200(css->variants[0]), "Content-Type") == "text/css; charset=utf-8");
    CHECK(field(of_200(css->variants[0]), "Last-Modified").empty());
    CHECK(css->variants[0].etag == find("/sub/a.css")->variants[0].etag);
    CHECK(css->variants[0].etag != find("/")->variants[0].etag);
    CHECK(from.check(*css, may_block::no) == source::freshness::same);
}

TEST_CASE("a change of late is known as such")
{
    site s;
    s.folder.write("a", "x");
    auto a = load(s.open(), "/a");
    auto changed = a->variants[0].state.changed_ns;
    CHECK(changed_since(*a, changed - 1));
    CHECK_FALSE(changed_since(*a, changed));
}
