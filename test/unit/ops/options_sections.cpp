// A process of several services: a section for each, some of which may be there more than once.
#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/options.hpp"

#include <catch2/catch.hpp>

#include <list>
#include <string>
#include <vector>

using namespace pier::ops;

namespace {

struct company {
    std::string instance;
    std::string city = "Rome";
    std::uint64_t rooms = 10;
};

struct process {
    std::uint64_t threads = 1;
    std::string root = ".";
    bool hidden = false;
    std::string city = "none";
    std::list<company> companies;
    options table{"pier", "", "Tests."};
    temporary_folder folder;

    process()
    {
        table.group("Running").count("threads", "how many", threads);
        table.main_section("httpd").group("Files");
        table.text("root", "DIR", "where", root).toggle("hidden", "all of it", hidden);
        table.check([this] { return std::string(root == "bad" ? "root: is bad" : ""); });
        table.section("agencyd").text("city", "NAME", "where from", city);
        table.section("");
        table.sections("companyd", [this](options& to, const std::string& instance) {
            company& made = companies.emplace_back(company{instance});
            to.group("Company").text("city", "NAME", "where it is", made.city);
            to.count("rooms", "how many", made.rooms, {1, 100});
        });
    }

    options::next parse(const std::string& file, std::vector<const char*> environment = {},
                        std::vector<const char*> words = {})
    {
        folder.write("t.ini", file);
        std::string path = "--config=" + (folder / "t.ini").string();
        environment.push_back(nullptr);
        words.insert(words.begin(), {"pier", path.c_str()});
        return table.parse(static_cast<int>(words.size()), words.data(), environment.data());
    }

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
            return sentence;
        }
        return "accepted";
    }
};

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("services have their sections")
{
    process p;
    p.parse("[httpd]\nroot = /srv\nhidden = yes\n[pier]\nthreads = 3\n[agencyd]\ncity = Oslo\n");
    CHECK(p.threads == 3);
    CHECK(p.root == "/srv");
    CHECK(p.hidden);
    CHECK(p.city == "Oslo");
    CHECK(p.companies.empty());
}

TEST_CASE("a section's options have its name before theirs elsewhere")
{
    process p;
    p.parse("[httpd]\nroot = file\nhidden = yes\n[agencyd]\ncity = file\n",
            {"PIER_HTTPD_ROOT=environment", "PIER_AGENCYD_CITY=environment", "PIER_THREADS=2"},
            {"--agencyd.city", "line", "--no-httpd.hidden"});
    CHECK(p.root == "environment");
    CHECK(p.city == "line");
    CHECK_FALSE(p.hidden);
    CHECK(p.threads == 2);
}

TEST_CASE("the main section's options need no name before them on the command line, and nowhere else")
{
    process p;
    p.parse("", {}, {"--root=x", "--hidden"});
    CHECK(p.root == "x");
    CHECK(p.hidden);
    CHECK(process().refusal("", {}, {"--root=x", "--httpd.root=y"}) == "--httpd.root is given twice");
    CHECK(has(process().refusal("", {}, {"--city=x"}), "unknown option `--city=x`"));
    CHECK(process().refusal("root = x") == "t.ini:1: unknown key `root`; it belongs to [httpd]");
    CHECK(process().refusal("", {"PIER_ROOT=x"}) == "accepted"); // may be anybody's
}

TEST_CASE("an instance is made where it is first named")
{
    process p;
    p.parse("[companyd.north]\ncity = Oslo\n[companyd.south]\n[companyd.north]\nrooms = 5\n",
            {"PIER_COMPANYD_SOUTH_CITY=Athens"}, {"--companyd.west.rooms=7", "--companyd.south.rooms", "9"});
    REQUIRE(p.companies.size() == 3);
    for (const company& c : p.companies) {
        if (c.instance == "north") {
            CHECK(c.city == "Oslo");
            CHECK(c.rooms == 5);
        } else if (c.instance == "south") {
            CHECK(c.city == "Athens");
            CHECK(c.rooms == 9);
        } else {
            CHECK(c.instance == "west");
            CHECK(c.city == "Rome");
            CHECK(c.rooms == 7);
        }
    }
    process q;
    q.parse("[companyd]\nrooms = 2\n");
    REQUIRE(q.companies.size() == 1);
    CHECK(q.companies.front().instance.empty());
    CHECK(q.companies.front().rooms == 2);
}

TEST_CASE("mistakes in sections are told with where they stand")
{
    CHECK(process().refusal("\n[htpd]\n") == "t.ini:2: unknown section [htpd]; did you mean [httpd]?");
    CHECK(process().refusal("[httpd.one]\n") == "t.ini:1: unknown section [httpd.one]");
    CHECK(process().refusal("[company.a]\n") ==
          "t.ini:1: unknown section [company.a]; did you mean [companyd]?");
    CHECK(process().refusal("[httpd]\nthreads = 3\n") ==
          "t.ini:2: unknown key `threads` in [httpd]; it stands in no section");
    CHECK(process().refusal("[companyd.a]\nroms = 3\n") ==
          "t.ini:2: unknown key `roms` in [companyd.a]; did you mean rooms?");
    CHECK(process().refusal("[companyd.a]\nrooms = 0\n") == "t.ini:2: rooms: `0` is less than 1");
    CHECK(process().refusal("[companyd.a]\nrooms = 1\n[companyd.a]\nrooms = 1\n") ==
          "t.ini:4: rooms is given twice");
    CHECK(has(process().refusal("", {}, {"--companyd.a.roms=3"}), "did you mean --companyd.a.rooms?"));
    CHECK(has(process().refusal("", {}, {"--compani.a.rooms=3"}), "unknown option"));
    CHECK(has(process().refusal("", {}, {"--companyd..rooms=3"}), "unknown option"));
    CHECK(process().refusal("[httpd]\nroot = bad\n") == "[httpd] root: is bad");
}

TEST_CASE("variables of sections must name what is there, others are left alone")
{
    CHECK(process().refusal("", {"PIER_HTTPD_ROTO=x"}) ==
          "PIER_HTTPD_ROTO: there is no such option; did you mean PIER_HTTPD_ROOT?");
    CHECK(process().refusal("", {"PIER_HTTPD_THREADS=1"}) ==
          "PIER_HTTPD_THREADS: there is no such option; did you mean PIER_THREADS?");
    CHECK(process().refusal("", {"PIER_THREDS=1"}) ==
          "PIER_THREDS: there is no such option; did you mean PIER_THREADS?");
    CHECK(process().refusal("", {"PIER_BUILD=/x", "PIER_PROXYD_LISTEN=x"}) == "accepted");
    CHECK(process().refusal("[companyd.a-b]\n[companyd.a_b]\n", {}) ==
          "PIER_COMPANYD_A_B_CITY would stand for two options, --companyd.a_b.city and --companyd.a-b.city: "
          "rename one's section");
}

TEST_CASE("what is in force is told section by section")
{
    process p;
    p.parse("[companyd.b]\n[httpd]\nroot = /srv\n[companyd.a]\ncity = Oslo\n");
    auto text = p.table.configuration();
    CHECK(text.find("threads = 1") < text.find("\n[httpd]\n"));
    CHECK(text.find("\n[httpd]\n") < text.find("\nroot = /srv\n"));
    CHECK(text.find("\n[companyd.b]\n") < text.find("\n[companyd.a]\n"));
    process again;
    again.parse(text);
    CHECK(again.root == "/srv");
    REQUIRE(again.companies.size() == 2);
    CHECK(again.companies.back().city == "Oslo");
}

TEST_CASE("help shows a section of each kind")
{
    process p;
    auto help = p.table.help();
    CHECK(has(help, "\n[httpd] Files:\n"));
    CHECK(has(help, "--httpd.root DIR"));
    CHECK(has(help, "\n[companyd.NAME] Company:\n"));
    CHECK(has(help, "--companyd.NAME.rooms N"));
    CHECK(has(help, "how many (10)"));
    CHECK(has(help, "Options of [httpd] may be written without `httpd.`."));
}
