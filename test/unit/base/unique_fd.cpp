#include "pier/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <utility>

using pier::unique_fd;

namespace {

unique_fd open_null()
{
    return unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_open(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

} // namespace

TEST_CASE("a descriptor is closed with its owner")
{
    int fd = -1;
    {
        auto owner = open_null();
        REQUIRE(owner);
        fd = owner.get();
        CHECK(is_open(fd));
    }
    CHECK_FALSE(is_open(fd));
    unique_fd none;
    CHECK_FALSE(none);
    CHECK(none.get() == -1);
}

TEST_CASE("a descriptor moves, and is closed once")
{
    auto first = open_null();
    int fd = first.get();
    unique_fd second(std::move(first));
    CHECK_FALSE(first);
    CHECK(second.get() == fd);

    auto third = open_null();
    int replaced = third.get();
    third = std::move(second);
    CHECK_FALSE(is_open(replaced));
    CHECK(third.get() == fd);
    CHECK(is_open(fd));

    auto& itself = third;
    third = std::move(itself);
    CHECK(third.get() == fd);
    CHECK(is_open(fd));
}

TEST_CASE("what is released is no longer owned, what is reset is closed")
{
    auto owner = open_null();
    int fd = owner.release();
    CHECK_FALSE(owner);
    CHECK(is_open(fd));
    owner.reset(fd);
    CHECK(owner.get() == fd);
    owner.reset();
    CHECK_FALSE(is_open(fd));
    CHECK_FALSE(owner);
}

TEST_CASE("descriptor 0 is one like any other")
{
    unique_fd zero(0);
    CHECK(zero);
    CHECK(zero.release() == 0);
}
