#include "pier/ping/run.hpp"

#include "pier/ops/exit.hpp"
#include "pier/ops/terminal.hpp"
#include "pier/ping/html_report.hpp"
#include "pier/ping/json_report.hpp"
#include "pier/ping/lanes.hpp"
#include "pier/ping/line_observer.hpp"
#include "pier/ping/metrics_server.hpp"
#include "pier/ping/plot_observer.hpp"

#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace pier::ping {

namespace {

std::unique_ptr<observer> make_observer(const config& c, console& out)
{
    line_options lines{c.quiet, c.continuous() ? c.window : 0};
    if (c.json)
        return std::make_unique<json_observer>(out, lines);
    if (c.plot && ops::is_terminal(out.descriptor()))
        return std::make_unique<plot_observer>(out);
    return std::make_unique<text_observer>(out, c.targets.size() > 1, lines);
}

std::string summaries(const config& c, std::span<const target* const> all)
{
    std::string text;
    text_report report(all.size() > 1);
    for (const target* t : all)
        text += c.json ? json_summary(*t, c.limits.passed(t->session.figures())) : report.summary(*t);
    if (all.size() > 1 && !c.json)
        text += report.aggregate(all);
    return text;
}

/// 1: somebody gave no answer, or passed a threshold; what that was is told on standard error.
int verdict(const config& c, std::span<const target* const> all)
{
    int code = ops::exit_ok;
    for (const target* t : all) {
        if (t->session.figures().totals().received == 0)
            code = 1;
        for (const std::string& sentence : c.limits.passed(t->session.figures())) {
            std::fprintf(stderr, "pier-ping: %s: %s\n", t->name.c_str(), sentence.c_str());
            code = 1;
        }
    }
    return code;
}

void write_html(const config& c, std::span<const target* const> all)
{
    if (c.html.empty())
        return;
    std::string page = to_html(all, std::time(nullptr));
    std::FILE* file = std::fopen(c.html.c_str(), "w");
    bool written = file && std::fwrite(page.data(), 1, page.size(), file) == page.size();
    if ((file && std::fclose(file) != 0) || !written)
        throw ops::fatal(ops::exit_cant_create, "--html: `" + c.html + "` cannot be written");
}

} // namespace

int run(const config& c)
{
    std::vector<std::unique_ptr<live_counters>> counters;
    console out(STDOUT_FILENO);
    std::unique_ptr<observer> told = make_observer(c, out);
    std::vector<lane> lanes = open_lanes(c, counters);
    std::vector<const target*> all;
    for (const lane& l : lanes)
        all.push_back(l.target.get());

    told->begin(all);
    {
        net::interrupt ctrl_c;
        sender loop(lanes, *told, out, c.spin);
        metrics_server metrics(c.admin, counters);
        loop.run(ctrl_c);
    }
    told->finish(all);
    out.finish(summaries(c, all));
    if (out.dropped())
        std::fprintf(stderr, "pier-ping: %llu lines were left out: standard output took them too slowly\n",
                     static_cast<unsigned long long>(out.dropped()));
    write_html(c, all);
    return verdict(c, all);
}

} // namespace pier::ping
