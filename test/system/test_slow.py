"""Slow peers: deadlines cover a step that the user would recognise, so trickling bytes renew none; and those who are
slow cost the others nothing."""

import multiprocessing
import socket
import time

import pytest

import sampler
from chaos import Fault, Relay
from daemon import is_sanitized, until
from wire import Connection, bound, exchange, fetch, request

SLOW_SENDERS = 2000
FLOOR = 0.010 if not is_sanitized() else 0.5  # seconds; a p99 below it is this machine's noise
BIG = 16 << 20


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    shared_site.write("big.bin", bytes(BIG))
    return shared_httpd("--threads", "2", "--max-connections", "5000")


def trickle(address, ready, over):
    """Opens SLOW_SENDERS connections and sends a byte of a long request on each of them every second."""
    message = request("/small.txt", "X-Padding: " + "x" * 1000)
    peers = [Connection(address) for _ in range(SLOW_SENDERS)]
    for peer in peers:
        peer.socket.setblocking(False)
        peer.socket.send(message[:1])
    ready.set()
    start, sent = time.monotonic(), 0
    while not over.is_set():
        due = int((time.monotonic() - start) * SLOW_SENDERS)
        while sent < due:
            at = sent // SLOW_SENDERS + 1
            try:
                peers[sent % SLOW_SENDERS].socket.send(message[at:at + 1])
            except OSError:
                pass  # its time was up
            sent += 1
        time.sleep(0.02)


def test_slow_senders_do_not_slow_the_others(server):
    baseline = sampler.quietest_p99(server.address)
    context = multiprocessing.get_context("fork")
    ready, over = context.Event(), context.Event()
    sender = context.Process(target=trickle, args=(server.address, ready, over))
    sender.start()
    try:
        assert ready.wait(40)
        until(lambda: server.sockets() > SLOW_SENDERS, 10, "all of them being accepted")
        beside = sampler.quietest_p99(server.address)
    finally:
        over.set()
        sender.join()
    print(f"p99 {beside * 1000:.2f} ms beside {SLOW_SENDERS} slow senders, {baseline * 1000:.2f} ms alone")
    assert beside < max(2 * baseline, FLOOR)
    until(lambda: server.sockets() < 100, 10, "the slow senders' end")


def test_slow_readers_cost_little_memory_and_nobodys_time(server):
    baseline = sampler.quietest_p99(server.address, rounds=2)
    before = server.resident()
    peers = [Connection(server.address, receive_buffer=4096) for _ in range(200)]
    for peer in peers:
        peer.send(request("/big.bin"))
    for _ in range(3):
        for peer in peers:
            assert peer.read_some(1000)
    beside = sampler.quietest_p99(server.address, rounds=2)
    grown = server.resident() - before
    for peer in peers:
        peer.close()
    assert beside < max(2 * baseline, FLOOR)
    assert grown < 24 << 20 or is_sanitized(), f"{grown >> 20} MiB for 200 readers of one file"


@pytest.fixture(scope="module")
def hasty(shared_site, shared_httpd, server):
    return shared_httpd("--timeout-header", "1s", "--timeout-write", "1s", "--timeout-idle", "30s", "--threads", "1")


def assert_closed_in_time(connection, started, at_least=0.6, at_most=3.0):
    """Closed without a word or with a 408, about a second after it began."""
    rest, _ = connection.remains(patience=bound(20))
    took = time.monotonic() - started
    assert rest == b"" or rest.startswith(b"HTTP/1.1 408 "), rest
    assert at_least < took < bound(at_most), f"closed after {took:.2f} s"


@pytest.mark.parametrize("part", [b"G", b"GET /small.txt HTTP/1.1\r\n",
                                  b"GET /small.txt HTTP/1.1\r\nHost: localhost\r\n", b"\r\n"])
def test_header_that_does_not_end(hasty, part):
    started = time.monotonic()
    with Connection(hasty.address) as connection:
        assert_closed_in_time(connection.send(part), started)


def test_header_byte_by_byte_does_not_renew_the_deadline(hasty):
    message = request("/small.txt", "X: " + "x" * 100)
    started = time.monotonic()
    with Connection(hasty.address) as connection:
        for at in range(len(message)):
            try:
                connection.send(message[at:at + 1])
            except OSError:
                break
            if not connection.is_quiet(0.1):
                break
        assert at < len(message) - 1, "a header that took 10 s was accepted"
        assert_closed_in_time(connection, started)


def test_later_header_has_its_own_deadline(hasty):
    with Connection(hasty.address) as connection:
        for _ in range(4):
            started = time.monotonic()
            assert connection.send(request("/small.txt")).answer().body == b"small"
            connection.is_quiet(0.5)  # idle time does not count
        started = time.monotonic()
        assert_closed_in_time(connection.send(b"GET /small"), started)


def test_content_that_does_not_end(hasty):
    for message in (request("/small.txt", "Content-Length: 10", body=b"12345"),
                    request("/small.txt", "Transfer-Encoding: chunked", body=b"5\r\nhel")):
        with Connection(hasty.address) as connection:
            connection.send(message)
            rest, _ = connection.remains(patience=bound(20))
            assert rest.startswith(b"HTTP/1.1 408 ") and rest.count(b"HTTP/1.1 ") == 1


def test_content_byte_by_byte_does_not_last(hasty):
    started = time.monotonic()
    with Connection(hasty.address) as connection:
        connection.send(request("/small.txt", "Content-Length: 60000"))
        while time.monotonic() - started < bound(10):
            try:
                connection.send(b"x")
            except OSError:
                return
            if not connection.is_quiet(0.1) and not connection.read_some():
                return
        pytest.fail("content of a byte every 0.1 s was still accepted after 10 s")


def test_reader_that_stands_still_is_cut(hasty):
    fetch(hasty.address, "/small.txt")
    before = hasty.sockets()
    started = time.monotonic()
    with Connection(hasty.address, receive_buffer=4096) as connection:
        connection.send(request("/big.bin"))
        connection.head()
        until(lambda: hasty.sockets() <= before, 8, "the end of a connection that takes nothing")
        assert time.monotonic() - started > 0.6
        received, _ = connection.remains()
        assert len(received) < BIG


def test_reader_of_many_small_answers_that_stands_still_is_cut(hasty):
    fetch(hasty.address, "/small.txt")
    before = hasty.sockets()
    with Connection(hasty.address, receive_buffer=4096, send_buffer=1 << 20) as connection:
        connection.socket.setblocking(False)
        message = request("/small.txt") * 100
        try:
            for _ in range(100_000):
                connection.socket.send(message)
        except BlockingIOError:
            pass  # both directions are full now
        until(lambda: hasty.sockets() <= before, 8, "the end of a connection that takes nothing")


def test_reader_that_is_slow_but_steady_is_not_cut(hasty):
    """Three times the write time-out, with some progress in each: it limits standing still, not taking long."""
    with Connection(hasty.address, receive_buffer=65536) as connection:
        connection.send(request("/big.bin"))
        length, received = connection.head().length, 0
        until_then = time.monotonic() + 3
        while time.monotonic() < until_then:
            for _ in range(8):
                received += len(connection.read_some(65536))
            time.sleep(0.25)
        while received < length:
            received += len(connection.read_some(1 << 20))
        assert received == BIG


def test_relay_that_delays_every_piece(server):
    with Relay(server.address, Fault(piece=16, delay=0.01), Fault(piece=4096, delay=0.001)) as relay:
        assert exchange(relay.address, request("/small.txt")).body == b"small"
        assert exchange(relay.address, request("/big.bin", "Range: bytes=0-999999")).body == bytes(1_000_000)


def test_connection_opened_in_advance_can_be_used_later(hasty):
    """Browsers do that; the header's time starts with its first byte."""
    with Connection(hasty.address) as connection:
        assert connection.is_quiet(1.5)
        assert connection.send(request("/small.txt")).answer().body == b"small"


def test_silent_clients_do_not_stay(hasty):
    fetch(hasty.address, "/small.txt")
    before = hasty.sockets()
    silent = [socket.create_connection(hasty.address) for _ in range(20)]
    for peer in silent:
        peer.send(b"GET /big.bin HTTP/1.1\r\nHost: x\r\n")
    until(lambda: hasty.sockets() <= before, 8, "the end of silent connections")
    for peer in silent:
        peer.close()
