#include "pier/get/file_name.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;

TEST_CASE("a file is named as the URL's last segment")
{
    CHECK(file_name_of("a b.tar.gz") == "a b.tar.gz");
    CHECK(file_name_of("\u4f60\u597d") == "\u4f60\u597d");
    CHECK(file_name_of("") == "index.html");
}

TEST_CASE("no name leads elsewhere, hides, or looks like an option")
{
    CHECK(file_name_of("..") == "index.html");
    CHECK(file_name_of(".") == "index.html");
    CHECK(file_name_of("../../etc/passwd") == "_._.._etc_passwd");
    CHECK(file_name_of("a/b") == "a_b");
    CHECK(file_name_of(".bashrc") == "_bashrc");
    CHECK(file_name_of("-rf") == "_rf");
    CHECK(file_name_of("a-b.c") == "a-b.c");
    CHECK(file_name_of(std::string_view("a\0b\nc\x1b[2J\x7f", 10)) == "a_b_c_[2J_");
    CHECK(file_name_of("\xc2\x9b\xff") == "__");
}

TEST_CASE("a name has room for what stands behind it")
{
    CHECK(file_name_of(std::string(longest_name, 'x')).size() == longest_name);
    CHECK(file_name_of(std::string(longest_name + 1, 'x')).empty());
}
