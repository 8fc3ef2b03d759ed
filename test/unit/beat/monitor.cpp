#include "pier/beat/monitor.hpp"

#include "pier/beat/snapshot.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace pier;
using namespace pier::beat;

namespace {

constexpr std::int64_t second = 1'000'000, epoch = 1'700'000'000 * second;

/// A monitor, its clock, and a sender whose beats it is told of.
struct scene {
    explicit scene(monitor_config c = {})
        : group(std::make_shared<monitor_group>(c, siphash_key{7, 9})), watcher(group)
    {
        watcher.look_at_clock(monotonic, wall());
    }

    std::int64_t wall() const { return epoch + monotonic + wall_offset; }

    /// Time passes, the monitor ticking; what was noticed is added to `happened`.
    void pass(std::int64_t microseconds)
    {
        for (std::int64_t end = monotonic + microseconds; monotonic < end;) {
            monotonic = std::min(end, monotonic + 250'000);
            look();
        }
    }
    void look()
    {
        watcher.look_at_clock(monotonic, wall());
        watcher.sweep();
        collect();
    }
    void collect()
    {
        for (event& e : watcher.take_events()) {
            happened +=
                (happened.empty() ? "" : " ") + std::string(to_string(e.kind)) + (e.damped ? "*" : "");
            last = std::move(e);
        }
    }
    /// All that has happened since it was asked last.
    std::string news() { return std::exchange(happened, {}); }

    void hear(heartbeat beat, std::int64_t received = -1)
    {
        watcher.take({.beat = beat, .wall = received < 0 ? wall() : received, .is_signed = is_signed},
                     group->hash(beat.name));
        collect();
    }
    heartbeat next()
    {
        ++sequence;
        return beat_of(sequence);
    }
    heartbeat beat_of(std::uint64_t number) const
    {
        return {.name = name,
                .boot = boot,
                .sequence = number,
                .sent = (epoch + monotonic + sender_offset) * 1000,
                .interval = interval};
    }
    /// So many beats, a second apart.
    void beat(int times = 1)
    {
        for (int i = 0; i < times; ++i) {
            pass(second);
            hear(next());
        }
    }
    const sender& who() { return *watcher.senders().find(name, group->hash(name)); }
    state now() { return who().now; }

    std::shared_ptr<monitor_group> group;
    monitor watcher;
    std::int64_t monotonic = 5 * second, wall_offset = 0, sender_offset = 0;
    std::string name = "web1";
    std::uint64_t boot = 100, sequence = 0;
    std::chrono::milliseconds interval{1000};
    bool is_signed = false;
    std::string happened;
    event last;
};

} // namespace

TEST_CASE("A sender appears, is up, falls silent, is late, suspect and down, and comes back", "[beat]")
{
    scene s;
    s.beat();
    CHECK(s.news() == "new");
    CHECK(s.now() == state::fresh);
    s.beat(300);
    CHECK(s.news() == "");
    CHECK(s.now() == state::up);
    s.pass(1'750'000);
    CHECK(s.now() == state::late);
    CHECK(s.news() == ""); // nobody wants to hear of that
    s.pass(2 * second);
    CHECK(s.now() == state::suspect);
    CHECK(s.news() == "suspect");
    s.pass(2 * second);
    CHECK(s.now() == state::down);
    CHECK(s.news() == "down");
    CHECK(s.last.silence == Approx(5.0 * second).margin(0.6 * second));
    CHECK(s.last.phi >= 8);
    s.pass(3600 * second);
    CHECK(s.news() == ""); // once
    s.beat();
    CHECK(s.news() == "up");
    CHECK(s.now() == state::up);
    CHECK(s.who().received == 302);
    CHECK(s.who().lost == 0);
    CHECK(s.who().intervals.mean() == Approx(second).epsilon(0.01)); // the outage is none of its intervals
    CHECK(s.who().losses.loss() == 0);
    s.beat(3);
    CHECK(s.now() == state::up);
}

TEST_CASE("A sender heard once is judged by the interval that it says", "[beat]")
{
    scene s;
    s.interval = std::chrono::minutes(1);
    s.beat();
    s.pass(120 * second);
    CHECK(s.now() == state::late);
    s.pass(1200 * second);
    CHECK(s.now() == state::down);
}

TEST_CASE("A planned stop is not a death", "[beat]")
{
    scene s;
    s.beat(10);
    s.news();
    heartbeat bye = s.next();
    bye.bye = true;
    s.hear(bye);
    s.hear(bye); // sent several times
    ++bye.sequence;
    s.hear(bye);
    CHECK(s.news() == "stopped");
    CHECK(s.now() == state::stopped);
    CHECK(s.who().duplicated == 0);
    s.pass(3600 * second);
    CHECK(s.news() == "");
    s.hear(s.beat_of(5)); // overtaken by the bye
    CHECK(s.now() == state::stopped);
    s.boot = 101;
    s.sequence = 0;
    s.beat();
    CHECK(s.news() == "up");
}

TEST_CASE("A bye first of all is a sender that has stopped", "[beat]")
{
    scene s;
    heartbeat bye = s.next();
    bye.bye = true;
    s.hear(bye);
    CHECK(s.now() == state::stopped);
}

TEST_CASE("Lost, duplicated, reordered, late and outdated beats are told apart", "[beat]")
{
    scene s;
    s.beat(10);
    heartbeat overtaken = s.next(), lost = s.next();
    (void)lost;
    s.pass(second);
    s.beat(1);
    CHECK(s.who().lost == 2);
    s.hear(overtaken);
    CHECK(s.who().lost == 1);
    CHECK(s.who().reordered == 1);
    s.hear(overtaken);
    CHECK(s.who().duplicated == 1);
    s.pass(1'800'000);
    CHECK(s.now() == state::late);
    s.hear(s.next());
    CHECK(s.who().late == 1);
    s.beat(100);
    s.hear(s.beat_of(3));
    CHECK(s.who().outdated == 1);
    CHECK(s.watcher.counters().outdated.value() == 1);
    CHECK(s.news() == "new");
}

TEST_CASE("A restart shows by its boot id, before anything was missed", "[beat]")
{
    scene s;
    s.beat(10);
    s.news();
    s.boot = 200;
    s.sequence = 0;
    s.beat();
    CHECK(s.news() == "restarted");
    CHECK(s.now() == state::up);
    CHECK(s.who().restarts == 1);
    s.boot = 100; // a beat of the earlier start that was long under way
    s.hear(s.beat_of(11));
    CHECK(s.who().boot == 200);
    CHECK(s.who().outdated == 1);
    s.boot = 300;
    s.sequence = 0;
    s.pass(60 * second);
    CHECK(s.now() == state::down);
    s.news();
    s.beat();
    CHECK(s.news() == "up");
}

TEST_CASE("A machine whose clock was back at its start is believed, unless that may be a replay", "[beat]")
{
    for (bool is_signed : {false, true}) {
        scene s;
        s.is_signed = is_signed;
        s.beat(10);
        s.pass(60 * second);
        s.news();
        s.boot = 50;
        s.sequence = 0;
        s.beat();
        CHECK(s.news() == (is_signed ? "" : "up"));
        CHECK(s.who().outdated == (is_signed ? 1 : 0));
    }
}

TEST_CASE("What was recorded and is sent again changes nothing", "[beat]")
{
    scene s;
    s.is_signed = true;
    std::vector<heartbeat> recorded;
    for (int i = 0; i < 100; ++i) {
        s.pass(second);
        recorded.push_back(s.next());
        s.hear(recorded.back());
    }
    s.pass(60 * second);
    CHECK(s.now() == state::down);
    s.news();
    for (const heartbeat& beat : recorded)
        s.hear(beat);
    CHECK(s.now() == state::down);
    CHECK(s.news() == "");
    CHECK(s.who().received == 100);
    CHECK(s.who().duplicated + s.who().outdated == 100);
}

TEST_CASE("A monitor that was stopped kills nobody, and forgets no deadline", "[beat]")
{
    scene s;
    s.beat(100);
    s.news();
    std::vector<std::pair<heartbeat, std::int64_t>> queued;
    for (int i = 0; i < 60; ++i) { // the sender beats on
        s.monotonic += second;
        queued.emplace_back(s.next(), s.wall());
    }
    s.look();
    CHECK(s.now() == state::up);
    CHECK(s.news() == "");
    for (int i = 0; i < 20; ++i) // the socket held no more
        s.hear(queued[static_cast<std::size_t>(i)].first, queued[static_cast<std::size_t>(i)].second);
    s.beat(20);
    CHECK(s.news() == "");
    CHECK(s.who().lost == 0); // it was we who missed them
    CHECK(s.who().intervals.mean() == Approx(second).epsilon(0.02));
    CHECK(s.watcher.counters().pauses.value() == 1);
    s.monotonic += 60 * second; // stopped again, and meanwhile the sender dies
    s.look();
    CHECK(s.now() == state::up);
    s.pass(8 * second);
    CHECK(s.now() == state::down);
}

TEST_CASE("A sender's clock that is set is told from a slow network", "[beat]")
{
    scene s;
    s.beat(50);
    s.news();
    s.sender_offset = 3600 * second;
    s.beat();
    CHECK(s.news() == "clock-step");
    CHECK(s.last.clock_step == 3600 * second);
    CHECK(s.who().difference.last() == -3600 * second);
    s.beat(10);
    s.sender_offset = 0;
    s.beat();
    CHECK(s.news() == "clock-step");
    CHECK(s.last.clock_step == -3600 * second);
    CHECK(s.who().clock_steps == 2);
    s.pass(second);
    heartbeat slow = s.next(); // three quarters of a second under way
    s.pass(750'000);
    s.hear(slow);
    s.pass(250'000);
    s.hear(s.next());
    s.beat(3);
    s.pass(4 * second); // the sender itself was stopped
    s.hear(s.next());
    s.beat(3);
    CHECK(s.news().find("clock-step") == std::string::npos);
}

TEST_CASE("When our own clock is set no sender is blamed", "[beat]")
{
    scene s;
    s.beat(50);
    s.news();
    s.wall_offset = -3600 * second;
    s.beat(5);
    CHECK(s.news() == "");
    CHECK(s.who().clock_steps == 0);
    CHECK(s.who().difference.last() == -3600 * second);
}

TEST_CASE("Alerts of a sender that flaps are held back until it settles", "[beat]")
{
    scene s;
    s.beat(10);
    s.news();
    for (int i = 0; i < 4; ++i) {
        s.pass(20 * second);
        s.beat(5);
    }
    CHECK(s.news() == "suspect down up suspect down up suspect down* flapping* up* suspect* down* up*");
    CHECK(is_alert({.kind = event_kind::flapping, .damped = true}));
    CHECK_FALSE(is_alert({.kind = event_kind::died, .damped = true}));
    s.beat(900);
    CHECK(s.news() == "settled");
    CHECK(s.last.now == state::up);
    monitor_config undamped;
    undamped.damping.on = false;
    scene t(undamped);
    t.beat(10);
    for (int i = 0; i < 10; ++i) {
        t.pass(20 * second);
        t.beat(5);
    }
    CHECK(t.news().find('*') == std::string::npos);
}

TEST_CASE("One that settles while it is down is told as down", "[beat]")
{
    scene s;
    s.beat(10);
    for (int i = 0; i < 3; ++i) {
        s.pass(20 * second);
        s.beat(5);
    }
    s.pass(20 * second);
    s.news();
    s.pass(1200 * second);
    CHECK(s.news() == "settled");
    CHECK(s.last.now == state::down);
}

TEST_CASE("Text beats have no boot id: a lower number sent later is a new start", "[beat]")
{
    scene s;
    s.name = "text:127.0.0.1:5000";
    s.boot = 0;
    s.interval = {};
    s.beat(20);
    CHECK(s.who().intervals.mean() == Approx(second).epsilon(0.01)); // learned
    s.news();
    heartbeat repeated = s.beat_of(s.sequence);
    repeated.sent = s.who().sent * 1000;
    s.hear(repeated);
    CHECK(s.who().duplicated == 1);
    s.sequence = 0;
    s.beat();
    CHECK(s.news() == "restarted");
}

TEST_CASE("Long dead senders are forgotten, and there are never more than allowed", "[beat]")
{
    monitor_config c;
    c.forget = std::chrono::hours(1);
    c.max_senders = 3;
    scene s(c);
    for (const char* name : {"a", "b", "c", "d"}) {
        s.name = name;
        s.hear(s.next());
    }
    CHECK(s.watcher.senders().size() == 3);
    CHECK(s.watcher.counters().refused.value() == 1);
    s.news();
    s.pass(3590 * second);
    CHECK(s.watcher.senders().size() == 3);
    s.news();
    s.pass(20 * second);
    CHECK(s.news() == "forgotten forgotten forgotten");
    CHECK(s.watcher.senders().size() == 0);
    CHECK(s.group->senders == 0);
    s.hear(s.next());
    CHECK(s.watcher.senders().size() == 1);
}

TEST_CASE("Gauges say how many are in which state", "[beat]")
{
    scene s;
    auto count = [&](state of) { return s.watcher.counters().senders[static_cast<std::size_t>(of)].value(); };
    s.beat(5);
    CHECK(count(state::up) == 1);
    s.pass(60 * second);
    CHECK(count(state::up) == 0);
    CHECK(count(state::down) == 1);
}

TEST_CASE("A sender outlives the monitor, whole", "[beat]")
{
    scene s;
    s.beat(300);
    s.next();
    s.beat(10);
    std::string file;
    append_snapshot_head(file);
    append_snapshot(file, s.who());
    append_snapshot_end(file, 1);

    snapshot_reader reader(file);
    auto restored = reader.next();
    REQUIRE(restored);
    CHECK_FALSE(reader.next());
    CHECK(reader.error() == "");
    scene t;
    t.monotonic = s.monotonic + 600 * second; // it was away for ten minutes
    t.look();
    CHECK(t.watcher.restore(std::move(restored)));
    t.sequence = s.sequence + 600;
    CHECK(t.now() == state::up);
    CHECK(t.who().received == 310);
    CHECK(t.who().lost == 1);
    CHECK(t.who().intervals.mean() == Approx(s.who().intervals.mean()));
    CHECK(t.who().intervals.deviation() == Approx(s.who().intervals.deviation()));
    CHECK(t.who().losses.loss() == Approx(s.who().losses.loss()));
    t.beat(3);
    CHECK(t.news() == "");
    CHECK(t.who().lost == 1); // nobody was there to hear them
    t.pass(60 * second);
    CHECK(t.now() == state::down);
}

TEST_CASE("Of a snapshot no more are taken than allowed, and who is forgotten makes room", "[beat]")
{
    monitor_config c;
    c.forget = std::chrono::hours(1);
    c.max_senders = 2;
    scene s(c);
    auto known = [](const char* name) {
        auto one = std::make_unique<sender>();
        one->name = name;
        one->now = state::stopped;
        one->last_heard = epoch;
        return one;
    };
    CHECK(s.watcher.restore(known("a")));
    CHECK_FALSE(s.watcher.restore(known("a"))); // twice in the file
    CHECK(s.watcher.restore(known("b")));
    for (const char* name : {"c", "d", "e"})
        CHECK_FALSE(s.watcher.restore(known(name)));
    CHECK(s.group->senders == 2);
    s.pass(3610 * second);
    CHECK(s.news() == "forgotten forgotten");
    s.beat();
    CHECK(s.news() == "new");
}

TEST_CASE("A damaged snapshot says so, and gives what stands before the damage", "[beat]")
{
    scene s;
    s.beat(10);
    std::string file;
    append_snapshot_head(file);
    append_snapshot(file, s.who());
    std::size_t one = file.size();
    append_snapshot(file, s.who());
    append_snapshot_end(file, 2);
    auto read = [](const std::string& text) {
        snapshot_reader reader(text);
        int count = 0;
        while (reader.next())
            ++count;
        return std::pair(count, std::string(reader.error()));
    };
    CHECK(read(file) == std::pair(2, std::string()));
    for (std::size_t size = 0; size < file.size(); ++size)
        CHECK_FALSE(read(file.substr(0, size)).second.empty());
    for (std::size_t at = 0; at < file.size(); at += 7) {
        std::string changed = file;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        auto [count, error] = read(changed);
        CHECK_FALSE(error.empty());
        if (at >= one)
            CHECK(count >= 1);
    }
    CHECK(read(file + "x").second == "its number of senders is wrong");
    CHECK(read("pierbeat\0\0\0\2rest").second == "it is no snapshot of senders");
    CHECK(read(std::string("pierbeat\0\0\0\2rest", 16)).second == "it is of another version");
}

TEST_CASE("A sender takes at most half a kilobyte", "[beat]")
{
    CHECK(sizeof(sender) <= 512);
}
