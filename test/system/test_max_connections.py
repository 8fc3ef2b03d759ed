"""--max-connections: who comes too much hears a 503 with Retry-After; whoever leaves makes room."""

import threading
import time

import pytest

from daemon import until
from wire import Connection, fetch, request

LIMIT = 16


@pytest.fixture(params=[("1", "spread"), ("2", "deal"), ("2", "spread")],
                ids=["one thread", "two, deal", "two, spread"])
def server(request, site, httpd):
    """One for each way to accept."""
    threads, accept = request.param
    site.write("small.txt", "small")
    site.write("big.bin", bytes(8 << 20))
    return httpd("--max-connections", LIMIT, "--threads", threads, "--accept", accept)


def fill(server):
    """Connections until the first refusal: those held, and the refusal."""
    held = []
    while True:
        connection = Connection(server.address)
        answer = connection.send(request("/small.txt")).answer()
        if answer.status != 200:
            connection.closed()
            connection.close()
            return held, answer
        held.append(connection)
        assert len(held) <= 2 * LIMIT


def test_limit(server):
    held, refusal = fill(server)
    assert refusal.status == 503 and refusal.closes and refusal["Retry-After"]
    assert len(held) == LIMIT
    for connection in held:
        assert connection.send(request("/small.txt")).answer().body == b"small"
        connection.close()


def test_all_come_at_once(server):
    results, start = [], threading.Barrier(3 * LIMIT)

    def come():
        start.wait()
        connection = Connection(server.address)
        results.append((connection.send(request("/small.txt")).answer().status, connection))

    comers = [threading.Thread(target=come) for _ in range(3 * LIMIT)]
    for comer in comers:
        comer.start()
    for comer in comers:
        comer.join()
    assert sorted(status for status, _ in results) == [200] * LIMIT + [503] * 2 * LIMIT
    for _, connection in results:
        connection.close()


def test_leaving_makes_room(server):
    for _ in range(3):
        held, _ = fill(server)
        for connection in held:
            connection.close()
        until(lambda: fetch(server.address, "/small.txt").status == 200, 3, "room")


def test_one_leaves_one_comes(server):
    held, _ = fill(server)
    for number in range(2 * LIMIT):
        held.pop(0).close()

        def enters():
            connection = Connection(server.address)
            if connection.send(request("/small.txt")).answer().status == 200:
                return held.append(connection) or True
            return connection.close()

        until(enters, 3, f"room for one, number {number}")
    for connection in held:
        connection.close()


def test_refused_client_that_never_asks(server):
    held, _ = fill(server)
    with Connection(server.address) as connection:
        assert connection.answer().status == 503
        connection.closed()
    for connection in held:
        connection.close()


def test_being_full_costs_nothing(server):
    held, _ = fill(server)
    waiting = [Connection(server.address) for _ in range(30)]
    before = server.cpu()
    time.sleep(1.5)  # long enough for deferred accepts (TCP_DEFER_ACCEPT) to come due
    assert server.cpu() - before < 0.3
    for connection in held + waiting:
        connection.close()


def test_busy_ones_count(server):
    busy = []
    for _ in range(LIMIT):
        connection = Connection(server.address, receive_buffer=4096)
        busy.append(connection)
        assert connection.send(request("/big.bin")).head().status == 200
    with Connection(server.address) as connection:
        assert connection.send(request("/small.txt")).answer().status == 503
    for connection in busy:
        connection.close()
