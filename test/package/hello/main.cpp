// A server of one's own on Pier's library: answers every request with a greeting, and echoes what is posted.
#include <pier/http/server.hpp>
#include <pier/net/runtime.hpp>

using namespace pier;

class greeter : public http::handler {
    bool answer_now(const http::request& in, http::response& out) override
    {
        if (in.has_body)
            return false;
        out.headers.add("Content-Type", "text/plain; charset=utf-8");
        out.add(http::piece::of("Hello, " + in.peer->to_string() + "!\n"));
        return true;
    }

    net::task<> answer(const http::request& in, http::response& out) override
    {
        std::string text(64 * 1024, '\0');
        std::size_t size = 0;
        while (auto got = (co_await in.body->read(std::span(text).subspan(size))).bytes)
            size += got;
        text.resize(size);
        out.add(http::piece::of(std::move(text)));
    }
};

int main()
{
    net::runtime runtime({.threads = 2});
    auto handlers = [](net::shard&) { return std::make_unique<greeter>(); };
    runtime.add(http::traits, {net::endpoint::loopback(0)}, http::make_server({}, handlers));
    return runtime.run();
}
