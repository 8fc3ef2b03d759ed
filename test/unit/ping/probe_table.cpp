#include "pier/ping/probe_table.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

namespace {

constexpr std::int64_t wait_ns = 1000;

struct story {
    probe_table table{64, 0};

    void send(std::int64_t at)
    {
        probe& p = table.open();
        p.token = 7000 + p.sequence;
        p.sent.steady = at;
    }
    match take(std::uint64_t sequence, std::int64_t elapsed = 10, std::uint64_t token = 0)
    {
        answer a;
        a.sequence = sequence;
        a.token = token ? token : 7000 + sequence;
        return table.take(a, wait_ns, elapsed);
    }
};

} // namespace

TEST_CASE("an answer belongs to the probe of its number and its timestamp")
{
    story s;
    s.send(0);
    s.send(100);
    CHECK(s.take(0) == match::in_time);
    CHECK(s.take(0) == match::duplicate);
    CHECK(s.take(1, 10, 7000) == match::mismatched);
    CHECK(s.take(1) == match::in_time);
    CHECK(s.take(2) == match::never_sent);
    CHECK(s.take(UINT64_MAX) == match::never_sent);
}

TEST_CASE("a late answer is never taken for the next ping's")
{
    story s;
    s.send(0);
    CHECK(s.table.settle(999, wait_ns) == nullptr);
    CHECK(s.table.settle(1000, wait_ns)->is == probe::state::expired);
    s.send(1000);
    CHECK(s.take(0) == match::late);
    CHECK(s.take(0) == match::duplicate);
    CHECK(s.table.under_way() == 1); // the second still waits
    CHECK(s.take(1) == match::in_time);
}

TEST_CASE("whether it came in time its stamps say, not when it was read")
{
    story s;
    s.send(0);
    CHECK(s.take(0, wait_ns) == match::in_time); // read at 5000, say, after this process had been stopped
    s.send(10);
    CHECK(s.take(1, wait_ns + 1) == match::late);
    CHECK(s.table.settle(5000, wait_ns)->is == probe::state::answered);
    CHECK(s.table.settle(5000, wait_ns)->is == probe::state::answered_late); // lost all the same
}

TEST_CASE("probes are settled in order, each once")
{
    story s;
    for (int i = 0; i < 3; ++i)
        s.send(i * 100);
    CHECK(s.take(1) == match::in_time);
    CHECK(s.table.settle(500, wait_ns) == nullptr); // the first may still be answered
    CHECK(s.table.next_expiry(wait_ns) == 1000);
    CHECK(s.table.settle(1000, wait_ns)->sequence == 0);
    const probe* p = s.table.settle(1000, wait_ns);
    CHECK((p->sequence == 1 && p->is == probe::state::answered));
    CHECK(s.table.settle(1000, wait_ns) == nullptr);
    CHECK(s.table.settle(1200, wait_ns)->sequence == 2);
    CHECK(s.table.settle(9999, wait_ns) == nullptr);
    CHECK_FALSE(s.table.next_expiry(wait_ns));
}

TEST_CASE("the table is bounded: it says when it is full, and forgets what is long settled")
{
    story s;
    for (int i = 0; i < 64; ++i)
        s.send(i);
    CHECK_FALSE(s.table.has_room());
    CHECK(s.take(0) == match::in_time);
    while (s.table.settle(64 + wait_ns, wait_ns))
        ;
    CHECK(s.table.has_room());
    s.send(5000);
    CHECK(s.take(0) == match::forgotten);
    CHECK(s.take(63) == match::late);
    CHECK(s.take(64) == match::in_time);
}

TEST_CASE("32 bits of a number say which it is, across their end too")
{
    probe_table t(64, 0);
    CHECK_FALSE(t.unwrap(0));
    for (int i = 0; i < 10; ++i)
        t.open();
    CHECK(t.unwrap(9) == 9u);
    CHECK(t.unwrap(0) == 0u);
    CHECK_FALSE(t.unwrap(10));
    CHECK_FALSE(t.unwrap(0xffff'ffff));

    probe_table late(64, 0xffff'fffe);
    for (int i = 0; i < 4; ++i)
        late.open();
    CHECK(late.unwrap(0xffff'ffff) == 0xffff'ffffu);
    CHECK(late.unwrap(1) == 0x1'0000'0001u);
    CHECK_FALSE(late.unwrap(2));
}

TEST_CASE("what was refused or not sent is no longer waited for")
{
    story s;
    s.send(0);
    s.send(0);
    s.table.find(0)->is = probe::state::refused;
    s.table.find(1)->is = probe::state::not_sent;
    CHECK(s.table.settle(1, wait_ns)->is == probe::state::refused);
    CHECK(s.table.settle(1, wait_ns)->is == probe::state::not_sent);
    CHECK(s.take(0) == match::late);
    CHECK(s.take(1) == match::never_sent);
}
