#include "pier/get/report.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;
using namespace std::chrono_literals;

namespace {

result answer_of(std::uint64_t bytes, const char* sum, std::chrono::nanoseconds took)
{
    result r;
    r.bytes = bytes;
    r.sha256 = sum;
    r.took.total = took;
    return r;
}

job of_url(const char* url)
{
    job j;
    j.shown = url;
    return j;
}

} // namespace

TEST_CASE("answers to equal requests are compared in length and sum")
{
    auto a = answer_of(6, "aa", 2ms), b = answer_of(6, "aa", 5ms), other = answer_of(6, "ab", 1ms),
         shorter = answer_of(5, "aa", 1ms);
    result failed;
    failed.wrong = {trouble_kind::status, "no", {}, 404};

    const result* equal[] = {&a, &b};
    CHECK(compare(equal).equal());
    CHECK(comparison_line(compare(equal)) == "2 answers, all equal: 6 bytes, sha256 aa, in 2 ms to 5 ms");
    const result* different[] = {&a, &other, &shorter, &b};
    CHECK(compare(different).different == 2);
    CHECK(comparison_line(compare(different)) == "4 answers, 2 of them differ from the first");
    const result* some[] = {&failed, &a};
    CHECK(comparison_line(compare(some)) == "1 answer, 1 failed: 6 bytes, sha256 aa, in 2 ms to 2 ms");
    const result* none[] = {&failed};
    CHECK_FALSE(compare(none).equal());
    CHECK(comparison_line(compare(none)) == "0 answers, 1 failed");
}

TEST_CASE("lines for people show no controls")
{
    job j = of_url("http://a/\x1b[2J");
    j.path = "a\nb";
    result r = answer_of(2048, "", 1500ms);
    r.received = 1024;
    r.resumed_from = 1024;
    CHECK(result_line(j, r) == "a\\x0ab: 2.00 KiB in 1.5 s, 682 B/s, 1.00 KiB of it from an earlier run");
    r.wrong = {trouble_kind::transport, "nobody listens", pier::http::failure::refused};
    r.wrong.advice = "is it there?";
    r.interrupted_resumable = true;
    CHECK(problem_line(j, r) ==
          "http://a/\\x1b[2J: nobody listens: is it there?; the same command goes on where "
          "this one ended");
}

TEST_CASE("a report for programs")
{
    job j = of_url("http://a/");
    result r = answer_of(6, "", 1234567ns);
    std::string why;
    r.final_url = *pier::http::url::parse("http://a/b", why);
    r.status = 200;
    r.peer = "127.0.0.1:80";
    CHECK(
        json_line(j, r) ==
        R"({"url":"http://a/","final_url":"http://a/b","status":200,"http_version":"1.1",)"
        R"("server":"127.0.0.1:80","connection_reused":false,"bytes":6,"received":0,"resumed_from":0,"segments":1,)"
        R"("digest_checked":false,"requests":0,"redirects":0,)"
        R"("milliseconds":{"dns":0.000,"connect":0.000,"tls":0.000,"first_byte":0.000,"total":1.234}})");
    r.wrong = {trouble_kind::checksum, "sha256 is x"};
    CHECK(json_line(j, r).ends_with(
        R"("error":{"class":"checksum","sentence":"sha256 is x","exit_code":65,"resumable":false}})"));
}
