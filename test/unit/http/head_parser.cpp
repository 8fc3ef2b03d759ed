#include "pier/http/head_parser.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace pier::http;
using status = head_parser::status;

namespace {

using field_list = std::vector<std::pair<std::string, std::string>>;

struct reading {
    status end = status::need_more;
    int error = 0;
    std::string method, target, request_line;
    int minor_version = -1;
    field_list fields;
    std::size_t size = 0;
    bool started = false;

    friend bool operator==(const reading&, const reading&) = default;
};

/// Shows the parser the first `ends[0]` bytes, then the first `ends[1]` and so on, each time in a buffer of
/// its own that holds not one byte more.
reading read(std::string_view in, const std::vector<std::size_t>& ends, const head_limits& limits = {})
{
    head_parser parser(limits);
    reading result;
    std::vector<char> buffer;
    for (std::size_t end : ends) {
        buffer = std::vector<char>(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(end));
        result.end = parser.parse({buffer.data(), buffer.size()});
        if (result.end != status::need_more)
            break;
    }
    if (result.end == status::failed)
        result.error = parser.error();
    else
        result.started = parser.started();
    if (result.end == status::done) {
        std::string_view last(buffer.data(), buffer.size());
        result.method = parser.method_name(last);
        result.target = parser.target(last);
        result.request_line = parser.request_line(last);
        result.minor_version = parser.minor_version();
        result.size = parser.size();
        for (const auto& f : parser.fields())
            result.fields.emplace_back(last.substr(f.name, f.name_length),
                                       last.substr(f.value, f.value_length));
    }
    return result;
}

/// The input whole, byte by byte, and split in two at every byte: all read the same.
reading read_every_way(std::string_view in, const head_limits& limits = {})
{
    auto whole = read(in, {in.size()}, limits);
    std::vector<std::size_t> each;
    for (std::size_t i = 0; i <= in.size(); ++i)
        each.push_back(i);
    CHECK(read(in, each, limits) == whole);
    for (std::size_t i = 0; i <= in.size(); ++i)
        if (auto split = read(in, {i, in.size()}, limits); !(split == whole)) {
            CAPTURE(in, i);
            CHECK(split == whole);
        }
    return whole;
}

int error_of(std::string_view in, const head_limits& limits = {})
{
    auto result = read_every_way(in, limits);
    return result.end == status::failed ? result.error : 0;
}

std::string with_field(std::string_view line)
{
    return std::string("GET / HTTP/1.1\r\n").append(line).append("\r\nHost: a\r\n\r\n");
}

} // namespace

TEST_CASE("good heads are read, however they arrive")
{
    struct row {
        std::string in, method, target;
        int minor_version;
        field_list fields;
    };
    const row rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", "GET", "/", 1, {}},
        {"GET / HTTP/1.0\r\n\r\n", "GET", "/", 0, {}},
        {"GET / HTTP/1.9\r\nHost: a\r\n\r\n", "GET", "/", 1, {{"Host", "a"}}},
        {"\r\n\r\nHEAD /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", "/a?b=c", 1, {{"Host", "a"}}},
        {"OPTIONS * HTTP/1.1\r\nhOsT:a\r\n\r\n", "OPTIONS", "*", 1, {{"hOsT", "a"}}},
        {"!#$%&'*+-.^_`|~09Az http://a/ HTTP/1.1\r\n\r\n", "!#$%&'*+-.^_`|~09Az", "http://a/", 1, {}},
        // white space around a value is none of it, inside it stays (RFC 9112 5.1)
        {with_field("A: \t b \t c\t "), "GET", "/", 1, {{"A", "b \t c"}, {"Host", "a"}}},
        {with_field("A:"), "GET", "/", 1, {{"A", ""}, {"Host", "a"}}},
        {with_field("A: \t "), "GET", "/", 1, {{"A", ""}, {"Host", "a"}}},
        {with_field("A: :b: c"), "GET", "/", 1, {{"A", ":b: c"}, {"Host", "a"}}},
        {with_field("A: 1\r\nB: 2\r\na: 3"),
         "GET",
         "/",
         1,
         {{"A", "1"}, {"B", "2"}, {"a", "3"}, {"Host", "a"}}},
        {with_field("A: caf\xc3\xa9 \x80\xff"),
         "GET",
         "/",
         1,
         {{"A", "caf\xc3\xa9 \x80\xff"}, {"Host", "a"}}},
        {with_field("Very-Long-Name-Of-A-Field: with a value of more than one machine word"),
         "GET",
         "/",
         1,
         {{"Very-Long-Name-Of-A-Field", "with a value of more than one machine word"}, {"Host", "a"}}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.in);
        auto result = read_every_way(row.in);
        CHECK(result.end == status::done);
        CHECK(result.method == row.method);
        CHECK(result.target == row.target);
        CHECK(result.minor_version == row.minor_version);
        CHECK(result.fields == row.fields);
        CHECK(result.size == row.in.size());
    }
}

TEST_CASE("malformed request lines are refused")
{
    using namespace std::string_literals;
    for (const auto& line : {"GET"s,
                             "GET "s,
                             "GET /"s,
                             "GET / "s,
                             "GET  / HTTP/1.1"s,
                             "GET /  HTTP/1.1"s,
                             "GET / HTTP/1.1 "s,
                             " GET / HTTP/1.1"s,
                             "GET /a b HTTP/1.1"s,
                             "GET\t/ HTTP/1.1"s,
                             "GET /\tHTTP/1.1"s,
                             "GET HTTP/1.1"s,
                             " / HTTP/1.1"s,
                             "G(T / HTTP/1.1"s,
                             "G\xc3T / HTTP/1.1"s,
                             "GET / http/1.1"s,
                             "GET / HTTP/1"s,
                             "GET / HTTP/1."s,
                             "GET / HTTP/.1"s,
                             "GET / HTTP/11"s,
                             "GET / HTTP/1.10"s,
                             "GET / HTTP/01.1"s,
                             "GET / HTTP/1.x"s,
                             "GET / HTTP/x.1"s,
                             "GET / HTTP 1.1"s,
                             "GET / HTTPS/1.1"s,
                             "GET / HTTP/1,1"s,
                             "GET / 1.1"s,
                             "\0GET / HTTP/1.1"s,
                             "GET / HTTP/1.1\0"s,
                             "\x16\x03\x01"s,
                             "G\0T / HTTP/1.1"s,
                             ":"s}) {
        CAPTURE(line);
        CHECK(error_of(line + "\r\n\r\n") == 400);
        CHECK(error_of(line + "\r\nHost: a\r\n\r\n") == 400);
    }
}

TEST_CASE("another major version is told so")
{
    CHECK(error_of("GET / HTTP/2.0\r\n\r\n") == 505);
    CHECK(error_of("GET / HTTP/0.9\r\n\r\n") == 505);
    CHECK(error_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
}

TEST_CASE("malformed fields are refused")
{
    using namespace std::string_literals;
    for (const auto& line :
         {"A"s, "A b"s, ": b"s, " A: b"s, "\tA: b"s, "A : b"s, "A\t: b"s, "A b: c"s, "A\r: b"s, "A(: b"s,
          "\"A\": b"s, "A\xc3: b"s, "A: \x01"s, "A: b\0c"s, "A: b\x7f"s, "A: b\rc"s, "A: b\r c"s, "A: \rb"s,
          "A: b\x1f"s, "\0: b"s, "A: b\r\n c"s, "A: b\r\n\tc"s, "A:\r\n "s,
          // the same further along, where values are looked at eight bytes at a time
          "A: 0123456789abcdef\x01"s, "A: 0123456\x7f"s, "A: 01234567\x7f"s, "A: \t1234567\x1fghij klmnop"s,
          "A: 0123456789ab\tdef\0ghi"s}) {
        CAPTURE(line);
        CHECK(error_of(with_field(line)) == 400);
    }
    // every byte that may not stand in a value, at every place of a value
    for (unsigned byte = 0; byte < 256; ++byte) {
        auto c = static_cast<char>(static_cast<unsigned char>(byte));
        bool allowed = (byte >= 0x20 && byte != 0x7f) || byte == '\t';
        for (std::size_t at = 0; at < 20 && byte != '\n'; ++at) {
            std::string value(20, 'v');
            value[at] = c;
            std::string in = with_field("A: " + value);
            CAPTURE(byte, at);
            CHECK((read(in, {in.size()}).end == status::done) == allowed);
        }
    }
}

TEST_CASE("a line ends in CRLF and in nothing else")
{
    CHECK(error_of("GET / HTTP/1.1\nHost: a\r\n\r\n") == 400);
    CHECK(error_of("GET / HTTP/1.1\r\nHost: a\n\r\n") == 400);
    CHECK(error_of("GET / HTTP/1.1\r\nHost: a\r\n\n") == 400);
    CHECK(error_of("\nGET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(error_of("GET / HTTP/1.1\r\r\n\r\n") == 400);
    CHECK(error_of("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n") == 400);
    CHECK(read_every_way("GET / HTTP/1.1\rHost: a\r").end == status::need_more);
}

TEST_CASE("a head that has not ended wants more")
{
    std::string whole = "\r\nGET /a HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        auto result = read_every_way(std::string_view(whole).substr(0, size));
        CHECK(result.end == status::need_more);
        CHECK(result.started == (size > 2));
    }
}

TEST_CASE("a few empty lines may come first, and are no request")
{
    head_limits limits{.leading_lines = 2};
    CHECK(error_of("\r\n\r\nGET / HTTP/1.1\r\n\r\n", limits) == 0);
    CHECK(error_of("\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", limits) == 400);
    CHECK_FALSE(read_every_way("\r\n\r\n").started);
    CHECK_FALSE(read_every_way("\r\n\r").started);
    CHECK(read_every_way("\r\nG").started);
}

TEST_CASE("what follows the head is left alone")
{
    std::string head = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
    auto result = read_every_way(head + "GET /next HTTP/1.1\r\n\r\n");
    CHECK(result.end == status::done);
    CHECK(result.size == head.size());
    CHECK(read_every_way(head + "\n\0\xff").size == head.size());
}

TEST_CASE("a long request line is 414, with or without its end")
{
    const std::string rest = " HTTP/1.1";
    auto line = [&](std::size_t size) { return "GET /" + std::string(size - 5 - rest.size(), 'a') + rest; };
    head_limits limits{.request_line = 40, .head = 200};
    CHECK(error_of(line(39) + "\r\n\r\n", limits) == 0);
    CHECK(error_of("\r\n" + line(39) + "\r\n\r\n", limits) == 0);
    CHECK(error_of(line(41) + "\r\n\r\n", limits) == 414);
    CHECK(error_of("\r\n" + line(41) + "\r\n\r\n", limits) == 414);
    CHECK(error_of(std::string(41, 'G'), limits) == 414);
    CHECK(read(std::string(40, 'G'), {40}, limits).end == status::need_more);
    // RFC 9112 section 3
    std::string longest = line(8000) + "\r\n\r\n";
    CHECK(read(longest, {longest.size()}).end == status::done);
}

TEST_CASE("a long head is 431, with or without its end")
{
    const std::string start = "GET / HTTP/1.1\r\nA: ";
    auto head = [&](std::size_t size) {
        return start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n";
    };
    head_limits limits{.request_line = 40, .head = 100};
    CHECK(error_of(head(100), limits) == 0);
    CHECK(error_of(head(102), limits) == 431);
    CHECK(error_of(start + std::string(101 - start.size(), 'a'), limits) == 431);
    CHECK(read_every_way(start + std::string(100 - start.size(), 'a'), limits).end == status::need_more);
    // many short fields as much as a long one
    std::string many = "GET / HTTP/1.1\r\n";
    while (many.size() <= 101)
        many += "A:\r\n";
    CHECK(error_of(many, limits) == 431);
}

TEST_CASE("too many fields are 431")
{
    auto head = [](int fields) {
        std::string text = "GET / HTTP/1.1\r\n";
        for (int i = 0; i < fields; ++i)
            text += "A: b\r\n";
        return text + "\r\n";
    };
    head_limits limits{.fields = 5};
    CHECK(error_of(head(5), limits) == 0);
    CHECK(error_of(head(6), limits) == 431);
    auto text = head(100);
    CHECK(read(text, {text.size()}).end == status::done);
    text = head(101);
    CHECK(read(text, {text.size()}).error == 431);
}

TEST_CASE("fields that matter are counted and found")
{
    std::string in = "GET / HTTP/1.1\r\nX: 0\r\nrange: 1\r\nHOST: 2\r\nRange: 3\r\n\r\n";
    head_parser parser;
    REQUIRE(parser.parse(in) == status::done);
    CHECK(parser.count(field_id::range) == 2);
    CHECK(parser.count(field_id::host) == 1);
    CHECK(parser.count(field_id::if_range) == 0);
    CHECK(in.substr(parser.first(field_id::range).value, 1) == "1");
    CHECK(in.substr(parser.first(field_id::host).value, 1) == "2");
    CHECK(parser.fields()[0].id == field_id::other);
    CHECK(parser.method_id() == method::get);
}

TEST_CASE("after reset() nothing of the last request is left")
{
    head_parser parser(head_limits{.leading_lines = 1});
    REQUIRE(parser.parse("\r\nGET /first HTTP/1.0\r\nHost: a\r\nRange: x\r\n\r\n") == status::done);
    CHECK(parser.understood_request_line());
    parser.reset();
    CHECK_FALSE(parser.started());
    CHECK_FALSE(parser.understood_request_line());
    std::string_view second = "\r\nPUT /second HTTP/1.1\r\nHost: b\r\n\r\n";
    REQUIRE(parser.parse(second) == status::done);
    CHECK(parser.method_id() == method::put);
    CHECK(parser.target(second) == "/second");
    CHECK(parser.minor_version() == 1);
    CHECK(parser.fields().size() == 1);
    CHECK(parser.count(field_id::host) == 1);
    CHECK(parser.count(field_id::range) == 0);
    CHECK(parser.size() == second.size());
    parser.reset();
    REQUIRE(parser.parse("nonsense\r\n") == status::failed);
    CHECK_FALSE(parser.understood_request_line());
    parser.reset();
    CHECK(parser.parse("GET / HTTP/1.1\r\nHos") == status::need_more);
    CHECK(parser.understood_request_line());
    CHECK(parser.error() == 0);
}
