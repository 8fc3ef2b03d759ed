#include "pier/net/descriptors.hpp"

#include "pier/ops/process.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace pier::net {

void raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

descriptor_shares share_descriptors(std::size_t limit, unsigned threads)
{
    constexpr std::size_t most_files = 16 * 1024;
    constexpr std::size_t most_others = 256;
    std::size_t left = limit - std::min(threads * descriptors_per_thread, limit / 2);
    std::size_t files = std::min(left * 2 / 5, most_files);
    return {left - files - std::min(left / 4, most_others), files};
}

descriptor_shares share_descriptors(unsigned threads)
{
    return share_descriptors(ops::descriptor_limit(), threads);
}

} // namespace pier::net
