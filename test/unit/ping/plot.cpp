#include "pier/ping/plot.hpp"

#include "pier/base/utf8.hpp"
#include "played_run.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace pier::ping;
using Catch::Matchers::Contains;

namespace {

std::size_t characters(const std::string& line)
{
    return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (c & 0xc0) != 0x80; }));
}

} // namespace

TEST_CASE("a picture is as large as the terminal")
{
    played_run run;
    for (int i = 0; i < 300; ++i)
        run.play({1'000'000 + i * 1000, -1});
    const target* all[] = {&run.t};
    for (plot_size size : {plot_size{80, 24}, {40, 6}, {200, 60}, {1, 1}}) {
        auto lines = plot(all, size, false);
        CHECK(lines.size() <= std::max<std::size_t>(size.rows, 4));
        for (const std::string& line : lines)
            CHECK(characters(line) <= std::max<std::size_t>(size.columns, 40));
    }
    auto lines = plot(all, {80, 24}, false);
    CHECK_THAT(lines.front(), Contains("host") && Contains("lost 300 of 600"));
    CHECK_THAT(lines.back(), Contains("xxxx"));
}

TEST_CASE("a picture before the first answer")
{
    played_run run;
    const target* all[] = {&run.t};
    CHECK_THAT(plot(all, {}, false).front(), Contains("no answer yet"));
}

TEST_CASE("colours only when asked for")
{
    played_run run;
    run.play({1'000'000});
    const target* all[] = {&run.t};
    auto has_escapes = [](const std::vector<std::string>& lines) {
        return std::ranges::any_of(lines, [](const std::string& l) { return l.find('\x1b') != l.npos; });
    };
    CHECK(has_escapes(plot(all, {}, true)));
    CHECK_FALSE(has_escapes(plot(all, {}, false)));
}

TEST_CASE("targets share the room, and those without any are counted")
{
    std::vector<std::unique_ptr<played_run>> runs;
    std::vector<const target*> all;
    for (int i = 0; i < 10; ++i) {
        runs.push_back(std::make_unique<played_run>("host" + std::to_string(i)));
        runs.back()->play({1'000'000});
        all.push_back(&runs.back()->t);
    }
    auto lines = plot(all, {80, 24}, false);
    CHECK(lines.size() <= 24);
    CHECK_THAT(lines.back(), Contains("and 5 more"));
    lines = plot(all, {80, 100}, false);
    CHECK_THAT(lines.back(), !Contains("more"));
}
