#include "pier/upper/options.hpp"

namespace pier::upper {

namespace {

std::string set_rate(rate_limit& into, const std::string& value)
{
    auto parsed = value == "off" ? rate_limit{} : rate_limit::parse(value);
    into = parsed.value_or(rate_limit{});
    return parsed ? "" : "is neither off nor a rate such as 10/s, 600/m or 10/s:1000";
}

/// As rate_limit::parse() takes it, of any period.
std::string rate_text(const rate_limit& rate)
{
    if (!rate)
        return "off";
    const char* unit = rate.period == 1000        ? "s"
                       : rate.period == 60'000    ? "m"
                       : rate.period == 3'600'000 ? "h"
                                                  : "d";
    return std::to_string(rate.count) + "/" + unit + ":" + std::to_string(rate.burst);
}

} // namespace

void declare(ops::options& table, config& into)
{
    table.group("Against answers that go round");
    table.add(
        {"limit-unchanged", 0, "RATE|off",
         "datagrams of an address that have nothing to change in them; more are dropped, so that no two "
         "servers answer each other for ever",
         "", [&into](const std::string& value) { return set_rate(into.unchanged, value); }, false,
         [&into] { return std::vector{rate_text(into.unchanged)}; }});
    table.group("Limits of a connection");
    table.duration("timeout-idle", "nothing comes, and all is answered: it is closed", into.timeout_idle);
    table.duration("timeout-send", "the peer takes nothing of its answer: it is reset", into.timeout_send);
}

} // namespace pier::upper
