#include "pier/beat/sender_options.hpp"

#include "pier/base/units.hpp"

namespace pier::beat {

namespace {

std::string set_target(sender_config& into, const std::string& value)
{
    auto parsed = net::target::parse(value);
    if (!parsed)
        return "is not HOST, HOST:PORT or [IPV6]:PORT";
    into.where = *parsed;
    return {};
}

std::string contradiction(const sender_config& c)
{
    if (c.text && !c.key.empty())
        return "--text beats cannot be signed: leave out --text or --key";
    if (!c.text && !is_name(c.name))
        return "--name " + c.name +
               ": a name is 1 to 64 visible characters without spaces, and does not begin with " +
               std::string(text_prefix);
    if (c.interval > longest_interval)
        return "--interval: the longest is " + format_duration(longest_interval);
    return {};
}

} // namespace

void declare(ops::options& table, sender_config& into)
{
    table.positional(
        "HOST[:PORT]", [&into](const std::string& value) { return set_target(into, value); }, 1, 1);
    table.command(into.command);
    table.group("Beating");
    table.text("name", "NAME", "who beats: the monitor keeps one entry for each name", into.name);
    table.duration("interval", "from one beat to the next", into.interval, least_interval);
    table.text("key", "FILE", "sign beats with the key in this file, as the monitor's --key (none)",
               into.key);
    table.toggle("text",
                 "send the text beats `SEQUENCE TIME` of networking courses, to port 12003 unless said",
                 into.text);
    table.toggle("json", "at the end, say on standard output as JSON what was sent", into.json);
    table.check([&into] { return contradiction(into); });
}

} // namespace pier::beat
