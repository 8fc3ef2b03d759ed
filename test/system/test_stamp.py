"""pier-pingd as a Session-Reflector of STAMP: what it answers (RFC 8762, RFC 8972), and whom it does not answer."""

import os
import random
import signal
import socket
import struct
import time

import pytest

from pinging import (BASE, UNIX_TO_NTP, Answer, Peer, counted, from_ntp, new_pingd, pingd, question, tlv,
                     to_ntp, until_counted)
from daemon import run
from test_drain import stop_the_clock
from test_listen import needs_ipv6

UNSYNCHRONIZED_SENDER = 0x3fff  # as some senders in the field say it


@pytest.fixture(scope="module")
def shared():
    with new_pingd() as start:
        yield start("--threads", "1")


@pytest.fixture(params=["127.0.0.1:0", pytest.param("[::1]:0", marks=needs_ipv6)], scope="module")
def either(request):
    with new_pingd() as start:
        yield start("--threads", "1", listen=[request.param])


def test_each_field(either):
    with Peer(either.stamp, ttl=37) as peer:
        before = time.time()
        packet = peer.ask(question(7, timestamp=to_ntp(before), error=UNSYNCHRONIZED_SENDER, ssid=0xbeef))
        after = time.time()
    answer = Answer.read(packet)
    assert len(packet) == BASE
    assert (answer.sequence, answer.sender_sequence, answer.ssid) == (7, 7, 0xbeef)
    assert (answer.sender_timestamp, answer.sender_error) == (to_ntp(before), UNSYNCHRONIZED_SENDER)
    assert answer.ttl == 37
    assert answer.error & 0x4000 == 0 and answer.error & 0xff
    assert before - 1e-6 <= from_ntp(answer.received) <= from_ntp(answer.timestamp) <= after + 1e-6


def test_timestamps_are_in_the_format_of_the_sender(shared):
    with Peer(shared.stamp) as peer:
        before = time.time_ns()
        answer = Answer.read(peer.ask(question(1, error=0x4001)))
        after = time.time_ns()
    assert answer.error & 0x4000
    received, sent = ((stamp >> 32) * 10**9 + (stamp & 0xffffffff) for stamp in (answer.received, answer.timestamp))
    assert before <= received <= sent <= after


def test_scapy_builds_and_judges(shared):
    stamp = pytest.importorskip("scapy.contrib.stamp", reason="python3-scapy is not installed")
    with Peer(shared.stamp) as peer:
        for sequence in (0, 1, 2**32 - 1):
            extra = stamp.STAMPTestTLV(flags="U", type=1, len=20, value=bytes(20))
            unknown = stamp.STAMPTestTLV(flags="U", type=77, len=3, value=b"abc")
            asked = stamp.STAMPSessionSenderTestUnauthenticated(
                seq=sequence, ts=int(time.time()) + UNIX_TO_NTP, ssid=9, tlv_objects=[extra, unknown],
                err_estimate=stamp.ErrorEstimate(S=1, scale=10, multiplier=3))
            packet = peer.ask(bytes(asked))
            answer = stamp.STAMPSessionReflectorTestUnauthenticated(packet[:BASE])
            assert (answer.seq, answer.seq_sender, answer.ssid) == (sequence, sequence, 9)
            assert bytes(answer.err_estimate_sender) == bytes(asked.err_estimate)
            assert answer.ts_sender == asked.ts and answer.ts_rx <= answer.ts
            assert (answer.mbz1, answer.mbz2) == (0, 0)
            padding = stamp.STAMPTestTLV(packet[BASE:])  # scapy 2.5 reads a list of them in no packet of its own
            other = stamp.STAMPTestTLV(bytes(padding.payload))
            assert [(bytes(t)[0], t.type, t.value) for t in (padding, other)] == [(0, 1, bytes(20)), (0x80, 77, b"abc")]


@pytest.mark.parametrize("rest", [
    b"", b"x", b"xyz", bytes(1), bytes(1000), tlv(1, bytes(100)), os.urandom(1400), bytes(65507 - BASE)],
    ids=["none", "1", "3", "zero", "zeros", "tlv", "random", "largest"])
def test_the_answer_is_as_long_as_the_question(shared, rest):
    with Peer(shared.stamp) as peer:
        assert len(peer.ask(question(1, rest=rest))) == BASE + len(rest)


def test_tlvs_come_back_with_flags(shared):
    with Peer(shared.stamp) as peer:
        def after(rest):
            return Answer.read(peer.ask(question(1, rest=rest))).rest
        assert after(tlv(1, b"pad")) == tlv(1, b"pad", 0)
        assert after(tlv(2, b"where", 0) + tlv(1, b"")) == tlv(2, b"where", 0x80) + tlv(1, b"", 0)
        assert after(tlv(8, bytes(16), 0)) == tlv(8, bytes(16), 0x80)
        cut = tlv(1, b"cut off here")[:-3]
        assert after(cut) == b"\x40" + cut[1:]
        assert after(bytes(100)) == bytes(100)


def test_short_packets_are_not_answered(shared):
    whole = question(5)
    with Peer(shared.stamp) as peer:
        malformed, short = counted(shared, "stamp_malformed_total"), counted(shared, "stamp_short_refused_total")
        peer.send(*(whole[:size] for size in range(BASE)))
        assert Answer.read(peer.ask(question(6))).sequence == 6
        assert peer.hears_nothing()
    until_counted(shared, "stamp_malformed_total", malformed + 14)
    until_counted(shared, "stamp_short_refused_total", short + BASE - 14)


def test_short_packets_of_those_who_may(pingd):
    server = pingd("--allow-short", "127.0.0.0/9", listen=["0.0.0.0:0"])
    with Peer(server.stamp) as peer:
        for size in range(14, BASE):
            packet = peer.ask(question(size, ssid=0x0102)[:size])
            answer = Answer.read(packet)
            assert len(packet) == BASE and answer.sender_sequence == size
            assert answer.ssid == (0x0102 if size >= 16 else 0)
        peer.send(bytes(13))
        assert peer.hears_nothing()
    assert counted(server, "stamp_short_answered_total") == BASE - 14
    with Peer(server.stamp, source=("127.200.0.1", 0)) as stranger:  # outside of the block
        stranger.send(question(1)[:20])
        assert Answer.read(stranger.ask(question(2))).sequence == 2
        assert stranger.hears_nothing(0)
    assert counted(server, "stamp_short_refused_total") == 1


def test_stateless_repeats_the_sequence_number(shared):
    with Peer(shared.stamp) as peer:
        for sequence in (5, 3, 3, 2**32 - 1, 0):
            assert Answer.read(peer.ask(question(sequence))).sequence == sequence


def test_stateful_counts_each_session(pingd):
    server = pingd("--stateful", "--threads", "2")
    with Peer(server.stamp) as one, Peer(server.stamp) as two, Peer(server.stamp, source=("127.0.0.2", 0)) as three:
        for count in range(4):
            for peer in (one, two, three):
                for ssid in (0, 1, 256):
                    answer = Answer.read(peer.ask(question(1000 + 7 * count, ssid=ssid)))
                    assert (answer.sequence, answer.sender_sequence) == (count, 1000 + 7 * count)
    assert counted(server, "stamp_sessions") == 9


def test_stateful_knows_so_many_sessions(pingd):
    server = pingd("--stateful", "--max-sessions", "3", "--threads", "2")
    with Peer(server.stamp) as peer:
        for ssid in range(3):
            assert Answer.read(peer.ask(question(9, ssid=ssid))).sequence == 0
        peer.send(question(9, ssid=3))
        for ssid in range(3):
            assert Answer.read(peer.ask(question(9, ssid=ssid))).sequence == 1
        assert peer.hears_nothing(0)
    assert counted(server, "stamp_sessions_refused_total") == 1 and counted(server, "stamp_sessions") == 3


def test_stateful_forgets_idle_sessions(pingd):
    server = pingd("--stateful", "--max-sessions", "1", "--session-timeout", "300ms")
    with Peer(server.stamp) as one, Peer(server.stamp) as two:
        assert Answer.read(one.ask(question(9))).sequence == 0
        until_counted(server, "stamp_sessions", 0)
        assert Answer.read(two.ask(question(9))).sequence == 0
        until_counted(server, "stamp_sessions", 0)
        assert Answer.read(one.ask(question(9))).sequence == 0


def test_the_mark_of_the_question_is_on_the_answer(either):
    """The same DSCP, so that both ways are treated alike; no ECN."""
    v6 = ":" in either.stamp[0]
    level, ask_for, kind = ((socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, socket.IPV6_TCLASS) if v6 else
                            (socket.IPPROTO_IP, socket.IP_RECVTOS, socket.IP_TOS))
    for mark in (46 << 2, 0, 10 << 2 | 1):
        with Peer(either.stamp) as peer:
            peer.socket.setsockopt(level, kind, mark)
            peer.socket.setsockopt(level, ask_for, 1)
            peer.send(question(1))
            _, ancillary, _, _ = peer.socket.recvmsg(2000, 200)
            found = [int.from_bytes(data, "little") for a, b, data in ancillary if (a, b) == (level, kind)]
            assert found == [mark & 0xfc]


@needs_ipv6
def test_all_addresses_answer_from_where_they_were_asked(pingd):
    server = pingd("--threads", "2", listen=["[::]:0"])
    port = server.stamp[1]
    for address in ("127.0.0.1", "127.1.2.3", "::1"):
        with Peer((address, port)) as peer:  # connected: hears from no other address
            assert Answer.read(peer.ask(question(3))).sequence == 3


def test_lan_opens_both_ports(pingd):
    """On the ports that are Pier's own: whoever has them taken has this test skipped."""
    for port in (8620, 12001):
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("::", port))
            except OSError:
                pytest.skip(f"port {port} is taken, or there is no IPv6")
    server = pingd("--lan", listen=[], text=None, listeners=3)
    assert server.urls[:2] == ["stamp://[::]:8620", "text-ping://[::]:12001"]
    with Peer(("127.0.0.1", 8620)) as peer:
        assert Answer.read(peer.ask(question(3))).sequence == 3
    server.stop()
    server = pingd(listen=[], text=None, listeners=3)
    assert server.urls[:2] == ["stamp://127.0.0.1:8620", "text-ping://127.0.0.1:12001"]


def test_random_octets_do_no_harm(pingd):
    server = pingd("--stateful", "--allow-short", "127.0.0.1")
    dice = random.Random(8762)
    with Peer(server.stamp) as peer:
        for _ in range(2000):
            size = dice.choice([dice.randrange(60), dice.randrange(1500)])
            peer.send(dice.randbytes(size))
            if size >= 14:
                assert len(peer.hear()) == max(size, BASE)
        assert Answer.read(peer.ask(question(3, ssid=1))).sender_sequence == 3


def test_those_who_may_be_forged_are_not_answered(pingd):
    """Reflectors and echo services that answer each other do so for ever."""
    server = pingd()
    refused = 0
    for port in (7, 862):
        try:
            peer = Peer(server.stamp, source=("127.0.0.1", port))
        except PermissionError:
            pytest.skip("only root has these ports")
        with peer:
            peer.send(question(1))
            assert peer.hears_nothing()
            refused += 1
        until_counted(server, "datagrams_refused_by_source_total", refused)
    with Peer(server.stamp) as peer:
        assert Answer.read(peer.ask(question(1))).sequence == 1


def test_a_source_may_ask_so_many_times(pingd):
    server = pingd("--limit-datagrams", "10/s:5")
    with Peer(server.stamp) as peer:
        peer.send(*(question(n) for n in range(50)))
        assert 5 <= len(peer.hear_all(0.2)) <= 8
    free = pingd("--limit-datagrams", "off")
    with Peer(free.stamp) as peer:
        peer.send(*(question(n) for n in range(200)))
        assert len(peer.hear_all(0.2)) == 200


def test_many_at_once_over_two_threads(pingd):
    server = pingd("--threads", "2", "--stateful")
    peers = [Peer(server.stamp) for _ in range(32)]
    try:
        for count in range(50):
            for peer in peers:
                peer.send(question(count))
        for peer in peers:
            answers = [Answer.read(peer.hear()) for _ in range(50)]
            assert [a.sequence for a in answers] == [a.sender_sequence for a in answers] == list(range(50))
            received = [a.received for a in answers]
            assert received == sorted(received) and all(a.received <= a.timestamp for a in answers)
    finally:
        for peer in peers:
            peer.socket.close()
    assert counted(server, "stamp_without_receive_time_total") == 0


def test_what_waited_while_it_was_stopped_has_its_true_time(pingd):
    """SIGSTOP: the kernel's time of arrival is that of the packet, not of the wake-up."""
    server = pingd("--threads", "1")
    with Peer(server.stamp) as peer:
        peer.ask(question(0))
        stop_the_clock(server)
        sent = time.time()
        peer.send(question(1))
        time.sleep(0.3)  # this is the pause that is measured
        server.send_signal(signal.SIGCONT)
        answer = Answer.read(peer.hear())
    assert abs(from_ntp(answer.received) - sent) < 0.1
    assert from_ntp(answer.timestamp) - from_ntp(answer.received) > 0.29


def test_drain_answers_what_has_come(pingd):
    server = pingd("--threads", "1", "--drain", "2s")
    with Peer(server.stamp) as peer:
        peer.ask(question(0))
        stop_the_clock(server)
        peer.send(*(question(n) for n in range(100)))
        server.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGCONT)
        assert len([peer.hear() for _ in range(100)]) == 100
    server.check(server.wait(5))


def test_a_socket_that_is_handed_over(pingd):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as given:
        given.bind(("127.0.0.1", 0))
        port = given.getsockname()[1]
        server = pingd(listen=[], text="off", sockets=[given])
        assert server.stamp == ("127.0.0.1", port)
    with Peer(server.stamp) as peer:
        assert Answer.read(peer.ask(question(1))).sequence == 1


def test_an_error_that_a_socket_tells_late_costs_no_packet(pingd):
    """Whoever hands a socket over may have asked for ICMP's errors (ip(7), IP_RECVERR): then the next read fails, though
    packets wait behind it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as given, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        given.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
        given.bind(("127.0.0.1", 0))
        server = pingd("--threads", "1", listen=[], text="off", sockets=[given])
        gone.bind(("127.0.0.1", 0))
        nobody = gone.getsockname()
        gone.close()
        with Peer(server.stamp) as peer:
            for number in range(3):
                server.send_signal(signal.SIGSTOP)
                given.sendto(b"to nobody", nobody)
                peer.send(question(number))
                server.send_signal(signal.SIGCONT)
                assert Answer.read(peer.hear()).sequence == number


@pytest.mark.parametrize("arguments,says", [
    (["--max-sessions", "0"], "--max-sessions"), (["--session-timeout", "0"], "--session-timeout"),
    (["--allow-short", "10.1.2.3/8"], "--allow-short"), (["--listen", "unix:/tmp/x"], "--listen"),
    (["--key", "/dev/null", "--allow-short", "10.0.0.0/8"], "--allow-short")])
def test_what_cannot_be(arguments, says):
    done = run("pier-pingd", "--text-listen", "off", *arguments)
    assert done.returncode == 64 and says in done.stderr, done


def test_a_port_that_is_taken():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        done = run("pier-pingd", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--text-listen", "off")
    assert done.returncode == 69 and "listening on" not in done.stdout, done
