#include "pier/ping/session.hpp"

#include "played_run.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("ten pings of which two are lost")
{
    played_run run;
    run.play({1000, 2000, -1, 3000, 1000, -1, 1000, 1000, 1000, 1000});
    const statistics& s = run.t.session.figures();
    CHECK(s.totals().sent == 10);
    CHECK(s.totals().received == 8);
    CHECK(s.totals().lost == 2);
    CHECK(s.loss() == Approx(0.2));
    CHECK(s.under_way() == 0);
    CHECK(s.rtt().max() == 3000);
    CHECK(s.runs().runs() == 2);
    CHECK(s.runs().longest_outage() == played_run::second);
    CHECK(s.over_time().columns().size() == 10);
    CHECK(run.t.session.recent().size() == 10);
    CHECK(run.t.session.recent()[2] == recent_rtts::lost);
    CHECK(run.t.session.window(run.now).settled == 10);
}

TEST_CASE("a late answer counts as lost, then as late, and is in no average")
{
    played_run run;
    run.play({1000, -1, 1000});
    CHECK(run.come(1, 1'200 * played_run::ms).is == match::late);
    CHECK(run.come(1, 1'300 * played_run::ms).is == match::duplicate);
    const auto& c = run.t.session.figures().totals();
    CHECK((c.lost == 1 && c.late == 1 && c.duplicated == 1 && c.received == 2));
    CHECK(run.t.session.figures().rtt().max() == 1000);
}

TEST_CASE("an answer that took longer than the wait is late, though its probe has not been given up yet")
{
    played_run run;
    CHECK(run.come(run.send(), played_run::second + 1).is == match::late);
    run.now += 2 * played_run::second;
    run.settle();
    const auto& c = run.t.session.figures().totals();
    CHECK((c.late == 1 && c.lost == 1 && c.received == 0));
}

TEST_CASE("answers that are not ours are counted apart")
{
    played_run run;
    run.play({1000});
    CHECK(run.come(7, 1000).is == match::never_sent);
    auto a = run.answer_to(0, 1000);
    a.token = 1;
    CHECK(run.t.session.came(a).is == match::mismatched);
    run.t.session.failed(fault::corrupt, nullptr);
    const auto& c = run.t.session.figures().totals();
    CHECK((c.stray == 2 && c.corrupt == 1 && c.received == 1 && c.duplicated == 0));
}

TEST_CASE("a refused probe is lost at once")
{
    played_run run;
    auto sequence = run.send();
    run.t.session.failed(fault::refused, run.t.session.find(sequence));
    run.settle();
    const auto& c = run.t.session.figures().totals();
    CHECK((c.refused == 1 && c.lost == 1 && c.sent == 1));
}

TEST_CASE("what could not be sent is neither sent nor lost")
{
    played_run run;
    probe& p = run.t.session.open(0);
    run.t.session.not_sent(p);
    run.play({1000});
    const auto& c = run.t.session.figures().totals();
    CHECK((c.not_sent == 1 && c.sent == 1 && c.lost == 0 && c.received == 1));
}

TEST_CASE("who was stopped for five seconds shows it in the lateness and in what a user would feel")
{
    played_run run;
    run.now = 5 * played_run::second;
    run.come(run.send(5 * played_run::second), 1000);
    const statistics& s = run.t.session.figures();
    CHECK(s.rtt().max() == 1000);
    CHECK(s.from_due().max() == 5 * played_run::second + 1000);
    CHECK(s.lateness().max() == 5 * played_run::second);
}

TEST_CASE("the kernel's stamp of sending counts when it comes before the answer")
{
    played_run run;
    auto sequence = run.send();
    run.t.session.stamped(sequence, played_run::wall + 400);
    run.t.session.stamped(sequence + 5, 1); // of nothing that is known
    CHECK(run.come(sequence, 1000).delays.rtt == 600);
    CHECK(run.t.session.figures().totals().kernel_sent == 1);
    CHECK(run.t.session.figures().call().max() == 1000);
}

TEST_CASE("one-way delays mean something when both clocks follow UTC")
{
    played_run run;
    auto reflect = [&](bool synchronized) {
        auto sequence = run.send();
        answer a = run.answer_to(sequence, 1'000'000);
        a.reflected.emplace();
        a.reflected->sequence = static_cast<std::uint32_t>(sequence);
        a.reflected->received = played_run::wall + run.now + 300'000;
        a.reflected->sent = played_run::wall + run.now + 400'000;
        a.reflected->error = error_estimate::of(std::chrono::microseconds(50), synchronized);
        a.reflected->hop_limit = 250;
        run.t.session.came(a);
        run.now += played_run::second;
    };
    statistics& s = run.t.session.figures();
    s.clock(error_estimate::of(std::chrono::microseconds(20), true));
    reflect(true);
    CHECK(s.clocks_agree());
    CHECK(s.there().delays.delays().percentile(0.5) == 300'000);
    CHECK(s.back().delays.delays().percentile(0.5) == 600'000);
    CHECK(s.processing().max() == 100'000);
    CHECK(s.rtt().max() == 900'000);
    CHECK(s.error_bound() >= std::chrono::microseconds(70));
    CHECK(s.error_bound() < std::chrono::microseconds(75));
    CHECK(s.there().hop_limit == 250);
    SECTION("not once one of them did not")
    {
        reflect(false);
        reflect(true);
        CHECK_FALSE(s.clocks_agree());
    }
    SECTION("nor after ours has lost it")
    {
        s.clock(error_estimate::of(std::chrono::seconds(16), false));
        s.clock(error_estimate::of(std::chrono::microseconds(20), true));
        CHECK_FALSE(s.clocks_agree());
    }
}
