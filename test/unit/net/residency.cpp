#include "pier/net/residency.hpp"

#include "../temporary_folder.hpp"
#include "pier/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace pier;

namespace {

constexpr std::size_t size = 1'000'000;

unique_fd write_file(const temporary_folder& folder)
{
    folder.write("file", std::string(size, 'x'));
    return unique_fd(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
}

} // namespace

TEST_CASE("a file just written is in memory, all of it and any stretch")
{
    temporary_folder folder;
    auto fd = write_file(folder);
    for (std::size_t wanted : {std::size_t{0}, std::size_t{1}, std::size_t{128 * 1024}, size - 1, size})
        CHECK(net::resident_bytes(fd.get(), 0, wanted) == wanted);
    CHECK(net::resident_bytes(fd.get(), size - 10, 10) == 10);
    CHECK(net::resident_bytes(fd.get(), 12'345, 500'000) == 500'000);
}

TEST_CASE("what is not there need not be waited for")
{
    temporary_folder folder;
    auto fd = write_file(folder);
    CHECK(net::resident_bytes(fd.get(), size, 10) == 10); // sendfile will say that the file has ended
    CHECK(net::resident_bytes(-1, 0, 10) == 10);          // and what is wrong
}

TEST_CASE("a file dropped from memory is cold")
{
    temporary_folder folder;
    auto fd = write_file(folder);
    REQUIRE(::fsync(fd.get()) == 0);
    REQUIRE(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
    auto cold = net::resident_bytes(fd.get(), 0, size); // before the look below, which may start a read-ahead
    char byte;
    iovec one{&byte, 1};
    bool can_tell = ::preadv2(fd.get(), &one, 1, 0, RWF_NOWAIT) < 0 && errno == EAGAIN;
    if (!can_tell) {
        WARN("not tried: this file system keeps its files in memory, or cannot tell");
        return;
    }
    CHECK(cold == 0);
    REQUIRE(::pread(fd.get(), &byte, 1, 0) == 1); // brings a window, not the whole
    auto warm = net::resident_bytes(fd.get(), 0, size);
    CHECK(warm > 0);
}

TEST_CASE("what was seen in memory is believed for a second")
{
    temporary_folder folder;
    auto fd = write_file(folder);
    net::resident_prefix prefix;
    CHECK(prefix.bytes(fd.get(), 0, 500'000, 10'000) == 500'000);
    CHECK(prefix.bytes(fd.get(), 500'000, 100'000, 10'100) == 100'000);
    REQUIRE(::fsync(fd.get()) == 0);
    REQUIRE(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
    if (net::resident_bytes(fd.get(), 0, size) != 0) {
        WARN("not tried: this file system keeps its files in memory, or cannot tell");
        return;
    }
    CHECK(prefix.bytes(fd.get(), 100, 599'900, 10'999) == 599'900);
    CHECK(prefix.bytes(fd.get(), 600'000, 1, 10'999) == 0); // never seen
    CHECK(prefix.bytes(fd.get(), 100, 1, 11'000) == 0);
    CHECK(prefix.bytes(fd.get(), 0, 1, 11'000) == 0);
}

TEST_CASE("what is in memory is read at once, from tmpfs too")
{
    for (const char* where : {"/tmp", "/dev/shm"}) {
        CAPTURE(where);
        temporary_folder folder{where};
        folder.write("a", "0123456789");
        pier::unique_fd fd(::open((folder / "a").c_str(), O_RDONLY | O_CLOEXEC));
        char text[16];
        // The kernel may have taken the page back already.
        ssize_t n = net::read_resident(fd.get(), text, 4);
        if (n < 0) {
            CHECK(errno == EAGAIN);
            continue;
        }
        CHECK(std::string_view(text, static_cast<std::size_t>(n)) == "456789");
        CHECK(net::read_resident(fd.get(), text, 10) == 0);
    }
    char text[1];
    CHECK(net::read_resident(-1, text, 0) == -1);
    CHECK(errno == EBADF);
}
