#include "pier/http/fields.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using pier::http::fields;

namespace {

using list = std::vector<std::pair<std::string, std::string>>;

list all(const fields& of)
{
    list result;
    of.for_each([&](std::string_view name, std::string_view value) { result.emplace_back(name, value); });
    return result;
}

} // namespace

TEST_CASE("fields are complete lines in the order in which they were added")
{
    fields f;
    CHECK(f.empty());
    CHECK(f.text().empty());
    f.add("A", "1");
    f.add("B", "two: three");
    f.add("A", "");
    CHECK(f.text() == "A: 1\r\nB: two: three\r\nA: \r\n");
    CHECK(all(f) == list{{"A", "1"}, {"B", "two: three"}, {"A", ""}});
    fields copy = f;
    f.clear();
    CHECK(f.empty());
    CHECK(all(f).empty());
    CHECK(all(copy).size() == 3);
}

TEST_CASE("no value makes a second line of its own")
{
    using namespace std::string_literals;
    fields f;
    f.add("Location", "/a\r\nSet-Cookie: b=c\r\n\r\n<html>");
    CHECK(f.text() == "Location: /a  Set-Cookie: b=c    <html>\r\n");
    CHECK(all(f).size() == 1);
    f.clear();
    f.add("A", "\0\x01\t\n\v\f\r\x1f\x7f"s);
    CHECK(f.text() == "A:          \r\n");
    f.clear();
    f.add("A", "caf\xc3\xa9 \"~");
    CHECK(f.text() == "A: caf\xc3\xa9 \"~\r\n");
}

TEST_CASE("a byte that may not stand in a value is found wherever it stands")
{
    for (std::size_t size = 1; size < 20; ++size)
        for (std::size_t at = 0; at < size; ++at) {
            std::string value(size, 'x');
            value[at] = '\n';
            fields f;
            f.add("A", value);
            value[at] = ' ';
            CHECK(f.text() == "A: " + value + "\r\n");
        }
}

TEST_CASE("of shared fields the first are used")
{
    using namespace pier::http;
    auto all = std::make_shared<fields>();
    all->add("A", "1");
    std::size_t first = all->text().size();
    all->add("B", "2");
    CHECK(shared_fields{}.text().empty());
    CHECK(shared_fields{all, first}.text() == "A: 1\r\n");
    CHECK(shared_fields{all, all->text().size()}.text() == all->text());
    std::string seen;
    for_each_field(all->text(), [&](std::string_view name, std::string_view value) {
        seen.append(name).append("=").append(value).append(";");
    });
    CHECK(seen == "A=1;B=2;");
}
