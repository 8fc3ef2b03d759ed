#include "pier/upper/texts.hpp"

#include "pier/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace pier;
using upper::texts;

namespace {

/// Standard input is what `content` says, while it lives.
class given_input {
public:
    explicit given_input(const std::string& content)
    {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        REQUIRE(::write(ends[1], content.data(), content.size()) == static_cast<ssize_t>(content.size()));
        ::close(ends[1]);
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
    }
    ~given_input() { ::dup2(before_.get(), STDIN_FILENO); }

private:
    unique_fd before_{::dup(STDIN_FILENO)};
};

std::vector<std::string> all(texts& from, texts::outcome& last)
{
    net::interrupt ctrl_c;
    std::vector<std::string> result;
    std::string text;
    while ((last = from.next(text, ctrl_c, "")) == texts::outcome::text)
        result.push_back(text);
    return result;
}

std::vector<std::string> lines_of(const std::string& input, std::size_t longest = 100,
                                  texts::outcome expected = texts::outcome::end)
{
    given_input input_is(input);
    texts lines({}, longest);
    texts::outcome last;
    auto result = all(lines, last);
    CHECK(last == expected);
    return result;
}

} // namespace

TEST_CASE("words are one text")
{
    texts words({"two", "", "words"}, 3);
    texts::outcome last;
    CHECK(all(words, last) == std::vector<std::string>{"two  words"});
    CHECK(last == texts::outcome::end);
}

TEST_CASE("lines of standard input are texts, the last one with or without an end")
{
    using list = std::vector<std::string>;
    using namespace std::string_literals;
    CHECK(lines_of("") == list{});
    CHECK(lines_of("\n") == list{""});
    CHECK(lines_of("a\nb\n") == list{"a", "b"});
    CHECK(lines_of("a\n\nb") == list{"a", "", "b"});
    CHECK(lines_of("a\0b\r\nc"s) == list{"a\0b\r"s, "c"});
}

TEST_CASE("a line may be so long, and no longer")
{
    using list = std::vector<std::string>;
    CHECK(lines_of("abc\nabc", 3) == list{"abc", "abc"});
    CHECK(lines_of("a\nabcd\nb\n", 3, texts::outcome::too_long) == list{"a"});
    CHECK(lines_of("a\nabcd", 3, texts::outcome::too_long) == list{"a"});
}
