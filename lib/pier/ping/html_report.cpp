#include "pier/ping/html_report.hpp"

#include "pier/base/text.hpp"
#include "pier/ping/duration.hpp"
#include "pier/ping/svg_chart.hpp"
#include "pier/ping/text_report.hpp"

#include <array>
#include <cmath>
#include <string_view>

namespace pier::ping {

namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>)";

constexpr std::string_view style = R"(</title>
<style>
:root { --ground: #fff; --ink: #1d2430; --faint: #5a6475; --line: #d6dbe4; --rtt: #1f6feb; --band: #9dc1f7; --loss: #c62828; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161d; --ink: #e6eaf1; --faint: #a3adbd; --line: #333c4a; --rtt: #6ea8fe; --band: #2f4f80; --loss: #ff7b72; }
}
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2.5rem 0 0; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; } p { margin: .25rem 0; color: var(--faint); }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--faint); }
.axis { stroke: var(--line); } .rtt { fill: var(--rtt); } .band { fill: var(--band); } .loss { fill: var(--loss); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { text-align: right; padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; } th { font-weight: 600; }
pre { white-space: pre-wrap; color: var(--faint); font-size: .875rem; }
</style>
</head>
<body>
<main>
<h1>Round trips</h1>
)";

std::string utc(std::time_t when)
{
    std::tm parts{};
    ::gmtime_r(&when, &parts);
    char text[40];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

void row(std::string& page, std::string_view name, const distribution& d)
{
    if (d.count() == 0)
        return;
    static constexpr std::array<double, 6> shares{0.5, 0.9, 0.95, 0.99, 0.999, 0.9999};
    auto cell = [&](std::string_view text) { page.append("<td>").append(text).append("</td>"); };
    page.append("<tr><th scope=\"row\">").append(name).append("</th>");
    cell(format_ms(d.min()));
    cell(format_ms(std::llround(d.mean())));
    for (std::int64_t value : d.percentiles(shares))
        cell(format_ms(value));
    cell(format_ms(d.max()));
    cell(format_ms(std::llround(d.stddev())));
    page.append("</tr>\n");
}

void table(std::string& page, const std::string& of, const statistics& s)
{
    page.append("<h3>In milliseconds</h3>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
                "aria-label=\"Figures of ")
        .append(of)
        .append("\"><table>\n"
                "<thead><tr><td></td>");
    for (const char* name :
         {"min", "mean", "median", "p90", "p95", "p99", "p99.9", "p99.99", "max", "stddev"})
        page.append("<th scope=\"col\">").append(name).append("</th>");
    page.append("</tr></thead>\n<tbody>\n");
    row(page, "round trip", s.rtt());
    row(page, "call to return", s.call());
    row(page, "from when it was due", s.from_due());
    row(page, "reflector's own time", s.processing());
    row(page, "sent late by", s.lateness());
    page.append("</tbody></table></div>\n");
}

void section(std::string& page, const target& t)
{
    const statistics& s = t.session.figures();
    page.append("<section>\n<h2>").append(html_escape(t.name)).append("</h2>\n<p>");
    std::string line = text_report(false).heading(t);
    line.pop_back();
    page.append(html_escape(line))
        .append("</p>\n<p>")
        .append(std::to_string(s.totals().sent))
        .append(" sent, ");
    page.append(std::to_string(s.totals().received))
        .append(" received, ")
        .append(std::to_string(s.totals().lost));
    page.append(" lost (")
        .append(format_percent(static_cast<unsigned>(std::lround(s.loss() * 10'000))))
        .append(")</p>\n");
    page.append("<h3>Round trips and losses over time</h3>\n").append(svg_over_time(s.over_time()));
    if (s.rtt().count()) {
        page.append("<h3>How often which round trip</h3>\n")
            .append(svg_histogram("round trips took how long", s.rtt()));
        table(page, html_escape(t.name), s);
    }
    if (s.lateness().count())
        page.append("<h3>How late they were sent</h3>\n")
            .append(svg_histogram("probes were sent how late", s.lateness()));
    page.append("<h3>All that was found</h3>\n<pre>").append(html_escape(text_report(false).summary(t)));
    page.append("</pre>\n</section>\n");
}

} // namespace

std::string to_html(std::span<const target* const> all, std::time_t when)
{
    std::string names;
    for (const target* t : all)
        names.append(names.empty() ? "" : ", ").append(t->name);
    if (all.size() > 3)
        names = std::to_string(all.size()) + " targets";
    std::string page(head);
    page.append("Round trips: ").append(html_escape(names)).append(style);
    page.append("<p>By pier-ping, until ").append(utc(when)).append("</p>\n");
    for (const target* t : all)
        section(page, *t);
    return page.append("</main>\n</body>\n</html>\n");
}

} // namespace pier::ping
