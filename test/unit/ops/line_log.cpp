#include "pier/ops/line_log.hpp"

#include "../temporary_folder.hpp"
#include "pier/base/unique_fd.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace pier::ops;
using namespace std::chrono_literals;

namespace {

std::string content_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Hands over what there is and waits until the file has it, or has lost it.
void flush(line_buffer& log, const std::shared_ptr<line_file>& file)
{
    log.flush();
    REQUIRE(file->settle(10s));
    log.flush(); // takes the losses
}

/// Events are expected, and of no use to who runs the tests.
struct silence {
    silence() { set_log_level(level::off); }
    ~silence() { set_log_level(level::info); }
};

/// While it lives, no file grows beyond so many bytes.
struct file_limit {
    explicit file_limit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before);
        rlimit now = before;
        now.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~file_limit() { ::setrlimit(RLIMIT_FSIZE, &before); }
    rlimit before{};
};

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
        auto file = line_file::open(path);
        line_buffer log(file, dropped);
        put(log, "one");
        put(log, "two");
        CHECK(file->settle(10s));
        CHECK(content_of(path).empty()); // gathered
        flush(log, file);
        CHECK(content_of(path) == "one\ntwo\n");
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
    auto file = line_file::open(folder / "log");
    line_buffer log(file, dropped);
    std::string line(1000, 'x'), expected;
    while (expected.empty() || !log.text().empty()) {
        REQUIRE(expected.size() < 1'000'000);
        put(log, line);
        expected += line + "\n";
    }
    CHECK(file->settle(10s));
    CHECK(content_of(folder / "log") == expected);
}

TEST_CASE("lines that cannot be written are counted, and logging goes on")
{
    silence quiet;
    counter dropped;
    auto file = line_file::open("/dev/full");
    line_buffer log(file, dropped);
    put(log, "one");
    put(log, "two");
    put(log, "three");
    CHECK(dropped.value() == 0);
    flush(log, file);
    CHECK(dropped.value() == 3);
    CHECK(log.text().empty()); // lost, not kept: memory is bounded
    flush(log, file);
    CHECK(dropped.value() == 3);
    put(log, "four");
    flush(log, file);
    CHECK(dropped.value() == 4);
}

TEST_CASE("a pipe that nobody reads delays nobody, and what it cannot take is counted")
{
    silence quiet;
    temporary_folder folder;
    std::string path = folder / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    counter dropped;
    std::uint64_t written = 0;
    {
        auto file = line_file::open(path); // waits for no reader
        line_buffer log(file, dropped);
        std::string line(999, 'x');
        auto begin = std::chrono::steady_clock::now();
        for (; written < 10'000; ++written) // 10 MB: more than may wait
            put(log, line);
        log.flush();
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
        CHECK_FALSE(file->settle(0ms));
        auto kept = (written - dropped.value()) * 1000;
        CHECK(dropped.value() > 0);
        CHECK(kept <= line_file::most_waiting);
        CHECK(kept > line_file::most_waiting - 200'000);
        pier::unique_fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
        std::string got;
        char part[65536];
        while (got.size() < kept) {
            pollfd wait{reader.get(), POLLIN, 0};
            REQUIRE(::poll(&wait, 1, 10'000) == 1);
            ssize_t n = ::read(reader.get(), part, sizeof part);
            REQUIRE(n > 0);
            got.append(part, static_cast<std::size_t>(n));
        }
        CHECK(got.size() == kept);
        CHECK(got.find(std::string(999, 'x') + "\n" + std::string(999, 'x') + "\n") == 0);
        CHECK(file->settle(10s));
        put(log, "again"); // a reader came: it goes on
        flush(log, file);
        CHECK(::read(reader.get(), part, sizeof part) == 6);
    }
}

TEST_CASE("who ends does not wait for a pipe that nobody reads")
{
    silence quiet;
    temporary_folder folder;
    std::string path = folder / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    auto file = line_file::open(path);
    std::string lines;
    for (int i = 0; i < 1'000'000; ++i)
        lines += "x\n";
    file->write(lines);
    auto begin = std::chrono::steady_clock::now();
    file.reset();
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("a line cut by a file's limit is finished before any other")
{
    silence quiet;
    temporary_folder folder;
    counter dropped;
    auto path = folder / "log";
    auto file = line_file::open(path);
    line_buffer log(file, dropped);
    {
        file_limit at(25);
        put(log, "line number 1");
        put(log, "line number 2"); // 11 bytes of it
        put(log, "line number 3");
        flush(log, file);
        CHECK(content_of(path) == "line number 1\nline number");
        CHECK(dropped.value() == 1);
        put(log, "line number 4");
        flush(log, file);
        CHECK(dropped.value() == 2);
    }
    put(log, "line number 5");
    flush(log, file);
    CHECK(content_of(path) == "line number 1\nline number 2\nline number 5\n");
    CHECK(dropped.value() == 2);
}

TEST_CASE("reopening loses and tears no line under load")
{
    temporary_folder folder;
    std::string path = folder / "log";
    auto file = line_file::open(path);
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> put_in_all{0};
    counter dropped[2];
    std::vector<std::thread> shards;
    for (int shard = 0; shard < 2; ++shard)
        shards.emplace_back([&, shard] {
            line_buffer log(file, dropped[shard]);
            while (!stop) {
                for (int i = 0; i < 100; ++i, ++put_in_all)
                    put(log, std::string(79, static_cast<char>('a' + shard)));
                log.flush();
                file->settle(10s); // so that nothing is dropped
            }
        });
    for (int i = 0; i < 20; ++i) {
        auto before = put_in_all.load();
        while (put_in_all < before + 200)
            std::this_thread::yield();
        std::filesystem::rename(path, path + std::to_string(i));
        file->reload();
        while (!std::filesystem::exists(path))
            std::this_thread::yield();
    }
    stop = true;
    for (auto& shard : shards)
        shard.join();
    REQUIRE(file->settle(10s));
    std::uint64_t lines = 0, torn = 0, files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        std::ifstream in(entry.path());
        ++files;
        for (std::string line; std::getline(in, line); ++lines)
            torn += line != std::string(79, line.empty() ? '?' : line[0]);
    }
    CHECK(files == 21);
    CHECK(torn == 0);
    CHECK(lines == put_in_all);
    CHECK(dropped[0].value() + dropped[1].value() == 0);
}

TEST_CASE("a file that cannot be reopened stays the old one")
{
    silence quiet;
    temporary_folder folder;
    std::filesystem::create_directory(folder / "a");
    std::string path = folder / "a/log";
    auto file = line_file::open(path);
    std::filesystem::rename(folder / "a", folder / "b");
    CHECK_THROWS_AS(file->reload(), fatal);
    std::string line = "kept\n";
    file->write(line);
    REQUIRE(file->settle(10s));
    CHECK(content_of(folder / "b/log") == "kept\n");
    std::filesystem::create_directory(folder / "a");
    file->reload();
    line = "new\n";
    file->write(line);
    REQUIRE(file->settle(10s));
    CHECK(content_of(path) == "new\n");
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

TEST_CASE("all who write to standard error share one file")
{
    CHECK(line_file::open("stderr") == line_file::standard_error());
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
    REQUIRE(file->settle(10s));
    std::ifstream lines(folder / "log");
    int count = 0, mixed = 0;
    for (std::string line; std::getline(lines, line); ++count)
        mixed += line != std::string(50, line.empty() ? '?' : line[0]);
    CHECK(count == 8000);
    CHECK(mixed == 0);
}

TEST_CASE("reopening does not wait for a pipe that nobody reads, nor for the thread of standard error")
{
    silence quiet;
    temporary_folder folder;
    std::string path = folder / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    auto file = line_file::open(path);
    std::string lines(1'000'000, '\n');
    file->write(lines);
    auto begin = std::chrono::steady_clock::now();
    CHECK_NOTHROW(file->reload());
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK_NOTHROW(line_file::open("stderr")->reload());
}
