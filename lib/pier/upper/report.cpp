#include "pier/upper/report.hpp"

#include "pier/base/json_writer.hpp"
#include "pier/base/text.hpp"

#include <cstring>

namespace pier::upper {

namespace {

std::string as_json(std::string_view text, const exchange& done, const question& q)
{
    std::string line;
    json_writer json(line);
    json.begin_object().member("server", done.server).member("transport", q.datagrams ? "udp" : "tcp");
    json.member("text", text);
    if (done.result == exchange::outcome::answered)
        json.member("answer", done.answer);
    else
        json.member("error", problem(text, done, q));
    json.key("milliseconds").thousandths(static_cast<std::uint64_t>(done.took.count()) / 1000);
    json.member("tries", done.tries).end_object();
    return line + "\n";
}

} // namespace

std::string answer_line(std::string_view text, const exchange& done, style s, const question& q)
{
    if (s == style::json)
        return as_json(text, done, q);
    return (s == style::terminal ? "From server: " + visible(done.answer) : done.answer) + "\n";
}

std::string problem(std::string_view text, const exchange& done, const question& q)
{
    std::string where = host_and_port(q.host, q.port);
    std::string running = ": is pier-upperd running on " + where + "?";
    switch (done.result) {
    case exchange::outcome::answered: break;
    case exchange::outcome::refused:
        // A datagram's refusal is an ICMP message: the machine is there, the service is not.
        return (q.datagrams ? "refused, the port is unreachable by UDP" : "connection refused") + running;
    case exchange::outcome::no_answer:
        if (done.connecting)
            return "cannot connect to " + where + ": no answer in " + in_words(q.connect_timeout);
        if (done.tries > 1)
            return "no answer in " + in_words(q.timeout * done.tries) + " (" + std::to_string(done.tries) +
                   " tries)";
        return "no answer in " + in_words(q.timeout);
    case exchange::outcome::closed: return where + " closed the connection without an answer";
    case exchange::outcome::unreachable: return "cannot reach " + where + ": " + std::strerror(done.error);
    case exchange::outcome::too_long:
        return "the text has " + std::to_string(text.size()) +
               " bytes, more than a UDP datagram carries (65507): leave out --udp";
    case exchange::outcome::interrupted: return "interrupted";
    }
    return {};
}

std::string host_and_port(const std::string& host, std::uint16_t port)
{
    bool bare_v6 = host.find(':') != host.npos && host.front() != '[';
    return (bare_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string in_words(std::chrono::milliseconds time)
{
    bool seconds = time.count() % 1000 == 0;
    return std::to_string(seconds ? time.count() / 1000 : time.count()) + (seconds ? " s" : " ms");
}

} // namespace pier::upper
