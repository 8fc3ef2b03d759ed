#include "pier/files/cache.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::files;

namespace {

constexpr std::uint64_t overhead = 2048; // what contents in memory count for beside themselves

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
    CHECK(*found->path == "/a");
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
    CHECK(c.bytes() == 0);
    CHECK(c.descriptors() == 2);
    c.put("/a", in_memory(5), 3);
    CHECK(c.bytes() == overhead + 5);
    CHECK(c.descriptors() == 0);
}

TEST_CASE("what was looked at earlier does not replace what was looked at later")
{
    cache c({});
    auto newer = in_memory(1);
    c.put("/a", newer, 10);
    c.put("/a", in_memory(2), 9); // a slow disk's answer
    CHECK(c.find("/a")->what == newer);
    auto newest = in_memory(3);
    c.put("/a", newest, 10);
    CHECK(c.find("/a")->what == newest);
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

TEST_CASE("in a full tier a newcomer takes a place when it is asked for more often than one not used of late")
{
    bool memory = GENERATE(true, false);
    CAPTURE(memory);
    cache c({.bytes = 4 * (overhead + 1000), .descriptors = 4});
    auto make = [&] { return memory ? in_memory(1000) : open_files(1); };
    for (auto path : {"/1", "/2", "/3", "/4"})
        c.put(path, make(), 0);
    auto ask = [&](const char* path) { // as the handler does
        if (!c.find(path))
            c.put(path, make(), 0);
    };
    ask("/new"); // nobody's use has been counted yet, so this one wins nothing
    CHECK(c.size() == 4);
    CHECK_FALSE(c.find("/new"));

    for (int i = 0; i < 3; ++i)
        for (auto path : {"/1", "/3", "/4"})
            ask(path);
    for (int i = 0; i < 2; ++i)
        ask("/new");
    CHECK(c.find("/new"));
    CHECK_FALSE(c.find("/2"));
    for (auto path : {"/1", "/3", "/4"}) {
        CAPTURE(path);
        CHECK(c.find(path));
    }
    CHECK(c.size() == 4);
    CHECK(c.bytes() == (memory ? 4 * (overhead + 1000) : 0));
    CHECK(c.descriptors() == (memory ? 0 : 4));
}

TEST_CASE("a walk over the whole site pushes nobody out")
{
    cache c({.bytes = 100 * overhead, .descriptors = 100});
    auto visit = [&](const std::string& path) {
        if (c.find(path))
            return true;
        c.put(path, in_memory(0), 0);
        return false;
    };
    auto visit_all = [&](const std::string& prefix, int count) {
        int hits = 0;
        for (int i = 0; i < count; ++i)
            hits += visit(prefix + std::to_string(i));
        return hits;
    };
    for (int i = 0; i < 3; ++i)
        visit_all("/hot/", 100);
    visit_all("/once/", 1); // now it is full
    for (int i = 0; i < 3; ++i)
        visit_all("/hot/", 100);
    visit_all("/once/", 700);
    CHECK(visit_all("/hot/", 100) >= 95); // the counts are rough
    CHECK(c.bytes() <= 100 * overhead);
}

TEST_CASE("what was popular once leaves in the end for what is popular now")
{
    cache c({.bytes = 20 * overhead, .descriptors = 100});
    auto visit = [&](const std::string& path) {
        if (!c.find(path))
            c.put(path, in_memory(0), 0);
    };
    for (int round = 0; round < 50; ++round)
        for (int i = 0; i < 21; ++i)
            visit("/old/" + std::to_string(i));
    for (int round = 0; round < 200; ++round)
        for (int i = 0; i < 20; ++i)
            visit("/new/" + std::to_string(i));
    int found = 0;
    for (int i = 0; i < 20; ++i)
        found += c.find("/new/" + std::to_string(i)) != nullptr;
    CHECK(found >= 18);
}

TEST_CASE("an open file may come into memory later, when there is room or it is worth it")
{
    cache c({.bytes = 4 * (overhead + 1000), .descriptors = 100});
    auto what = open_files(1);
    c.put("/a", what, 0);
    cache::entry& e = *c.find("/a");
    CHECK(c.make_room(e, overhead + 1000));
    what->variants[0].size = 1000;
    what->variants[0].content = std::make_shared<const std::string>(1000, 'x');
    what->variants[0].file.reset();
    c.measure(e);
    CHECK(c.bytes() == overhead + 1000);
    CHECK(c.descriptors() == 0);

    for (auto path : {"/1", "/2", "/3"})
        c.put(path, in_memory(1000), 0);
    c.put("/b", open_files(1), 0);
    CHECK_FALSE(c.make_room(*c.find("/b"), overhead + 1000)); // asked for as seldom as the others
    CHECK(c.size() == 5);
    for (int i = 0; i < 5; ++i)
        c.find("/b");
    CHECK(c.make_room(*c.find("/b"), overhead + 1000));
    CHECK(c.size() == 4);
    CHECK(c.find("/b"));
    CHECK_FALSE(c.make_room(*c.find("/b"), c.bytes() + 1)); // more than a quarter
}

TEST_CASE("open files that nobody asks for are closed, memory stays")
{
    cache c({.bytes = 1 << 20, .descriptors = 100});
    c.put("/memory", in_memory(10), 100);
    c.put("/old", open_files(1), 100);
    c.put("/older", open_files(2), 50);
    c.put("/new", open_files(1), 300);
    c.find("/old")->checked = 250; // used, and found to be as it was
    c.close_unused(200);
    CHECK(c.find("/old"));
    CHECK_FALSE(c.find("/older"));
    CHECK(c.find("/new"));
    CHECK(c.find("/memory"));
    CHECK(c.descriptors() == 2);
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
    c.put("/b", open_files(1), 0);
    CHECK(c.find("/a") == nullptr);
    CHECK(c.size() == 0);
}
