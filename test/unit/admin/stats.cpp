#include "pier/admin/stats.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace pier;
using namespace pier::admin;

namespace {

void contains(const std::string& text, const std::string& part)
{
    INFO(text);
    CHECK(text.find(part) != text.npos);
}

stats example()
{
    auto c = std::make_unique<ops::counters>();
    c->connections_accepted.add(9);
    c->connections_open.add(2);
    c->connections_refused.add(1);
    c->requests_refused_by_rate.add(8);
    c->requests.add(3);
    c->responses_by_class[2].add(2);
    c->responses_by_class[4].add(1);
    c->bytes_sent.add(1000);
    c->bytes_received.add(300);
    c->deadlines_expired.add(5);
    c->log_lines_dropped.add(6);
    c->accept_errors.add(7);
    c->datagrams_received.add(11);
    c->datagrams_sent.add(10);
    c->datagrams_refused_by_source.add(12);
    for (std::uint64_t ns : {10'000u, 20'000u, 3'000'000u})
        c->request_duration.record(ns);
    stats s;
    s.version = "1.2";
    s.uptime_milliseconds = 77'004;
    s.event_interval_milliseconds = 1500;
    s.threads = 4;
    s.connection_limit = 500;
    service_stats& one = s.services.emplace_back();
    one.name = "si\"te";
    one.addresses = {"http://127.0.0.1:80", "http+unix:/a"};
    one.counts.add(*c);
    one.counts.add(*std::make_unique<ops::counters>());
    one.own = {{"beats_lost_total", "Beats lost.", ops::named_counter::kind::counter, 13}};
    one.tls = {{{"a.example", "/c", "RSA", "AB:CD", "sha256//x=", 1763719200}}, 2, 1};
    return s;
}

} // namespace

TEST_CASE("statistics as JSON")
{
    CHECK(
        to_json(example()) ==
        R"({"version":"1.2","uptime_seconds":77.004,"event_interval_seconds":1.500,"threads":4,"draining":false,"services":[)"
        R"({"name":"si\"te","addresses":["http://127.0.0.1:80","http+unix:/a"],)"
        R"("connections":{"open":2,"accepted":9,"refused":1,"limit":500},"tls":{"handshakes":0,"resumed":0,"failed":0,)"
        R"("reloads":2,"reloads_refused":1,"certificates":[{"name":"a.example","file":"/c","key":"RSA",)"
        R"("expires_unix_seconds":1763719200,"sha256":"AB:CD","pin":"sha256//x="}]},"requests":3,)"
        R"("responses":{"1xx":0,"2xx":2,"3xx":0,"4xx":1,"5xx":0},"bytes_sent":1000,"bytes_received":300,)"
        R"("datagrams":{"received":11,"sent":10,"truncated":0,"refused_by_source":12,"refused_by_rate":0,"errors":0},)"
        R"("deadlines_expired":5,"accept_errors":7,"log_lines_dropped":6,)"
        R"("limits":{"connections_refused_by_address":0,"requests_refused_by_rate":8,"proxy_headers_refused":0},)"
        R"("latency_us":{"count":3,"mean":1010,"p50":20,"p90":3015,"p99":3015,"p999":3015,"max":3015},)"
        R"("own":{"beats_lost_total":13}}]})");
}

TEST_CASE("since an earlier moment durations are new ones, counters are not")
{
    stats before = example(), now = example();
    auto c = std::make_unique<ops::counters>();
    c->requests.add();
    c->request_duration.record(1'000'000);
    now.services[0].counts.add(*c);
    stats between = since(now, before);
    CHECK(between.services[0].counts.requests == 4);
    CHECK(between.services[0].counts.request_duration.count() == 1);
    CHECK(between.services[0].counts.request_duration.sum() == 1'000'000);
    CHECK(since(now, now).services[0].counts.request_duration.count() == 0);
}

TEST_CASE("statistics in Prometheus' format")
{
    process_stats process{1234, 4096, 17, 1024, 1763719200500};
    std::string text = to_metrics(example(), process);
    contains(text, "# TYPE pier_requests_total counter\npier_requests_total{service=\"si\\\"te\"} 3\n");
    contains(text, "pier_responses_total{service=\"si\\\"te\",class=\"4xx\"} 1\n");
    contains(text, "# TYPE pier_request_duration_seconds histogram\n");
    contains(text, "_bucket{service=\"si\\\"te\",le=\"0.000008192\"} 0\n");
    contains(text, "_bucket{service=\"si\\\"te\",le=\"0.000016384\"} 1\n");
    contains(text, "_bucket{service=\"si\\\"te\",le=\"0.004194304\"} 3\n");
    contains(text, "_bucket{service=\"si\\\"te\",le=\"17.179869184\"} 3\n");
    contains(text, "_bucket{service=\"si\\\"te\",le=\"+Inf\"} 3\n");
    contains(text, "_sum{service=\"si\\\"te\"} 0.00303\n");
    contains(text, "_count{service=\"si\\\"te\"} 3\n");
    contains(text, "\nprocess_cpu_seconds_total 1.234\n");
    contains(text, "\nprocess_start_time_seconds 1763719200.5\n");
    contains(text, "\nprocess_open_fds 17\n");
    contains(text, "pier_datagrams_refused_by_source_total{service=\"si\\\"te\"} 12\n");
    contains(text, "# HELP pier_beats_lost_total Beats lost.\n# TYPE pier_beats_lost_total counter\n"
                   "pier_beats_lost_total{service=\"si\\\"te\"} 13\n");
    contains(text, "# TYPE pier_tls_certificate_expiry_seconds gauge\n"
                   "pier_tls_certificate_expiry_seconds{service=\"si\\\"te\",name=\"a.example\",key=\"RSA\","
                   "file=\"/c\"} "
                   "1763719200\n");
    contains(text, "pier_tls_reloads_total{service=\"si\\\"te\"} 2\n");
    contains(text, "pier_tls_reloads_refused_total{service=\"si\\\"te\"} 1\n");
    contains(text, "pier_build_info{version=\"1.2\"} 1\n");
    process.open_descriptors.reset();
    CHECK(to_metrics(example(), process).find("process_open_fds") == text.npos);
}

TEST_CASE("connections as JSON")
{
    CHECK(to_json({}, false) == R"({"truncated":false,"connections":[]})");
    CHECK(to_json({{"site", "[::1]:5", "idle", 3, 2, 100, 50}}, true) ==
          R"({"truncated":true,"connections":[{"service":"site","peer":"[::1]:5","phase":"idle",)"
          R"("age_seconds":3,"requests":2,"bytes_sent":100,"bytes_received":50}]})");
}
