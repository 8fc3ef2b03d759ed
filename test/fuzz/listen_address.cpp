#include "pier/net/listen_address.hpp"

#include "check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::net;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const listen_schemes& schemes : {http_schemes, stream_and_datagram_schemes, no_schemes}) {
        auto parsed = listen_address::parse(text, schemes);
        if (!parsed)
            continue;
        auto printed = parsed->to_string(schemes);
        auto again = listen_address::parse(printed, schemes);
        check(again && again->spoken == parsed->spoken && again->to_string(schemes) == printed);
        check(again->where.to_string() == parsed->where.to_string());
        check(parsed->spoken == listen_address::how::unsaid || !schemes.plain.empty());
    }
    return 0;
}
