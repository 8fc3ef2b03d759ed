#include "pier/ops/crash.hpp"

#include "pier/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <unistd.h>

using namespace pier;
using namespace pier::ops;

TEST_CASE("a crash line is text and numbers")
{
    crash_line line;
    line << "at ";
    line.hex(0);
    line << ", in pier+";
    line.hex(0xdeadbeef);
    CHECK(line.text() == "at 0x0, in pier+0xdeadbeef");
}

TEST_CASE("a crash line is one line, whatever an exception says")
{
    crash_line line;
    line << "a\nb\rc\x1b[31m";
    CHECK(line.text() == "a b c [31m");
}

TEST_CASE("a crash line is cut, and its end is written all the same")
{
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    unique_fd from(ends[0]), to(ends[1]);
    crash_line line;
    for (int i = 0; i < 1000; ++i)
        line << "0123456789";
    line.hex(1);
    CHECK(line.text().size() == 4096);
    line.write(to.get());
    to.reset();
    std::string written(8192, '\0');
    written.resize(static_cast<std::size_t>(::read(from.get(), written.data(), written.size())));
    CHECK(written == std::string(line.text()) + "\n");
}
