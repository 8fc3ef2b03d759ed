#include "pier/beat/webhook_sink.hpp"

#include "pier/base/units.hpp"
#include "pier/http/proxy_environment.hpp"
#include "pier/http/retry.hpp"
#include "pier/net/spawn.hpp"
#include "pier/net/tls_client.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/secret_file.hpp"

#include <cstdlib>

namespace pier::beat {

namespace {

using std::chrono::milliseconds;

/// When the monitor stops, the try that is under way has so long to end.
constexpr milliseconds last_moment{2'000};

void warn(const std::string& what)
{
    ops::log(ops::level::warning, "--webhook: " + what);
}

} // namespace

webhook_target::webhook_target(const webhook_config& c) : told(c)
{
    request.url = *c.url;
    request.method = "POST";
    request.headers = webhook_fields(c.token.empty() ? "" : ops::load_secret_line(c.token, "token"));
    auto proxy = http::proxy_for(request.url, [](const char* name) { return std::getenv(name); });
    if (!proxy.error.empty())
        throw ops::fatal(ops::exit_config, proxy.error);
    request.proxy = std::move(proxy.proxy);
    auto& d = client.deadlines;
    d.connect = d.tls = d.write = d.head = d.idle = d.wait = c.timeout;
    client.connections = client.connections_per_origin = 1;
    if (c.url->secure()) {
        net::tls_client_config trusted;
        trusted.ca_file = c.ca;
        client.tls = net::tls_client::make(trusted);
    }
}

webhook_sink::webhook_sink(net::shard& home, const webhook_target& to, webhook_counters& counted)
    : home_(home), to_(to), counters_(counted), client_(home.home(), to.client), pause_(home.context()),
      limit_(home.context())
{
}

void webhook_sink::deliver(const event& e)
{
    if (!is_alert(e) || stopping_)
        return;
    if (waiting_.size() >= to_.told.queue) {
        counters_.dropped.add();
        if (!std::exchange(dropping_, true))
            warn("more alerts wait than --webhook-queue holds: some are dropped");
        return;
    }
    waiting_.push_back(e);
    if (std::exchange(sending_, true))
        return;
    net::spawn(home_.context(), send_waiting(), [this](std::exception_ptr error) {
        sending_ = false;
        if (error)
            ops::log_exception("--webhook", error);
    });
}

net::task<> webhook_sink::send_waiting()
{
    while (!waiting_.empty() && !stopping_) {
        co_await send(waiting_.front());
        if (!waiting_.empty()) // else the monitor stops, and has counted it
            waiting_.pop_front();
        if (waiting_.empty())
            dropping_ = false;
    }
}

net::task<> webhook_sink::send(const event& e)
{
    http::client_request what = to_.request;
    what.body = std::make_shared<const std::string>(webhook_body(e));
    const std::string about = e.name + " " + std::string(to_string(e.kind));
    const http::retry_config patience{to_.told.retries, webhook_delay, webhook_max_delay, webhook_max_time};
    std::uniform_real_distribution<double> any(0, 1);
    net::ticks began = home_.now();
    for (std::uint64_t tries = 1;; ++tries) {
        verdict v;
        co_await attempt(what, v);
        if (v.taken) {
            counters_.sent.add();
            co_return;
        }
        auto wait = http::wait_before_retry(patience, tries, milliseconds(home_.now() - began), v.retry_after,
                                            any(chance_));
        if (!v.worth_retrying || !wait || stopping_) {
            counters_.failed.add();
            warn("the alert `" + about + "` was not taken: " + v.why);
            co_return;
        }
        ops::log(ops::level::info, "--webhook: the alert `" + about + "` was not taken (" + v.why +
                                       "); another try in " + format_duration(*wait));
        counters_.retried.add();
        co_await rest(*wait);
        if (stopping_)
            co_return; // and has counted it
    }
}

net::task<> webhook_sink::rest(milliseconds time)
{
    if (stopping_)
        co_return;
    pause_.expires_after(time);
    auto [error] = co_await pause_.async_wait(net::nothrow);
    (void)error;
}

net::task<> webhook_sink::attempt(const http::client_request& what, verdict& into)
{
    http::client_exchange x(client_);
    under_way_ = &x;
    late_ = false;
    limit(to_.told.timeout);
    bool answered = co_await x.begin(what);
    if (answered)
        (void)co_await x.skip_body();
    under_way_ = nullptr;
    limit_.cancel();
    into = judge(x, home_.unix_time());
    if (late_ && !answered)
        into = {.worth_retrying = true,
                .retry_after = {},
                .why = "no answer within " + format_duration(to_.told.timeout)};
}

/// The try that is under way is cancelled after `time`.
void webhook_sink::limit(milliseconds time)
{
    limit_.expires_after(time);
    limit_.async_wait([this, one = ++attempts_](const net::error_code& error) {
        if (error || !under_way_ || one != attempts_)
            return;
        late_ = true;
        under_way_->cancel();
    });
}

webhook_sink::verdict webhook_sink::judge(const http::client_exchange& x, std::int64_t now)
{
    verdict v;
    int status = x.head().status();
    if (status < 200) {
        v.worth_retrying = http::is_worth_retrying(x.error().kind, true);
        v.why = x.error().sentence;
        return v;
    }
    v.taken = is_taken(status);
    v.worth_retrying = http::is_worth_retrying(status);
    v.why = std::to_string(status) + " " + std::string(x.head().reason());
    if (auto where = x.head().field("Location"); where && status / 100 == 3)
        v.why += ": it redirects to `" + std::string(*where) + "`, which is not followed: name that URL";
    if (auto when = x.head().field("Retry-After"))
        v.retry_after = http::parse_retry_after(*when, now);
    return v;
}

void webhook_sink::tick()
{
    if (home_.draining() && !std::exchange(stopping_, true))
        stop();
}

void webhook_sink::stop()
{
    std::size_t left = waiting_.size() - (under_way_ ? 1 : 0);
    if (left > 0)
        warn("stopping with " + std::to_string(left) + " alerts not delivered");
    counters_.dropped.add(left);
    while (waiting_.size() > (under_way_ ? 1u : 0u))
        waiting_.pop_back();
    pause_.cancel();
    client_.drain();
    if (under_way_)
        limit(last_moment);
}

} // namespace pier::beat
