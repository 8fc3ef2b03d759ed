"""Peers that reset: at any byte of the request, at any point of the answer, by the ten thousand."""

import os
import socket
import struct

import pytest

from chaos import Fault, Relay
from daemon import is_sanitized, until
from wire import Connection, bound, fetch, request

CHURN = int(os.environ.get("PIER_CHURN") or 20_000)
MESSAGE = request("/small.txt", "Accept: */*", "User-Agent: resets")
BIG = 12 << 20


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    shared_site.write("big.bin", bytes(BIG))
    server = shared_httpd("--threads", "2")
    for _ in range(50):
        for path in ("/small.txt", "/big.bin"):
            fetch(server.address, path)  # what is opened and allocated once is so now, on either shard
    return server


@pytest.fixture(autouse=True)
def nothing_leaks(server):
    before = server.descriptors()
    yield
    assert fetch(server.address, "/small.txt").body == b"small"
    until(lambda: server.descriptors() <= before, 10, f"descriptors back at {before}")


@pytest.mark.parametrize("read", [True, False], ids=["read before", "at once"])
def test_at_every_byte_of_the_request(server, read):
    for at in range(len(MESSAGE) + 1):
        connection = Connection(server.address)
        (connection.send_apart if read else connection.send)(MESSAGE[:at])
        connection.reset()


def test_at_every_byte_of_the_answer(server):
    with Connection(server.address) as connection:
        connection.send(MESSAGE).finish()
        length = len(connection.remains()[0])
    for at in range(1, length + 1):
        connection = Connection(server.address)
        connection.send(MESSAGE)
        got = 0
        while got < at:
            got += len(connection.read_some(at - got))
        connection.reset()


@pytest.mark.parametrize("taken", [0, 1, 1000, 100_000, 1 << 20, 8 << 20])
@pytest.mark.parametrize("fields", [(), ("Range: bytes=0-999999,2000000-",)], ids=["whole", "multipart"])
def test_during_a_large_answer(server, taken, fields):
    for _ in range(5):
        connection = Connection(server.address, receive_buffer=65536)
        connection.send(request("/big.bin", *fields))
        got = 0
        while got < taken:
            got += len(connection.read_some(min(65536, taken - got)))
        connection.reset()


def test_closed_without_reading(server):
    """Unread bytes turn close() into a reset."""
    for _ in range(200):
        with Connection(server.address) as connection:
            connection.send(MESSAGE * 10)


def test_behind_half_a_chunk_or_content(server):
    for at in range(12):
        connection = Connection(server.address)
        connection.send(request("/small.txt", "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"[:at]))
        connection.reset()
        connection = Connection(server.address)
        connection.send(request("/small.txt", "Content-Length: 12", body=b"x" * at))
        connection.reset()


@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
def test_relay_that_cuts_either_way(server, reset):
    for at in (1, 20, len(MESSAGE) - 1, len(MESSAGE)):
        with Relay(server.address, to_server=Fault(cut_after=at, reset=reset)) as relay:
            with Connection(relay.address) as connection:
                connection.send(MESSAGE)
                assert len(connection.remains()[0]) < 2000
    for at in (1, 100, 5000, 1 << 20):
        with Relay(server.address, to_client=Fault(cut_after=at, reset=reset)) as relay:
            with Connection(relay.address) as connection:
                connection.send(request("/big.bin"))
                assert len(connection.remains()[0]) <= at


LINGER_NOT = struct.pack("ii", 1, 0)
CHURNS = [b"", MESSAGE[:7], MESSAGE[:-2], MESSAGE, MESSAGE * 3, b"\x00", b"GET / HTTP/9.9\r\n\r\n",
          request("/big.bin"), request("/small.txt", "Content-Length: 9"), request("/missing")]


def churn(server, count):
    for number in range(count):
        peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        peer.connect(server.address)
        try:
            peer.send(CHURNS[number % len(CHURNS)])
            if number % 7 == 0:
                peer.settimeout(bound(10))
                if number % len(CHURNS) in (3, 4, 6, 9):
                    peer.recv(1 + number % 300)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        except ConnectionResetError:
            pass
        peer.close()


@pytest.mark.parametrize("count", [CHURN, pytest.param(100_000, marks=pytest.mark.soak)])
def test_churn_leaks_neither_descriptors_nor_memory(server, count):
    before = server.descriptors()
    churn(server, count // 4)  # lets the allocator and the pools reach their size
    until(lambda: server.descriptors() <= before, 10, "the release of all descriptors")
    resident = server.resident()
    churn(server, count - count // 4)
    until(lambda: server.descriptors() <= before, 10, "the release of all descriptors")
    grown = server.resident() - resident
    print(f"{count} connections; resident memory {resident >> 10} KiB, then {grown >> 10} KiB more")
    if not is_sanitized():  # a sanitizer keeps freed memory in quarantine, and reports leaks itself
        assert grown < 1 << 20
    assert fetch(server.address, "/small.txt").body == b"small"
