#include "pier/http/message.hpp"

#include "../parsed_request.hpp"
#include "pier/base/text.hpp"
#include "pier/http/handler.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace pier::http;

namespace {

struct endless : body_source {
    pier::net::task<body_read> read(std::span<char>) override { co_return body_read{}; }
};

std::string page_of(const response& r)
{
    REQUIRE(r.content.size() == 1);
    CHECK(r.content_length() == r.content[0].bytes.size());
    return std::string(r.content[0].bytes);
}

} // namespace

TEST_CASE("a request gives its fields by id and by name")
{
    parsed_request in("Range: first\r\nX-Own: a\r\nrange: second\r\nx-own: b\r\nEmpty:\r\n");
    CHECK(in->has(field_id::range));
    CHECK(in->field(field_id::range) == "first");
    CHECK(in->field("RANGE") == "first");
    CHECK(in->field("x-OWN") == "a");
    CHECK(in->field("empty") == "");
    CHECK_FALSE(in->field("X-Own2"));
    CHECK_FALSE(in->field("X-Ow"));
    CHECK_FALSE(in->has(field_id::host));
    CHECK_FALSE(in->field(field_id::host));
    std::string all;
    for (const auto& f : in->fields())
        all.append(in->name(f)).append("=").append(in->value(f)).append(";");
    CHECK(all == "Range=first;X-Own=a;range=second;x-own=b;Empty=;");
}

TEST_CASE("an error is a page that says what is wrong")
{
    response out;
    out.error(404, "There is nothing here.");
    CHECK(out.status == 404);
    auto page = page_of(out);
    CHECK(page.find("<!DOCTYPE html>") == 0);
    CHECK(page.find("<title>404 Not Found</title>") != page.npos);
    CHECK(page.find("<h1>404 Not Found</h1>") != page.npos);
    CHECK(page.find("<p>There is nothing here.</p>") != page.npos);
    CHECK(out.headers.text() ==
          "Content-Type: text/html; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
    out.error(500);
    CHECK(page_of(out).find("<p>") == std::string::npos);
    out.error(404, pier::html_escape("<b>&\"'"));
    CHECK(page_of(out).find("<p>&lt;b&gt;&amp;&quot;&#39;</p>") != std::string::npos);
}

TEST_CASE("an error replaces the answer that was begun, but for its ending the connection")
{
    response out;
    out.headers.add("ETag", "\"x\"");
    out.shared_headers = {std::make_shared<const fields>(out.headers), out.headers.text().size()};
    out.add(piece::of(std::string("secret")));
    out.source = std::make_unique<endless>();
    out.close = true;
    out.error(500, "Sorry.");
    CHECK(out.headers.text().find("ETag") == std::string_view::npos);
    CHECK(out.shared_headers.text().empty());
    CHECK(page_of(out).find("secret") == std::string::npos);
    CHECK_FALSE(out.source);
    CHECK(out.close);
}

TEST_CASE("nothing of an answer is left for the next")
{
    response out;
    out.error(500, "Sorry.");
    out.close = true;
    out.source = std::make_unique<endless>();
    out.reset();
    CHECK(out.status == 200);
    CHECK(out.headers.empty());
    CHECK(out.shared_headers.text().empty());
    CHECK(out.content.empty());
    CHECK_FALSE(out.source);
    CHECK_FALSE(out.close);
    CHECK(out.content_length() == 0);
}

TEST_CASE("a piece keeps what it is made of")
{
    auto text = std::make_shared<const std::string>("0123456789");
    auto opened = std::make_shared<file>();
    response out;
    out.add(piece::of(std::string_view(*text).substr(2, 3), text));
    out.add(piece::of(std::string("own")));
    out.add(piece::of(opened, 100, 5'000'000'000));
    CHECK(text.use_count() == 2);
    CHECK(opened.use_count() == 2);
    CHECK(out.content[0].bytes == "234");
    CHECK(out.content[1].bytes == "own");
    CHECK(out.content[2].offset == 100);
    CHECK(out.content_length() == 5'000'000'006);
    out.reset();
    CHECK(text.use_count() == 1);
    CHECK(opened.use_count() == 1);
}
