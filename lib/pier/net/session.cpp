#include "pier/net/session.hpp"

#include "pier/net/shard.hpp"

namespace pier::net {

session::session(net::shard& shard, net::stream_service& service, unique_fd fd, const peer_address& peer)
    : since(shard.now()), shard_(shard), service_(service), stream_(shard.context(), std::move(fd)),
      peer_(peer)
{
}

bool session::draining() const
{
    return service_.ends_last ? shard_.draining_last() : shard_.draining();
}

void session::expire_by(deadline_list& list)
{
    settling_ = false;
    list.arm(*this, shard_.now());
}

void session::idle_until(deadline_list& list)
{
    doing = phase::idle;
    after_settling_ = &list;
    if (settling_ && armed())
        return; // the look is yet to come, and comes after what was said since: nothing to link anew
    expire_by(shard_.settling());
    settling_ = true;
}

void session::settled()
{
    settling_ = false;
    if (stream_.peer_has_finished())
        end(ending::peer_left);
    else
        expire_by(*after_settling_);
}

void session::resume()
{
    if (ending_ == ending::forced)
        return;
    ending_ = ending::none;
    stream_.resume();
}

void session::end(ending why)
{
    if (ending_ == ending::forced)
        return;
    ending_ = why;
    if (why == ending::forced)
        stream_.shutdown();
    else
        stream_.cancel();
}

} // namespace pier::net
