"""Out of descriptors: who is refused hears a 503, the others are served on, nothing spins, and it passes."""

import json
import os
import resource
import time

import pytest

from daemon import is_built_with, until
from wire import Connection, fetch, request


@pytest.fixture
def server(site, httpd):
    site.write("small.txt", "small")
    return httpd("--threads", "1", "--max-connections", "1000", "--accept", "deal")


without_ubsan = pytest.mark.skipif(
    is_built_with(b"__ubsan_handle_dynamic_type_cache_miss"),
    reason="UBSan looks at objects through a pipe, so that it reports sound ones once descriptors have run out")


def served(server):
    connection = Connection(server.address)
    assert connection.send(request("/small.txt")).answer().body == b"small"
    return connection


def starve(server):
    """Leaves the running server no more descriptors than it has open."""
    highest = max(map(int, os.listdir(f"/proc/{server.pid}/fd")))
    limits = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (highest + 1, limits[1]))
    return limits


@without_ubsan
def test_refused_with_503_while_others_are_served(server):
    held = [served(server) for _ in range(5)]
    starve(server)
    for _ in range(20):
        with Connection(server.address) as refused:
            refused.send(request("/small.txt"))
            answer = refused.answer()
            assert answer.status == 503 and answer.closes and answer.get("Retry-After"), answer
            refused.closed()
        for connection in held:
            assert connection.send(request("/small.txt")).answer().status in (
                200, 503)  # its file may need a descriptor
    for connection in held:
        connection.close()


@without_ubsan
def test_what_is_in_memory_is_served_all_the_while(site, httpd):
    file = site.write("small.txt", "small")
    server = httpd("--threads", "1")
    with Connection(server.address) as held:
        # What was changed in the last 50 ms is not kept, whatever date it bears: the kernel's own stamp counts.
        until(lambda: time.time() - file.stat().st_ctime > 0.1, 1, "the file is no longer new")
        for _ in range(3):
            assert held.send(request("/small.txt")).answer().body == b"small"
        starve(server)
        started = time.monotonic()
        while time.monotonic() - started < 1.2:  # longer than what is known is trusted
            assert held.send(request("/small.txt")).answer().body == b"small"
            assert held.send(request("/unknown.txt")).answer().status in (404, 503)
            time.sleep(0.02)


@without_ubsan
def test_recovers(server):
    held = [served(server) for _ in range(5)]
    limits = starve(server)
    with Connection(server.address) as refused:
        assert refused.send(request("/small.txt")).answer().status == 503
    for connection in held:
        connection.close()
    until(lambda: fetch(server.address, "/small.txt").status == 200, 3, "service after descriptors came free")
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, limits)
    for connection in [served(server) for _ in range(20)]:
        connection.close()


@without_ubsan
def test_does_not_spin(server):
    held = [served(server) for _ in range(3)]
    starve(server)
    waiting = [Connection(server.address) for _ in range(30)]  # they want something that cannot be had
    asking = [Connection(server.address).send(request("/small.txt")) for _ in range(30)]
    for connection in asking:
        assert connection.answer().status == 503
    before = server.cpu()
    time.sleep(2.5)  # long enough for deferred accepts (TCP_DEFER_ACCEPT) to come due
    used = server.cpu() - before
    assert used < 0.5, f"{used:.2f} s of processor time in 2.5 s of doing nothing"
    for connection in held + waiting + asking:
        connection.close()


def test_small_limit_from_the_start(site, httpd):
    """The number of connections is derived from the limit, and who comes too much hears so."""
    site.write("small.txt", "small")
    server = httpd("--threads", "1", descriptors=(64, 64))
    held, answer = [], None
    for _ in range(80):
        connection = Connection(server.address)
        held.append(connection)
        answer = connection.send(request("/small.txt")).answer()
        if answer.status != 200:
            break
    assert answer.status == 503 and answer.closes and 10 < len(held) <= 64
    for connection in held[:-1]:
        assert connection.send(request("/small.txt")).answer().body == b"small"
    for connection in held:
        connection.close()
    until(lambda: fetch(server.address, "/small.txt").status == 200, 3, "service after descriptors came free")


def test_soft_limit_is_raised(site, httpd):
    """And the number of connections is derived from what it has become."""
    server = httpd("--admin", "127.0.0.1:0", "--threads", "2", descriptors=(64, 4096), listeners=2)
    assert resource.prlimit(server.pid, resource.RLIMIT_NOFILE) == (4096, 4096)
    services = json.loads(fetch(server.addresses[1], "/api/stats").body)["services"]
    shared = 4096 - 2 * 8
    assert services[0]["connections"]["limit"] == shared - shared * 2 // 5 - 256
