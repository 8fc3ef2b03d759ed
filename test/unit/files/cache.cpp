#include "pier/files/cache.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::files;

namespace {

constexpr std::uint64_t overhead = 2048; // what a resource counts for beside its contents

std::shared_ptr<resource> in_memory(std::size_t size)
{
    auto made = std::make_shared<resource>();
    made->kind = kind::file;
    representation r;
    r.size = size;
    r.content = std::make_shared<const std::string>(size, 'x');
    made->variants.push_back(std::move(r));
    return made;
}

std::shared_ptr<resource> open_files(std::size_t count)
{
    auto made = std::make_shared<resource>();
    made->kind = kind::file;
    for (std::size_t i = 0; i < count; ++i) {
        representation r;
        r.size = 1 << 20; // on disk: costs no memory
        r.file = std::make_shared<pier::http::file>();
        made->variants.push_back(std::move(r));
    }
    return made;
}

} // namespace

TEST_CASE("what is put is found, with its time")
{
    cache c({.bytes = 1 << 20, .descriptors = 100});
    CHECK(c.find("/a") == nullptr);
    auto what = in_memory(1000);
    c.put("/a", what, 42);
    auto* found = c.find("/a");
    REQUIRE(found);
    CHECK(found->what == what);
    CHECK(found->checked == 42);
    CHECK(found->path == "/a");
    CHECK(c.find("/A") == nullptr);
    CHECK(c.find("/a/") == nullptr);
    CHECK(c.size() == 1);
    CHECK(c.bytes() == overhead + 1000);
    CHECK(c.descriptors() == 0);
}

TEST_CASE("the path is kept, not the text that it came from")
{
    cache c({});
    std::string path = "/a-path-longer-than-any-small-string";
    c.put(path, in_memory(1), 0);
    path.assign(path.size(), 'x');
    CHECK(c.find("/a-path-longer-than-any-small-string"));
    CHECK_FALSE(c.find(path));
}

TEST_CASE("a resource put again replaces what was there")
{
    cache c({.bytes = 1 << 20, .descriptors = 100});
    c.put("/a", in_memory(1000), 1);
    auto newer = open_files(2);
    c.put("/a", newer, 2);
    CHECK(c.size() == 1);
    CHECK(c.find("/a")->what == newer);
    CHECK(c.find("/a")->checked == 2);
    CHECK(c.bytes() == overhead);
    CHECK(c.descriptors() == 2);
    c.put("/a", in_memory(5), 3);
    CHECK(c.bytes() == overhead + 5);
    CHECK(c.descriptors() == 0);
}

TEST_CASE("what is removed is gone, and so is what it held")
{
    cache c({});
    auto what = in_memory(10);
    c.put("/a", what, 0);
    c.put("/b", in_memory(10), 0);
    CHECK(what.use_count() == 2);
    c.remove("/a");
    c.remove("/a");
    c.remove("/nothing");
    CHECK(what.use_count() == 1);
    CHECK(c.find("/a") == nullptr);
    CHECK(c.find("/b"));
    CHECK(c.size() == 1);
    CHECK(c.bytes() == overhead + 10);
}

TEST_CASE("when bytes run out, the least recently used leave")
{
    cache c({.bytes = 4 * (overhead + 1000), .descriptors = 100});
    for (auto path : {"/1", "/2", "/3", "/4"})
        c.put(path, in_memory(1000), 0);
    CHECK(c.size() == 4);
    CHECK(c.find("/1")); // used: now /2 is the oldest
    c.put("/5", in_memory(1000), 0);
    CHECK(c.find("/2") == nullptr);
    CHECK(c.size() == 4);
    c.put("/3", in_memory(1000), 0); // replaced: now /4 is
    c.put("/6", in_memory(1), 0);
    CHECK(c.find("/4") == nullptr);
    for (auto path : {"/1", "/3", "/5", "/6"}) {
        CAPTURE(path);
        CHECK(c.find(path));
    }
    CHECK(c.bytes() <= 4 * (overhead + 1000));
}

TEST_CASE("a large one may cost several small ones")
{
    cache c({.bytes = 40'000, .descriptors = 100});
    for (int i = 0; i < 19; ++i)
        c.put("/" + std::to_string(i), in_memory(0), 0);
    CHECK(c.size() == 19);
    c.put("/large", in_memory(7000), 0); // 9048 of 40000, of which 1088 are free
    CHECK(c.find("/large"));
    CHECK(c.size() == 16);
    CHECK(c.find("/3") == nullptr);
    CHECK(c.find("/4"));
    CHECK(c.bytes() == 15 * overhead + 9048);
}

TEST_CASE("when descriptors run out, the least recently used leave")
{
    cache c({.bytes = 1 << 20, .descriptors = 8});
    for (auto path : {"/1", "/2", "/3", "/4"})
        c.put(path, open_files(2), 0);
    CHECK(c.descriptors() == 8);
    c.put("/memory", in_memory(1), 0); // needs none
    CHECK(c.size() == 5);
    c.put("/5", open_files(1), 0);
    CHECK(c.find("/1") == nullptr);
    CHECK(c.find("/2"));
    CHECK(c.descriptors() == 7);
}

TEST_CASE("nothing is kept that would fill more than a quarter, nor what it would have replaced")
{
    cache c({.bytes = 40'000, .descriptors = 8});
    c.put("/a", in_memory(10'000 - overhead), 0);
    CHECK(c.find("/a"));
    c.put("/b", in_memory(10'001 - overhead), 0);
    CHECK(c.find("/b") == nullptr);
    c.put("/a", in_memory(10'001 - overhead), 0); // what is there is out of date
    CHECK(c.find("/a") == nullptr);
    CHECK(c.bytes() == 0);
    c.put("/c", open_files(3), 0);
    CHECK(c.find("/c") == nullptr);
    c.put("/c", open_files(2), 0);
    CHECK(c.find("/c"));
}

TEST_CASE("a cache of no size keeps nothing")
{
    cache c({.bytes = 0, .descriptors = 0});
    c.put("/a", in_memory(0), 0);
    CHECK(c.find("/a") == nullptr);
    CHECK(c.size() == 0);
}
