#include "pier/ops/completion.hpp"

#include <catch2/catch.hpp>

using namespace pier::ops;

TEST_CASE("a value's name says what it may be")
{
    CHECK(words_of("FILE").file);
    CHECK_FALSE(words_of("FILE").folder);
    CHECK(words_of("DIR").folder);
    CHECK(words_of("ADDR:PORT").literal.empty());
    auto log = words_of("FILE|stderr|off");
    CHECK(log.file);
    CHECK(log.literal == std::vector<std::string>{"stderr", "off"});
    CHECK(words_of("[=text|man]").literal == std::vector<std::string>{"text", "man"});
    for (auto nothing : {"", "|", "N", "'N: V'", "GLOB=VALUE", "PROFILE"}) {
        auto words = words_of(nothing);
        CHECK((words.literal.empty() && !words.file && !words.folder));
    }
}

TEST_CASE("completion knows options, their values and their letters")
{
    std::string text;
    bool flag = false;
    options table("pier-test", "", "Tests.");
    option port{"port", 'p', "low|high", "which"};
    table.add(port).toggle("flag", "whether", flag);
    table.main_section("httpd").text("root", "DIR", "where", text);
    auto script = bash_completion(table);
    auto has = [&](std::string_view part) { return script.find(part) != script.npos; };
    CHECK(has("complete -F _pier_test pier-test\n"));
    CHECK(has("-p|--port) _pier_words 'low high'; return ;;"));
    CHECK(has("--httpd.root|--root) _pier_files -d; return ;;"));
    CHECK(has("'--port --flag --no-flag --httpd.root --root --config --check-config --help --version'"));
}
