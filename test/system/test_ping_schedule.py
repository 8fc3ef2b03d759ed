"""When probes are sent: on an absolute schedule that skips nothing, whatever happens to the sender."""

import json
import re
import signal
import time

import pytest

import daemon
from pinging import new_pingd
from reflecting import Reflector, Running, ping, summary_of


def test_who_was_stopped_sends_all_that_became_due():
    with Reflector() as reflector, Running(reflector.target, "-d", "2s", "-i", "10ms", "--json", "-q") as running:
        daemon.until(lambda: len(reflector.seen) >= 20, 5, "no probes")
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(1)  # what is tested is that this passes
        stopped = len(reflector.seen)
        running.process.send_signal(signal.SIGCONT)
        summary = json.loads(running.end())
    assert summary["sent"] == 200 == summary["received"] == len(reflector.seen)
    assert summary["lateness"]["max"] > 900 and summary["from_due"]["max"] > 900
    assert summary["rtt"]["median"] < 100
    burst = [at for at in reflector.times[stopped:] if at < reflector.times[stopped] + 0.3]
    assert len(burst) > 60  # those of the pause, at once


def test_an_answer_that_came_while_it_was_stopped_is_in_time():
    """Its stamps say so."""
    with Reflector() as reflector, Running(reflector.target, "-c", "2", "-i", "1s", "-W", "300ms") as running:
        daemon.until(lambda: reflector.seen, 5, "no probes")
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        running.process.send_signal(signal.SIGCONT)
        assert "2 sent, 2 received, 0 lost" in running.end()


def test_a_reflector_that_was_stopped():
    with new_pingd() as start:
        server = start()
        with Running(f"127.0.0.1:{server.stamp[1]}", "-d", "1500ms", "-i", "10ms", "-W", "200ms", "--json", "-q") as running:
            time.sleep(0.4)
            server.send_signal(signal.SIGSTOP)
            time.sleep(0.6)
            server.send_signal(signal.SIGCONT)
            summary = json.loads(running.end())
    assert summary["sent"] == 150 and summary["lost"] > 10 and summary["late"] > 10
    assert summary["loss_runs"]["runs"] >= 1 and summary["loss_runs"]["longest_outage"] > 100


def test_ctrl_c_prints_the_result_so_far():
    with Reflector() as reflector:
        for number in (signal.SIGINT, signal.SIGTERM):
            with Running(reflector.target, "-c", "0", "-i", "20ms") as running:
                running.line("seq=5 rtt")
                out = running.end(0, number)
                assert re.search(r"^\d+ sent, \d+ received, 0 lost", out, re.M) and "rtt min/mean" in out


def test_ctrl_c_while_it_spins():
    with Reflector() as reflector, Running(reflector.target, "--count", "0", "--interval", "20ms", "--spin") as running:
        running.line("seq=5 rtt")
        assert "rtt min/mean" in running.interrupt()


def test_ctrl_c_before_the_first_answer():
    with Reflector(lambda *_: None) as silent, Running(silent.target, "-W", "10s") as running:
        daemon.until(lambda: silent.seen, 5, "no probes")
        assert "1 sent, 0 received, 0 lost, 0 late" in running.interrupt(code=1)


@pytest.mark.parametrize("more", [[], ["--spin"]])
def test_a_rate(more):
    with Reflector() as reflector:
        started = time.monotonic()
        summary = summary_of(reflector.target, "--rate", "1000", "--duration", "1s", "-q", *more)
        assert 0.9 < time.monotonic() - started < 4
    assert summary["sent"] == 1000 and summary["lateness"]["count"] == 1000


def test_count_and_duration_whichever_is_less():
    with Reflector() as reflector:
        assert summary_of(reflector.target, "-c", "5", "-d", "10s", "-i", "10ms")["sent"] == 5
        assert summary_of(reflector.target, "-c", "500", "-d", "100ms", "-i", "10ms")["sent"] == 10


def test_more_overdue_than_there_is_room_for():
    """Nothing is skipped, and nothing answered twice, when a pause makes more due than the table holds."""
    with Reflector() as reflector:
        with Running(reflector.target, "--rate", "20000", "-d", "1500ms", "-W", "10ms", "--json", "-q") as running:
            daemon.until(lambda: reflector.seen, 5, "no probes")
            running.process.send_signal(signal.SIGSTOP)
            time.sleep(0.8)
            running.process.send_signal(signal.SIGCONT)
            summary = json.loads(running.end())
    assert summary["sent"] == 30_000 and summary["received"] + summary["lost"] == 30_000
    assert summary["stray"] == summary["duplicated"] == 0


def test_a_slow_reader_does_not_delay_the_probes():
    """A pipe that nobody reads holds 64 KiB; the schedule goes on."""
    with Reflector() as reflector:
        with Running(reflector.target, "--rate", "2000", "-d", "1s", "--json") as running:
            daemon.until(lambda: len(reflector.seen) > 1900, 15, "the probes wait for the reader")
            out = running.end()
    assert out.count('"type":"answer"') > 1900 and '"sent":2000' in out


def test_a_continuous_run_tells_of_its_window():
    with Reflector() as reflector:
        out = ping(reflector.target, "-d", "500ms", "-i", "20ms", "--window", "100ms", "-q").stdout
        assert len(re.findall(r"^last 100ms: \d+ probes, 0% lost, rtt mean [\d.]+, p50 [\d.]+, p99 [\d.]+ ms$", out, re.M)) >= 3
        assert '"type":"window"' in ping(reflector.target, "-d", "300ms", "-i", "20ms", "--window", "100ms", "--json").stdout
