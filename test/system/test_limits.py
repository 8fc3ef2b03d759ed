"""What one client, and all together, may take: connections and requests of an address, bytes a second. Each limit at
two threads, where what they hold back (docs/limits.md) bounds the error."""

import contextlib
import re
import socket
import threading
import time

import pytest

from daemon import run, until
from test_listen import needs_ipv6
from wire import Connection, bound, fetch, request

THREADS = 2
EVERY_WAY = [("1", "spread"), ("2", "spread"), ("2", "deal")]


def connect_from(source, address):
    """A Connection from one of the many addresses that loopback has."""
    connection = Connection.__new__(Connection)
    connection.buffer = bytearray()
    connection.socket = socket.create_connection(address, timeout=10, source_address=(source, 0))
    return connection


@pytest.fixture(autouse=True)
def files(site):
    site.write("small.txt", "small")
    site.write("big.bin", bytes(64 << 20))


def enters(address, source="127.0.0.1"):
    """A connection that has been answered, or None for one that was refused."""
    connection = connect_from(source, address)
    answer = connection.send(request("/small.txt")).answer()
    if answer.status == 200:
        return connection
    assert answer.status == 503 and answer["Retry-After"], answer
    connection.closed().close()
    return None


# connections


@pytest.mark.parametrize("threads, accept", EVERY_WAY)
def test_connections_of_an_address(httpd, threads, accept):
    server = httpd("--limit-connections-per-address", 5, "--threads", threads, "--accept", accept)
    for _ in range(3):
        held = [enters(server.address) for _ in range(5)]
        assert all(held)
        for _ in range(4):
            assert enters(server.address) is None
        other = enters(server.address, "127.0.0.2")  # another client is not hurt
        assert other
        held.pop().close()

        def has_room():
            connection = enters(server.address)
            return connection and (held.append(connection) or True)
        until(has_room, 3, "room after one has left")
        for connection in held + [other]:
            connection.close()
        until(lambda: server.sockets() <= int(threads) + 1, 3, "the end of all")


def test_connections_that_come_all_at_once(httpd):
    server = httpd("--limit-connections-per-address", 10, "--threads", THREADS)
    results, start = [], threading.Barrier(40)

    def come():
        start.wait()
        results.append(enters(server.address))
    comers = [threading.Thread(target=come) for _ in range(40)]
    for comer in comers:
        comer.start()
    for comer in comers:
        comer.join()
    held = [connection for connection in results if connection]
    assert len(results) == 40 and len(held) == 10
    for connection in held:
        connection.close()


def test_unix_peers_have_no_address(site, httpd):
    server = httpd("--limit-connections-per-address", 1, "--limit-requests", "1/h", "--threads", THREADS,
                   listen=[f"unix:{site.outside}/socket"])
    with contextlib.ExitStack() as held:
        for _ in range(5):
            connection = held.enter_context(Connection(server.address))
            for _ in range(3):
                assert connection.send(request("/small.txt")).answer().status == 200


@needs_ipv6
def test_ipv4_and_ipv6_are_counted_apart(httpd):
    server = httpd("--limit-connections-per-address", 1, "--threads", THREADS, listen=["127.0.0.1:0", "[::1]:0"])
    four, six = server.addresses
    with Connection(four) as a, Connection(six) as b:
        assert a.send(request("/small.txt")).answer().status == 200
        assert b.send(request("/small.txt")).answer().status == 200
        for address in (four, six):
            with Connection(address) as c:
                assert c.send(request("/small.txt")).answer().status == 503


def hello(client):
    """A PROXY header: how these tests come from networks that this machine is not in."""
    family, own = ("TCP6", "2001:db8::2") if ":" in client else ("TCP4", "198.51.100.1")
    return f"PROXY {family} {client} {own} 4711 80\r\n".encode()


def test_an_ipv6_network_of_64_bits_is_one_client(httpd):
    server = httpd("--limit-connections-per-address", 2, "--limit-requests", "3/h", "--threads", THREADS,
                   "--proxy-protocol-from", "127.0.0.1")

    def come(client):
        connection = Connection(server.address)
        return connection, connection.send(hello(client) + request("/small.txt")).answer().status
    first, second = come("2001:db8:0:1::1"), come("2001:db8:0:1:ffff::1")
    assert first[1] == second[1] == 200
    assert come("2001:db8:0:1::3")[1] == 503
    assert come("2001:db8:0:2::1")[1] == 200
    assert first[0].send(request("/small.txt")).answer().status == 200
    assert second[0].send(request("/small.txt")).answer().status == 429


# requests


def test_requests_of_an_address(httpd):
    server = httpd("--limit-requests", "6/m:3", "--threads", "1")
    with Connection(server.address) as connection:
        for _ in range(3):
            assert connection.send(request("/small.txt")).answer().status == 200
        refusal = connection.send(request("/small.txt")).answer()
        assert refusal.status == 429 and not refusal.closes and 1 <= int(refusal["Retry-After"]) <= 10
        assert b"429 Too Many Requests" in refusal.body
    with connect_from("127.0.0.2", server.address) as other:
        assert other.send(request("/small.txt")).answer().status == 200


def test_who_waits_as_told_gets_through(httpd):
    server = httpd("--limit-requests", "60/m:1", "--threads", THREADS)
    assert fetch(server.address, "/small.txt").status == 200
    refusal = fetch(server.address, "/small.txt")
    assert refusal.status == 429 and refusal["Retry-After"] == "1"
    time.sleep(int(refusal["Retry-After"]) + 0.05)  # what a client is told to do: the one look after it must pass
    assert fetch(server.address, "/small.txt").status == 200


def test_a_refused_request_with_a_body_and_pipelined_ones(httpd, site):
    log = site.outside / "access.log"
    server = httpd("--limit-requests", "1/h", "--threads", "1", "--access-log", log)
    with Connection(server.address) as connection:
        connection.send(request("/small.txt"), request("/small.txt", "Content-Length: 5", method="POST", body=b"hello"),
                        request("/small.txt", method="HEAD"))
        assert connection.answer().status == 200
        assert connection.answer().status == 429
        head = connection.answer(method="HEAD")
        assert head.status == 429 and head["Retry-After"]
        assert connection.is_quiet(0.05)
    until(lambda: log.read_bytes().count(b"\n") == 3, 5, "three lines in the log")
    assert [line.split()[8] for line in log.read_bytes().splitlines()] == [b"200", b"429", b"429"]


@pytest.mark.parametrize("accept", ["spread", "deal"])
def test_requests_over_many_connections_stay_within_the_bound(httpd, accept):
    """In time t at most rate * t + burst and a quarter of the burst; three quarters of the burst at least."""
    rate, burst, connections = 50, 40, 12
    server = httpd("--limit-requests", f"{rate}/s:{burst}", "--threads", THREADS, "--accept", accept)
    passed = refused = 0
    started = time.monotonic()
    with contextlib.ExitStack() as held:
        peers = [held.enter_context(Connection(server.address)) for _ in range(connections)]
        while time.monotonic() - started < 2:
            for peer in peers:
                status = peer.send(request("/small.txt")).answer().status
                assert status in (200, 429)
                passed += status == 200
                refused += status == 429
    took = time.monotonic() - started
    assert refused > 0
    assert passed <= rate * took + burst + burst // 4 + 1
    assert passed >= rate * 2 + burst - burst // 4 - connections


def test_who_stays_below_the_rate_is_never_refused(httpd):
    server = httpd("--limit-requests", "100/s:20", "--threads", THREADS)
    with contextlib.ExitStack() as held:
        noisy = [held.enter_context(connect_from("127.0.0.9", server.address)) for _ in range(4)]
        calm = held.enter_context(Connection(server.address))
        refused = 0
        for _ in range(50):  # far more than the rate from one address, far less from the other
            for peer in noisy:
                for _ in range(5):
                    refused += peer.send(request("/small.txt")).answer().status == 429
            assert calm.send(request("/small.txt")).answer().status == 200
            time.sleep(0.02)
        assert refused > 0


# bytes


def measure(connections, target, enough):
    """Bytes received and seconds taken, over all connections, until `enough` have come."""
    received, started = 0, time.monotonic()
    for connection in connections:
        connection.send(request(target))
    for connection in connections:
        connection.head()
    while received < enough:
        for connection in connections:
            received += len(connection.read_some(1 << 20))
            if received >= enough:
                break
    return received, time.monotonic() - started


@pytest.mark.parametrize("threads", ["1", "2"])
def test_rate_of_a_connection(httpd, threads):
    rate = 1 << 20
    server = httpd("--limit-rate", "1M", "--threads", threads)
    with Connection(server.address) as connection:
        received, took = measure([connection], "/big.bin", 3 * rate)
        assert received <= rate * took + rate // 4 + (1 << 16)
        assert took < bound(6)  # near the rate, not far below it
    started = time.monotonic()  # what is less than the burst comes at once
    assert fetch(server.address, "/small.txt").body == b"small"
    assert time.monotonic() - started < bound(0.2)


def test_rate_of_each_is_its_own(httpd):
    server = httpd("--limit-rate", "500k", "--threads", THREADS)
    with contextlib.ExitStack() as held:
        peers = [held.enter_context(Connection(server.address)) for _ in range(6)]
        _, took = measure(peers, "/big.bin", 6 * 500 << 10)
        assert took < bound(3), "they wait for each other"


def test_rate_of_all(httpd):
    rate = 2 << 20
    server = httpd("--limit-rate-total", "2M", "--threads", THREADS)
    with contextlib.ExitStack() as held:
        peers = [held.enter_context(Connection(server.address)) for _ in range(6)]
        received, took = measure(peers, "/big.bin", 6 << 20)
        # what lies in the sockets' buffers has been sent too; it is not received yet
        assert received <= rate * took + rate // 4 * 5 // 4 + (1 << 16)
        assert took < bound(4.5)  # read in turns: this holds only if none of them waits long
        small = Connection(server.address)  # a newcomer gets its part
        held.enter_context(small)
        assert small.send(request("/small.txt")).answer(patience=bound(2)).body == b"small"


def test_paced_answer_is_whole(site, httpd):
    content = bytes(range(256)) * 2000
    site.write("pattern.bin", content)
    site.write("cached.txt", content[:50_000])
    server = httpd("--limit-rate", "400k", "--threads", THREADS)
    with Connection(server.address) as connection:
        for _ in range(2):
            assert connection.send(request("/cached.txt")).answer().body == content[:50_000]
            assert connection.send(request("/pattern.bin")).answer().body == content
        ranges = connection.send(request("/pattern.bin", "Range: bytes=0-99999,200000-299999")).answer()
        assert ranges.status == 206 and content[200_000:300_000] in ranges.body


def test_our_own_waiting_is_no_write_timeout(site, httpd):
    """At a kilobyte a second nothing leaves for longer than the time-out: that is not the peer's fault."""
    site.write("slow.bin", bytes(9 << 10))
    server = httpd("--limit-rate", "1k", "--timeout-write", "1s", "--threads", THREADS)
    with Connection(server.address) as connection:
        started = time.monotonic()
        assert connection.send(request("/slow.bin")).answer(patience=bound(20)).body == bytes(9 << 10)
        assert time.monotonic() - started > 4
        assert connection.send(request("/small.txt")).answer().body == b"small"


def test_a_reader_that_stands_still_is_cut_though_paced(httpd):
    server = httpd("--limit-rate", "16M", "--timeout-write", "1s", "--threads", "1")
    fetch(server.address, "/small.txt")
    before = server.sockets()
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/big.bin")).head()
        until(lambda: server.sockets() <= before, 10, "the end of a connection that takes nothing")


def test_pacing_costs_little_and_drain_ends_it(httpd):
    server = httpd("--limit-rate", "4k", "--threads", THREADS, "--drain", "1s")
    peers = [Connection(server.address) for _ in range(200)]
    for peer in peers:
        peer.send(request("/big.bin")).head()
    before, started = server.cpu(), time.monotonic()
    time.sleep(2)
    assert server.cpu() - before < bound(0.5) * (time.monotonic() - started)
    server.stop(within=10)
    for peer in peers:
        peer.close()


# options


@pytest.mark.parametrize("option, value", [
    ("--limit-connections-per-address", "0"), ("--limit-connections-per-address", "many"),
    ("--limit-requests", "100"), ("--limit-requests", "0/s"), ("--limit-requests", "1/y"),
    ("--limit-requests", "1/s:0"),
    ("--limit-rate", "0"), ("--limit-rate", "100"), ("--limit-rate", "2T"), ("--limit-rate-total", "fast"),
    ("--proxy-protocol-from", "10.0.0.1/8"), ("--proxy-protocol-from", "proxy.example"),
    ("--trust-forwarded-from", "::/129"), ("--forwarded-field", "via")])
def test_wrong_values(site, option, value):
    done = run("pier-httpd", site.root, option, value)
    assert done.returncode == 64 and re.search(rf"{option}: `{re.escape(value)}` is ", done.stderr), done
