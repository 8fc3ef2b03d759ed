#include "pier/beat/listing_query.hpp"

#include "check.hpp"
#include "pier/beat/heartbeat.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::beat;
    auto found = listing_query::parse({reinterpret_cast<const char*>(data), size});
    if (!found)
        return 0;
    check(found->limit >= 1 && found->limit <= listing_query::most && found->states.any());
    check(found->search.size() <= longest_name);
    sender s;
    s.name = "web1";
    found->matches(s);
    return 0;
}
