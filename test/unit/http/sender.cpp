#include "pier/http/sender.hpp"

#include "../socket_pair.hpp"
#include "../temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <vector>

using namespace pier::http;
using outcome = sender::outcome;

namespace {

constexpr std::int64_t now = 5000;

struct peers {
    socket_pair ends;
    boost::asio::io_context context;
    pier::net::stream near{context, std::move(ends.near)};
};

std::string numbers(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
        text += std::to_string(i) + ",";
    text.resize(size);
    return text;
}

std::shared_ptr<file> open_file(const temporary_folder& folder, std::string_view content,
                                bool may_stall = false)
{
    folder.write("file", content);
    pier::unique_fd fd(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(fd);
    return std::make_shared<file>(std::move(fd), may_stall);
}

std::vector<piece> pieces(std::initializer_list<piece> list)
{
    return list;
}

/// Lets the peer read whenever the socket is full or the turn is over, to the end.
std::string drain(sender& out, peers& p, outcome last = outcome::done)
{
    std::string all;
    for (;;) {
        auto end = out.push(p.near, now);
        all += p.ends.received();
        if (end == outcome::blocked || end == outcome::turn)
            continue;
        CHECK(end == last);
        return all;
    }
}

} // namespace

TEST_CASE("text, memory and files leave in order")
{
    temporary_folder folder;
    auto content = numbers(100'000);
    auto f = open_file(folder, content);
    peers p;
    sender out;
    CHECK(out.empty());
    CHECK(out.push(p.near, now) == outcome::done);

    out.text() = "head";
    auto some =
        pieces({piece::of(std::string("one")), piece::of(f, 10, 50'000), piece::of(std::string("two")),
                piece::of(f, 99'999, 1), piece::of(std::string("three"))});
    out.add(some);
    CHECK(some.empty());
    CHECK_FALSE(out.empty());
    CHECK(out.has_pieces());
    CHECK(drain(out, p) == "headone" + content.substr(10, 50'000) + "two" + content.substr(99'999) + "three");
    CHECK(out.empty());
    CHECK(out.take_body_count() == 50'012);
    CHECK(out.take_body_count() == 0);
    CHECK(out.take_total_count() == 50'016);

    // and again: nothing of it is left
    out.text() = "next";
    CHECK(drain(out, p) == "next");
    CHECK(out.take_total_count() == 4);
    CHECK(out.take_body_count() == 0);
}

TEST_CASE("more pieces than one call takes, and empty ones among them")
{
    peers p;
    sender out;
    std::string expected = "head";
    out.text() = expected;
    std::vector<piece> many;
    for (int i = 0; i < 100; ++i) {
        std::string text = i % 7 == 0 ? "" : std::to_string(i) + ";";
        expected += text;
        many.push_back(piece::of(text));
    }
    out.add(many);
    CHECK(drain(out, p) == expected);
}

TEST_CASE("a peer that reads slowly gets every byte once")
{
    temporary_folder folder;
    auto content = numbers(6'000'000);
    auto f = open_file(folder, content);
    peers p;
    sender out;
    out.text() = numbers(300'000);
    auto some = pieces({piece::of(content), piece::of(f, 0, content.size())});
    out.add(some);

    // the socket is full long before the end, and stays so
    CHECK(out.push(p.near, now) == outcome::blocked);
    CHECK(out.push(p.near, now) == outcome::blocked);
    CHECK_FALSE(out.empty());
    auto all = drain(out, p);
    CHECK(all.size() == 12'300'000);
    CHECK((all == numbers(300'000) + content + content));
    CHECK(out.take_body_count() == 12'000'000);
    CHECK(out.take_total_count() == 12'300'000);
}

TEST_CASE("a turn ends, however much the socket takes")
{
    temporary_folder folder;
    constexpr std::size_t whole = sender::turn_limit + 100'000;
    auto f = open_file(folder, numbers(whole));
    // a Unix socket whose buffer holds more than a turn; without the privilege for one, there is nothing to
    // see
    peers p;
    int wanted = 8 << 20;
    if (::setsockopt(p.near.native_handle(), SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof wanted) != 0) {
        WARN("not tried: a larger socket buffer needs CAP_NET_ADMIN");
        return;
    }
    sender out;
    auto some = pieces({piece::of(f, 0, whole)});
    out.add(some);
    auto first = out.push(p.near, now);
    auto sent = out.take_body_count();
    CHECK(first == outcome::turn);
    CHECK(sent == sender::turn_limit);
    CHECK(p.ends.received().size() == sender::turn_limit);
    CHECK(drain(out, p).size() == 100'000);
}

TEST_CASE("a file shorter than promised fails, and nothing is padded")
{
    temporary_folder folder;
    auto f = open_file(folder, numbers(100'000));
    peers p;
    sender out;
    out.text() = "head";
    auto some = pieces({piece::of(f, 0, 200'000), piece::of(std::string("never"))});
    out.add(some);
    CHECK(drain(out, p, outcome::failed) == "head" + numbers(100'000));
    CHECK_FALSE(out.empty());
    out.drop();
    CHECK(out.empty());

    auto beyond = pieces({piece::of(f, 500'000, 1)});
    out.add(beyond);
    CHECK(out.push(p.near, now) == outcome::failed);
}

TEST_CASE("a peer that has gone fails")
{
    peers p;
    p.ends.far.reset();
    sender out;
    out.text() = "head";
    CHECK(out.push(p.near, now) == outcome::failed);
    CHECK(out.take_total_count() == 0);
}

TEST_CASE("a file that may stall is never read here: it is cold until somebody has read it")
{
    temporary_folder folder;
    auto content = numbers(1000);
    auto f = open_file(folder, content, true);
    peers p;
    sender out;
    out.text() = "head";
    auto some = pieces({piece::of(f, 100, 800), piece::of(std::string("tail"))});
    out.add(some);
    CHECK(out.push(p.near, now) == outcome::cold);
    CHECK(p.ends.received() == "head"); // what is before it has gone
    CHECK(out.cold_piece().file == f);
    CHECK(out.cold_piece().offset == 100);
    CHECK(out.cold_piece().length == 800);

    auto first = std::make_shared<const std::string>(content.substr(100, 500));
    out.warmed(first, *first);
    CHECK(out.push(p.near, now) == outcome::cold);
    CHECK(p.ends.received() == content.substr(100, 500));
    CHECK(first.use_count() == 1); // given up once sent
    CHECK(out.cold_piece().offset == 600);
    CHECK(out.cold_piece().length == 300);

    auto second = std::make_shared<const std::string>(content.substr(600, 300));
    out.warmed(second, *second);
    CHECK(drain(out, p) == content.substr(600, 300) + "tail");
    CHECK(out.take_body_count() == 804);
}

TEST_CASE("what was sent is not kept alive, and clear() forgets the rest")
{
    peers p;
    sender out;
    auto kept = std::make_shared<const std::string>("body");
    auto some = pieces({piece::of(*kept, kept)});
    out.add(some);
    CHECK(kept.use_count() == 2);
    CHECK(drain(out, p) == "body");
    CHECK(kept.use_count() == 1);

    some = pieces({piece::of(*kept, kept)});
    out.text() = "head";
    out.add(some);
    out.clear();
    CHECK(kept.use_count() == 1);
    CHECK(out.empty());
    CHECK(out.text_size() == 0);
    CHECK(out.take_total_count() == 0);
    CHECK(drain(out, p).empty());
}

TEST_CASE("a small body in memory travels behind its head, others do not")
{
    temporary_folder folder;
    sender out;
    out.text() = "head ";
    CHECK(out.append(piece::of(std::string("body"))));
    CHECK(out.text() == "head body");
    CHECK(out.append(piece::of(std::string(sender::inline_limit, 'x'))));
    CHECK_FALSE(out.append(piece::of(std::string(sender::inline_limit + 1, 'x'))));
    CHECK_FALSE(out.append(piece::of(open_file(folder, "small"), 0, 5)));
    CHECK(out.text_size() == 9 + sender::inline_limit);
    CHECK_FALSE(out.has_pieces());
}
