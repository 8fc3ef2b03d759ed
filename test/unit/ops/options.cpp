#include "pier/ops/options.hpp"

#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace pier::ops;
using namespace std::chrono_literals;

namespace {

struct program {
    bool quiet = false;
    std::string name = "none";
    std::chrono::milliseconds wait = 10s;
    std::uint64_t size = 32 * 1024;
    std::uint64_t count = 0;
    std::vector<std::string> many;
    std::vector<std::string> operands;
    std::string port;
    options table{"pier-test", "[ROOT]", "Tests."};

    program()
    {
        table.group("First");
        table.toggle("quiet", "say nothing", quiet);
        table.text("name", "NAME", "what to be called", name);
        table.group("Second");
        table.duration("wait", "how long", wait);
        table.size("max-header", "how much", size);
        table.count("threads", "how many", count);
        table.add({"listen", 0, "ADDR", "where", "",
                   [this](const std::string& value) {
                       many.push_back(value);
                       return std::string(value == "bad" ? "is bad" : "");
                   },
                   true});
        table.add({"port", 'p', "PORT", "which", "", [this](const std::string& value) {
                       port = value;
                       return std::string();
                   }});
        table.positional("ROOT", [this](const std::string& value) {
            operands.push_back(value);
            return std::string(value == "nowhere" ? "is not a folder" : "");
        });
    }

    options::next parse(std::vector<const char*> words)
    {
        words.insert(words.begin(), "pier-test");
        return table.parse(static_cast<int>(words.size()), words.data());
    }

    /// The sentence, when the words are refused.
    std::string refusal(std::vector<const char*> words)
    {
        try {
            parse(std::move(words));
        } catch (const fatal& e) {
            CHECK(e.code() == exit_usage);
            return e.what();
        }
        return "accepted";
    }
};

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("an empty command line leaves the defaults")
{
    program p;
    CHECK(p.parse({}) == options::next::run);
    CHECK_FALSE(p.quiet);
    CHECK(p.name == "none");
    CHECK(p.wait == 10s);
    CHECK(p.size == 32768);
    CHECK(p.operands.empty());
}

TEST_CASE("values are set, in either way of giving them")
{
    program p;
    CHECK(p.parse({"--quiet", "--name", "n", "--wait=250ms", "--max-header", "64k", "--threads=3", "root"}) ==
          options::next::run);
    CHECK(p.quiet);
    CHECK(p.name == "n");
    CHECK(p.wait == 250ms);
    CHECK(p.size == 65536);
    CHECK(p.count == 3);
    CHECK(p.operands == std::vector<std::string>{"root"});
}

TEST_CASE("a value may hold what looks like something else")
{
    program p;
    p.parse({"--name", "a=b --quiet", "--listen=[::1]:80"});
    CHECK(p.name == "a=b --quiet");
    CHECK_FALSE(p.quiet);
    CHECK(p.many == std::vector<std::string>{"[::1]:80"});
}

TEST_CASE("a letter is short for its option")
{
    for (auto words : {std::vector<const char*>{"-p", "80"}, {"-p80"}, {"--port", "80"}}) {
        program p;
        p.parse(words);
        CHECK(p.port == "80");
    }
}

TEST_CASE("what stands without a dash is the operand, also after --")
{
    program p;
    p.parse({"--", "--quiet"});
    CHECK(p.operands == std::vector<std::string>{"--quiet"});
    CHECK_FALSE(p.quiet);
    CHECK(has(program().refusal({"one", "two"}), "`two` is one argument too many"));
    CHECK(program().refusal({"nowhere"}) == "ROOT `nowhere` is not a folder");
    options none("pier-test", "", "");
    const char* words[] = {"pier-test", "x"};
    CHECK_THROWS_AS(none.parse(2, words), fatal);
}

TEST_CASE("words without a dash are dealt in the order declared")
{
    struct client {
        std::string host, port;
        std::vector<std::string> words, command;
        bool quiet = false;
        options table{"pier-test", "HOST PORT [WORD]... [-- COMMAND]", ""};

        client()
        {
            auto into = [](std::string& to) {
                return [&to](const std::string& value) {
                    to = value;
                    return std::string(value == "bad" ? "is bad" : "");
                };
            };
            table.toggle("quiet", "say nothing", quiet);
            table.positional("HOST", into(host), 1, 1);
            table.positional("PORT", into(port), 1, 1);
            table.positional(
                "WORD",
                [this](const std::string& value) {
                    words.push_back(value);
                    return std::string();
                },
                3);
        }

        std::string parse(std::vector<const char*> given)
        {
            given.insert(given.begin(), "pier-test");
            try {
                table.parse(static_cast<int>(given.size()), given.data());
            } catch (const fatal& e) {
                CHECK(e.code() == exit_usage);
                return e.what();
            }
            return {};
        }
    };
    client c;
    CHECK(c.parse({"h", "--quiet", "p", "", "--", "--x", "--"}).empty());
    CHECK(c.host == "h");
    CHECK(c.port == "p");
    CHECK(c.words == std::vector<std::string>{"", "--x", "--"});
    CHECK(c.quiet);
    CHECK(client().parse({"h", "p"}).empty());
    CHECK(client().parse({"h"}) == "PORT is missing: pier-test HOST PORT [WORD]... [-- COMMAND]");
    CHECK(has(client().parse({}), "HOST is missing"));
    CHECK(client().parse({"--check-config"}).empty());
    CHECK(client().parse({"h", "bad"}) == "PORT `bad` is bad");
    CHECK(has(client().parse({"h", "p", "1", "2", "3", "4"}), "`4` is one argument too many"));

    client starts;
    starts.table.command(starts.command);
    CHECK(starts.parse({"h", "p", "w", "--", "sleep", "--quiet", "--", "-x"}).empty());
    CHECK(starts.words == std::vector<std::string>{"w"});
    CHECK(starts.command == std::vector<std::string>{"sleep", "--quiet", "--", "-x"});
    CHECK_FALSE(starts.quiet);
    CHECK(starts.parse({"h", "p"}).empty());
    CHECK(starts.command.empty());
    CHECK(has(starts.parse({"h", "p", "--"}), "no command follows"));
}

TEST_CASE("only what may be repeated is repeated")
{
    program p;
    p.parse({"--listen", "a", "--listen", "b"});
    CHECK(p.many == std::vector<std::string>{"a", "b"});
    CHECK(program().refusal({"--name", "a", "--name", "b"}) == "--name is given twice");
    CHECK(program().refusal({"--quiet", "--quiet"}) == "--quiet is given twice");
    CHECK(program().refusal({"-p", "1", "--port", "2"}) == "--port is given twice");
}

TEST_CASE("a value that is none is refused, with the option and the value")
{
    CHECK(program().refusal({"--wait", "soon"}) == "--wait: `soon` is not a time such as 250ms, 10s or 2m");
    CHECK(program().refusal({"--max-header", "1x"}) ==
          "--max-header: `1x` is not a size such as 512, 64k or 2M");
    CHECK(program().refusal({"--threads", "-1"}) != "accepted");
    CHECK(program().refusal({"--threads=many"}) == "--threads: `many` is not a whole number");
    CHECK(program().refusal({"--listen", "good", "--listen", "bad"}) == "--listen: `bad` is bad");
    CHECK(program().refusal({"--wait="}) != "accepted");
}

TEST_CASE("numbers have their bounds, both included")
{
    auto count = [](const char* value) {
        std::uint64_t n = 7;
        options table("pier-test", "", "");
        table.count("n", "a number", n, {2, 9});
        table.size("s", "a size", n, {1024, 2048});
        const char* words[] = {"pier-test", value};
        try {
            table.parse(2, words);
        } catch (const fatal& e) {
            CHECK(n == 7);
            return std::string(e.what());
        }
        return std::to_string(n);
    };
    CHECK(count("--n=2") == "2");
    CHECK(count("--n=9") == "9");
    CHECK(count("--n=1") == "--n: `1` is less than 2");
    CHECK(count("--n=10") == "--n: `10` is more than 9");
    CHECK(count("--s=1k") == "1024");
    CHECK(count("--s=2k") == "2048");
    CHECK(count("--s=1023") == "--s: `1023` is not between 1k and 2k");
    CHECK(count("--s=2049") == "--s: `2049` is not between 1k and 2k");
}

TEST_CASE("a missing value and one too many are refused")
{
    CHECK(has(program().refusal({"--name"}), "--name"));
    CHECK(has(program().refusal({"-p"}), "-p"));
    CHECK(has(program().refusal({"--quiet=yes"}), "--quiet"));
}

TEST_CASE("an unknown option is told the nearest one")
{
    CHECK(program().refusal({"--lisen", "x"}) == "unknown option `--lisen`; did you mean --listen?");
    CHECK(program().refusal({"--thread=3"}) == "unknown option `--thread=3`; did you mean --threads?");
    CHECK(program().refusal({"--halp"}) == "unknown option `--halp`; did you mean --help?");
    CHECK(program().refusal({"--something-else"}) ==
          "unknown option `--something-else`; --help lists them all");
    CHECK(has(program().refusal({"-x"}), "unknown option `-x`"));
    CHECK(has(program().refusal({"--lis"}), "unknown option `--lis`")); // no guessing
    CHECK(has(program().refusal({"--QUIET"}), "unknown option `--QUIET`"));
}

TEST_CASE("help lists every option under its heading, with its default")
{
    program p;
    auto help = p.table.help();
    CHECK(help.starts_with("Usage: pier-test [ROOT]\nTests.\n"));
    for (const auto& o : p.table.all()) {
        CAPTURE(o.name);
        CHECK(has(help, "--" + o.name));
        CHECK(has(help, o.help));
        CHECK(has(help, "--" + o.name + (o.value_name.empty() ? " " : " " + o.value_name)));
    }
    CHECK(has(help, "how long (10s)"));
    CHECK(has(help, "how much (32k)"));
    CHECK(has(help, "-p, --port PORT"));
    CHECK(has(help, "where; may be repeated"));
    CHECK(has(help, "--help"));
    CHECK(has(help, "--version"));
    CHECK(help.find("\nFirst:\n") < help.find("--quiet"));
    CHECK(help.find("--name") < help.find("\nSecond:\n"));
    CHECK(help.find("\nSecond:\n") < help.find("--wait"));
}

TEST_CASE("a program's exit code is its body's, or that of what went wrong")
{
    CHECK(run_program("pier-test", [] { return 3; }) == 3);
    CHECK(run_program("pier-test",
                      []() -> int { throw fatal(exit_no_input, "(a sentence for this test)"); }) == 66);
    CHECK(run_program("pier-test", []() -> int { throw std::runtime_error("(a bug for this test)"); }) == 70);
}
