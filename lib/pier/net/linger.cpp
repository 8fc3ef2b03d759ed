#include "pier/net/linger.hpp"

#include <vector>

namespace pier::net {

task<> linger(session& peer, deadline_list& within)
{
    stream& from = peer.stream();
    from.shutdown_send();
    peer.expire_by(within);
    std::vector<char> waste(4096);
    from.expect_input();
    for (std::size_t thrown_away = 0; thrown_away <= linger_limit;) {
        auto got = from.read_some(waste);
        if (got.failed() || (got.bytes == 0 && !got.error))
            break;
        thrown_away += got.bytes;
        if (got.would_block()) {
            auto [error] = co_await from.readable();
            if (error)
                break;
        }
    }
}

} // namespace pier::net
