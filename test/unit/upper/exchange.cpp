#include "pier/upper/exchange.hpp"

#include <catch2/catch.hpp>

using pier::upper::answer_matcher;

TEST_CASE("the answer to the text sent last is told from late ones")
{
    answer_matcher m;
    m.sending("one");
    CHECK(m.is_answer("ONE"));
    m.sending("two");
    CHECK(m.is_answer("TWO"));
    CHECK_FALSE(m.is_answer("ONE"));
    m.sending("");
    CHECK(m.is_answer(""));
    CHECK_FALSE(m.is_answer("TWO"));
}

TEST_CASE("a text that is asked again has its answer")
{
    answer_matcher m;
    m.sending("same");
    m.sending("other");
    m.sending("Same");
    CHECK(m.is_answer("SAME"));
    CHECK_FALSE(m.is_answer("OTHER"));
}

TEST_CASE("another server may have another upper case")
{
    answer_matcher m;
    m.sending("na\u00efve");
    CHECK(m.is_answer("NA\u00cfVE"));
    CHECK(m.is_answer("sorry?"));
}

TEST_CASE("only so many texts back")
{
    answer_matcher m;
    m.sending("first");
    for (std::size_t i = 0; i < answer_matcher::remembered; ++i)
        m.sending(std::to_string(i));
    CHECK_FALSE(m.is_answer("FIRST"));
    m.sending("last");
    CHECK(m.is_answer("FIRST"));
}
