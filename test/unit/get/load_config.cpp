#include "pier/get/load_config.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;
using namespace std::chrono_literals;

namespace {

request_config asked(std::vector<std::string> urls = {"http://127.0.0.1:8080/"})
{
    request_config r;
    r.urls = std::move(urls);
    return r;
}

} // namespace

TEST_CASE("what a load is without further words")
{
    load_config c;
    request_config r = asked();
    CHECK(c.connections(r) == 50);
    CHECK(c.requests(r) == 0);
    CHECK(c.time(r) == 10s);
    CHECK(c.validate(r).empty());
    r.requests = 7; // no time ends it then, and no more connections are made than have something to do
    CHECK(c.requests(r) == 7);
    CHECK(c.time(r) == 0s);
    CHECK(c.connections(r) == 7);
    r.concurrency = 9;
    CHECK(c.connections(r) == 9);
    c.duration = 2s;
    CHECK(c.requests(r) == 7);
    CHECK(c.time(r) == 2s);
}

TEST_CASE("HOST PORT FILE is ten requests at once")
{
    load_config c;
    request_config r = asked();
    r.coursework = true;
    CHECK(c.requests(r) == 10);
    CHECK(c.connections(r) == 10);
    CHECK(c.time(r) == 0s);
    c.duration = 1s;
    CHECK(c.requests(r) == 0);
    CHECK(c.connections(r) == 10);
}

TEST_CASE("what a load cannot be is told")
{
    load_config c;
    CHECK(c.validate(asked({})) == "--bench needs a URL");
    CHECK(c.validate(asked({"http://a/", "http://a:80/b"})).empty());
    CHECK(c.validate(asked({"http://a/", "https://a/"})) ==
          "--bench measures one server, and https://a is another one than http://a");
    CHECK_FALSE(c.validate(asked({"http://"})).empty());
    CHECK_FALSE(c.validate(asked(std::vector<std::string>(load_config::most_urls + 1, "http://a/"))).empty());
    c.threads = 3;
    request_config r = asked();
    r.concurrency = 2;
    CHECK(c.validate(r).starts_with("--threads 3 cannot share 2 connections"));
    c.threads = 2;
    CHECK(c.validate(r).empty());
    r.proxy = "none";
    CHECK(c.validate(r).empty());
    r.proxy = "http://proxy:3128";
    CHECK_FALSE(c.validate(r).empty());
}
