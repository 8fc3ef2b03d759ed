#include "pier/beat/save.hpp"

#include "pier/beat/snapshot.hpp"
#include "pier/beat/snapshot_file.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/run_on.hpp"

namespace pier::beat {

namespace {
constexpr std::size_t at_once = 256; ///< senders: some tens of microseconds, a hundred kilobytes
} // namespace

net::task<> save(net::shard& home, watch& common)
{
    snapshot_file& file = *common.state;
    std::string bytes;
    std::uint64_t count = 0;
    bool is_first = true;
    for (unsigned i = 0; i < common.monitors.size(); ++i) {
        monitor& from = common.of(i);
        bool more = true;
        for (std::size_t at = 0; more;) {
            if (home.draining())
                co_return;
            bytes.clear();
            auto gather = [&] {
                at = snapshot_file::gather(from, at, at_once, bytes, count);
                more = at < from.senders().places();
            };
            auto gathering = net::run_on(home.whole().shards[i]->context(), home.context().get_executor(),
                                         gather, net::nothrow);
            co_await std::move(gathering);
            auto write = [&] {
                if (std::exchange(is_first, false))
                    file.begin();
                file.append(bytes);
            };
            auto writing = home.pool().run(home.context().get_executor(), write, net::nothrow);
            auto [refused] = co_await std::move(writing);
            if (refused)
                co_return; // the pool is full of stalled disks: next time
        }
    }
    bytes.clear();
    append_snapshot_end(bytes, count);
    auto end = [&] {
        file.append(bytes);
        file.commit();
    };
    auto ending = home.pool().run(home.context().get_executor(), end, net::nothrow);
    co_await std::move(ending);
}

} // namespace pier::beat
