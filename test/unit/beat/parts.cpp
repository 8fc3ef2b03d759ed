// The smaller parts of the monitor.
#include "pier/beat/child.hpp"
#include "pier/beat/event.hpp"
#include "pier/beat/listing_query.hpp"
#include "pier/beat/monitor_clock.hpp"
#include "pier/beat/schedule.hpp"
#include "pier/beat/sender_index.hpp"
#include "pier/beat/sequence_window.hpp"
#include "pier/beat/strip.hpp"
#include "pier/beat/timer_wheel.hpp"
#include "pier/net/target.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <map>
#include <random>

using namespace pier;
using namespace pier::beat;

TEST_CASE("The strip shows the worst of each minute, and where beats were lost", "[beat]")
{
    strip s;
    CHECK(s.text(1000, state::up) == std::string(60, '-'));
    s.note(1000, state::up, state::up);
    s.note_loss(1001, state::up);
    s.note(1003, state::up, state::late);
    s.note(1003, state::late, state::up); // within a minute the worst stays
    s.note(1005, state::up, state::down);
    CHECK(s.text(1006, state::down) == std::string(53, '-') + "uUuludd");
    CHECK(s.text(1200, state::down) == std::string(60, 'd'));
    s.note(1300, state::down, state::stopped);
    CHECK(s.text(1301, state::stopped).substr(57) == "ddx");
    strip young;
    young.note(2000, state::fresh, state::fresh);
    CHECK(young.text(2000, state::fresh).back() == 'n');
    young.note(2000, state::fresh, state::up);
    CHECK(young.text(2000, state::up).back() == 'u');
    s.note(500, state::stopped, state::up); // the clock was set back
    CHECK(s.text(500, state::up).size() == 60);
}

TEST_CASE("A sequence window tells next, filled, duplicate and outdated", "[beat]")
{
    sequence_window w;
    using place = sequence_window::place;
    w.begin(10);
    CHECK(w.look(9).where == place::duplicate); // nothing before the first is missed
    CHECK(w.look(11).where == place::next);
    CHECK(w.look(15).skipped == 4);
    w.take(15);
    CHECK(w.look(12).where == place::filled);
    w.take(12);
    CHECK(w.look(12).where == place::duplicate);
    w.take(15 + 63);
    CHECK(w.look(15).where == place::duplicate);
    CHECK(w.look(14).where == place::outdated);
    w.take(10'000);
    CHECK(w.look(9'999).where == place::filled);
    CHECK(w.look(9'000).where == place::outdated);
    w.take(UINT64_MAX);
    CHECK(w.look(UINT64_MAX).where == place::duplicate);
    CHECK(w.look(0).where == place::outdated);
}

TEST_CASE("The index finds what was put in and not what was taken out", "[beat]")
{
    sender_index index;
    std::map<std::string, std::uint64_t> known;
    std::mt19937 dice(1);
    for (int i = 0; i < 20'000; ++i) {
        std::string name = "s" + std::to_string(dice() % 500);
        std::uint64_t hash = std::hash<std::string>{}(name) % 40; // many of them collide
        if (dice() % 2 && !known.contains(name)) {
            auto s = std::make_unique<sender>();
            s->name = name;
            index.insert(std::move(s), hash);
            known[name] = hash;
        } else {
            index.erase(name, hash);
            known.erase(name);
        }
        REQUIRE(index.size() == known.size());
        auto probe = "s" + std::to_string(dice() % 500);
        REQUIRE((index.find(probe, std::hash<std::string>{}(probe) % 40) != nullptr) ==
                known.contains(probe));
    }
    std::size_t seen = 0;
    for (std::size_t at = 0; at < index.places();)
        at = index.visit(at, [&](sender&) { return ++seen % 7 != 0; });
    CHECK(seen == known.size());
}

TEST_CASE("The wheel looks at each when its time has come, however far away", "[beat]")
{
    timer_wheel wheel;
    std::vector<std::unique_ptr<sender>> senders;
    std::mt19937_64 dice(2);
    for (int i = 0; i < 500; ++i) {
        senders.push_back(std::make_unique<sender>());
        senders.back()->deadline =
            static_cast<std::int64_t>(dice() % 600'000'000); // ten minutes: beyond the wheel
        wheel.keep(*senders.back());
    }
    for (auto& s : senders)
        if (dice() % 2) {
            s->deadline = static_cast<std::int64_t>(dice() % 600'000'000); // later or sooner
            wheel.keep(*s);
        }
    int looked = 0;
    for (std::int64_t now = 0; now <= 601'000'000; now += 250'000)
        wheel.advance(now, [&](sender& s) {
            ++looked;
            CHECK(s.deadline <= now);
            CHECK(s.deadline > now - 500'001);
        });
    CHECK(looked == 500);
}

TEST_CASE("The monitor's clock stands still in a pause", "[beat]")
{
    monitor_clock clock(std::chrono::milliseconds(1000));
    CHECK(clock.look(50'000'000, 1'000'000'000) == 0);
    CHECK(clock.look(50'900'000, 1'000'900'000) == 0);
    CHECK(clock.now() == 900'000);
    CHECK(clock.look(60'000'000, 1'010'000'000) == 9'100'000);
    CHECK(clock.now() == 900'000);
    CHECK(clock.pauses() == 1);
    CHECK(clock.resumed() == 1'010'000'000);
    CHECK(clock.look(60'250'000, 900'250'000) == 0); // set back by 110 s
    CHECK(clock.step() == -110'000'000);
    CHECK(clock.steps() == 1);
    CHECK(clock.resumed() == 900'000'000);           // by the clock as it is now
    CHECK(clock.look(60'500'000, 900'510'000) == 0); // slewed by 10 ms
    CHECK(clock.step() == 0);
}

TEST_CASE("A schedule keeps its beat and makes up for nothing", "[beat]")
{
    constexpr std::int64_t ms = 1'000'000;
    schedule s(1000 * ms, 1000 * ms);
    CHECK(s.due() == 1000 * ms);
    s.sent(1000 * ms, 0.5);
    CHECK(s.due() == 1875 * ms); // the first pause is shorter by chance
    s.sent(1876 * ms, 0.5);
    CHECK(s.due() == 2875 * ms);
    s.sent(2875 * ms, 1);
    CHECK(s.due() == 3885 * ms);
    s.sent(9000 * ms, 0.5); // stopped for five seconds: one beat, then the next in its place
    CHECK(s.due() == 9875 * ms);
    for (double chance : {0.0, 0.3, 1.0})
        for (std::int64_t now = s.due(), i = 0; i < 100; ++i, now = s.due()) {
            s.sent(now, chance);
            REQUIRE(s.due() > now + 900 * ms);
            REQUIRE(s.due() < now + 1100 * ms);
        }
}

TEST_CASE("Whom to send to", "[beat]")
{
    auto read = [](std::string_view text) {
        auto t = net::target::parse(text);
        return t ? t->host + "|" + std::to_string(t->port) : "";
    };
    CHECK(read("monitor") == "monitor|0");
    CHECK(read("monitor.example:12002") == "monitor.example|12002");
    CHECK(read("192.0.2.1:1") == "192.0.2.1|1");
    CHECK(read("2001:db8::1") == "2001:db8::1|0");
    CHECK(read("[2001:db8::1]:5") == "2001:db8::1|5");
    CHECK(read("[::1]") == "::1|0");
    for (const char* wrong :
         {"", ":1", "a:", "a:0", "a:65536", "a:b", "[::1", "[]:1", "[::1]1", "a b", "a\n", "[a]]:1"})
        CHECK(read(wrong) == "");
}

TEST_CASE("What a page asks for", "[beat]")
{
    auto all = listing_query::parse("");
    REQUIRE(all);
    CHECK(all->states.count() == 6);
    auto some = listing_query::parse("state=down,late&search=Web%201&limit=7&other=x");
    REQUIRE(some);
    CHECK(some->states.count() == 2);
    CHECK(some->search == "Web 1");
    CHECK(some->limit == 7);
    sender s;
    s.name = "my-WEB 1";
    s.now = state::down;
    CHECK(some->matches(s));
    s.now = state::up;
    CHECK_FALSE(some->matches(s));
    for (const char* wrong : {"state=", "state=dead", "limit=0", "limit=5001", "limit=x", "search=%",
                              "search=%4", "search=%zz", "state=up,,down"})
        CHECK_FALSE(listing_query::parse(wrong));
    CHECK_FALSE(listing_query::parse("search=" + std::string(65, 'a')));
    CHECK(listing_query::parse("search=%41")->search == "A");
    CHECK(comes_before(state::down, "b", state::up, "a"));
    CHECK(comes_before(state::up, "a", state::up, "b"));
    CHECK(comes_before(state::up, "z", state::stopped, "a"));
}

TEST_CASE("An event in words and as a line of JSON", "[beat]")
{
    event e{.kind = event_kind::died,
            .name = "web1",
            .address = "192.0.2.1:4000",
            .now = state::down,
            .at = 1'700'000'000'500'000,
            .last_heard = 1'699'999'995'250'000,
            .silence = 5'250'000,
            .phi = 8.25,
            .lost = 3};
    CHECK(to_words(e) == "web1 is down: silent for 5.2 s (phi 8.2), last heard 2023-11-14T22:13:15.250Z");
    CHECK(to_json_line(e) ==
          R"({"time":"2023-11-14T22:13:20.500Z","event":"down","name":"web1","state":"down",)"
          R"("address":"192.0.2.1:4000","last_heard":"2023-11-14T22:13:15.250Z","silence_seconds":5.250,)"
          R"("phi":8.250,"lost":3,"damped":false})"
          "\n");
    e.kind = event_kind::clock_set;
    e.clock_step = -1'500'000;
    CHECK(to_words(e) == "the clock of web1 was set back by 1.5 s");
    CHECK(to_json_line(e).find(R"("step_seconds":-1.500000)") != std::string::npos);
    for (auto kind :
         {event_kind::appeared, event_kind::recovered, event_kind::suspected, event_kind::stopped,
          event_kind::restarted, event_kind::flapping, event_kind::settled, event_kind::forgotten}) {
        e.kind = kind;
        CHECK(to_words(e).find("web1") != std::string::npos);
    }
}

TEST_CASE("A command's end as an exit status", "[beat]")
{
    CHECK(exit_status(0) == 0);
    CHECK(exit_status(7 << 8) == 7);
    CHECK(exit_status(SIGKILL) == 137);
    CHECK(exit_status_of_error(ENOENT) == 127);
    CHECK(exit_status_of_error(EACCES) == 126);
}
