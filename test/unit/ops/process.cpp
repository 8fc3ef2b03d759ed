#include "pier/ops/process.hpp"

#include "pier/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <vector>

using namespace pier;

TEST_CASE("what the kernel says about this process")
{
    CHECK(ops::resident_bytes() > 1 << 20);
    CHECK(ops::descriptor_limit() >= 16);
    auto counted = ops::count_descriptors();
    REQUIRE(counted);
    std::vector<unique_fd> more;
    for (int i = 0; i < 5; ++i)
        more.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    CHECK(ops::count_descriptors() == *counted + 5);
    if (auto told = ops::open_descriptors()) // by newer kernels
        CHECK(*told == *counted + 5);
    auto before = ops::cpu_milliseconds();
    while (ops::cpu_milliseconds() < before + 2) {
    }
}
