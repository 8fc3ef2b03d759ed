#include "pier/beat/phi.hpp"

#include "pier/beat/detector.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace pier::beat;

TEST_CASE("Phi is right where the usual approximation is not", "[beat]")
{
    CHECK(normal_phi(0) == Approx(std::log10(2.0)));
    CHECK(normal_phi(1.2815515655) == Approx(1)); // nine of ten are sooner
    CHECK(normal_phi(2.3263478740) == Approx(2));
    CHECK(normal_phi(5.6120012442) == Approx(8));
    CHECK(normal_phi(5.22) == Approx(7.05).margin(0.01)); // where the logistic approximation says 8
    CHECK(normal_phi(30) == Approx(197.31).margin(0.01)); // where it divides by zero
    CHECK(normal_phi(1000) == most_phi);
    CHECK(normal_phi(-40) == Approx(0).margin(1e-12));
}

TEST_CASE("Without loss, phi is the paper's until a second beat is due", "[beat]")
{
    expectation quiet{.mean = 1000, .deviation = 100};
    for (double elapsed : {900.0, 1000.0, 1200.0, 1399.0})
        CHECK(silence_phi(elapsed, quiet) == Approx(normal_phi((elapsed - 1000) / 100)).margin(1e-6));
    CHECK(silence_phi(2000, quiet) > normal_phi(10));
    CHECK(silence_phi(1e9, quiet) == most_phi);
}

TEST_CASE("With loss, each beat that is due counts by how seldom one is lost", "[beat]")
{
    expectation lossy{.mean = 1000, .deviation = 100, .loss = 0.1};
    CHECK(silence_phi(900, lossy) < 0.1);
    CHECK(silence_phi(1999, lossy) == Approx(1 + 0.26).margin(0.02)); // one is lost, the next one half due
    CHECK(silence_phi(5500, lossy) == Approx(5).margin(0.01));
    lossy.pause = 1000;
    CHECK(silence_phi(6500, lossy) == Approx(5).margin(0.01));
}

TEST_CASE("Suspicion only grows with silence", "[beat]")
{
    for (double loss : {0.0, 0.01, 0.36, 0.9}) {
        double before = 0;
        for (double elapsed = 0; elapsed < 40'000; elapsed += 37) {
            double phi = silence_phi(elapsed, {.mean = 1000, .deviation = 130, .loss = loss});
            CHECK(phi >= before - 1e-9);
            before = phi;
        }
    }
}

TEST_CASE("A window knows mean and deviation of its last intervals", "[beat]")
{
    arrival_window w;
    w.expect(1'000'000, false);
    CHECK(w.mean() == Approx(1'000'000));
    CHECK(w.deviation() == Approx(250'000)); // until it has seen some
    for (int i = 0; i < 64; ++i)
        w.add(i % 2 ? 800'000 : 1'200'000);
    CHECK(w.mean() == Approx(1'000'000).epsilon(0.001));
    CHECK(w.deviation() == Approx(200'000).epsilon(0.001));
    for (int i = 0; i < 64; ++i) // the earlier ones are gone
        w.add(500'000);
    CHECK(w.mean() == Approx(500'000).epsilon(0.001));
    CHECK(w.deviation() == Approx(50'000).epsilon(0.001)); // never less than a tenth
    w.add(3'600'000'000);                                  // out of its range: it begins anew
    CHECK(w.count() == 1);
    CHECK(w.mean() == Approx(3'600'000'000));
}

TEST_CASE("Beats that come together do not make a sender quicker than it says", "[beat]")
{
    arrival_window says, guessed;
    says.expect(1'000'000, true);
    guessed.expect(1'000'000, false);
    for (int i = 0; i < 64; ++i) {
        for (arrival_window* w : {&says, &guessed})
            w->add(100'000);
        CHECK(says.mean() == Approx(1'000'000));
        CHECK(guessed.mean() == Approx(i < 7 ? 1'000'000 : 100'000).epsilon(0.01));
    }
    for (int i = 0; i < 64; ++i)
        says.add(3'000'000); // but it may be slower
    CHECK(says.mean() == Approx(3'000'000).epsilon(0.01));
    says.add(60'000'000'000);
    says.add(100'000);
    CHECK(says.mean() == Approx(30'000'050'000).epsilon(0.01));
    for (int i = 0; i < 64; ++i)
        says.add(100'000);
    CHECK(says.mean() >= 1'000'000); // the promise outlives the window's unit
}

TEST_CASE("A window of losses counts the last 256 beats", "[beat]")
{
    loss_window w;
    CHECK(w.loss() == 0);
    CHECK(w.likely_loss() == Approx(0.132).margin(0.001)); // new, and not yet trusted
    for (int i = 0; i < 1000; ++i) {
        w.lost(i % 4 == 0 ? 1 : 0);
        w.arrived();
    }
    CHECK(w.count() == 256);
    CHECK(w.loss() == Approx(0.2).margin(0.005));
    CHECK(w.likely_loss() == Approx(0.255).margin(0.005));
    std::size_t taken = 0;
    for (; w.loss() > 0; ++taken)
        w.came_late();
    CHECK(taken == Approx(51).margin(1));
    w.lost(1'000'000);
    CHECK(w.loss() == 1);
    CHECK(w.likely_loss() == 0.9);
}

TEST_CASE("The detectors say late, suspect, down in turn", "[beat]")
{
    arrival_window intervals;
    intervals.expect(1'000'000, true);
    for (int i = 0; i < 64; ++i)
        intervals.add(1'000'000);
    loss_window losses;
    for (int i = 0; i < 256; ++i)
        losses.arrived();
    auto when = [&](const detector& d, verdict wanted) {
        for (double silence = 0; silence < 60e6; silence += 10'000)
            if (d.judge(silence, intervals, losses) >= wanted)
                return silence / 1e6;
        return 60.0;
    };
    detector phi({});
    CHECK(when(phi, verdict::late) == Approx(1.5).margin(0.02));
    CHECK(when(phi, verdict::suspect) == Approx(3).margin(0.3));
    CHECK(when(phi, verdict::down) == Approx(5).margin(0.3));
    detector_config patient;
    patient.acceptable_pause = std::chrono::seconds(2);
    CHECK(when(detector(patient), verdict::down) == Approx(7).margin(0.3));
    detector_config fixed;
    fixed.kind = detector_kind::fixed;
    CHECK(when(detector(fixed), verdict::late) == Approx(1.5).margin(0.02));
    CHECK(when(detector(fixed), verdict::suspect) == Approx(2.25).margin(0.02));
    CHECK(when(detector(fixed), verdict::down) == Approx(3).margin(0.02));
    fixed.timeout = std::chrono::seconds(10);
    CHECK(when(detector(fixed), verdict::down) == Approx(10).margin(0.02));
    fixed.timeout = std::chrono::milliseconds(1200); // sooner than it would be late
    CHECK(when(detector(fixed), verdict::down) == Approx(1.2).margin(0.02));
}
