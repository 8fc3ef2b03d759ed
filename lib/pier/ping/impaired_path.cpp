#include "pier/ping/impaired_path.hpp"

#include "pier/net/datagram_port.hpp"
#include "pier/net/shard.hpp"
#include "pier/net/spawn.hpp"
#include "pier/ops/log.hpp"

#include <random>

namespace pier::ping {

namespace {

std::uint64_t any_seed()
{
    return std::random_device()();
}

} // namespace

bad_network::bad_network(const impairment_config& c)
    : config(c), seed(c.seed ? *c.seed : any_seed()), queue_room(c.queue_size)
{
}

impaired_path::impaired_path(net::shard& home, std::shared_ptr<bad_network> network, unsigned stream,
                             std::function<void(std::span<char>)> last_touch)
    : home_(home), network_(std::move(network)),
      waits_or_doubles_(network_->config.waits() || network_->config.duplicate),
      last_touch_(std::move(last_touch)),
      policy_(network_->config, network_->seed, std::uint64_t{home.index()} << 32 | stream),
      queue_(network_->queue_room), timer_(home.context())
{
}

bool impaired_path::loses()
{
    bool lost = network_->config.loses() && policy_.loses();
    lost_.add(lost);
    return lost;
}

void impaired_path::send(net::datagram& to, std::size_t answer, net::datagram_port& from)
{
    if (waits_or_doubles_) {
        auto now = impairment::clock::now();
        auto how = policy_.treat(now);
        duplicated_.add(how.duplicated);
        reordered_.add(how.reordered);
        if (how.due > now || (!queue_.empty() && queue_.due() <= how.due)) {
            keep(to, answer, from, how);
            return;
        }
        last_touch_({to.data.data(), answer});
        if (how.duplicated)
            from.send(to.route(), {to.data.data(), answer}, to.marks());
    } else {
        last_touch_({to.data.data(), answer});
    }
    to.reply(answer);
}

void impaired_path::keep(const net::datagram& to, std::size_t answer, net::datagram_port& from,
                         const impairment::treatment& how)
{
    late entry{&from, to.route(), to.marks(), how.duplicated, {to.data.data(), to.data.data() + answer}};
    if (!queue_.push(how.due, answer, std::move(entry))) {
        overflowed_.add();
        return;
    }
    waiting_.add();
    if (queue_.due() == how.due)
        wake_for(how.due);
}

/// What has become the first may be due before what the timer waits for.
void impaired_path::wake_for(impairment::clock::time_point due)
{
    if (sending_) {
        if (due < timer_.expiry())
            timer_.cancel();
        return;
    }
    sending_ = true;
    net::spawn(home_.context(), send_late_ones(), [this](std::exception_ptr error) {
        sending_ = false;
        if (error)
            ops::log_exception("delayed answers", error);
    });
}

net::task<> impaired_path::send_late_ones()
{
    while (!queue_.empty()) {
        timer_.expires_at(queue_.due());
        auto [ec] = co_await timer_.async_wait(net::nothrow);
        (void)ec; // cancelled: another one has become the first, or all are gone
        send_due();
    }
}

void impaired_path::send_due()
{
    auto now = impairment::clock::now();
    while (auto next = queue_.pop(now)) {
        waiting_.subtract();
        last_touch_(next->bytes);
        for (int copies = next->twice ? 2 : 1; copies > 0; --copies)
            next->from->send(next->to, next->bytes, next->marks);
    }
}

void impaired_path::tick()
{
    if (!home_.draining() || queue_.empty())
        return;
    waiting_.subtract(queue_.size());
    queue_.clear();
    timer_.cancel();
}

std::vector<ops::named_counter> impaired_path::counters() const
{
    using kind = ops::named_counter::kind;
    return {
        {"impairment_lost_total", "Datagrams dropped at random, as --loss and --loss-burst ask.",
         kind::counter, &lost_},
        {"impairment_duplicated_total", "Answers sent twice, as --duplicate asks.", kind::counter,
         &duplicated_},
        {"impairment_reordered_total", "Answers held back for others to overtake, as --reorder asks.",
         kind::counter, &reordered_},
        {"impairment_overflow_total", "Answers dropped for want of room in the queue, see --queue-size.",
         kind::counter, &overflowed_},
        {"impairment_waiting", "Answers that wait for their time.", kind::gauge, &waiting_},
    };
}

} // namespace pier::ping
