#include "pier/get/load_answer.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier;
using get::answer_reader;
using get::known_head;
using state = answer_reader::state;

namespace {

struct reading {
    state end = state::need_more;
    int status = 0;
    bool keep_alive = false;
    std::uint64_t head = 0, body = 0;
    std::string wrong;
    friend bool operator==(const reading&, const reading&) = default;
};

/// Fed `piece` bytes at a time; then the connection is closed, if so said and it has not ended before.
reading read(std::string_view in, known_head& known, http::method asked = http::method::get,
             std::size_t piece = 1 << 20, bool close = false)
{
    answer_reader reader;
    reader.begin(asked, known);
    state now = state::need_more;
    for (std::size_t at = 0; at < in.size() && now == state::need_more; at += piece)
        now = reader.take(in.substr(at, piece));
    if (now == state::need_more && close)
        now = reader.end_of_stream();
    reading r{now, reader.status(), false, reader.head_bytes(), reader.body_bytes(), ""};
    if (now == state::done)
        r.keep_alive = reader.keep_alive();
    if (now == state::failed)
        r.wrong = reader.wrong();
    return r;
}

reading read(std::string_view in, http::method asked = http::method::get, bool close = false)
{
    known_head known;
    reading whole = read(in, known, asked, 1 << 20, close);
    // With the head known by now, and split at every byte.
    CHECK(read(in, known, asked, 1 << 20, close) == whole);
    for (std::size_t piece = 1; piece < std::min<std::size_t>(in.size(), 70); ++piece) {
        INFO("pieces of " << piece);
        known_head none;
        auto split = read(in, none, asked, piece, close);
        if (whole.wrong == "more bytes came than it has") // which these pieces may not have come to
            CHECK((split.end == state::done || split.end == state::failed));
        else
            CHECK(split == whole);
    }
    return whole;
}

} // namespace

TEST_CASE("an answer ends with its length")
{
    auto r = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    CHECK(r == reading{state::done, 200, true, 38, 5, ""});
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").end == state::need_more);
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!").end == state::failed);
    CHECK(read("HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") ==
          reading{state::done, 500, false, 57, 0, ""});
}

TEST_CASE("an answer ends with its last chunk")
{
    std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    auto r = read(head + "5\r\nhello\r\n3;x=y\r\nyou\r\n0\r\n\r\n");
    CHECK(r.end == state::done);
    CHECK(r.body == 8);
    CHECK(read(head + "5\r\nhello\r\n").end == state::need_more);
    CHECK(read(head + "zz\r\n").end == state::failed);
}

TEST_CASE("an answer may end with its connection")
{
    auto r = read("HTTP/1.0 200 OK\r\n\r\nhello", http::method::get, true);
    CHECK(r.end == state::done);
    CHECK(r.body == 5);
    CHECK_FALSE(r.keep_alive);
    r = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", http::method::get, true);
    CHECK(r.end == state::failed);
    CHECK(r.wrong == "the connection was closed before its body was complete");
    r = read("HTTP/1.1 200 OK\r\nContent-", http::method::get, true);
    CHECK(r.end == state::failed);
    CHECK(r.wrong == "the connection was closed before its head was complete");
}

TEST_CASE("some answers have no content, whatever they say")
{
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", http::method::head).end == state::done);
    CHECK(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").end == state::done);
    CHECK(read("HTTP/1.1 204 No Content\r\n\r\n").end == state::done);
}

TEST_CASE("interim answers are passed over")
{
    std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    std::string final = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    auto r = read(interim + "HTTP/1.1 100 Continue\r\n\r\n" + final);
    CHECK(r.end == state::done);
    CHECK(r.status == 200);
    CHECK(r.head == interim.size() + 25 + 38);
    std::string many;
    for (unsigned i = 0; i < answer_reader::most_interim_answers; ++i)
        many += interim;
    CHECK(read(many + final).end == state::done);
    CHECK(read(many + interim + final).end == state::failed);
}

TEST_CASE("what is no HTTP/1 is told")
{
    CHECK(read("SSH-2.0-OpenSSH_9.2\r\n").wrong == "its head is not HTTP");
    CHECK(read("HTTP/2.0 200 OK\r\n\r\n").wrong == "it is another version of HTTP");
    CHECK(read("HTTP/1.1 101 Switching\r\n\r\n").end == state::failed);
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n").end == state::failed);
    known_head known;
    std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(answer_reader::limits.head, 'x');
    answer_reader reader;
    reader.begin(http::method::get, known);
    CHECK(reader.take(endless) == state::failed);
    CHECK(reader.too_large());
}

TEST_CASE("a head that is known has the meaning it had")
{
    known_head known;
    std::string head = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
    auto first = read(head + "abc", known);
    CHECK(known.text == head);
    CHECK(read(head + "abc", known) == first);
    // Another one takes its place.
    auto other = read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", known);
    CHECK(other.status == 200);
    CHECK(other.body == 1);
    CHECK(known.status == 200);
    // One that begins the same is read to its end.
    auto longer = read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", known);
    CHECK(longer.body == 10);
    // A part of it is not yet the whole of it.
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 1", known).end == state::need_more);
    // What is wrong is never known.
    known_head none;
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", none).end == state::failed);
    CHECK(none.text.empty());
}
