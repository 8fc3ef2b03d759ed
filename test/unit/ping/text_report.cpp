#include "pier/ping/text_report.hpp"

#include "played_run.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;
using Catch::Matchers::Contains;

TEST_CASE("a line for each probe")
{
    played_run run;
    text_report report(false);
    CHECK(report.heading(run.t) == "host (192.0.2.1:8620) by STAMP, 44 octets\n");
    run.send();
    answer a = run.answer_to(0, 41'000);
    auto what = run.t.session.came(a);
    CHECK(report.came(run.t, a, what) == "seq=0 rtt=0.041 ms\n");
    CHECK(report.came(run.t, a, run.t.session.came(a)) == "seq=0 duplicate, rtt=0.041 ms\n");
    run.send();
    run.now += played_run::second;
    run.t.session.settle(run.now);
    CHECK(report.lost(run.t, *run.t.session.settle(run.now)) == "seq=1 lost: no answer within 1 s\n");
    a = run.answer_to(1, 1'500'000'000);
    CHECK(report.came(run.t, a, run.t.session.came(a)) == "seq=1 late, rtt=1500.000 ms\n");
    CHECK(report.failed(run.t, fault::refused, nullptr) ==
          "refused: is pier-pingd running on 192.0.2.1:8620?\n");
    CHECK(report.failed(run.t, fault::refused, run.t.session.find(1)) ==
          "seq=1 refused: is pier-pingd running on 192.0.2.1:8620?\n");
    CHECK(report.not_sent(run.t, *run.t.session.find(1), "Network is unreachable") ==
          "seq=1 not sent: Network is unreachable\n");
    a.sequence = 99;
    CHECK(report.came(run.t, a, run.t.session.came(a)).empty());
    CHECK(text_report(true).lost(run.t, *run.t.session.find(1)) == "host seq=1 lost: no answer within 1 s\n");
}

TEST_CASE("the summary")
{
    played_run run;
    run.play({40'000, 60'000, -1, 50'000});
    std::string text = text_report(false).summary(run.t);
    CHECK_THAT(
        text, Contains("\n--- host ---\n4 sent, 3 received, 1 lost (25%), 0 late, 0 duplicated, 0 reordered, "
                       "0 corrupt\n"));
    CHECK_THAT(text,
               Contains("lost in 1 run, the longest of 1; without an answer for 1000.000 ms at a stretch\n"));
    CHECK_THAT(text, Contains("rtt min/mean/median/max/stddev 0.040/0.050/0.050/0.060/0.010 ms\n"));
    CHECK_THAT(text, Contains("rtt p90/p95/p99/p99.9/p99.99 0.060/0.060/0.060/0.060/0.060 ms\n"));
    CHECK_THAT(text, Contains("stamped by the kernel: sent none, received none; the rest by this program"));
    CHECK_THAT(text, !Contains("reflector") && !Contains("one way") && !Contains("under way"));
}

TEST_CASE("the summary of a run that was stopped, and of one without answers")
{
    played_run run;
    run.send();
    CHECK_THAT(text_report(false).summary(run.t),
               Contains("1 sent, 0 received, 0 lost, 0 late") && Contains("1 under way"));
    run.now += played_run::second;
    run.settle();
    CHECK_THAT(text_report(false).summary(run.t), Contains("1 lost (100%)") && !Contains("rtt"));
}

TEST_CASE("loss by direction, where the reflector counts")
{
    session_config c;
    c.stateful_reflector = true;
    played_run run("host", c);
    std::uint32_t counted = 0;
    for (int i = 0; i < 10; ++i) {
        auto sequence = run.send();
        bool lost_there = i == 2 || i == 3, lost_back = i == 5;
        if (!lost_there) {
            answer a = run.answer_to(sequence, 1'000'000);
            a.reflected.emplace();
            a.reflected->sequence = counted++;
            a.reflected->received = a.reflected->sent = played_run::wall + run.now + 500'000;
            if (!lost_back)
                run.t.session.came(a);
        }
        run.now += played_run::second;
        run.settle();
    }
    CHECK_THAT(text_report(false).summary(run.t), Contains("lost there 2, lost back 1, not known where 0\n"));
}

TEST_CASE("several targets are added up")
{
    played_run fast("fast"), slow("slow"), silent("silent");
    fast.play({1'000'000, 1'000'000});
    slow.play({5'000'000, -1});
    silent.play({-1, -1});
    const target* all[] = {&fast.t, &slow.t, &silent.t};
    std::string text = text_report(true).aggregate(all);
    CHECK(text == "\n--- all 3 targets ---\n6 sent, 3 received, 3 lost (50%); 1 target gave no answer\n"
                  "median rtt from 1.000 ms (fast) to 5.000 ms (slow)\n");
}

TEST_CASE("the rolling window in a line")
{
    played_run run;
    run.play({1'000'000, -1});
    CHECK_THAT(text_report(false).window(run.t, run.now),
               Contains("last 1m: 2 probes, 50% lost, rtt mean 1.000, p50 "));
}
