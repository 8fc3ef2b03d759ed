#include "pier/ping/line_observer.hpp"

#include "pier/ping/clock.hpp"
#include "pier/ping/json_report.hpp"

namespace pier::ping {

namespace {

std::int64_t first_tick(const line_options& options)
{
    return options.window ? steady_now() + options.window : std::numeric_limits<std::int64_t>::max();
}

} // namespace

text_observer::text_observer(console& out, bool several, const line_options& options)
    : out_(out), report_(several), options_(options), next_(first_tick(options))
{
}

void text_observer::begin(std::span<const target* const> all)
{
    all_.assign(all.begin(), all.end());
    for (const target* t : all_)
        out_.write(report_.heading(*t));
}

void text_observer::came(const target& t, const answer& a, const session::arrival& what)
{
    if (!options_.quiet)
        out_.write(report_.came(t, a, what));
}

void text_observer::lost(const target& t, const probe& p)
{
    if (!options_.quiet)
        out_.write(report_.lost(t, p));
}

void text_observer::failed(const target& t, fault f, const probe* about)
{
    if (!options_.quiet)
        out_.write(report_.failed(t, f, about));
}

void text_observer::not_sent(const target& t, const probe& p, std::string_view why)
{
    if (!options_.quiet)
        out_.write(report_.not_sent(t, p, why));
}

void text_observer::tick(std::int64_t now)
{
    for (const target* t : all_)
        out_.write(report_.window(*t, now));
    next_ += options_.window;
}

json_observer::json_observer(console& out, const line_options& options)
    : out_(out), options_(options), next_(first_tick(options))
{
}

void json_observer::came(const target& t, const answer& a, const session::arrival& what)
{
    if (!options_.quiet)
        out_.write(json_of_answer(t, a, what));
}

void json_observer::lost(const target& t, const probe& p)
{
    if (!options_.quiet)
        out_.write(json_of_loss(t, p));
}

void json_observer::failed(const target& t, fault f, const probe* about)
{
    if (!options_.quiet)
        out_.write(json_of_failure(t, f, about));
}

void json_observer::not_sent(const target& t, const probe& p, std::string_view why)
{
    if (!options_.quiet)
        out_.write(json_of_unsent(t, p, why));
}

void json_observer::tick(std::int64_t now)
{
    for (const target* t : all_)
        out_.write(json_of_window(*t, now));
    next_ += options_.window;
}

} // namespace pier::ping
