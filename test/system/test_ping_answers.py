"""Answers as networks and strangers give them: lost, late, twice, in another order, corrupt, of another's."""

import random
import struct
import tempfile
import threading
import time

import pytest

from pinging import UNIX_TO_NTP
from reflecting import Reflector, ntp_now, ping, ping_json, reflect, summary_of

FAST = ("--rate", "500", "-W", "300ms")


def test_losses_are_those_of_the_dice():
    dice, dropped = random.Random(4), []

    def behave(number, packet, send):
        if dice.random() < 0.36:
            dropped.append(number)
        else:
            send(reflect(packet))
    with Reflector(behave) as reflector:
        objects, summaries = ping_json(reflector.target, "-c", "400", *FAST)
    (summary,) = summaries.values()
    assert [each["seq"] for each in objects if each["type"] == "lost"] == dropped
    assert summary["lost"] == len(dropped) and summary["received"] == 400 - len(dropped)
    runs = sum(1 for number in dropped if number - 1 not in dropped)
    assert summary["loss_runs"]["runs"] == runs


def test_losses_in_a_row():
    with Reflector(lambda number, packet, send: None if 20 <= number < 70 else send(reflect(packet))) as reflector:
        summary = summary_of(reflector.target, "-c", "100", *FAST)
    assert summary["loss_runs"]["runs"] == 1 and summary["loss_runs"]["longest"] == 50
    assert 95 < summary["loss_runs"]["longest_outage"] < 400  # milliseconds: 50 at 500 a second


@pytest.mark.parametrize("arguments", [[], ["--stateful"]])
def test_losses_by_direction(arguments):
    """A stateful reflector counts what reaches it."""
    there, back = set(range(10, 17)), {30, 31, 50}
    counted = iter(range(1000))

    def behave(number, packet, send):
        if number in there:
            return
        answer = reflect(packet, sequence=next(counted))
        if number not in back:
            send(answer)
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "100", *FAST, *arguments)
    assert summary["lost_by_direction"] == {"there": 7, "back": 3, "unknown": 0}


def test_a_stateless_reflector_does_not_tell_the_direction():
    with Reflector(lambda number, packet, send: None if number == 5 else send(reflect(packet))) as reflector:
        assert "lost_by_direction" not in summary_of(reflector.target, "-c", "20", *FAST)


def test_twice_is_counted_apart():
    def behave(number, packet, send):
        for _ in range(3 if number % 10 == 0 else 1):
            send(reflect(packet))
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "100", *FAST)
    assert summary["received"] == 100 and summary["duplicated"] == 20 and summary["rtt"]["count"] == 100


def test_another_order():
    held = []

    def behave(number, packet, send):
        if number % 10 == 3:
            held.append(reflect(packet))
        else:
            send(reflect(packet))
        if number % 10 == 6:
            send(held.pop())
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "100", *FAST)
    assert summary["received"] == 100 and summary["reordered"] == 10 and summary["reordering_extent"] == 3


def test_corrupt_answers_are_no_answers():
    def behave(number, packet, send):
        answer = reflect(packet)
        send([b"", answer[:43], answer[:12] + b"\0\0" + answer[14:], answer][number % 4])
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "40", *FAST)
    assert summary["corrupt"] == 30 and summary["received"] == 10 and summary["lost"] == 30


def test_wrong_numbers_and_timestamps_are_no_answers():
    def behave(number, packet, send):
        answer = bytearray(reflect(packet))
        if number % 4 == 0:
            struct.pack_into("!I", answer, 24, number + 1000)  # never sent
        elif number % 4 == 1:
            answer[30] ^= 1  # another timestamp
        elif number % 4 == 2:
            struct.pack_into("!I", answer, 24, max(0, number - 1))  # that of the ping before
        send(bytes(answer))
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "40", *FAST)
    assert summary["stray"] == 30 and summary["received"] == 10 and summary["lost"] == 30


def test_another_s_key():
    ours, other = bytes(16), bytes(15) + b"x"
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(ours.hex())
        file.flush()
        with Reflector(lambda number, packet, send: send(reflect(packet, key=ours if number % 2 else other))) as reflector:
            summary = summary_of(reflector.target, "--key", file.name, "-c", "20", *FAST)
    assert summary["corrupt"] == 10 and summary["received"] == 10


def test_a_late_answer_is_not_taken_for_the_next_ping_s():
    """Each answer comes when the next ping is under way."""
    def behave(number, packet, send):
        threading.Timer(0.25, send, [reflect(packet)]).start()
    with Reflector(behave) as reflector:
        objects, summaries = ping_json(reflector.target, "-c", "5", "-i", "200ms", "-W", "100ms", code=1)
    (summary,) = summaries.values()
    assert summary["received"] == 0 and summary["lost"] == 5 and summary["late"] >= 4
    for each in objects:
        if each["type"] == "late":
            assert 240 < each["call"] < 2000


def test_late_ones_are_told_in_lines():
    def behave(number, packet, send):
        if number == 0:
            threading.Timer(0.3, send, [reflect(packet)]).start()
        else:
            send(reflect(packet))
    with Reflector(behave) as reflector:
        out = ping(reflector.target, "-c", "6", "-i", "100ms", "-W", "150ms").stdout
    assert "seq=0 lost: no answer within 150 ms\n" in out and "seq=0 late, rtt=" in out
    assert "5 received, 1 lost (16.67%), 1 late" in out


def test_the_reflector_s_own_time_is_taken_off():
    def behave(number, packet, send):
        received = ntp_now()
        time.sleep(0.05)
        send(reflect(packet, received=received))
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "5", "-i", "100ms")
    assert summary["processing"]["min"] >= 50 and summary["rtt"]["median"] < 20 and summary["call"]["min"] >= 50


def test_a_reflector_whose_clock_is_years_behind():
    year = 31_536_000 << 32

    def behave(number, packet, send):
        answer = bytearray(reflect(packet))
        for at in (4, 16):
            struct.pack_into("!Q", answer, at, struct.unpack_from("!Q", answer, at)[0] - 5 * year)
        send(bytes(answer))
    with Reflector(behave) as reflector:
        summary = summary_of(reflector.target, "-c", "20", *FAST)
    assert summary["received"] == 20 and summary["rtt"]["max"] < 1000 and not summary["clocks_synchronised"]
    assert summary["there"]["varies_by"] < 1000 and "delay" not in summary["there"]


def test_scapy_judges_our_probes_and_builds_the_answers():
    stamp = pytest.importorskip("scapy.contrib.stamp", reason="python3-scapy is not installed")

    def behave(number, packet, send):
        asked = stamp.STAMPSessionSenderTestUnauthenticated(packet)
        assert bytes(asked)[:44] == packet[:44]
        read.append(asked)
        now = time.time() + UNIX_TO_NTP
        answer = bytes(stamp.STAMPSessionReflectorTestUnauthenticated(
            seq=asked.seq, ts=now, err_estimate=asked.err_estimate, ssid=asked.ssid, ts_rx=now, seq_sender=asked.seq,
            err_estimate_sender=asked.err_estimate, ttl_sender=250))
        send(answer[:28] + packet[4:12] + answer[36:])  # its floating-point numbers do not bring a timestamp back whole
    read = []
    with Reflector(behave) as reflector:
        before = time.time()
        summary = summary_of(reflector.target, "-c", "10", "--ssid", "258", *FAST)
    assert [asked.seq for asked in read] == list(range(10)) and {asked.ssid for asked in read} == {258}
    assert all(before - 0.01 < asked.ts - UNIX_TO_NTP < time.time() + 0.01 for asked in read)
    assert all(asked.err_estimate.Z == 0 and asked.err_estimate.multiplier > 0 for asked in read)
    assert summary["received"] == 10
    assert summary["there"]["ttl"] == 250 and summary["there"]["varies_by"] < 1000
