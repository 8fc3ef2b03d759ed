#include "pier/net/descriptors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace pier::net;

TEST_CASE("descriptors are shared between connections, files and the rest")
{
    CHECK(share_descriptors(1'000'000, 2).files == 16'384);
    CHECK(share_descriptors(1'000'000, 2).connections == 1'000'000 - 16 - 16'384 - 256);
    CHECK(share_descriptors(300, 2).files == 113);
    CHECK(share_descriptors(300, 2).connections == 284 - 113 - 71);
}

TEST_CASE("threads have what they need, however many they are")
{
    for (std::size_t limit : {256u, 1'024u, 4'096u, 20'000u, 1'000'000u})
        for (unsigned threads : {1u, 2u, 16u, 500u, 1024u}) {
            CAPTURE(limit, threads);
            auto shares = share_descriptors(limit, threads);
            CHECK(shares.connections >= limit / 6);
            CHECK(shares.files >= std::min<std::size_t>(limit / 6, 16'384));
            std::size_t rest = limit - shares.connections - shares.files;
            CHECK((rest >= threads * descriptors_per_thread || rest >= limit / 2));
        }
}
