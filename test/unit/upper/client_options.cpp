#include "pier/upper/client_options.hpp"

#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

using namespace pier;

namespace {

/// The sentence when it is refused.
std::string parse(upper::client_config& c, std::vector<const char*> words)
{
    ops::options table("pier-upper", "HOST PORT [OPTION]... [TEXT]...", "");
    upper::declare(table, c);
    words.insert(words.begin(), "pier-upper");
    const char* nothing[] = {nullptr};
    try {
        table.parse(static_cast<int>(words.size()), words.data(), nothing);
    } catch (const ops::fatal& e) {
        CHECK(e.code() == ops::exit_usage);
        return e.what();
    }
    return {};
}

} // namespace

TEST_CASE("a client asks whom, what and how")
{
    upper::client_config c;
    CHECK(parse(c, {"host", "12000", "--udp", "--tries", "3", "--timeout", "250ms", "--from", "5432", "two",
                    "words", "--json"})
              .empty());
    CHECK(c.to.host == "host");
    CHECK(c.to.port == 12000);
    CHECK(c.to.datagrams);
    CHECK(c.tries == 3);
    CHECK(c.to.timeout == std::chrono::milliseconds(250));
    CHECK(c.from == 5432);
    CHECK(c.words == std::vector<std::string>{"two", "words"});
    CHECK(c.json);
}

TEST_CASE("a client says what is missing or makes no sense")
{
    auto refusal = [](std::vector<const char*> words) {
        upper::client_config c;
        return parse(c, std::move(words));
    };
    CHECK(refusal({}).starts_with("HOST is missing"));
    CHECK(refusal({"host"}).starts_with("PORT is missing"));
    CHECK(refusal({"", "7"}) == "HOST `` names no host");
    for (const char* port : {"0", "65536", "http", "-"})
        CHECK(refusal({"host", port}) == "PORT `" + std::string(port) + "` is not a port from 1 to 65535");
    CHECK(refusal({"host", "7", "--tries", "2"}).find("add --udp") != std::string::npos);
    CHECK(refusal({"host", "7", "--from", "5432"}).find("add --udp") != std::string::npos);
    CHECK(refusal({"host", "7", "--udp", "--tries", "0"}) == "--tries: `0` is less than 1");
}
