// What Pier accepts, Beast must accept and read alike: two readers that see different requests in the same
// bytes are how requests get smuggled. The other way round nothing is asked: Pier is the stricter one.
#include "pier/base/ascii.hpp"
#include "pier/http/request_rules.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace pier::http;
namespace beast = boost::beast::http;

namespace {

using field_list = std::vector<std::pair<std::string, std::string>>;

/// Beast keeps fields of one name together.
field_list sorted(field_list fields)
{
    std::ranges::stable_sort(fields, {}, [](const auto& f) {
        std::string name = f.first;
        for (char& c : name)
            c = pier::to_lower(c);
        return name;
    });
    return fields;
}

/// True if Pier accepts `in`; then it has been compared.
bool compare(std::string_view in)
{
    head_parser ours;
    request_facts facts;
    if (ours.parse(in) != head_parser::status::done || check_request(ours, in, facts) != 0)
        return false;

    // Beast takes no empty lines before the request, and no HTTP/1.2 or later for 1.1.
    std::string seen(in);
    seen.erase(0, seen.find_first_not_of("\r\n"));
    std::size_t version = ours.request_line(in).size() - 1;
    if (seen[version] > '1')
        seen[version] = '1';

    INFO(seen);
    beast::request_parser<beast::empty_body> theirs;
    theirs.eager(false);
    theirs.header_limit(1 << 20);
    boost::system::error_code error;
    theirs.put(boost::asio::buffer(seen), error);
    // Beast wants a list of tokens in Connection; to Pier what is none says nothing, and the rest counts.
    if (error == beast::error::bad_value && ours.count(field_id::connection) > 0)
        return true;
    CHECK(error.message() == "Success");
    REQUIRE(theirs.is_header_done());
    const auto& read = theirs.get();
    CHECK(std::string_view(read.method_string()) == ours.method_name(in));
    CHECK(std::string_view(read.target()) == ours.target(in));
    CHECK(read.version() == static_cast<unsigned>(10 + ours.minor_version()));
    CHECK((theirs.keep_alive() ||
           !facts.keep_alive)); // of `close` and `keep-alive` together Beast believes either
    CHECK(theirs.chunked() == (facts.body == request_facts::body_kind::chunked));
    CHECK(theirs.content_length().value_or(0) == facts.length);
    field_list our_fields, their_fields;
    for (const auto& f : ours.fields())
        our_fields.emplace_back(in.substr(f.name, f.name_length), in.substr(f.value, f.value_length));
    for (const auto& f : read)
        their_fields.emplace_back(std::string_view(f.name_string()), std::string_view(f.value()));
    CHECK(sorted(our_fields) == sorted(their_fields));
    return true;
}

const std::string seeds[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a/b.html?c=d&e HTTP/1.1\r\nHost: example.com:8080\r\nUser-Agent: x/1 (y; z)\r\nAccept: */*\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n\r\n",
    "HEAD http://a/ HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]\r\nConnection: close, X-A\r\n\r\n",
    "POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n0\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "\r\nGET /x HTTP/1.3\r\nHost:a\r\nA: \t b  c \t\r\nB:\r\na: caf\xc3\xa9\r\n\r\n",
    "M-SEARCH /%20?%41 HTTP/1.1\r\nhost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
};

} // namespace

TEST_CASE("Beast reads good heads as Pier does")
{
    for (const auto& seed : seeds) {
        CAPTURE(seed);
        CHECK(compare(seed));
    }
}

TEST_CASE("Beast accepts whatever Pier accepts of heads with a fault in them")
{
    std::mt19937 random(20260521);
    auto below = [&](std::size_t n) { return random() % n; };
    const std::string interesting("\0\t\n\r \"#%,/0159:;=?A\\_a\x7f\x80\xff", 25);
    const std::string_view pieces[] = {"\r\n",
                                       "\r\n ",
                                       "Host: b\r\n",
                                       "HTTP/1.1",
                                       " ",
                                       "Content-Length: 0\r\n",
                                       "X: y\r\n",
                                       ", chunked",
                                       "Transfer-Encoding: chunked\r\n",
                                       "Connection: \r",
                                       ": ",
                                       "Connection: close\r\n",
                                       "close",
                                       "keep-alive, ",
                                       "Content-Length: 07\r\n"};
    int accepted = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string in = seeds[below(std::size(seeds))];
        for (std::size_t faults = 1 + below(3); faults > 0 && !in.empty(); --faults) {
            std::size_t at = below(in.size());
            switch (below(4)) {
            case 0: in[at] = interesting[below(interesting.size())]; break;
            case 1: in.erase(at, 1 + below(3)); break;
            case 2: in.insert(at, 1, interesting[below(interesting.size())]); break;
            default: in.insert(at, pieces[below(std::size(pieces))]);
            }
        }
        accepted += compare(in);
    }
    CHECK(accepted > 3'000); // enough of them, or nothing was compared
}
