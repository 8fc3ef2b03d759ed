// A run without network or clocks: probes and answers as a test tells them.
#pragma once

#include "pier/ping/target.hpp"

struct played_run {
    static constexpr std::int64_t ms = 1'000'000, second = 1'000'000'000;
    static constexpr std::int64_t wall = 1'700'000'000 * second;

    pier::ping::target t;
    std::int64_t now = 0;

    explicit played_run(const std::string& name = "host", pier::ping::session_config c = {}) : t(name, c)
    {
        t.address = "192.0.2.1:8620";
        t.size = 44;
    }

    std::uint64_t send(std::int64_t late_by = 0)
    {
        pier::ping::probe& p = t.session.open(now - late_by);
        p.token = 900 + p.sequence;
        p.sent = {now, wall + now};
        t.session.sent(p);
        return p.sequence;
    }

    pier::ping::answer answer_to(std::uint64_t sequence, std::int64_t rtt)
    {
        pier::ping::answer a;
        a.sequence = sequence;
        a.token = 900 + sequence;
        const pier::ping::probe* p = t.session.find(sequence);
        std::int64_t at = (p ? p->sent.steady : now) + rtt;
        a.received = {at, wall + at};
        return a;
    }

    pier::ping::session::arrival come(std::uint64_t sequence, std::int64_t rtt)
    {
        return t.session.came(answer_to(sequence, rtt));
    }

    void settle()
    {
        while (t.session.settle(now))
            ;
    }

    /// A probe a second, answered after `rtt`; negative: lost.
    void play(std::initializer_list<std::int64_t> rtts)
    {
        for (std::int64_t rtt : rtts) {
            auto sequence = send();
            if (rtt >= 0)
                come(sequence, rtt);
            now += second;
            settle();
        }
    }
};
