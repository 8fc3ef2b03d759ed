"""Clients that made one request and stay: their connections, and the server's memory once it has settled."""

import resource
import select
import socket
import time
from contextlib import contextmanager
from typing import Iterator

from bench.errors import BenchError
from bench.http.check import without_proof
from bench.process import Memory, ServerProcess

SOURCES = 8  # client addresses, so that ports in TIME_WAIT from earlier work do not run us short
SETTLED_FOR = 2.0  # seconds without change
SETTLE_LIMIT = 30.0
CHANGE = 0.001  # what counts as one, of the whole


@contextmanager
def connections(server: ServerProcess, path: str, count: int) -> Iterator[None]:
    """Opens `count` keep-alive connections, makes one request on each, and holds them all open."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit < count + 100:
        raise BenchError(f"{count} connections need a limit of more than {limit} open files (ulimit -n)")
    request = f"GET {path} HTTP/1.1\r\nHost: {server.address[0]}:{server.address[1]}\r\n\r\n".encode()
    held: list[socket.socket] = []
    tls = without_proof() if server.scheme == "https" else None
    try:
        for number in range(count):
            client = _connect(server.address, f"127.0.0.{2 + number % SOURCES}")
            held.append(tls.wrap_socket(client) if tls else client)
            held[-1].sendall(request)
            _read_answer(held[-1])
        yield
        _check_open(server, held)
    finally:
        for client in held:
            client.close()


def settled_memory(server: ServerProcess) -> Memory:
    """The memory once it has not changed for SETTLED_FOR, since servers give buffers back with some delay."""
    deadline = time.monotonic() + SETTLE_LIMIT
    memory = server.memory()
    since = time.monotonic()
    while time.monotonic() - since < SETTLED_FOR:
        if time.monotonic() > deadline:
            raise BenchError(f"{server.name}: memory still changes after {SETTLE_LIMIT:.0f} s")
        time.sleep(0.2)
        now = server.memory()
        # RSS tells whether the server itself is still at it: PSS moves with what others map of the same libraries.
        if abs(now.rss - memory.rss) > CHANGE * memory.rss:
            memory, since = now, time.monotonic()
    return now


def _connect(address: tuple[str, int], source: str) -> socket.socket:
    client = socket.socket()
    try:
        client.settimeout(10)
        client.setsockopt(socket.SOL_IP, socket.IP_BIND_ADDRESS_NO_PORT, 1)
        client.bind((source, 0))
        client.connect(address)
    except OSError:
        client.close()
        raise
    return client


def _read_answer(client: socket.socket) -> None:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _receive(client)
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = head.lower().split(b"\r\n")
    if not fields[0].startswith(b"http/1.1 200 "):
        raise BenchError(f"an idle client got {fields[0].decode(errors='replace')}")
    left = int(next(field for field in fields if field.startswith(b"content-length:"))[15:]) - len(body)
    while left > 0:
        left -= len(_receive(client))


def _receive(client: socket.socket) -> bytes:
    data = client.recv(65536)
    if not data:
        raise BenchError("the server closed an idle client's connection during its answer")
    return data


def _check_open(server: ServerProcess, held: list[socket.socket]) -> None:
    poll = select.poll()
    for client in held:
        poll.register(client, select.POLLIN)
    closed = len(poll.poll(0))
    if closed:
        raise BenchError(f"{server.name} closed {closed} of {len(held)} idle connections before they were counted")
