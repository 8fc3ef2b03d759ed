#include "pier/get/operands.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;

namespace {

operands read(std::vector<std::string> words)
{
    return read_operands(words);
}

} // namespace

TEST_CASE("URLs stand for themselves, without a scheme for http")
{
    CHECK(read({"http://a/b", "https://c"}).urls == std::vector<std::string>{"http://a/b", "https://c"});
    CHECK(read({"example.org/x"}).urls == std::vector<std::string>{"http://example.org/x"});
    CHECK(read({"localhost:8080"}).urls == std::vector<std::string>{"http://localhost:8080"});
    CHECK(read({"a", "b", "c"}).urls.size() == 3);
    CHECK_FALSE(read({"a", "b", "c"}).coursework);
    CHECK(read({""}).error == "a URL is empty");
}

TEST_CASE("HOST PORT FILE, where the second of three is a number")
{
    auto url = [](const char* host, const char* port, const char* file) {
        auto found = read({host, port, file});
        CHECK(found.error.empty());
        CHECK(found.coursework);
        return found.urls.at(0);
    };
    CHECK(url("127.0.0.1", "8080", "HelloWorld.html") == "http://127.0.0.1:8080/HelloWorld.html");
    CHECK(url("localhost", "80", "/a/b") == "http://localhost:80/a/b");
    CHECK(url("https://localhost", "443", "x") == "https://localhost:443/x");
    CHECK(url("http://localhost/", "80", "x") == "http://localhost:80/x");
    CHECK(url("::1", "80", "x") == "http://[::1]:80/x");
    CHECK(url("[::1]", "80", "x") == "http://[::1]:80/x");
    CHECK(url("h", "80", "a b#c%.html?d=e") == "http://h:80/a%20b%23c%25.html?d=e");
    CHECK(url("h", "80", "a%20b") == "http://h:80/a%20b");
    CHECK(url("h", "80", "\xc3\xa4") == "http://h:80/%C3%A4");
}

TEST_CASE("what is wrong with HOST PORT FILE is said")
{
    CHECK(read({"h", "8080"}).error == "FILE is missing: pier-get h 8080 FILE");
    CHECK(read({"h", "0", "x"}).error == "PORT `0` is not a port from 1 to 65535");
    CHECK(read({"h", "65536", "x"}).error == "PORT `65536` is not a port from 1 to 65535");
    CHECK(read({"h:81", "80", "x"}).error == "HOST `h:81` has a port of its own: leave it out, PORT says it");
    CHECK(read({"[::1]:81", "80", "x"}).error.find("port of its own") != std::string::npos);
    CHECK(read({"http://h/path", "80", "x"}).error.find("is not a host") != std::string::npos);
    CHECK(read({"", "80", "x"}).error.find("is not a host") != std::string::npos);
    CHECK(read({"h", "80", "x", "y"}).urls.size() == 4); // no such form: URLs
}
