#include "pier/http/credential_memory.hpp"

#include "pier/http/htpasswd.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;

namespace {
constexpr std::array<pier::siphash_key, 2> keys{{{1, 2}, {3, 4}}};
}

TEST_CASE("credentials are remembered for a while, as a pair")
{
    credential_memory memory(keys, 10, 1000);
    CHECK_FALSE(memory.knows({"a", "bc"}, 0));
    memory.remember({"a", "bc"}, 0);
    memory.remember({"a", "bc"}, 500); // does not extend it
    CHECK(memory.size() == 1);
    CHECK(memory.knows({"a", "bc"}, 999));
    CHECK_FALSE(memory.knows({"ab", "c"}, 0));
    CHECK_FALSE(memory.knows({"a", "bd"}, 0));
    CHECK_FALSE(memory.knows({"a", "bc"}, 1000));
    CHECK(memory.size() == 0);
}

TEST_CASE("no more credentials are remembered than allowed, and all are forgotten at once")
{
    credential_memory memory(keys, 2, 1000);
    memory.remember({"a", ""}, 0);
    memory.remember({"b", ""}, 1);
    memory.remember({"c", ""}, 2);
    CHECK(memory.size() == 2);
    CHECK_FALSE(memory.knows({"a", ""}, 3));
    CHECK(memory.knows({"b", ""}, 3));
    CHECK(memory.knows({"c", ""}, 3));
    memory.forget_all();
    CHECK(memory.size() == 0);
    CHECK_FALSE(memory.knows({"c", ""}, 3));
    credential_memory none(keys, 0, 1000);
    none.remember({"a", ""}, 0);
    CHECK_FALSE(none.knows({"a", ""}, 0));
}
