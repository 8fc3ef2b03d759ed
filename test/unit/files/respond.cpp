#include "pier/files/respond.hpp"

#include "../parsed_request.hpp"
#include "../temporary_folder.hpp"
#include "pier/files/resource.hpp"
#include "pier/http/date.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>

using namespace pier::files;
namespace http = pier::http;

namespace {

constexpr std::int64_t now = 1763719200;
constexpr std::int64_t modified = 784111777;
constexpr auto the_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr auto earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";

/// A source that knows no folder: it gives fields to representations made by hand.
class handmade : public source {
public:
    using source::source;
    std::shared_ptr<resource> load(const std::string&, std::int64_t, may_block) const override { return {}; }
    freshness check(const resource&, may_block) const override { return freshness::same; }

    representation variant(std::string content, http::content_coding coding = {}) const
    {
        representation r;
        r.coding = coding;
        r.size = content.size();
        r.last_modified = modified;
        r.etag = coding == http::content_coding::identity ? R"("v1")"
                                                          : R"("v1-)" + std::string(to_string(coding)) + '"';
        r.content = std::make_shared<const std::string>(std::move(content));
        make_fields("/a.txt", r);
        return r;
    }
};

config with_encodings()
{
    config c;
    c.precompressed = {http::content_coding::br, http::content_coding::gzip};
    return c;
}

std::shared_ptr<resource> file_of(const handmade& from, std::string content)
{
    auto made = std::make_shared<resource>();
    made->kind = kind::file;
    made->variants.push_back(from.variant(std::move(content)));
    return made;
}

std::shared_ptr<resource> encoded_file(const handmade& from)
{
    auto made = file_of(from, std::string(alphabet));
    made->variants.push_back(from.variant("BROTLI", http::content_coding::br));
    made->variants.push_back(from.variant("GZIPPED", http::content_coding::gzip));
    return made;
}

struct answer {
    int status = 0;
    std::multimap<std::string, std::string> fields;
    std::string body;
    std::uint64_t length = 0;

    std::string field(const std::string& name) const
    {
        if (fields.count(name) > 1)
            return "several";
        auto found = fields.find(name);
        return found == fields.end() ? "" : found->second;
    }
};

std::string bytes_of(const http::piece& p)
{
    if (!p.file)
        return std::string(p.bytes);
    std::string read(p.length, '?');
    CHECK(::pread(p.file->descriptor.get(), read.data(), read.size(), static_cast<off_t>(p.offset)) ==
          static_cast<ssize_t>(read.size()));
    return read;
}

answer ask(const std::shared_ptr<resource>& what, const config& options, std::string_view fields,
           std::string_view method = "GET", std::int64_t at = now)
{
    parsed_request in(fields, method);
    http::response out;
    respond(*in, what, options, at, out);
    answer result;
    result.status = out.status;
    auto collect = [&](std::string_view name, std::string_view value) { result.fields.emplace(name, value); };
    http::for_each_field(out.shared_headers.text(), collect);
    out.headers.for_each(collect);
    for (const auto& p : out.content)
        result.body += bytes_of(p);
    result.length = out.content_length();
    CHECK(result.length == result.body.size());
    return result;
}

/// Asked of the alphabet, 26 bytes without encodings.
answer ask(std::string_view fields, std::string_view method = "GET", std::int64_t at = now)
{
    static const handmade from{config{}};
    return ask(file_of(from, std::string(alphabet)), from.options(), fields, method, at);
}

/// Asked of a file with two encodings.
answer negotiate(std::string_view fields)
{
    static const handmade from{with_encodings()};
    return ask(encoded_file(from), from.options(), fields);
}

std::string ranged(std::string_view range)
{
    return "Range: " + std::string(range) + "\r\n";
}

} // namespace

TEST_CASE("a file is sent whole with what a client needs to know")
{
    auto whole = ask("");
    CHECK(whole.status == 200);
    CHECK(whole.body == alphabet);
    CHECK(whole.field("ETag") == R"("v1")");
    CHECK(whole.field("Last-Modified") == the_date);
    CHECK(whole.field("Accept-Ranges") == "bytes");
    CHECK(whole.field("Cache-Control") == "no-cache");
    CHECK(whole.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(whole.field("X-Content-Type-Options") == "nosniff");
    CHECK(whole.field("Vary").empty());
    CHECK(whole.field("Content-Encoding").empty());

    auto head = ask("", "HEAD");
    CHECK(head.status == 200);
    CHECK(head.fields == whole.fields);
    CHECK(head.length == 26);
}

TEST_CASE("the rules of the configuration show in the fields")
{
    config c;
    c.headers = {{"X-Frame-Options", "DENY"}};
    c.cache_control.push_back({*pier::glob::parse("*.css"), "max-age=1"});
    c.cache_control.push_back({*pier::glob::parse("*.txt"), "max-age=60"});
    c.cache_control.push_back({*pier::glob::parse("*"), "no-store"});
    const handmade from{c};
    auto file = file_of(from, "x");
    for (auto fields : {"", "If-None-Match: \"v1\"\r\n", "Range: bytes=0-0\r\n"}) {
        auto result = ask(file, from.options(), fields);
        CHECK(result.field("Cache-Control") == "max-age=60"); // the first rule that matches
        CHECK(result.field("X-Frame-Options") == "DENY");
    }
}

TEST_CASE("304 repeats what a cache needs, and no content")
{
    for (auto fields : {"If-None-Match: \"v1\"\r\n", "If-None-Match: W/\"v1\"\r\n", "If-None-Match: *\r\n",
                        "If-None-Match: \"v0\"\r\nIf-None-Match: \"v1\"\r\n",
                        "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"})
        for (auto method : {"GET", "HEAD"}) {
            CAPTURE(fields, method);
            auto result = ask(fields, method);
            CHECK(result.status == 304);
            CHECK(result.body.empty());
            CHECK(result.field("ETag") == R"("v1")");
            CHECK(result.field("Cache-Control") == "no-cache");
            CHECK(result.field("Content-Type").empty());
        }
    CHECK(ask("If-None-Match: \"v0\"\r\n").status == 200);
    CHECK(ask("If-None-Match: \"v0\"\r\nIf-Modified-Since: " + std::string(the_date) + "\r\n").status == 200);
    CHECK(ask("If-Modified-Since: " + std::string(earlier) + "\r\n").status == 200);
}

TEST_CASE("conditions are judged in their order, before any range")
{
    CHECK(ask("If-Match: \"v1\"\r\n").status == 200);
    CHECK(ask("If-Match: \"v0\"\r\nIf-Match: \"v1\"\r\n").status == 200);
    CHECK(ask("If-Match: W/\"v1\"\r\n").status == 412);
    CHECK(ask("If-Match: \"v0\"\r\n").status == 412);
    CHECK(ask("If-Match: \"v0\"\r\nIf-None-Match: \"v1\"\r\n").status == 412);
    CHECK(ask("If-Unmodified-Since: " + std::string(earlier) + "\r\n").status == 412);
    CHECK(ask("If-Unmodified-Since: " + std::string(the_date) + "\r\n").status == 200);
    CHECK(ask("If-Match: \"v1\"\r\nIf-Unmodified-Since: " + std::string(earlier) + "\r\n").status == 200);
    CHECK(ask("If-None-Match: \"v1\"\r\nRange: bytes=0-1\r\n").status == 304);
    CHECK(ask("If-None-Match: \"v1\"\r\nRange: bytes=99-\r\n").status == 304);
    CHECK(ask("If-Match: \"v0\"\r\nRange: bytes=0-1\r\n").status == 412);
    CHECK(ask("If-Match: \"v1\"\r\nRange: bytes=0-1\r\n").status == 206);
    CHECK(ask("If-Match: \"v0\"\r\n").body.find("412 Precondition Failed") != std::string::npos);
}

TEST_CASE("without a date of its own, a file has no conditions on dates")
{
    const handmade from{config{}};
    auto undated = file_of(from, "x");
    undated->variants[0].last_modified = 0;
    std::string fields = std::string(the_date) + "\r\n";
    CHECK(ask(undated, from.options(), "If-Modified-Since: " + fields).status == 200);
    CHECK(ask(undated, from.options(), "If-Unmodified-Since: " + fields).status == 200);
}

TEST_CASE("one range is sent as it is")
{
    struct row {
        const char *range, *content_range, *body;
    };
    for (auto [range, content_range, body] :
         {row{"bytes=0-3", "bytes 0-3/26", "abcd"}, row{"bytes=24-99", "bytes 24-25/26", "yz"},
          row{"bytes=-2", "bytes 24-25/26", "yz"}, row{"bytes=25-", "bytes 25-25/26", "z"},
          row{"bytes=-99", "bytes 0-25/26", alphabet.data()}, row{"BYTES=1-1", "bytes 1-1/26", "b"},
          row{"bytes=0-1, 3-4", "bytes 0-4/26", "abcde"}, row{"bytes=9-9,99-", "bytes 9-9/26", "j"}}) {
        CAPTURE(range);
        auto part = ask(ranged(range));
        CHECK(part.status == 206);
        CHECK(part.body == body);
        CHECK(part.field("Content-Range") == content_range);
        CHECK(part.field("Content-Type") == "text/plain; charset=utf-8");
        CHECK(part.field("ETag") == R"("v1")");
        CHECK(part.field("Last-Modified") == the_date);
        CHECK(part.field("Cache-Control") == "no-cache");
    }
}

TEST_CASE("a Range that cannot be met or read is 416, one that does not count is ignored")
{
    for (auto range :
         {"bytes=26-", "bytes=-0", "bytes=99-100", "bytes=3-1", "bytes=", "bytes=x", "bytes=0-1;"}) {
        CAPTURE(range);
        auto refused = ask(ranged(range));
        CHECK(refused.status == 416);
        CHECK(refused.field("Content-Range") == "bytes */26");
        CHECK(refused.body.find("416 Range Not Satisfiable") != std::string::npos);
    }
    for (auto ignored : {"lines=0-1", "0-1", "", "bytes 0-1"}) {
        CAPTURE(ignored);
        CHECK(ask(ranged(ignored)).status == 200);
    }
    CHECK(ask(ranged("bytes=0-1"), "HEAD").status == 200);
    CHECK(ask(ranged("bytes=99-"), "HEAD").status == 200);
    CHECK(ask(ranged("bytes=0-1") + ranged("bytes=2-3")).status == 200); // which of the two?
    CHECK(ask(ranged("bytes=0-20,2-22")).status == 200);                 // more than the whole
    const handmade from{config{}};
    auto empty = file_of(from, "");
    CHECK(ask(empty, from.options(), ranged("bytes=0-")).status == 416);
    CHECK(ask(empty, from.options(), "").status == 200);
}

TEST_CASE("If-Range keeps a range from meeting another file")
{
    auto status = [](std::string_view if_range, std::int64_t at = now) {
        auto fields = ranged("bytes=99-") + "If-Range: " + std::string(if_range) + "\r\n";
        return ask(fields, "GET", at).status;
    };
    CHECK(status(R"("v1")") == 416);
    CHECK(status(the_date) == 416);
    CHECK(status(R"("v0")") == 200);
    CHECK(status(R"(W/"v1")") == 200);
    CHECK(status(earlier) == 200);
    CHECK(status("x") == 200);
    CHECK(status(the_date, modified) == 200); // a date that may still change is weak
    CHECK(ask("If-Range: \"v1\"\r\n").status == 200);
}

TEST_CASE("several ranges are a multipart body, exact to the byte")
{
    std::string content;
    for (int i = 0; i < 40; ++i)
        content += alphabet;
    const handmade from{config{}};
    auto file = file_of(from, content);
    auto parts = ask(file, from.options(), ranged("bytes=500-503, 0-0, -2"));
    CHECK(parts.status == 206);
    CHECK(parts.field("Content-Range").empty());
    CHECK(parts.field("ETag") == R"("v1")");
    std::string type = parts.field("Content-Type");
    const std::string before = "multipart/byteranges; boundary=";
    REQUIRE(type.substr(0, before.size()) == before);
    std::string boundary = type.substr(before.size());
    CHECK(boundary.size() >= 20);
    CHECK(boundary.size() <= 70); // RFC 2046 5.1.1
    CHECK(boundary.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    const std::string part =
        "\r\n--" + boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: ";
    CHECK(parts.body == part + "bytes 500-503/1040\r\n\r\n" + content.substr(500, 4) + part +
                            "bytes 0-0/1040\r\n\r\na" + part + "bytes 1038-1039/1040\r\n\r\nyz\r\n--" +
                            boundary + "--\r\n");
    CHECK(ask(file, from.options(), ranged("bytes=500-503, 0-0")).field("Content-Type") != type);

    config two;
    two.max_ranges = 2;
    CHECK(ask(file, two, ranged("bytes=500-503, 0-0")).status == 206);
    CHECK(ask(file, two, ranged("bytes=500-503, 0-0, -2")).status == 200);
    CHECK(ask(file, two, ranged("bytes=0-0, 1-1, 2-2")).status == 200); // counted before they are joined
}

TEST_CASE("ranges of an open file are stretches of it")
{
    temporary_folder folder;
    std::string content;
    while (content.size() <= in_memory_limit)
        content += std::to_string(content.size()) + ",";
    folder.write("large", content);
    config c;
    c.root = folder.path();
    disk_source disk(c);
    auto large = disk.load("/large", now, may_block::yes);
    REQUIRE(large->kind == kind::file);
    REQUIRE(large->variants[0].file);
    CHECK(ask(large, c, "").body == content);
    CHECK(ask(large, c, ranged("bytes=1000-1999")).body == content.substr(1000, 1000));
    auto parts = ask(large, c, ranged("bytes=10-19,-7"));
    CHECK(parts.body.find("\r\n\r\n" + content.substr(10, 10) + "\r\n--") != std::string::npos);
    CHECK(parts.body.find("\r\n\r\n" + content.substr(content.size() - 7) + "\r\n--") != std::string::npos);
}

TEST_CASE("the encoding the client likes best is sent, and named as what it is")
{
    struct row {
        const char *accept, *coding, *body;
    };
    for (auto [accept, coding, body] :
         {row{"gzip, br", "br", "BROTLI"}, row{"gzip", "gzip", "GZIPPED"},
          row{"br;q=0.5, gzip", "gzip", "GZIPPED"}, row{"*", "br", "BROTLI"},
          row{"zstd", "", alphabet.data()}, row{"", "", alphabet.data()},
          row{"br;q=0, gzip;q=0", "", alphabet.data()}, row{"identity;q=0", "", alphabet.data()},
          row{"identity;q=0, *", "br", "BROTLI"}}) {
        CAPTURE(accept);
        auto result = negotiate("Accept-Encoding: " + std::string(accept) + "\r\n");
        CHECK(result.status == 200);
        CHECK(result.field("Content-Encoding") == coding);
        CHECK(result.body == body);
        CHECK(result.field("Vary") == "Accept-Encoding");
        CHECK(result.field("Content-Type") == "text/plain; charset=utf-8");
        CHECK(result.field("ETag") == (*coding ? R"("v1-)" + std::string(coding) + '"' : R"("v1")"));
    }
    CHECK(negotiate("Accept-Encoding: x\r\nAccept-Encoding: gzip\r\n").body == "GZIPPED");
    CHECK(negotiate("").body == alphabet);
    CHECK(negotiate("").field("Vary") == "Accept-Encoding");
}

TEST_CASE("conditions and ranges mean the encoding that is sent")
{
    const std::string gzip = "Accept-Encoding: gzip\r\n";
    CHECK(negotiate(gzip + "If-None-Match: \"v1\"\r\n").status == 200);
    auto unchanged = negotiate(gzip + "If-None-Match: \"v1-gzip\"\r\n");
    CHECK(unchanged.status == 304);
    CHECK(unchanged.field("ETag") == "\"v1-gzip\"");
    CHECK(unchanged.field("Vary") == "Accept-Encoding");

    auto part = negotiate(gzip + ranged("bytes=-3"));
    CHECK(part.status == 206);
    CHECK(part.body == "PED");
    CHECK(part.field("Content-Range") == "bytes 4-6/7");
    CHECK(part.field("Content-Encoding") == "gzip");
    CHECK(part.field("Vary") == "Accept-Encoding");
    CHECK(negotiate(gzip + ranged("bytes=7-")).status == 416);
    CHECK(negotiate(gzip + ranged("bytes=0-0") + "If-Range: \"v1\"\r\n").status == 200);
}
