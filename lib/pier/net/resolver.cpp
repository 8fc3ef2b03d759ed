#include "pier/net/resolver.hpp"

#include "pier/base/ip_address.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/spawn.hpp"
#include "pier/ops/log.hpp"

namespace pier::net {

namespace {

std::string key_of(const std::string& host, std::uint16_t port)
{
    return host + ":" + std::to_string(port);
}

} // namespace

task<resolved> resolver::resolve(const std::string& host, std::uint16_t port, limited_wait& patience)
{
    if (ip_address::parse(host))
        co_return net::resolve(host, port); // asks nobody
    std::shared_ptr<question> asked = ask(host, port);
    if (!asked->answered) {
        waiter here(home_.context);
        asked->waiters.push_back(here);
        limited_wait::guard ends(patience, here.done);
        co_await here.done.wait();
    }
    if (!asked->answered)
        co_return resolved{};
    if (asked->found.addresses.empty())
        forget(host, port);
    else if (asked->when == 0)
        asked->when = clock_.now();
    co_return asked->found;
}

std::shared_ptr<resolver::question> resolver::ask(const std::string& host, std::uint16_t port)
{
    std::string key = key_of(host, port);
    auto found = questions_.find(key);
    if (found != questions_.end()) {
        question& known = *found->second;
        if (!known.answered || clock_.now() - known.when < config_.age.count())
            return found->second;
        questions_.erase(found);
    }
    make_room();
    auto fresh = std::make_shared<question>();
    fresh->host = host;
    fresh->port = port;
    questions_[key] = fresh;
    spawn(home_.context, answer(home_, fresh), [](std::exception_ptr error) {
        if (error)
            ops::log_exception("resolver", error);
    });
    return fresh;
}

/// Whoever waits for an answer holds it: forgetting one costs another question at most.
void resolver::make_room()
{
    if (questions_.size() < config_.names)
        return;
    auto oldest = questions_.begin();
    for (auto i = questions_.begin(); i != questions_.end(); ++i)
        if (i->second->when < oldest->second->when)
            oldest = i;
    questions_.erase(oldest);
}

void resolver::forget(const std::string& host, std::uint16_t port)
{
    questions_.erase(key_of(host, port));
}

task<> resolver::answer(net::home where, std::shared_ptr<question> q)
{
    question* asked = q.get();
    auto work = [asked] { asked->found = net::resolve(asked->host, asked->port); };
    auto [error] = co_await where.pool.run(where.context.get_executor(), work, nothrow);
    if (error)
        q->found.error = "too many names are being looked up";
    q->answered = true;
    q->waiters.for_each([](waiter& w) { w.done.set(); });
}

} // namespace pier::net
