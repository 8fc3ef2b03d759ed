#include "pier/ops/line_log.hpp"

#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace pier::ops;

namespace {

std::string content_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(line_buffer& into, const std::string& line)
{
    into.text().append(line).append("\n");
    into.line_done();
}

} // namespace

TEST_CASE("lines reach the file when flushed, and at the end")
{
    temporary_folder folder;
    counter dropped;
    auto path = folder / "log";
    {
        line_buffer log(line_file::open(path), dropped);
        put(log, "one");
        put(log, "two");
        CHECK(content_of(path).empty()); // gathered
        log.flush();
        CHECK(content_of(path) == "one\ntwo\n");
        log.flush();
        put(log, "three");
    }
    CHECK(content_of(path) == "one\ntwo\nthree\n");
    CHECK(dropped.value() == 0);
}

TEST_CASE("what was in the file stays, and strangers may not read it")
{
    temporary_folder folder;
    counter dropped;
    folder.write("log", "before\n");
    line_buffer(line_file::open(folder / "log"), dropped).text() = "after\n";
    CHECK(content_of(folder / "log") == "before\nafter\n");
    auto made = line_file::open(folder / "new");
    struct stat s;
    REQUIRE(::stat((folder / "new").c_str(), &s) == 0);
    CHECK((s.st_mode & 0007) == 0);
}

TEST_CASE("a full buffer is written without being asked")
{
    temporary_folder folder;
    counter dropped;
    line_buffer log(line_file::open(folder / "log"), dropped);
    std::string line(1000, 'x'), expected;
    while (content_of(folder / "log").empty()) {
        REQUIRE(expected.size() < 1'000'000);
        put(log, line);
        expected += line + "\n";
    }
    CHECK(content_of(folder / "log") == expected);
    CHECK(log.text().empty());
}

TEST_CASE("lines that cannot be written are counted, and logging goes on")
{
    counter dropped;
    line_buffer log(line_file::open("/dev/full"), dropped);
    put(log, "one");
    put(log, "two");
    put(log, "three");
    CHECK(dropped.value() == 0);
    log.flush();
    CHECK(dropped.value() == 3);
    CHECK(log.text().empty()); // lost, not kept: memory is bounded
    log.flush();
    CHECK(dropped.value() == 3);
    put(log, "four");
    log.flush();
    CHECK(dropped.value() == 4);
}

TEST_CASE("a file that cannot be written ends the program with a sentence")
{
    temporary_folder folder;
    for (const auto& where : {(folder / "nothing/log").string(), folder.path().string()}) {
        try {
            line_file::open(where);
            FAIL("accepted " << where);
        } catch (const fatal& e) {
            CHECK(e.code() == exit_cant_create);
            CHECK(std::string(e.what()).find(where) != std::string::npos);
        }
    }
}

TEST_CASE("standard error is written through a descriptor of its own")
{
    auto file = line_file::open("stderr");
    CHECK(file->descriptor() > 2);
}

TEST_CASE("lines of several shards are not mixed")
{
    temporary_folder folder;
    auto file = line_file::open(folder / "log");
    std::vector<std::thread> shards;
    for (char letter = 'a'; letter < 'e'; ++letter)
        shards.emplace_back([&file, letter] {
            counter dropped;
            line_buffer log(file, dropped);
            for (int i = 0; i < 2000; ++i) {
                put(log, std::string(50, letter));
                if (i % 10 == 0)
                    log.flush();
            }
        });
    for (auto& shard : shards)
        shard.join();
    std::ifstream lines(folder / "log");
    int count = 0, mixed = 0;
    for (std::string line; std::getline(lines, line); ++count)
        mixed += line != std::string(50, line.empty() ? '?' : line[0]);
    CHECK(count == 8000);
    CHECK(mixed == 0);
}

TEST_CASE("a file that was moved away is opened anew under the same descriptor")
{
    temporary_folder folder;
    counter dropped;
    auto file = line_file::open(folder / "log");
    int descriptor = file->descriptor();
    line_buffer log(file, dropped);
    put(log, "before");
    log.flush();
    std::filesystem::rename(folder / "log", folder / "log.1");
    put(log, "gathered");
    file->reload();
    CHECK(file->descriptor() == descriptor);
    put(log, "after");
    log.flush();
    CHECK(content_of(folder / "log.1") == "before\n");
    CHECK(content_of(folder / "log") == "gathered\nafter\n");
}

TEST_CASE("when a file cannot be opened anew, the old one goes on")
{
    temporary_folder folder;
    counter dropped;
    std::filesystem::create_directory(folder / "logs");
    auto file = line_file::open(folder / "logs/log");
    std::filesystem::rename(folder / "logs", folder / "elsewhere");
    CHECK_THROWS_AS(file->reload(), fatal);
    line_buffer log(file, dropped);
    put(log, "still");
    log.flush();
    CHECK(content_of(folder / "elsewhere/log") == "still\n");
    CHECK(dropped.value() == 0);
    CHECK_NOTHROW(line_file::open("stderr")->reload());
}
