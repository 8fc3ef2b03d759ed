#include "pier/upper/client_options.hpp"

#include "pier/base/ascii.hpp"

namespace pier::upper {

namespace {

constexpr int most_words = 100'000;

std::string set_port(std::optional<std::uint16_t>& into, const std::string& value)
{
    into = parse_port(value);
    return into && *into > 0 ? "" : "is not a port from 1 to 65535";
}

void declare_operands(ops::options& table, client_config& into)
{
    table.positional(
        "HOST",
        [&into](const std::string& value) {
            into.to.host = value;
            return std::string(value.empty() ? "names no host" : "");
        },
        1, 1);
    table.positional(
        "PORT",
        [&into](const std::string& value) {
            std::optional<std::uint16_t> port;
            auto wrong = set_port(port, value);
            into.to.port = port.value_or(std::uint16_t{0});
            return wrong;
        },
        1, 1);
    table.positional(
        "TEXT",
        [&into](const std::string& value) {
            into.words.push_back(value);
            return std::string();
        },
        most_words);
}

} // namespace

void declare(ops::options& table, client_config& into)
{
    declare_operands(table, into);
    table.group("How to ask");
    table.toggle("udp", "by datagrams instead of a connection", into.to.datagrams);
    table.duration("timeout", "how long to wait for an answer, and for more of it", into.to.timeout);
    table.duration("connect-timeout", "how long connecting to one address may take", into.to.connect_timeout);
    table.count("tries", "of a datagram, until it counts as unanswered", into.tries, {1, 1000});
    table.add({"from", 0, "PORT", "own port of datagrams (the system's choice)", "",
               [&into](const std::string& value) { return set_port(into.from, value); }, false,
               [&into] {
                   return into.from ? std::vector{std::to_string(*into.from)} : std::vector<std::string>();
               }});
    table.size("max-text", "the longest text, a line of standard input", into.max_text,
               {1, std::uint64_t{1} << 40});
    table.group("What to print");
    table.toggle("json", "an object of JSON a line for each text", into.json);
    table.check([&into] { return into.to.host.empty() ? std::string() : into.validate(); });
    table.exit_status(
        "0 when every text was answered. 65 for a text that is too long, 68 for a host without "
        "an address, 69 when nobody listens there or no answer came in time; otherwise those of "
        "sysexits.h. 130 after Ctrl-C.");
}

} // namespace pier::upper
