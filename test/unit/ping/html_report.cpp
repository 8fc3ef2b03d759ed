#include "pier/ping/html_report.hpp"

#include "played_run.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;
using Catch::Matchers::Contains;

TEST_CASE("the page is complete in itself, and names are text in it")
{
    played_run run("<script>");
    run.play({1'000'000, -1, 3'000'000});
    const target* all[] = {&run.t};
    std::string page = to_html(all, 1'700'000'000);
    CHECK_THAT(page, Catch::StartsWith("<!DOCTYPE html>") && Catch::EndsWith("</html>\n"));
    CHECK_THAT(page, Contains("2023-11-14 22:13:20 UTC"));
    CHECK_THAT(page, Contains("&lt;script&gt;") && !Contains("<script>"));
    CHECK_THAT(page, !Contains("http://") && !Contains("https://") && !Contains("src="));
    CHECK_THAT(page, Contains("3 sent, 2 received, 1 lost (33.33%)"));
    CHECK_THAT(page, Contains("class=\"loss\"") && Contains("class=\"rtt\""));
}

TEST_CASE("a page of nothing")
{
    played_run run;
    const target* all[] = {&run.t};
    CHECK_THAT(to_html(all, 0), Contains("0 sent, 0 received, 0 lost (0%)") && !Contains("nan"));
}

TEST_CASE("a long run makes no larger page")
{
    played_run run;
    for (int i = 0; i < 20'000; ++i)
        run.play({1'000'000 + i});
    const target* all[] = {&run.t};
    CHECK(to_html(all, 0).size() < 600'000);
}
