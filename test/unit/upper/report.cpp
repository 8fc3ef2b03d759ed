#include "pier/upper/report.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace pier::upper;
using namespace std::chrono_literals;

namespace {

const question tcp{"host", 12000};
const question udp{"host", 12000, true};

exchange ended(exchange::outcome how)
{
    exchange e;
    e.result = how;
    e.tries = 1;
    return e;
}

} // namespace

TEST_CASE("an answer for people, for programs and as JSON")
{
    exchange done = ended(exchange::outcome::answered);
    done.answer = "A \"B\" \x1b[2J";
    done.server = "127.0.0.1:12000";
    done.took = 1'234'567ns;
    CHECK(answer_line("", done, style::terminal, tcp) == "From server: A \"B\" \\x1b[2J\n");
    CHECK(answer_line("", done, style::plain, tcp) == "A \"B\" \x1b[2J\n");
    CHECK(answer_line("a", done, style::json, udp) ==
          R"({"server":"127.0.0.1:12000","transport":"udp","text":"a","answer":"A \"B\" \u001b[2J",)"
          R"("milliseconds":1.234,"tries":1})"
          "\n");
}

TEST_CASE("a problem as JSON is an error")
{
    exchange e = ended(exchange::outcome::no_answer);
    e.server = "[::1]:7";
    CHECK(answer_line("a", e, style::json, udp) ==
          R"({"server":"[::1]:7","transport":"udp","text":"a","error":"no answer in 1 s",)"
          R"("milliseconds":0.000,"tries":1})"
          "\n");
}

TEST_CASE("what went wrong says what to look at")
{
    auto refused = ended(exchange::outcome::refused);
    CHECK(problem("", refused, tcp) == "connection refused: is pier-upperd running on host:12000?");
    CHECK(problem("", refused, udp) ==
          "refused, the port is unreachable by UDP: is pier-upperd running on host:12000?");
    auto silent = ended(exchange::outcome::no_answer);
    CHECK(problem("", silent, udp) == "no answer in 1 s");
    silent.tries = 3;
    question hasty = udp;
    hasty.timeout = 250ms;
    CHECK(problem("", silent, hasty) == "no answer in 750 ms (3 tries)");
    silent.connecting = true;
    CHECK(problem("", silent, tcp) == "cannot connect to host:12000: no answer in 5 s");
    CHECK(problem("", ended(exchange::outcome::closed), tcp) ==
          "host:12000 closed the connection without an answer");
    auto unreachable = ended(exchange::outcome::unreachable);
    unreachable.error = ENETUNREACH;
    CHECK(problem("", unreachable, tcp) == "cannot reach host:12000: Network is unreachable");
    CHECK(problem(std::string(70'000, 'a'), ended(exchange::outcome::too_long), udp) ==
          "the text has 70000 bytes, more than a UDP datagram carries (65507): leave out --udp");
}

TEST_CASE("an IPv6 address stands in brackets before a port")
{
    CHECK(host_and_port("::1", 7) == "[::1]:7");
    CHECK(host_and_port("[::1]", 7) == "[::1]:7");
    CHECK(host_and_port("localhost", 7) == "localhost:7");
}
