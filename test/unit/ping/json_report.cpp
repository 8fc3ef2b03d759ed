#include "pier/ping/json_report.hpp"

#include "played_run.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;
using Catch::Matchers::Contains;

TEST_CASE("each probe is an object on a line")
{
    played_run run("h\"ost");
    run.send();
    answer a = run.answer_to(0, 41'000);
    CHECK(json_of_answer(run.t, a, run.t.session.came(a)) ==
          "{\"type\":\"answer\",\"target\":\"h\\\"ost\",\"seq\":0,\"rtt\":0.041000,\"call\":0.041000,\"from_"
          "due\":0.041000,"
          "\"unix\":1700000000.000041}\n");
    run.send();
    run.now = played_run::second;
    run.settle();
    CHECK(json_of_loss(run.t, *run.t.session.find(1)) ==
          "{\"type\":\"lost\",\"target\":\"h\\\"ost\",\"seq\":1,\"unix\":1700000000.000000}\n");
    CHECK(json_of_failure(run.t, fault::refused, run.t.session.find(1)) ==
          "{\"type\":\"refused\",\"target\":\"h\\\"ost\",\"seq\":1}\n");
    CHECK(json_of_failure(run.t, fault::corrupt, nullptr) ==
          "{\"type\":\"corrupt\",\"target\":\"h\\\"ost\"}\n");
    CHECK(json_of_unsent(run.t, *run.t.session.find(1), "no") ==
          "{\"type\":\"not_sent\",\"target\":\"h\\\"ost\",\"seq\":1,\"why\":\"no\"}\n");
}

TEST_CASE("the whole as an object")
{
    played_run run;
    run.play({40'000, 60'000, -1});
    std::string passed[] = {"loss"};
    std::string text = json_summary(run.t, passed);
    CHECK_THAT(text, Contains("\"sent\":3,\"received\":2,\"lost\":1,\"late\":0"));
    CHECK_THAT(text, Contains("\"loss_percent\":33.3333"));
    CHECK_THAT(text, Contains("\"rtt\":{\"count\":2,\"min\":0.040000,\"mean\":0.050000,\"median\":0.040000"));
    CHECK_THAT(text, Contains("\"passed\":[\"loss\"]}\n"));
    CHECK_THAT(json_of_window(run.t, run.now), Contains("\"seconds\":60.000,\"probes\":3,\"lost\":1"));
}
