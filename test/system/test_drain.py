"""SIGTERM and SIGINT drain: whoever has begun to ask is answered, the accept queue is emptied, later answers say
`Connection: close`, idle connections are closed, the process ends. A second signal ends it at once.

A stopped process (SIGSTOP) makes the moment exact: what is sent to it meanwhile was sent before it saw the signal."""

import signal
import socket
import threading
import time

import pytest

from daemon import until
from wire import Connection, Reset, bound, fetch, request

BIG = 24 << 20
MODES = pytest.mark.parametrize("server", [("spread", "2"), ("deal", "2"), ("spread", "1")], indirect=True,
                                ids=["spread, two threads", "deal, two threads", "one thread"])
SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])


@pytest.fixture
def server(request, site, httpd):
    site.write("small.txt", "small")
    site.write("big.bin", bytes(range(256)) * (BIG // 256))
    accept, threads = getattr(request, "param", ("spread", "2"))
    return httpd("--accept", accept, "--threads", threads)


def asked(server, message=request("/small.txt")):
    """A connection that has had an answer already."""
    connection = Connection(server.address)
    connection.send(message)
    assert connection.answer().status == 200
    return connection


def stop_the_clock(server):
    server.send_signal(signal.SIGSTOP)
    while True:
        with open(f"/proc/{server.pid}/stat") as stat:
            if stat.read().rsplit(")", 1)[1].split()[0] == "T":
                return


def finishes(server, within=5):
    server.check(server.wait(within))


@MODES
@SIGNALS
def test_everyone_who_has_begun_is_answered(server, number):
    idle = [asked(server) for _ in range(20)]
    persistent = [asked(server) for _ in range(40)]
    begun = [asked(server) for _ in range(20)]
    for connection in begun:
        connection.send_apart(b"GET /small.t")  # read by the server before the signal
    stop_the_clock(server)
    queued = [Connection(server.address).send(request("/small.txt")) for _ in range(100)]  # in the accept queue
    queued_begun = [Connection(server.address).send(b"G") for _ in range(20)]
    pipelined = [Connection(server.address).send(request("/small.txt") * 3) for _ in range(20)]
    for connection in persistent:
        connection.send(request("/small.txt"))
    server.send_signal(number)
    server.send_signal(signal.SIGCONT)

    # The server's threads may get to these before its main thread gets to the signal: then the answer does not say
    # close, and the connection is closed all the same.
    for connection in persistent + queued:
        assert connection.answer().body == b"small"
        connection.closed()
    for connection in pipelined:
        assert [connection.answer().body for _ in range(3)] == [b"small"] * 3
        connection.closed()
    for connection in begun + queued_begun:
        rest = b"xt" if connection in begun else b"ET /small.txt"
        connection.send(rest + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = connection.answer()
        assert answer.body == b"small" and answer.closes
        connection.closed()
    for connection in idle:
        connection.closed()
    finishes(server)


@MODES
@pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.soak) for turn in range(1, 30))])
def test_under_load(server, turn):
    """Every request begun before the signal is answered whole; those begun later are answered whole or not at all."""
    signalled = threading.Event()
    done, lost = [], []

    def client(persistent):
        connection = None
        while True:
            fresh = connection is None
            try:
                connection = connection or Connection(server.address)
                connection.send(request("/small.txt"))
            except OSError as failure:
                if not signalled.is_set():
                    lost.append(("refused before the signal", str(failure)))
                return
            in_time = not signalled.is_set()  # all of it had been sent by then
            try:
                answer = connection.answer()
            except (Reset, AssertionError) as failure:
                if in_time or "read so far: b''" not in str(failure):
                    lost.append(("new connection" if fresh else "persistent", str(failure)))
                return
            done.append(answer.body == b"small")
            if answer.closes or not persistent:
                connection.close()
                connection = None

    clients = [threading.Thread(target=client, args=(number % 2 == 0,)) for number in range(16)]
    for thread in clients:
        thread.start()
    while len(done) < 1000:
        time.sleep(0.001)
    signalled.set()
    server.send_signal(signal.SIGTERM)
    for thread in clients:
        thread.join(bound(40))
        assert not thread.is_alive()
    assert not lost and all(done)
    finishes(server)


@MODES
def test_downloads_end_whole(server):
    downloads = []
    for _ in range(8):
        connection = Connection(server.address, receive_buffer=65536)
        connection.send(request("/big.bin"))
        connection.head()
        downloads.append(connection)
    server.send_signal(signal.SIGTERM)
    for connection in downloads:
        received, orderly = connection.remains(patience=30)
        assert len(received) == BIG and received[:65536] == bytes(range(256)) * 256 and orderly
    finishes(server)


@MODES
def test_no_new_connections(server):
    with Connection(server.address, receive_buffer=65536) as download:
        download.send(request("/big.bin"))
        download.head()
        with asked(server) as idle:
            server.send_signal(signal.SIGTERM)
            idle.closed()  # so draining has begun
        deadline = time.monotonic() + bound(10)
        while True:
            try:
                Connection(server.address).close()
            except ConnectionRefusedError:
                break
            assert time.monotonic() < deadline, "it still accepts"
        assert len(download.remains(patience=30)[0]) == BIG
    finishes(server)


def test_idle_server_ends_at_once(server):
    idle = [asked(server) for _ in range(50)]
    fresh = [Connection(server.address) for _ in range(50)]
    server.send_signal(signal.SIGTERM)
    finishes(server, within=2)
    for connection in idle:
        connection.closed()
    for connection in fresh:  # with TCP_DEFER_ACCEPT nobody but the kernel knows of them: it tells when they ask
        try:
            connection.send(request("/small.txt"))
        except OSError:
            continue
        assert connection.remains()[0] == b""


def test_drain_is_limited(site, httpd):
    site.write("big.bin", bytes(BIG))
    server = httpd("--drain", "1s")
    with Connection(server.address, receive_buffer=4096) as never_reads, Connection(server.address) as never_ends:
        never_reads.send(request("/big.bin"))
        never_reads.head()
        never_ends.send_apart(b"GET / HT")
        started = time.monotonic()
        server.send_signal(signal.SIGTERM)
        finishes(server, within=5)
        assert 0.7 < time.monotonic() - started < bound(3)


@pytest.mark.parametrize("size", [1000, 4096, 8192])
def test_request_that_fills_the_buffer_does_not_hold_a_drain_up(site, httpd, size):
    site.write("small.txt", "small")
    server = httpd("--drain", "60s", "--threads", "1")
    head = request("/small.txt", "X: ")
    message = head.replace(b"X: ", b"X: " + b"x" * (size - len(head)))
    with Connection(server.address) as connection, Connection(server.address) as half:
        half.send_apart(b"GET / HT")  # keeps the server from ending
        connection.send(request("/small.txt")).answer()  # accepted, for sure
        connection.send_apart(message[:10])
        server.send_signal(signal.SIGTERM)
        until(lambda: "finishing" in server.log(), 5, "the drain")
        connection.send(message[10:])
        assert connection.answer().body == b"small"
        connection.closed()
        half.close()
    finishes(server, within=5)


@SIGNALS
def test_second_signal_ends_at_once(site, httpd, number):
    site.write("big.bin", bytes(BIG))
    server = httpd("--drain", "60s", "--threads", "2")
    with Connection(server.address, receive_buffer=4096) as never_reads:
        never_reads.send(request("/big.bin"))
        never_reads.head()
        with Connection(server.address) as idle:
            idle.send(request("/missing")).answer()
            server.send_signal(number)
            idle.closed()  # the first has been seen
        assert server.is_running()
        server.send_signal(number)
        code = server.wait(2)
        assert code in (-number, 128 + number), code
        server.check(code, expected=code)


def test_half_a_request_behind_a_whole_one_is_waited_for(server):
    connection = asked(server)
    stop_the_clock(server)
    connection.send(request("/small.txt") + b"GET /and-then-some HTTP/1.1\r\n")
    server.send_signal(signal.SIGTERM)
    server.send_signal(signal.SIGCONT)
    answer = connection.answer()
    assert answer.body == b"small" and not answer.closes
    until(lambda: "finishing" in server.log(), 5, "the drain")
    connection.send(b"Host: localhost\r\n\r\n")
    answer = connection.answer()
    assert answer.status == 404 and answer.closes
    connection.closed()
    finishes(server)


def test_unix_socket_drains_too(site, httpd):
    site.write("small.txt", "small")
    path = f"{site.outside}/socket"
    server = httpd(listen=[f"unix:{path}"])
    fetch(path, "/small.txt")
    stop_the_clock(server)
    queued = [Connection(path).send(request("/small.txt")) for _ in range(50)]
    server.send_signal(signal.SIGTERM)
    server.send_signal(signal.SIGCONT)
    for connection in queued:
        assert connection.answer().body == b"small"
        connection.closed()
    finishes(server)
    with pytest.raises((FileNotFoundError, ConnectionRefusedError)):
        socket.socket(socket.AF_UNIX).connect(path)
