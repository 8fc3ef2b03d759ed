// The command line beats the environment, which beats the file.
#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/options.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace pier::ops;
using namespace std::chrono_literals;

namespace {

enum class fruit { apple, pear, plum };

struct program {
    bool quiet = false;
    std::string name = "none";
    std::chrono::milliseconds wait = 10s;
    std::uint64_t size = 32 * 1024;
    std::uint64_t threads = 0;
    std::uint64_t port = 0;
    fruit kind = fruit::apple;
    std::vector<std::string> many;
    std::string root = ".";
    options table{"pier-test", "[ROOT]", "Tests."};
    temporary_folder folder;

    program()
    {
        table.group("First");
        table.text("root", "DIR", "where", root);
        table.operand("root", "ROOT");
        table.toggle("quiet", "say nothing", quiet);
        table.text("name", "NAME", "what to be called", name);
        table.choice("kind", "which fruit", kind,
                     {{"apple", fruit::apple}, {"pear", fruit::pear}, {"plum", fruit::plum}});
        table.group("Second");
        table.duration("timeout-idle", "how long", wait);
        table.size("max-header", "how much", size);
        table.count("threads", "how many (one per core)", threads, {1, 64});
        table.derived([this] { return std::vector{std::to_string(threads ? threads : 7)}; });
        option listen{"listen", 0, "ADDR", "where"};
        listen.repeatable = true;
        listen.set = [this](const std::string& value) {
            many.push_back(value);
            return std::string(value == "bad" ? "is bad" : "");
        };
        listen.get = [this] { return many.empty() ? std::vector{":" + std::to_string(port)} : many; };
        table.add(std::move(listen));
        table.count("port", "short for it", port);
        option local{"local", 0, "", "short for it"};
        local.shorthand_of = "listen";
        local.set = [](const std::string&) { return std::string(); };
        table.add(std::move(local));
        table.check(
            [this] { return std::string(name == "contradictory" ? "name: contradicts itself" : ""); });
    }

    options::next parse(const std::string& file, std::vector<const char*> environment,
                        std::vector<const char*> words)
    {
        folder.write("t.ini", file);
        std::string path = (folder / "t.ini").string();
        environment.push_back(nullptr);
        for (const char* word : {path.c_str(), "--config", "pier-test"})
            words.insert(words.begin(), word);
        return table.parse(static_cast<int>(words.size()), words.data(), environment.data());
    }

    /// The sentence and the code, without the folder's name.
    std::string refusal(const std::string& file, std::vector<const char*> environment = {},
                        std::vector<const char*> words = {})
    {
        try {
            parse(file, std::move(environment), std::move(words));
        } catch (const fatal& e) {
            std::string sentence = e.what();
            auto path = sentence.find(folder.path().string() + "/");
            if (path != sentence.npos)
                sentence.erase(path, folder.path().string().size() + 1);
            return std::to_string(e.code()) + " " + sentence;
        }
        return "accepted";
    }
};

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("a file sets options by their names")
{
    program p;
    CHECK(p.parse("root = /srv\nquiet = on\nname = \" a # b\"\nkind = pear\ntimeout-idle = 250ms\n"
                  "max-header = 64k\nthreads = 3\nlisten = a\nlisten = b\n",
                  {}, {}) == options::next::run);
    CHECK(p.root == "/srv");
    CHECK(p.quiet);
    CHECK(p.name == " a # b");
    CHECK(p.kind == fruit::pear);
    CHECK(p.wait == 250ms);
    CHECK(p.size == 65536);
    CHECK(p.threads == 3);
    CHECK(p.many == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the section that bears the program's name is no section")
{
    program p;
    p.parse("root = a\n[test]\nname = b\n", {}, {});
    CHECK(p.root == "a");
    CHECK(p.name == "b");
    CHECK(program().refusal("[other]\n") == "78 t.ini:1: unknown section [other]");
}

TEST_CASE("the environment sets options by their names in capitals")
{
    program p;
    p.parse("",
            {"PIER_TEST_ROOT=/srv", "PIER_TEST_TIMEOUT_IDLE=1s", "PIER_TEST_QUIET=1", "PIER_TEST_LISTEN=a\nb",
             "PIER_TEST_NAME=x=y\nz", "HOME=/root", "PIER_OTHER_NAME=no", "PIER_TESTS=no"},
            {});
    CHECK(p.root == "/srv");
    CHECK(p.wait == 1s);
    CHECK(p.quiet);
    CHECK(p.many == std::vector<std::string>{"a", "b"});
    CHECK(p.name == "x=y\nz");
}

TEST_CASE("the environment names the file, unless the command line does")
{
    program p;
    p.folder.write("other.ini", "name = other\n");
    std::string variable = "PIER_TEST_CONFIG=" + (p.folder / "other.ini").string();
    const char* environment[] = {variable.c_str(), nullptr};
    const char* words[] = {"pier-test"};
    p.table.parse(1, words, environment);
    CHECK(p.name == "other");
    program q;
    q.parse("name = given\n", {"PIER_TEST_CONFIG=/nowhere"}, {});
    CHECK(q.name == "given");
}

TEST_CASE("a higher layer beats a lower one")
{
    const std::string file = "name = file\nthreads = 1\nlisten = file1\nlisten = file2\nquiet = yes\n";
    program p;
    p.parse(file, {"PIER_TEST_NAME=environment", "PIER_TEST_THREADS=2"}, {"--name", "line"});
    CHECK(p.name == "line");
    CHECK(p.threads == 2);
    CHECK(p.many == std::vector<std::string>{"file1", "file2"});
    CHECK(p.quiet);

    // A list is replaced, not added to; a switch is turned off again.
    program q;
    q.parse(file, {"PIER_TEST_LISTEN=e1\ne2"}, {"--no-quiet"});
    CHECK(q.many == std::vector<std::string>{"e1", "e2"});
    CHECK_FALSE(q.quiet);
    program r;
    r.parse(file, {"PIER_TEST_LISTEN=e1\ne2", "PIER_TEST_QUIET=off"}, {"--listen=line"});
    CHECK(r.many == std::vector<std::string>{"line"});
    CHECK_FALSE(r.quiet);
    // A value that does not count is not looked at.
    program s;
    s.parse("threads = many\n", {}, {"--threads=2"});
    CHECK(s.threads == 2);
}

TEST_CASE("the operand is an option of that name")
{
    program p;
    p.parse("root = file\n", {"PIER_TEST_ROOT=environment"}, {"line"});
    CHECK(p.root == "line");
    CHECK(program().refusal("", {}, {"--root=a", "b"}) == "64 ROOT is given twice");
    CHECK(program().refusal("", {}, {"a", "b"}) == "64 `b` is one argument too many; see --help");
}

TEST_CASE("a shorthand of one layer replaces what it is short for in a lower one, and is replaced")
{
    auto in_force = [](const std::string& file, std::vector<const char*> words) {
        program p;
        p.parse(file, {}, std::move(words));
        return p.table.configuration();
    };
    CHECK_FALSE(has(in_force("listen = file\n", {"--local"}), "listen = file"));
    CHECK(has(in_force("local = yes\n", {"--listen=line"}), "listen = line"));
    CHECK_FALSE(has(in_force("local = yes\n", {"--listen=line"}), "t.ini:1"));
    CHECK(has(in_force("listen = file\nlocal = yes\n", {}), "listen = file"));
    CHECK(has(in_force("", {"--local"}), "# from --local:\nlisten = :0\n"));
    CHECK(has(in_force("listen = file\n", {"--no-local"}), "listen = file"));
    CHECK(has(in_force("local = yes\n", {"--no-local"}), "listen = \n") ==
          has(in_force("", {}), "listen = \n"));
}

TEST_CASE("switches have words in files")
{
    for (auto word : {"yes", "true", "on", "1", "Yes", "TRUE"}) {
        program p;
        p.parse(std::string("quiet = ") + word, {}, {});
        CHECK(p.quiet);
    }
    for (auto word : {"no", "false", "off", "0", "No"}) {
        program p;
        p.quiet = true;
        p.parse(std::string("quiet = ") + word, {}, {});
        CHECK_FALSE(p.quiet);
    }
    for (auto word : {"", "2", "y", "maybe"})
        CHECK(program().refusal(std::string("quiet = ") + word) ==
              std::string("78 t.ini:1: quiet: `") + word + "` is neither yes nor no");
    CHECK(program().refusal("", {}, {"--quiet", "--no-quiet"}) == "64 --no-quiet is given twice");
    CHECK(has(program().refusal("", {}, {"--no-name"}), "unknown option `--no-name`"));
}

TEST_CASE("mistakes are told with where they stand")
{
    CHECK(program().refusal("\n\nthreads = many\n") == "78 t.ini:3: threads: `many` is not a whole number");
    CHECK(program().refusal("", {"PIER_TEST_THREADS=0"}) == "78 PIER_TEST_THREADS: `0` is less than 1");
    CHECK(program().refusal("", {}, {"--threads=0"}) == "64 --threads: `0` is less than 1");
    CHECK(program().refusal("threads = 4 # cores\n") ==
          "78 t.ini:1: threads: `4 # cores` is not a whole number; a comment needs a line of its own");
    CHECK(program().refusal("listen = good\nlisten = bad\n") == "78 t.ini:2: listen: `bad` is bad");
    CHECK(program().refusal("kind = cherry\n") == "78 t.ini:1: kind: `cherry` is none of apple, pear, plum");
    CHECK(program().refusal("name = a\nthreads = 1\nname = b\n") == "78 t.ini:3: name is given twice");
    CHECK(program().refusal("", {"PIER_TEST_NAME=a", "PIER_TEST_NAME=b"}) ==
          "78 PIER_TEST_NAME is given twice");
    CHECK(program().refusal("a = \"b\n") == "78 t.ini:1: the closing quote is missing");
    CHECK(program().refusal(std::string(max_ini_size + 1, '\n')) ==
          "78 t.ini: is larger than 1M, too large for a configuration");
    CHECK(program().refusal("name = contradictory") == "64 name: contradicts itself");
}

TEST_CASE("an unknown key or variable is told the nearest")
{
    CHECK(program().refusal("timeout-idel = 1s") ==
          "78 t.ini:1: unknown key `timeout-idel`; did you mean timeout-idle?");
    CHECK(program().refusal("something = 1s") ==
          "78 t.ini:1: unknown key `something`; --help lists them all");
    CHECK(program().refusal("config = x") ==
          "78 t.ini:1: unknown key `config`; a configuration names no other");
    CHECK(has(program().refusal("no-quiet = yes"), "unknown key `no-quiet`"));
    CHECK(program().refusal("", {"PIER_TEST_THREDS=1"}) ==
          "78 PIER_TEST_THREDS: there is no such option; did you mean PIER_TEST_THREADS?");
    CHECK(program().refusal("", {"PIER_TEST_SOMETHING="}) ==
          "78 PIER_TEST_SOMETHING: there is no such option");
    CHECK(program().refusal("", {"PIER_TEST_CHECK_CONFIG=1"}) != "accepted");
}

TEST_CASE("a configuration that cannot be read is named")
{
    program p;
    auto refusal = [&](const char* path) {
        const char* words[] = {"pier-test", "--config", path};
        const char* environment[] = {nullptr};
        try {
            program().table.parse(3, words, environment);
        } catch (const fatal& e) {
            return std::to_string(e.code()) + " " + e.what();
        }
        return std::string("accepted");
    };
    CHECK(refusal("/nowhere/x") == "66 --config: `/nowhere/x` cannot be read: No such file or directory");
    CHECK(refusal("/") == "66 --config: `/` cannot be read: Is a directory");
    CHECK(refusal("/dev/null") == "accepted");
    CHECK(has(program().refusal("", {}, {"--config=x"}), "--config is given twice"));
}

TEST_CASE("what is in force is told with where it comes from")
{
    program p;
    p.parse("\nname = \"  \"\nlisten = a\nlisten = b\n", {"PIER_TEST_TIMEOUT_IDLE=1m"}, {"--quiet", "x"});
    std::string file = (p.folder / "t.ini").string();
    auto text = p.table.configuration();
    CHECK(has(text, "# from ROOT:\nroot = x\n"));
    CHECK(has(text, "# from --quiet:\nquiet = yes\n"));
    CHECK(has(text, "# from " + file + ":2:\nname = \"  \"\n"));
    CHECK(has(text, "# from PIER_TEST_TIMEOUT_IDLE:\ntimeout-idle = 60s\n"));
    CHECK(has(text, "# from " + file + ":3, " + file + ":4:\nlisten = a\nlisten = b\n"));
    CHECK(has(text, "# derived:\nthreads = 7\n"));
    CHECK(has(text, "\nkind = apple\nmax") == false); // a group of its own lies between
    CHECK(has(text, "\nkind = apple\n"));
    CHECK(has(text, "\nmax-header = 32k\n"));
    CHECK(has(text, "\n# First\n"));
    CHECK(text.find("# First") < text.find("# Second"));
}

TEST_CASE("what is in force, read again, is in force")
{
    std::mt19937 random(2); // the same strings in every run
    constexpr std::string_view alphabet = "ab#;=[]\"\\n \t\n\r\xff'-";
    auto some = [&] {
        std::string text;
        for (auto length = random() % 6; length > 0; --length)
            text += alphabet[random() % alphabet.size()];
        return text;
    };
    for (int i = 0; i < 300; ++i) {
        std::vector<std::string> words{"--name=" + some() + "x", "--root=" + some() + "x"};
        for (auto count = random() % 4; count > 0; --count)
            words.push_back("--listen=" + some() + "x");
        if (random() % 2)
            words.push_back("--quiet");
        std::vector<const char*> pointers;
        for (const std::string& word : words)
            pointers.push_back(word.c_str());
        program first;
        first.parse("", {}, pointers);
        auto text = first.table.configuration();
        CAPTURE(text);
        program second;
        second.parse(text, {}, {});
        REQUIRE(second.name == first.name);
        REQUIRE(second.root == first.root);
        REQUIRE(second.quiet == first.quiet);
        REQUIRE((first.many.empty() || second.many == first.many));
        REQUIRE(second.wait == first.wait);
        REQUIRE(second.threads == 7);
    }
}
