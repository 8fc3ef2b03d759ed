"""pier-beatd: who is up, who is not, and what it takes for a fact; packets of every kind on real sockets."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

from daemon import run, until
from heart import BOOT, Steady, new_monitor, new_sender, packet
from test_config import check
from test_listen import needs_ipv6
from wire import fetch

KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f" * 2)

# The coursework's, written anew from its description.
HEARTBEAT_CLIENT = """
import socket, sys, time
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for sequence in range(1, int(sys.argv[3]) + 1):
    peer.sendto(f"{sequence} {time.time()}".encode(), (sys.argv[1], int(sys.argv[2])))
    time.sleep(0.05)
"""


@pytest.fixture
def monitor():
    with new_monitor() as start:
        yield start


@pytest.fixture
def sender():
    with new_sender() as start:
        yield start


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY.hex() + "\n")
    path.chmod(0o600)
    return path


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def told(path, name):
    return [e["event"] for e in lines(path) if e["name"] == name]


@pytest.mark.parametrize("threads", ["1", "2"])
def test_new_up_down_and_back(monitor, tmp_path, threads):
    events = tmp_path / "events"
    server = monitor("--threads", threads, "--events", events)
    with Steady(server, "web1") as web1, Steady(server, "web2") as web2:
        web1.beat()
        assert server.shows("web1", "new")["received"] == 1
        for _ in range(20):
            web1.beat()
            web2.beat()
        assert server.shows("web1", "up")["interval_seconds"] == pytest.approx(0.1, rel=0.3)
        server.shows("web1", "down")
        server.shows("web2", "down")
        web1.beat(3)
        server.shows("web1", "up")
    until(lambda: told(events, "web1") == ["new", "suspect", "down", "up"], 5, f"events: {lines(events)}")
    down = next(e for e in lines(events) if e["event"] == "down")
    assert down["phi"] >= 8 and 0.3 < down["silence_seconds"] < 5
    assert server.metric("beat_senders_up") == 1 and server.metric("beat_senders_down") == 1


def test_a_planned_stop(monitor, tmp_path):
    events = tmp_path / "events"
    server = monitor("--events", events)
    with Steady(server, "web1") as web1:
        web1.beat(5)
        server.hear(*[web1.next(bye=True)] * 3)
        server.shows("web1", "stopped")
        web1.beat(2)
        server.shows("web1", "up")
    until(lambda: told(events, "web1")[:3] == ["new", "stopped", "up"], 5, "events")


def test_lost_duplicated_reordered_and_outdated_beats(monitor):
    server = monitor("--threads", "2")
    beats = [packet("web1", n) for n in range(1, 201)]
    del beats[9]                                   # lost
    beats[20], beats[21] = beats[21], beats[20]    # overtaken
    server.hear(*beats, beats[-1], beats[3])       # twice, and once much too late
    server.counts("beats_received_total", 199)
    s = server.senders()["web1"]
    assert (s["lost"], s["duplicated"], s["reordered"], s["outdated"]) == (1, 1, 1, 1)
    assert s["hour"].strip("-").isupper()  # lost beats show in the strip
    assert server.metric("beats_lost_total") == 2  # one of them came after all
    assert server.metric("beats_duplicated_total") == server.metric("beats_outdated_total") == 1


def test_a_restart_under_the_same_name(monitor, tmp_path):
    events = tmp_path / "events"
    server = monitor("--events", events)
    server.hear(*[packet("web1", n) for n in range(1, 6)], *[packet("web1", n, boot=BOOT + 1) for n in (1, 2)])
    until(lambda: told(events, "web1") == ["new", "restarted"], 5, "events")
    assert server.senders()["web1"]["restarts"] == 1
    assert server.shows("web1", "up")["lost"] == 0


def test_a_clock_that_is_set_and_one_that_differs(monitor, tmp_path):
    events = tmp_path / "events"
    server = monitor("--events", events)
    with Steady(server, "web1") as web1:
        web1.beat(10)
        for n in range(5):
            web1.sequence += 1
            time.sleep(0.1)
            server.hear(packet("web1", web1.sequence, sent=time.time() + 100, interval=0.1))
    until(lambda: "clock-step" in told(events, "web1"), 5, "events")
    step = next(e for e in lines(events) if e["event"] == "clock-step")
    assert step["step_seconds"] == pytest.approx(100, abs=0.5)
    s = server.senders()["web1"]
    assert s["difference_seconds"] == pytest.approx(-100, abs=0.5) and s["clock_steps"] == 1


def test_with_a_key(monitor, key_file):
    server = monitor("--key", key_file, text=None)
    server.hear(packet("web1", 1), packet("web1", 2, key=b"another key, of twenty-odd octets"))
    recorded = [packet("web1", n, key=KEY) for n in range(3, 10)]
    server.hear(*recorded)
    server.counts("beats_received_total", 7)
    assert server.metric("beats_unsigned_total") == 1 and server.metric("beats_wrongly_signed_total") == 1
    server.hear(*recorded, packet("web1", 1, boot=BOOT - 1, key=KEY))  # what was heard on the way, sent again
    server.counts("beats_duplicated_total", 7)
    server.counts("beats_outdated_total", 1)
    assert server.senders()["web1"]["received"] == 7
    assert server.text is None  # texts cannot be signed


def test_a_replay_raises_no_dead(monitor, key_file):
    server = monitor("--key", key_file, text=None)
    recorded = [packet("web1", n, key=KEY, interval=0.05) for n in range(1, 5)]
    server.hear(*recorded)
    server.shows("web1", "down")
    server.hear(*recorded)
    server.counts("beats_duplicated_total", 4)
    assert server.state("web1") == "down"


@pytest.mark.parametrize("content, mode, code", [("short", 0o600, 78), (KEY.hex(), 0o644, 77), (None, None, 66)])
def test_a_key_that_will_not_do(tmp_path, content, mode, code):
    path = tmp_path / "key"
    if content:
        path.write_text(content)
        path.chmod(mode)
    for program in (["pier-beatd", "--listen", "127.0.0.1:0"], ["pier-beat", "127.0.0.1"]):
        done = run(program[0], *program[1:], "--key", path)
        assert done.returncode == code and str(path) in done.stderr and KEY.hex() not in done.stderr, done


def test_malformed_packets_are_counted_and_nothing_else(monitor):
    server = monitor()
    good = packet("web1", 1)
    wrong = [b"", b"P", b"PB", good[:-1], good + b"x", b"\0" * 40, b"PB\2" + good[3:], good[:3] + b"\x80" + good[4:],
             packet("we b1", 1), packet("text:1.2.3.4:5", 1), packet("", 1), packet("x" * 65, 1), packet("web1", 0),
             packet("web1", 1, boot=0), packet("web1", 1, interval=0), packet("web1", 1, interval=90_000),
             b"GET / HTTP/1.1\r\n\r\n", os.urandom(1400), packet("\x7f\x7f", 1)]
    server.hear(*wrong)
    server.counts("beats_malformed_total", len(wrong))
    assert server.senders() == {}
    server.hear(good)
    server.shows("web1", "new")


def test_the_coursework_client(monitor):
    server = monitor("--threads", "2")
    subprocess.run([sys.executable, "-c", HEARTBEAT_CLIENT, *map(str, server.text), "10"], check=True, timeout=30)
    [name] = server.senders()
    assert name.startswith("text:127.0.0.1:")
    s = server.senders()[name]
    assert s["received"] == 10 and s["lost"] == 0 and abs(s["difference_seconds"]) < 1
    server.shows(name, "down")
    server.hear(b"no beat", b"1", b"x 1", b"1 -1", b"9" * 200, address=server.text)
    until(lambda: server.metric("text_beats_malformed_total", "text-beat") == 5, 5, "malformed")


def test_text_that_loses_and_starts_anew(monitor):
    server = monitor()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        def say(sequence):
            peer.sendto(f"{sequence} {time.time()}\n".encode(), server.text)

        for n in (1, 2, 5, 6):
            say(n)
        server.counts("beats_received_total", 4)
        [s] = server.senders().values()
        assert s["lost"] == 2
        say(1)
        server.counts("beat_restarts_total", 1)
        assert len(server.senders()) == 1


def test_a_monitor_that_was_stopped_kills_nobody(monitor, sender, tmp_path):
    events = tmp_path / "events"
    server = monitor("--events", events, "--pause-guard", "500ms", "--threads", "2")
    alive = [sender(server.beat, "--name", f"s{n}", "--interval", "50ms") for n in range(5)]
    for n in range(5):
        server.shows(f"s{n}", "up")
    server.send_signal(signal.SIGSTOP)
    time.sleep(3)  # sixty of their intervals: how long it is stopped is what is tested
    server.send_signal(signal.SIGCONT)
    received = server.metric("beats_received_total")
    until(lambda: server.metric("beats_received_total") > received + 50, 10, "they go on")
    assert server.metric("beat_monitor_pauses_total") >= 1
    assert {e["event"] for e in lines(events)} == {"new"}, lines(events)
    assert all(s["state"] in ("up", "late") for s in server.senders().values())
    alive[0].process.kill()
    server.shows("s0", "down")


def test_a_sender_that_was_stopped_is_late_suspect_down_and_comes_back(monitor, sender, tmp_path):
    events = tmp_path / "events"
    server = monitor("--events", events)
    one = sender(server.beat, "--name", "web1", "--interval", "200ms")
    until(lambda: (server.senders().get("web1") or {"received": 0})["received"] >= 10, 10, "ten beats")
    one.send_signal(signal.SIGSTOP)
    seen = []

    def watch():
        seen.append(server.state("web1"))
        return seen[-1] == "down"

    until(watch, 10, "it is down")
    in_order = [state for i, state in enumerate(seen) if i == 0 or seen[i - 1] != state]
    assert in_order[-3:] == ["late", "suspect", "down"] and set(in_order[:-3]) <= {"up"}, in_order
    one.send_signal(signal.SIGCONT)
    server.shows("web1", "up")
    one.send_signal(signal.SIGINT)
    assert one.wait() == 0
    server.shows("web1", "stopped")
    until(lambda: told(events, "web1") == ["new", "suspect", "down", "up", "stopped"], 5, f"{lines(events)}")


@pytest.mark.parametrize("ends", ["asked to", "killed"])
def test_what_is_known_survives_the_monitor(monitor, tmp_path, ends):
    state, events = tmp_path / "state", tmp_path / "events"
    first = monitor("--state", state, "--state-interval", "100ms", "--threads", "2")
    first.hear(*[packet(f"s{n}", k, interval=60) for n in range(300) for k in (1, 2, 4)])
    first.hear(packet("gone", 1, interval=0.05), packet("gone", 2, interval=0.05),
               packet("ended", 1), packet("ended", 2, bye=True))
    first.shows("gone", "down")
    first.counts("beats_received_total", 904)
    if ends == "killed":
        written = state.stat().st_mtime_ns
        until(lambda: state.stat().st_mtime_ns > written, 10, "it is written")
        written = state.stat().st_mtime_ns
        until(lambda: state.stat().st_mtime_ns > written, 10, "and once more: with all that there is")
        before = first.senders()
        first.kill()
    else:
        before = first.senders()
        first.stop()
    second = monitor("--state", state, "--events", events, "--threads", "1")
    until(lambda: "watching 302 senders of before" in second.log(), 5, "it says so")
    after = second.senders()
    assert after.keys() == before.keys()
    for name, s in before.items():
        for field in ("state", "received", "lost", "first_heard", "last_heard", "hour", "address"):
            assert after[name][field] == s[field] or field == "hour", (name, field)
    assert {after["gone"]["state"], after["ended"]["state"]} == {"down", "stopped"}
    second.hear(packet("s1", 9, interval=60), packet("gone", 3, interval=0.05))
    second.shows("gone", "up")
    assert second.senders()["s1"]["lost"] == 1  # what nobody was there to hear is not lost
    assert told(events, "s1") == []


def test_a_damaged_state_is_set_aside(monitor, tmp_path):
    state = tmp_path / "state"
    first = monitor("--state", state)
    first.hear(packet("web1", 1))
    first.shows("web1", "new")
    first.stop()
    whole = state.read_bytes()
    for text in (whole[:-3], b"what is this", whole[:100] + b"\xff" + whole[101:]):
        state.write_bytes(text)
        server = monitor("--state", state)
        aside = pathlib.Path(f"{state}.damaged")
        assert aside.read_bytes() == text
        until(lambda: "is damaged" in server.log() and str(aside) in server.log(), 5, "it says so")
        aside.unlink()
        server.hear(packet("web2", 1))
        server.shows("web2", "new")
        server.stop()


def test_a_state_that_cannot_be_kept_is_said_once(monitor, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    server = monitor("--state", folder / "state", "--state-interval", "100ms")
    until((folder / "state").exists, 10, "it is written")
    (folder / "state").unlink()
    folder.rmdir()
    until(lambda: "cannot be kept" in server.log(), 10, "it says so")
    folder.mkdir()
    until((folder / "state").exists, 10, "it is written again")
    assert server.log().count("cannot be kept") == 1


def test_more_senders_than_allowed(monitor):
    server = monitor("--max-senders", "50", "--threads", "2")
    server.hear(*[packet(f"s{n}", 1) for n in range(60)])
    server.counts("beats_refused_total", 10)
    assert len(server.senders()) == 50
    until(lambda: "--max-senders" in server.log(), 5, "it says so")


def test_dead_senders_are_forgotten(monitor):
    server = monitor("--forget", "1s", "--max-senders", "1")
    server.hear(packet("web1", 1, interval=0.05))
    server.counts("beats_received_total", 1)
    until(lambda: server.senders() == {}, 15, "it is forgotten")
    server.hear(packet("web2", 1))
    server.shows("web2", "new")


def test_a_fixed_time_out(monitor):
    server = monitor("--detector", "fixed", "--timeout", "1s", "--acceptable-pause", "500ms")
    with Steady(server, "web1") as web1:
        web1.beat(5)
    ended = time.monotonic()
    server.shows("web1", "down")
    assert 1.2 < time.monotonic() - ended < 4
    assert server.ask()["detector"] == "fixed"


def test_the_threshold_is_what_it_says(monitor):
    patient, hasty = monitor("--threshold", "30"), monitor("--threshold", "1")
    for server in (patient, hasty):
        server.hear(*[packet("web1", n, interval=0.5) for n in (1, 2)])
    hasty.shows("web1", "down")
    assert patient.state("web1") != "down" and patient.ask()["threshold"] == 30


def test_alerts_of_one_that_flaps_are_held_back(monitor, tmp_path):
    hook, out = tmp_path / "hook", tmp_path / "out"
    hook.write_text(f"#!/bin/sh\necho $PIER_BEAT_NAME $PIER_BEAT_EVENT >> {out}\n")
    hook.chmod(0o755)
    for switch, expected in (("--flap-damping", ["down", "up", "down", "up", "flapping"]),
                             ("--no-flap-damping", ["down", "up"] * 4)):
        out.unlink(missing_ok=True)
        server = monitor("--exec", hook, switch, "--detector", "fixed", "--timeout", "200ms", "--exec-at-once", "1")
        for round in range(4):
            server.hear(packet("web1", 2 * round + 1, interval=0.1), packet("web1", 2 * round + 2, interval=0.1))
            server.shows("web1", "down")
        server.hear(packet("web1", 9, interval=60), packet("web1", 10, interval=60))
        until(lambda: out.exists() and len(out.read_text().splitlines()) >= len(expected), 10, "the alerts")
        assert [line.split()[1] for line in out.read_text().splitlines()][:len(expected)] == expected
        server.stop()


def test_a_command_knows_what_has_happened(monitor, tmp_path):
    hook, out = tmp_path / "hook", tmp_path / "out"
    hook.write_text(f"#!/bin/sh\necho not for anybody\nenv | grep ^PIER_BEAT_ > {out}.new\necho \"$@\" >> {out}.new\n"
                    f"mv {out}.new {out}\n")
    hook.chmod(0o755)
    server = monitor("--exec", f"{hook} one  two;rm")
    server.hear(packet("web1", 1, interval=0.05), packet("web1", 2, interval=0.05))
    until(out.exists, 10, "it has run")
    text = out.read_text().splitlines()
    said = dict(line.split("=", 1) for line in text[:-1])
    assert text[-1] == "one two;rm"  # no shell
    assert said["PIER_BEAT_NAME"] == "web1" and said["PIER_BEAT_EVENT"] == said["PIER_BEAT_STATE"] == "down"
    assert said["PIER_BEAT_ADDRESS"].startswith("127.0.0.1:") and 0.1 < float(said["PIER_BEAT_SILENCE"]) < 10
    assert "web1 is down" in said["PIER_BEAT_TEXT"] and said["PIER_BEAT_TIME"].endswith("Z")
    assert said["PIER_BEAT_LAST_HEARD"] < said["PIER_BEAT_TIME"]


def test_commands_are_bounded(monitor, tmp_path):
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/run.$$\nsleep 60 & wait\n")
    hook.chmod(0o755)
    server = monitor("--exec", hook, "--exec-at-once", "3", "--exec-queue", "4", "--exec-timeout", "1s")
    server.hear(*[packet(f"s{n}", k, interval=0.05) for n in range(20) for k in (1, 2)])
    server.counts("beat_senders_down", 20)
    until(lambda: len(list(tmp_path.glob("run.*"))) == 7, 20, "three, and four that waited")
    until(lambda: "alerts dropped: 13" in server.log(), 10, f"the rest is dropped: {server.log()}")
    assert "took longer than --exec-timeout and was killed" in server.log()
    children = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children")
    until(lambda: children.read_text() == "", 10, "all are reaped")


def test_a_command_that_is_not_there_or_fails(monitor, tmp_path):
    server = monitor("--exec", tmp_path / "missing")
    server.hear(packet("web1", 1, interval=0.05), packet("web1", 2, interval=0.05))
    until(lambda: "cannot be run: No such file" in server.log(), 10, "it says so")
    server = monitor("--exec", "false")
    server.hear(packet("web1", 1, interval=0.05), packet("web1", 2, interval=0.05))
    until(lambda: "--exec false ended with 1" in server.log(), 10, "it says so")


def test_the_file_of_events_is_opened_anew(monitor, tmp_path):
    events = tmp_path / "events"
    server = monitor("--events", events)
    server.hear(packet("web1", 1, interval=60))
    until(lambda: told(events, "web1") == ["new"], 5, "the event")
    events.rename(tmp_path / "old")
    server.send_signal(signal.SIGHUP)
    until(events.exists, 5, "a new file")
    server.hear(packet("web2", 1, interval=60))
    until(lambda: told(events, "web2") == ["new"], 5, "the event")
    done = run("pier-beatd", "--listen", "127.0.0.1:0", "--events", tmp_path / "no" / "events")
    assert done.returncode == 73, done


@needs_ipv6
def test_ipv6(monitor, sender):
    server = monitor(listen=["[::1]:0", "127.0.0.1:0"], text="[::1]:0")
    sender(server.addresses[0], "--name", "six", "--interval", "100ms")
    server.hear(b"1 1700000000.5", address=server.text)
    assert server.shows("six", "up")["address"].startswith("[::1]:")
    assert any(name.startswith("text:[::1]:") for name in server.senders())


@pytest.mark.parametrize("threads", ["1", "2"])
def test_drain_under_load(monitor, sender, tmp_path, threads):
    state = tmp_path / "state"
    server = monitor("--state", state, "--threads", threads, "--state-interval", "100ms", "--exec", "sleep 30")
    for n in range(4):
        sender(server.beat, "--name", f"s{n}", "--interval", "20ms")
    for n in range(4):
        server.shows(f"s{n}", "up")
    server.hear(packet("dead", 1, interval=0.05), packet("dead", 2, interval=0.05))
    server.shows("dead", "down")  # its command runs on
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 5
    again = monitor("--state", state)
    assert set(again.senders()) == {"dead", "s0", "s1", "s2", "s3"}


def test_two_hundred_senders_on_two_threads(monitor):
    server = monitor("--threads", "2")
    peers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(200)]
    for k in range(1, 11):
        for n, peer in enumerate(peers):
            peer.sendto(packet(f"s{n}", k, interval=60), server.beat)
    server.counts("beats_received_total", 2000)
    assert server.metric("beats_lost_total") == server.metric("beats_reordered_total") == 0
    assert server.metric("beat_senders_up") == 200
    for peer in peers:
        peer.close()


def test_what_the_api_refuses_and_selects(monitor):
    server = monitor("--threads", "2")
    server.hear(*[packet(f"web{n}", 1, interval=60) for n in range(30)], packet("db", 1), packet("db", 2, bye=True))
    server.counts("beats_received_total", 32)
    assert server.ask()["states"] == {"down": 0, "suspect": 0, "late": 0, "new": 30, "up": 0, "stopped": 1}
    page = server.ask("?limit=5&search=WEB")
    assert page["matching"] == 30 and [s["name"] for s in page["senders"]] == ["web0", "web1", "web10", "web11", "web12"]
    assert [s["name"] for s in server.ask("?state=stopped,up")["senders"]] == ["db"]
    for wrong in ("?state=dead", "?limit=0", "?limit=9999", "?search=%zz"):
        assert fetch(server.admin, f"/api/beats{wrong}").status == 400
    assert fetch(server.admin, "/api/nothing").status == 404


@pytest.mark.parametrize("option, values", [
    ("--text-listen", ["", "127.0.0.1", "unix:/x", "on"]), ("--threshold", ["0", "x", "-1", "1e9", ""]),
    ("--timeout", ["0", "0x", "1x", "x", "5 s", ""]), ("--detector", ["", "psi"]), ("--max-senders", ["0", "x"]),
    ("--forget", ["0s", "x"]), ("--pause-guard", ["1ms", "x"]), ("--state-interval", ["0s", "x"]), ("--exec", ["", " "]),
    ("--exec-at-once", ["0", "257"]), ("--exec-queue", ["0"]), ("--exec-timeout", ["0s"]), ("--acceptable-pause", ["x"])])
def test_bad_values(option, values):
    for value in values:
        done = run("pier-beatd", "--listen", "127.0.0.1:0", option, value)
        assert done.returncode == 64 and option in done.stderr and done.stdout == "", (value, done)


def test_what_is_in_force(key_file):
    text = check("pier-beatd").stdout
    for line in ("listen = 127.0.0.1:12002", "text-listen = 127.0.0.1:12003", "detector = phi", "threshold = 8",
                 "timeout = 3x", "forget = 7d", "max-senders = 100000", "pause-guard = 1s", "flap-damping = yes"):
        assert line in text, line
    assert "text-listen = [::]:12003" in check("pier-beatd", "--lan").stdout
    assert "text-listen = off" in check("pier-beatd", "--key", key_file).stdout
    text = check("pier-beatd", "--key", key_file, "--text-listen", "[::1]:5", "--timeout", "2.5x", "--exec", "a  b").stdout
    for line in ("text-listen = [::1]:5", "timeout = 2.5x", "exec = a  b"):
        assert line in text, text


def test_datagrams_of_one_address_may_be_limited(monitor):
    server = monitor("--limit-datagrams", "10/s:20")
    server.hear(*[packet("web1", n, interval=60) for n in range(1, 201)])
    until(lambda: server.metric("datagrams_received_total") == 200, 5, "all came")
    assert 20 <= server.metric("beats_received_total") <= 40
