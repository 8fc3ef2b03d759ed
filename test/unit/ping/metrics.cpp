#include "pier/ping/metrics.hpp"

#include "pier/ping/metrics_server.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;
using Catch::Matchers::Contains;

namespace {

std::vector<std::unique_ptr<live_counters>> one(const char* name)
{
    std::vector<std::unique_ptr<live_counters>> all;
    all.push_back(std::make_unique<live_counters>());
    all.back()->target = name;
    all.back()->sent.add(3);
    all.back()->rtt.record(1'000'000);
    return all;
}

} // namespace

TEST_CASE("counters for Prometheus")
{
    std::string text = to_metrics(one("a\"b"));
    CHECK_THAT(text,
               Contains("# TYPE pier_ping_sent_total counter\npier_ping_sent_total{target=\"a\\\"b\"} 3\n"));
    CHECK_THAT(text, Contains("pier_ping_rtt_seconds_bucket{target=\"a\\\"b\",le=\"0.000524288\"} 0\n"));
    CHECK_THAT(text, Contains("pier_ping_rtt_seconds_bucket{target=\"a\\\"b\",le=\"0.001048576\"} 1\n"));
    CHECK_THAT(text, Contains("le=\"+Inf\"} 1\n"));
    CHECK_THAT(text, Contains("pier_ping_rtt_seconds_sum{target=\"a\\\"b\"} 0.001000000\n"));
}

TEST_CASE("who asks for metrics, and how")
{
    auto here = *pier::net::endpoint::parse("127.0.0.1:9000");
    auto all = one("a");
    auto ask = [&](const std::string& head) {
        return answer_metrics(head + "\r\n\r\n", here, all).substr(9, 3);
    };
    CHECK(ask("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9000") == "200");
    CHECK(ask("GET /metrics HTTP/1.1\r\nHost: localhost:9000") == "200");
    CHECK(ask("GET /healthz HTTP/1.1\r\nHost: localhost") == "200");
    CHECK(ask("GET /metrics HTTP/1.1\r\nHost: evil.example") == "421");
    CHECK(ask("GET / HTTP/1.1\r\nHost: localhost") == "404");
    CHECK(ask("POST /metrics HTTP/1.1\r\nHost: localhost") == "405");
    CHECK(ask("nonsense") == "400");
    CHECK_THAT(answer_metrics("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", here, all),
               Contains("Content-Length: ") && !Contains("pier_ping"));
}
