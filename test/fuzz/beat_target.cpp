#include "check.hpp"
#include "pier/beat/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    auto found = pier::beat::target::parse({reinterpret_cast<const char*>(data), size});
    if (!found)
        return 0;
    check(!found->host.empty());
    std::string again = "[" + found->host + "]" + (found->port ? ":" + std::to_string(found->port) : "");
    auto same = pier::beat::target::parse(again);
    check(same && same->host == found->host && same->port == found->port);
    return 0;
}
