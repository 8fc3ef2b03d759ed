#include "pier/net/tls_session_cache.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

using namespace pier::net;

namespace {

ssl_session_ptr session(int version = TLS1_3_VERSION)
{
    ssl_session_ptr made(SSL_SESSION_new());
    SSL_SESSION_set_protocol_version(made.get(), version);
    return made;
}

} // namespace

TEST_CASE("a session of TLS 1.3 is given out once, the newest first")
{
    tls_session_cache cache(4, 100);
    CHECK_FALSE(cache.take("a:1"));
    auto older = session(), newer = session();
    const auto *first = older.get(), *second = newer.get();
    cache.put("a:1", std::move(older));
    cache.put("a:1", std::move(newer));
    CHECK_FALSE(cache.take("a:2"));
    CHECK(cache.take("a:1").get() == second);
    CHECK(cache.take("a:1").get() == first);
    CHECK_FALSE(cache.take("a:1"));
    CHECK(cache.size() == 0);
}

TEST_CASE("a session of TLS 1.2 stays")
{
    tls_session_cache cache(4, 100);
    cache.put("a:1", session(TLS1_2_VERSION));
    CHECK(cache.take("a:1"));
    CHECK(cache.take("a:1"));
    CHECK(cache.size() == 1);
}

TEST_CASE("of one server and of all only so many are kept, the oldest go")
{
    tls_session_cache cache(2, 3);
    for (int i = 0; i < 5; ++i)
        cache.put("a:1", session());
    CHECK(cache.size() == 2);
    cache.put("b:1", session());
    cache.put("c:1", session());
    CHECK(cache.size() == 3);
    CHECK(cache.take("a:1"));
    CHECK_FALSE(cache.take("a:1"));
    CHECK(cache.take("b:1"));
    CHECK(cache.take("c:1"));
}
