"""A bad network on purpose: what pier-pingd loses, doubles, delays and disorders is what it was asked for, and repeats
with the seed."""

import re
import time

import pytest

from daemon import run, until
from pinging import Answer, Peer, counted, from_ntp, pingd, question, until_counted


def answered(server, count, stamp=False, gap=0.0):
    """Which of so many pings come back, in the order in which they do."""
    with Peer(server.stamp if stamp else server.text) as peer:
        heard = []
        for n in range(count):
            peer.send(question(n) if stamp else f"PING {n} 0".encode())
            if gap or n % 50 == 49:
                heard += peer.hear_all(gap or 0.02)
        heard += peer.hear_all()
    return [Answer.read(packet).sequence if stamp else int(packet.split()[1]) for packet in heard]


def test_four_of_eleven_are_lost(pingd):
    server = pingd("--loss", "4/11", "--seed", "11", "--threads", "1")
    count = 4000
    for stamp in (False, True):
        heard = answered(server, count, stamp=stamp)
        assert heard == sorted(set(heard))
        # four standard deviations
        assert abs(len(heard) / count - 7 / 11) < 4 * (4 / 11 * 7 / 11 / count) ** 0.5
        service = "stamp" if stamp else "text-ping"
        assert counted(server, "impairment_lost_total", service) == count - len(heard)


@pytest.mark.parametrize("words", [["--loss", "36%"], ["--loss-burst", "5%,30%"], ["--loss-burst", "1/20,30%,90%,1%"],
                                   ["--loss", "10%", "--loss-burst", "5%,30%"]])
def test_a_seed_repeats_the_losses(pingd, words):
    lists = []
    for seed in ("5", "5", "6"):
        server = pingd(*words, "--seed", seed, "--threads", "1")
        lists.append((answered(server, 300), answered(server, 300, stamp=True)))
        server.stop()
    assert lists[0] == lists[1] and lists[0] != lists[2]
    assert lists[0][0] != lists[0][1]  # each service has dice of its own


def test_without_a_seed_the_one_that_was_chosen_is_logged(pingd):
    server = pingd("--loss", "1/2", "--threads", "1")
    seed = until(lambda: re.search(r"--seed (\d+)", server.log()), 5, "a word about the seed")[1]
    first = answered(server, 100)
    assert answered(pingd("--loss", "1/2", "--threads", "1", "--seed", seed), 100) == first
    good = pingd()
    good.stop()
    assert "stopped" in good.log() and "--seed" not in good.log()


def test_losses_come_in_bursts(pingd):
    server = pingd("--loss-burst", "2%,20%", "--seed", "3", "--threads", "1")
    count = 5000
    heard = set(answered(server, count))
    lost = [n for n in range(count) if n not in heard]
    runs = sum(n - 1 not in set(lost) for n in lost)
    assert 0.06 < len(lost) / count < 0.12
    assert 4 < len(lost) / runs < 6.5


def test_all_and_nothing(pingd):
    assert answered(pingd("--loss", "1"), 20) == []
    assert answered(pingd("--loss", "0"), 20) == list(range(20))


def test_a_lost_packet_is_none_for_a_stateful_reflector(pingd):
    """It was lost on the way there: the reflector's numbers have no gap."""
    server = pingd("--stateful", "--loss", "1/2", "--seed", "1", "--threads", "1")
    heard = answered(server, 100, stamp=True)
    assert heard == list(range(len(heard))) and 20 < len(heard) < 80


def test_delay_and_jitter_have_their_bounds(pingd):
    server = pingd("--delay", "40ms", "--jitter", "10ms", "--seed", "2", "--threads", "1")
    with Peer(server.stamp) as peer:
        delays = []
        for n in range(60):
            sent = time.time()
            answer = Answer.read(peer.ask(question(n)))
            assert answer.sequence == n
            assert from_ntp(answer.received) - sent < 0.02
            # T3 is when it really left
            delays.append(from_ntp(answer.timestamp) - from_ntp(answer.received))
    assert all(0.0299 < delay for delay in delays) and sorted(delays)[50] < 0.06
    assert max(delays) - min(delays) > 0.01
    with Peer(server.text) as peer:
        started = time.monotonic()
        peer.ask(b"ping")
        assert 0.0299 < time.monotonic() - started


def test_jitter_keeps_the_order(pingd):
    server = pingd("--delay", "30ms", "--jitter", "30ms", "--seed", "2", "--threads", "1")
    assert answered(server, 200, gap=0.0005) == list(range(200))


def test_some_are_doubled(pingd):
    for words in ([], ["--delay", "20ms"]):
        server = pingd("--duplicate", "25%", "--seed", "4", "--threads", "1", *words)
        heard = answered(server, 400)
        doubled = {n for n in heard if heard.count(n) == 2}
        assert sorted(set(heard)) == list(range(400)) and len(heard) == 400 + len(doubled)
        assert 60 < len(doubled) < 140
        assert counted(server, "impairment_duplicated_total", "text-ping") == len(doubled)


def test_some_are_overtaken(pingd):
    server = pingd("--reorder", "10%", "--reorder-hold", "60ms", "--seed", "4", "--threads", "1")
    heard = answered(server, 300, gap=0.001)
    assert sorted(heard) == list(range(300)) and heard != sorted(heard)
    held = counted(server, "impairment_reordered_total", "text-ping")
    late = sum(any(later < n for later in heard[at + 1:]) for at, n in enumerate(heard))
    assert 10 < held < 60 and late > held
    ahead = [n for at, n in enumerate(heard) if any(earlier > n for earlier in heard[:at])]
    assert 1 <= len(ahead) <= held


def test_nobody_waits_for_who_is_held_back(pingd):
    """What comes later and is due earlier goes first."""
    server = pingd("--delay", "20ms", "--reorder", "1/2", "--reorder-hold", "2s", "--seed", "4", "--threads", "1")
    with Peer(server.text) as peer:
        started, first = time.monotonic(), []
        for batch in range(4):  # the later ones come when all that waits is held back
            peer.send(*(b"ping %d" % n for n in range(10 * batch, 10 * batch + 10)))
            until_counted(server, "datagrams_received_total", 10 * batch + 10, "text-ping")
            held = counted(server, "impairment_reordered_total", "text-ping")
            first += [peer.hear() for _ in range(10 * batch + 10 - held - len(first))]
        assert 10 < len(first) < 30 and time.monotonic() - started < 1.5
        rest = [peer.hear() for _ in range(40 - len(first))]
        assert time.monotonic() - started > 2
    numbers = [int(answer.split()[1]) for answer in first], [int(answer.split()[1]) for answer in rest]
    assert numbers == (sorted(numbers[0]), sorted(numbers[1])) and sorted(sum(numbers, [])) == list(range(40))


def test_the_queue_has_room_for_so_much(pingd):
    server = pingd("--delay", "1s", "--queue-size", "16k", "--threads", "1")
    with Peer(server.text) as peer:
        peer.send(*(b"x" * 1000 for _ in range(100)))
        until_counted(server, "impairment_waiting", 14, "text-ping")
        assert len(peer.hear_all(1.5)) == 14
        assert counted(server, "impairment_overflow_total", "text-ping") == 86
        assert counted(server, "impairment_waiting", "text-ping") == 0
        peer.send(b"room again")
        assert peer.hear() == b"ROOM AGAIN"


def test_a_drain_does_not_wait_for_what_is_late_on_purpose(pingd):
    server = pingd("--delay", "30s")
    with Peer(server.stamp) as peer:
        peer.send(*(question(n) for n in range(10)))
        until_counted(server, "impairment_waiting", 10)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5


def test_two_threads(pingd):
    server = pingd("--threads", "2", "--delay", "10ms", "--jitter", "5ms", "--duplicate", "1/2", "--loss", "1/4")
    peers = [Peer(server.stamp) for _ in range(16)]
    for n in range(50):
        for peer in peers:
            peer.send(question(n))
    heard = sum(len(peer.hear_all(0.2)) for peer in peers)
    assert 700 < heard < 1100  # of 800: three quarters, and half as many again
    for peer in peers:
        peer.socket.close()


@pytest.mark.parametrize("words,says", [
    (["--loss", "0.36"], "--loss"), (["--loss", "12/11"], "--loss"), (["--loss-burst", "5%"], "--loss-burst"),
    (["--duplicate", "x"], "--duplicate"), (["--reorder", "101%"], "--reorder"), (["--seed", "-1"], "--seed"),
    (["--delay", "2m"], "--delay"), (["--jitter", "5ms"], "--delay"), (["--reorder-hold", "2m"], "--reorder-hold"),
    (["--queue-size", "x"], "--queue-size")])
def test_what_cannot_be(words, says):
    done = run("pier-pingd", "--listen", "127.0.0.1:0", "--text-listen", "off", *words)
    assert done.returncode == 64 and says in done.stderr, done
