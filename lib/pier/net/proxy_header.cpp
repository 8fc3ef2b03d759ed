#include "pier/net/proxy_header.hpp"

#include "pier/net/proxy_protocol.hpp"
#include "pier/net/shard.hpp"

#include <memory>

namespace pier::net {

namespace {

struct reading {
    proxy_header_parser parser;
    std::array<char, 512> piece; // not in the coroutine's frame, which has to stay small
};

/// Looks before it takes: what follows the header stays in the socket.
proxy_header_parser::status advance(stream& from, reading& r)
{
    using status = proxy_header_parser::status;
    for (;;) {
        auto seen = from.peek_some(r.piece);
        if (seen.would_block())
            return status::need_more;
        if (seen.failed() || seen.bytes == 0)
            return status::failed;
        auto step = r.parser.feed({r.piece.data(), seen.bytes});
        auto taken = from.read_some({r.piece.data(), step.consumed});
        if (taken.bytes != step.consumed)
            return status::failed;
        if (step.now != status::need_more)
            return step.now;
    }
}

} // namespace

task<bool> read_proxy_header(session& from)
{
    auto r = std::make_unique<reading>();
    for (;;) {
        auto now = advance(from.stream(), *r);
        if (now == proxy_header_parser::status::failed)
            co_return false;
        if (now == proxy_header_parser::status::done)
            break;
        auto [error] = co_await from.stream().readable();
        if (error)
            co_return false;
    }
    if (r->parser.client())
        from.set_peer(*r->parser.client());
    from.stream().expect_input(); // the request may have come with the header
    co_return true;
}

} // namespace pier::net
