#include "check.hpp"
#include "pier/base/token_bucket.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier;
    auto limit = rate_limit::parse({reinterpret_cast<const char*>(data), size});
    if (!limit)
        return 0;
    check(*limit && limit->burst > 0 && limit->period > 0);
    token_bucket bucket;
    check(bucket.take(*limit, 0, limit->burst + 1) == limit->burst);
    std::int64_t wait = bucket.wait_for(*limit, 0, 1);
    check(wait > 0 && bucket.take(*limit, wait - 1, 1) == 0);
    check(bucket.take(*limit, wait, 1) == 1);
    return 0;
}
