#include "pier/get/content.hpp"

#include "../temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;

namespace {

/// `@` and the name of a file that holds this.
std::string at(const temporary_folder& folder, const char* name, std::string_view content)
{
    folder.write(name, content);
    return "@" + (folder / name).string();
}

} // namespace

TEST_CASE("a field to send")
{
    header_line field;
    CHECK(read_header_line("Accept: text/html ", field).empty());
    CHECK(field == header_line{"Accept", "text/html"});
    CHECK(read_header_line("Host:", field).empty());
    CHECK(field == header_line{"Host", std::nullopt});
    CHECK(read_header_line("X-Empty;", field).empty());
    CHECK(field == header_line{"X-Empty", ""});
    CHECK(read_header_line("a:b:c;d", field).empty());
    CHECK(field == header_line{"a", "b:c;d"});
    for (const char* bad : {"", "a", ": b", "a b: c", "a;b", "\xff: x"})
        CHECK(read_header_line(bad, field) == "is not a field such as `Accept: text/html`");
    CHECK(read_header_line("a: b\r\nEvil: c", field) == "has a control character");
}

TEST_CASE("fields out of a file")
{
    temporary_folder folder;
    std::vector<header_line> fields;
    CHECK(read_headers(at(folder, "fields", "A: 1\r\n\nB: 2\nC:"), fields).empty());
    CHECK(fields == std::vector<header_line>{{"A", "1"}, {"B", "2"}, {"C", std::nullopt}});
    CHECK(read_headers(at(folder, "bad", "A: 1\nno"), fields).starts_with("line 2 is not a field"));
    CHECK(read_headers("@/nowhere", fields).starts_with("cannot be read"));
}

TEST_CASE("content to send")
{
    temporary_folder folder;
    std::optional<std::string> content;
    CHECK(append_data("a=1", data_kind::text, content).empty());
    CHECK(append_data(at(folder, "lines", "b\r\n=\n2\n"), data_kind::text, content).empty());
    CHECK(content == "a=1&b=2");
    CHECK(append_data(at(folder, "bytes", "c\n"), data_kind::binary, content).empty());
    CHECK(content == "a=1&b=2&c\n");
    CHECK(append_data("@/nowhere", data_kind::text, content).starts_with("cannot be read"));
    std::optional<std::string> empty;
    CHECK(append_data("", data_kind::text, empty).empty());
    CHECK(empty == "");
}
