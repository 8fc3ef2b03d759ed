#include "check.hpp"
#include "pier/net/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using pier::net::target;
    auto found = target::parse({reinterpret_cast<const char*>(data), size});
    check(!found || (!found->host.empty() && target::parse(found->to_string()) == found));
    return 0;
}
