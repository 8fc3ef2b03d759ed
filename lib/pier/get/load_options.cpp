#include "pier/get/load_options.hpp"

#include "pier/base/units.hpp"

namespace pier::get {

namespace {

using values = std::vector<std::string>;

/// Of -d, which is this mode's only where --bench is.
std::string take_duration(const request_config& r, load_config& into)
{
    if (r.duration.empty())
        return {};
    auto time = parse_duration(r.duration);
    if (!time || time->count() == 0)
        return "-d `" + r.duration + "` is not a duration such as 10s or 500ms, as it is with --bench";
    if (into.duration.count() && into.duration != *time)
        return "-d and --duration say different times";
    into.duration = *time;
    return {};
}

std::string check(const config& c, load_config& into)
{
    if (c.bench) {
        auto wrong = take_duration(c.request, into);
        return wrong.empty() ? into.validate(c.request) : wrong;
    }
    load_config unsaid;
    bool said = into.duration != unsaid.duration || into.rate != unsaid.rate ||
                into.threads != unsaid.threads || into.keep_alive != unsaid.keep_alive ||
                into.warm_up != unsaid.warm_up;
    return said ? "--duration, --rate, --threads, --keep-alive and --warm-up are for --bench" : "";
}

} // namespace

void declare(ops::options& table, const config& c, load_config& into)
{
    table.group("With --bench");
    table.duration("duration", "how long, also -d; with --requests whichever is over first (10s)",
                   into.duration);
    table.derived(
        [&into] { return into.duration.count() ? values{format_duration(into.duration)} : values{}; });
    table.count("rate",
                "requests a second that are due, however long answers take, from when on their "
                "latencies count; 0: a connection sends again when it has its answer",
                into.rate, {0, load_config::most_rate});
    table.count("threads", "that share the connections", into.threads, {1, load_config::most_threads})
        .letter('t');
    table.toggle("keep-alive", "many requests over a connection, instead of one", into.keep_alive);
    table.duration("warm-up", "how long to send before what is measured", into.warm_up,
                   std::chrono::milliseconds(0));
    table.check([&c, &into] { return check(c, into); });
}

} // namespace pier::get
