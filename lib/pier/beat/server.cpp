#include "pier/beat/server.hpp"

#include "pier/beat/packet.hpp"
#include "pier/beat/service.hpp"

namespace pier::beat {

namespace {

/// Longer than any beat: what is cut off is none.
constexpr std::size_t largest_text = 128;

net::datagram_traits traits(const char* scheme, const char* name, std::size_t largest)
{
    return {.scheme = scheme,
            .name = name,
            .details = {.receive_time = true, .largest = largest},
            .guard = net::source_guard::open()}; // nothing is ever sent back
}

} // namespace

std::shared_ptr<watch> add_to(net::runtime& runtime, config c, const std::vector<net::endpoint>& where,
                              std::vector<sink_factory> sinks)
{
    auto common = std::make_shared<watch>(std::move(c), runtime.threads(), std::move(sinks));
    if (common->events)
        runtime.on_reload(common->events);
    runtime.add(traits("beat", "beat", largest_packet + 1), where, [common](net::shard& shard) {
        return std::make_unique<service>(shard, common, beat_format::packet);
    });
    if (!common->told.text_listen.empty())
        runtime.add(traits("text-beat", "text-beat", largest_text), common->told.text_listen,
                    [common](net::shard& shard) {
                        return std::make_unique<service>(shard, common, beat_format::text);
                    });
    return common;
}

} // namespace pier::beat
