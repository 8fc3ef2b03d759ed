#include "pier/net/await_pace.hpp"

#include "pier/net/shard.hpp"

namespace pier::net {

task<> await_pace(shard& home, token_bucket& connection)
{
    auto now = home.now();
    auto pause = home.sending().wait(connection, now);
    if (pause.milliseconds == 0)
        co_return;
    send_rates::waiting in_line(home.sending(), connection, pause);
    auto [error] = co_await home.pace().wait_until(now, now + pause.milliseconds);
    (void)error;
}

} // namespace pier::net
