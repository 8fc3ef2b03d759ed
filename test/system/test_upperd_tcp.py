"""pier-upperd over TCP: every byte back in order, however it comes and goes."""

import os
import random
import shutil
import socket
import subprocess
import threading
import time

import pytest

from daemon import is_sanitized, until
from test_listen import needs_ipv6
from upper import (ALPHABET, TCP_CLIENT, connect, metric, new_upperd, python, receive, reset_on_close, to_end, upper)
from wire import bound, is_readable


@pytest.fixture(scope="module")
def shared():
    with new_upperd() as start:
        yield start("--threads", "2")


@pytest.fixture
def upperd():
    with new_upperd() as start:
        yield start


def test_all_bytes(shared):
    with connect(shared.tcp) as peer:
        peer.sendall(ALPHABET)
        assert receive(peer, 256) == upper(ALPHABET)
        text = "straße, 你好, na\u0131ve &*! \0".encode()
        peer.sendall(text)
        assert receive(peer, len(text)) == "STRAßE, 你好, NA\u0131VE &*! \0".encode()


def test_the_coursework_client(shared):
    assert python(TCP_CLIENT, *shared.tcp, text="a lower case sentence &*! 1\n") == \
        "From Server: A LOWER CASE SENTENCE &*! 1\n"


@pytest.mark.parametrize("command", [["nc", "-N"], ["ncat"], ["socat", "-t5", "-"]])
def test_real_peers(shared, command):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed: script/bootstrap test")
    host, port = shared.tcp
    target = [f"TCP:{host}:{port}"] if command[0] == "socat" else [host, str(port)]
    text = os.urandom(300_000)
    done = subprocess.run([*command, *target], input=text, capture_output=True, timeout=bound(10), check=True)
    assert done.stdout == upper(text)


def test_split_at_every_byte(shared):
    text = b"every byte of it, \xc3\xa9 and \0 too"
    with connect(shared.tcp) as peer:
        for cut in range(1, len(text)):
            peer.sendall(text[:cut])
            assert receive(peer, cut) == upper(text[:cut])
            peer.sendall(text[cut:])
            assert receive(peer, len(text) - cut) == upper(text[cut:])


def test_one_byte_at_a_time(shared):
    text = ALPHABET * 4
    with connect(shared.tcp) as peer:
        for i in range(len(text)):
            peer.sendall(text[i:i + 1])
        peer.shutdown(socket.SHUT_WR)
        assert to_end(peer) == upper(text)


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 65535, 65536, 65537, 1_000_000])
def test_half_closed_is_answered_to_the_end(shared, size):
    text = random.Random(size).randbytes(size)
    with connect(shared.tcp) as peer:
        sender = threading.Thread(target=lambda: (peer.sendall(text), peer.shutdown(socket.SHUT_WR)))
        sender.start()
        assert to_end(peer) == upper(text)
        sender.join()


def test_the_end_after_many_small_messages(shared):
    """The end that comes along with a late small message is noticed too, if not at once."""
    with connect(shared.tcp) as peer:
        for i in range(100):
            peer.sendall(b"small")
            assert receive(peer, 5) == b"SMALL"
        peer.sendall(b"last")
        peer.shutdown(socket.SHUT_WR)
        assert to_end(peer) == b"LAST"


def test_sentence_and_end_in_one_segment(shared):
    """The answer's end follows at once, not when the connection has been idle for a while."""
    begun = time.monotonic()
    for _ in range(50):
        with connect(shared.tcp) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            peer.sendall(b"sentence")
            peer.shutdown(socket.SHUT_WR)
            assert to_end(peer) == b"SENTENCE"
    assert time.monotonic() - begun < bound(5)


def test_pipelined(shared):
    with connect(shared.tcp) as peer:
        text = b"".join(b"line %d\n" % i for i in range(20_000))
        sender = threading.Thread(target=peer.sendall, args=(text,))
        sender.start()
        assert receive(peer, len(text)) == upper(text)
        sender.join()


def test_reset_in_the_middle_of_an_answer(shared):
    for _ in range(20):
        peer = connect(shared.tcp, receive_buffer=4096)
        peer.setblocking(False)
        try:
            while True:
                peer.send(b"x" * 65536)
        except BlockingIOError:
            pass
        reset_on_close(peer)
        peer.close()
    with connect(shared.tcp) as peer:
        peer.sendall(b"still there")
        assert receive(peer, 11) == b"STILL THERE"


def fill(peer):
    """Sends until nothing more is taken for a while; how much was."""
    sent = 0
    while True:
        try:
            sent += peer.send(b"abcdefghijklmnop" * 4096)
        except TimeoutError:
            return sent


def test_who_does_not_read_is_not_read_from(upperd):
    server = upperd("--threads", "1")
    with connect(server.tcp) as quick:
        quick.sendall(b"warm")
        assert receive(quick, 4) == b"WARM"
        before = server.resident()
        peers = [connect(server.tcp) for _ in range(30)]
        sent = []
        for peer in peers:
            peer.settimeout(0.2)
            sent.append(fill(peer))
        quick.sendall(b"others are served meanwhile")
        assert receive(quick, 27) == b"OTHERS ARE SERVED MEANWHILE"
        if not is_sanitized():
            assert server.resident() - before < 30 * 160 * 1024, "a block for each of them at most"
        for peer, size in zip(peers, sent):
            peer.settimeout(bound(10))
            got = receive(peer, size)
            assert len(got) == size and got[:16] == b"ABCDEFGHIJKLMNOP" and b"a" not in got
            peer.close()


def test_idle_connections_hold_no_blocks(upperd):
    server = upperd("--threads", "1")
    peers = [connect(server.tcp) for _ in range(200)]

    def exchange_all():
        for peer in peers:
            peer.sendall(b"x" * 1000)
            assert receive(peer, 1000) == b"X" * 1000
    exchange_all()
    before = server.resident()
    exchange_all()
    if not is_sanitized():
        assert before < 30 << 20 and server.resident() - before < 2 << 20
    for peer in peers:
        peer.close()


def test_timeout_idle(upperd):
    server = upperd("--timeout-idle", "300ms")
    with connect(server.tcp) as fresh, connect(server.tcp) as used:
        used.sendall(b"x")
        assert receive(used, 1) == b"X"
        assert to_end(used) == b"" and to_end(fresh) == b""
    until(lambda: metric(server, "deadlines_expired_total", "upper-tcp") == 2, 5, "two deadlines counted")


def test_one_byte_now_and_then_is_not_idle(upperd):
    server = upperd("--timeout-idle", "1s")
    with connect(server.tcp) as peer:
        for _ in range(20):
            assert not is_readable(peer, 0.1)
            peer.sendall(b"y")
            assert receive(peer, 1) == b"Y"


def test_timeout_send(upperd):
    server = upperd("--timeout-send", "300ms")
    with connect(server.tcp, receive_buffer=4096) as peer:
        peer.settimeout(bound(5))
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while True:
                peer.send(b"z" * 65536)


def test_drain_closes_idle_and_fresh_ones_and_answers_busy_ones(upperd):
    server = upperd("--threads", "1", "--drain", "10s")
    idle, busy = connect(server.tcp), connect(server.tcp)
    for peer in (idle, busy):
        peer.sendall(b"x")
        assert receive(peer, 1) == b"X"
    busy.settimeout(0.2)
    size = fill(busy)
    busy.settimeout(bound(10))
    server.send_signal(15)
    assert to_end(idle) == b""
    until(lambda: refused(server.tcp), 5, "nobody accepts any more")
    got = receive(busy, size)
    assert len(got) == size and set(got) == set(b"ABCDEFGHIJKLMNOP")
    assert to_end(busy) == b""
    server.check(server.wait())


def refused(address):
    try:
        connect(address).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


def test_drain_ends_those_who_never_stop(upperd):
    server = upperd("--drain", "500ms")
    peer = connect(server.tcp)
    peer.settimeout(0.2)
    fill(peer)
    server.stop(within=5)
    peer.close()


@pytest.mark.parametrize("accept", ["spread", "deal"])
def test_two_threads(upperd, accept):
    server = upperd("--threads", "2", "--accept", accept)
    peers = [connect(server.tcp) for _ in range(40)]
    for i, peer in enumerate(peers):
        peer.sendall(b"peer %d" % i)
    for i, peer in enumerate(peers):
        assert receive(peer, len(b"peer %d" % i)) == b"PEER %d" % i
        peer.close()


@needs_ipv6
def test_ipv6(upperd):
    server = upperd(listen=["[::1]:0"])
    assert server.urls[0].startswith("tcp://[::1]:") and server.tcp[1] == server.udp[1]
    with connect(server.tcp) as peer:
        peer.sendall(b"six")
        assert receive(peer, 3) == b"SIX"


def test_unix(upperd, tmp_path):
    server = upperd(listen=[f"unix:{tmp_path}/socket"])
    assert server.urls[0] == f"tcp+unix:{tmp_path}/socket"
    with connect(server.address) as peer:
        peer.sendall(b"local")
        peer.shutdown(socket.SHUT_WR)
        assert to_end(peer) == b"LOCAL"


def test_limit_rate(upperd):
    server = upperd("--limit-rate", "64k")
    with connect(server.tcp) as peer:
        sender = threading.Thread(target=peer.sendall, args=(b"r" * 200_000,))
        sender.start()
        begun = time.monotonic()
        assert receive(peer, 200_000) == b"R" * 200_000
        assert time.monotonic() - begun > 1.0, "200 kB at 64 kB a second"
        sender.join()


def test_too_many_connections_are_refused(upperd):
    server = upperd("--max-connections", "2")
    with connect(server.tcp) as one, connect(server.tcp) as two:
        for peer in (one, two):
            peer.sendall(b"in")
            assert receive(peer, 2) == b"IN"
        with connect(server.tcp) as three:
            assert three.recv(1) == b""
    assert metric(server, "connections_refused_total", "upper-tcp") == 1
