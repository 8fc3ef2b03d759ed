#include "pier/http/client_pool.hpp"

#include "pier/http/client.hpp"

namespace pier::http {

namespace {

constexpr std::size_t small_block = 16 * 1024;
constexpr std::size_t spare_blocks = 16;

} // namespace

connection_place::~connection_place()
{
    if (pool_)
        pool_->released(*origin_);
}

pooled_connection::pooled_connection(client_pool& pool, connection_place place, unique_fd fd)
    : born(pool.clock().now()), pool_(pool), place_(std::move(place)),
      io_(pool.home().context, std::move(fd), pool.small(), pool.large())
{
}

/// It has been idle for long enough.
void pooled_connection::expired()
{
    pool_.unlist(*this); // and gone
}

struct client_pool::waiter : list_hook<waiting_tag> {
    waiter(net::asio::io_context& context, client_origin& o, bool f, found& i)
        : served(context), origin(o), fresh(f), into(i)
    {
    }
    net::event served;
    client_origin& origin;
    bool fresh;
    found& into;
};

client_pool::client_pool(net::home where, const client_config& c, client_counters& counted)
    : home_(where), config_(c), counters_(counted), clock_(where.context),
      resolver_(where, clock_, {c.name_age, c.names}), small_(small_block, spare_blocks),
      large_(c.head.head + small_block, spare_blocks)
{
}

client_pool::~client_pool()
{
    draining_ = true;
    while (close_one_idle(nullptr)) {
    }
}

net::task<client_pool::outcome> client_pool::acquire(const std::string& key, bool fresh,
                                                     net::limited_wait& patience, found& into)
{
    if (draining_)
        co_return outcome::cancelled;
    client_origin& wanted = origin(key);
    ++wanted.asking; // it is not forgotten when what it has turns out to be closed
    bool served = waiting_.empty() && serve(wanted, fresh, into);
    bool crowded = !served && waiting_count_ == config_.waiting;
    if (!served && !crowded) {
        counters_.waited.add();
        waiter here(home_.context, wanted, fresh, into);
        waiting_.push_back(here);
        ++waiting_count_;
        serve_waiting();
        net::limited_wait::guard ends(patience, here.served);
        co_await here.served.wait();
        if (here.linked())
            --waiting_count_;
    }
    --wanted.asking;
    forget_if_unused(wanted);
    if (crowded)
        co_return outcome::crowded;
    if (into.kept)
        co_return outcome::connection;
    if (into.place)
        co_return outcome::place;
    co_return patience.why() == net::limited_wait::ending::deadline ? outcome::timed_out : outcome::cancelled;
}

/// What there is for `origin` now; false: nothing.
bool client_pool::serve(client_origin& origin, bool fresh, found& into)
{
    if (!fresh && (into.kept = take_idle(origin)))
        return true;
    if (origin.open >= config_.connections_per_origin && !close_one_idle(&origin))
        return false;
    if (open_ >= config_.connections && !close_one_idle(nullptr))
        return false;
    ++origin.open;
    ++open_;
    into.place.emplace(*this, origin);
    return true;
}

/// The one that was used last: the others may become old.
std::unique_ptr<pooled_connection> client_pool::take_idle(client_origin& origin)
{
    for (;;) {
        pooled_connection* last = nullptr;
        idle_.for_each([&](pooled_connection& c) { last = &c.origin() == &origin ? &c : last; });
        if (!last)
            return nullptr;
        auto kept = unlist(*last);
        bool young = clock_.now() - kept->born < config_.total_age.count();
        if (young && kept->io().usable())
            return kept;
    }
}

std::unique_ptr<pooled_connection> client_pool::unlist(pooled_connection& idle)
{
    static_cast<list_hook<idle_tag>&>(idle).unlink();
    idle.disarm();
    --idle_count_;
    return std::unique_ptr<pooled_connection>(&idle);
}

/// The one that has been idle for longest, of one origin or of all.
bool client_pool::close_one_idle(const client_origin* of)
{
    pooled_connection* first = nullptr;
    idle_.for_each([&](pooled_connection& c) {
        if (!first && (!of || &c.origin() == of))
            first = &c;
    });
    if (first)
        unlist(*first);
    return first != nullptr;
}

void client_pool::give_back(std::unique_ptr<pooled_connection> used)
{
    bool old = used->requests >= config_.requests_per_connection ||
               clock_.now() - used->born >= config_.total_age.count();
    if (draining_ || old || config_.idle_age.count() == 0 || !used->io().unread().empty())
        return;
    used->io().rest();
    pooled_connection& kept = *used.release();
    idle_.push_back(kept);
    ++idle_count_;
    clock_.arm(kept, config_.idle_age);
    serve_waiting();
}

void client_pool::released(client_origin& origin)
{
    --open_;
    --origin.open;
    serve_waiting();
    forget_if_unused(origin);
    if (draining_)
        clock_.rest();
}

void client_pool::forget_if_unused(client_origin& origin)
{
    if (origin.open == 0 && origin.asking == 0)
        origins_.erase(std::string(origin.key));
}

/// In the order of their coming, but nobody waits for a server that others wait for.
void client_pool::serve_waiting()
{
    if (std::exchange(serving_, true))
        return; // what was closed below gave its place back; there is a loop above
    waiting_.for_each([this](waiter& w) {
        if (!draining_ && !serve(w.origin, w.fresh, w.into))
            return;
        w.unlink();
        --waiting_count_;
        w.served.set();
    });
    serving_ = false;
}

void client_pool::drain()
{
    draining_ = true;
    while (close_one_idle(nullptr)) {
    }
    serve_waiting();
    clock_.rest();
}

client_origin& client_pool::origin(const std::string& key)
{
    auto& known = origins_[key];
    if (!known) {
        known = std::make_unique<client_origin>();
        known->key = key;
    }
    return *known;
}

} // namespace pier::http
