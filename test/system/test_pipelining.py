"""Pipelined requests are answered in order, also when the client reads late (RFC 9112 9.3.2)."""

import threading

import pytest

from wire import Connection, request

LARGE = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    for number in range(100):
        shared_site.write(f"{number}.txt", f"file {number}" * number)
    shared_site.write("large.bin", LARGE)
    return shared_httpd()


def test_a_hundred_in_one_write(server):
    with Connection(server.address) as connection:
        connection.send(b"".join(request(f"/{number}.txt") for number in range(100)))
        for number in range(100):
            assert connection.answer().body == b"file %d" % number * number
        connection.finish()
        connection.closed()


def test_all_kinds_mixed(server):
    plan = [("GET", "/7.txt", (), 200), ("HEAD", "/7.txt", (), 200), ("GET", "/missing", (), 404),
            ("OPTIONS", "*", (), 204), ("GET", "/large.bin", (), 200), ("GET", "/7.txt", ("If-None-Match: *",), 304),
            ("PUT", "/7.txt", ("Content-Length: 0",), 405), ("HEAD", "/large.bin", (), 200),
            ("GET", "/large.bin", ("Range: bytes=1-3",), 206), ("GET", "/7.txt", ("Content-Length: 3",), 200),
            ("BREW", "/7.txt", (), 501), ("GET", "/large.bin", ("Range: bytes=9999999-",), 416),
            ("GET", "/8.txt", (), 200)] * 5
    with Connection(server.address) as connection:
        connection.send(b"".join(request(target, *fields, method=method,
                                         body=b"xyz" if "Content-Length: 3" in fields else b"")
                                 for method, target, fields, _ in plan))
        for method, target, fields, status in plan:
            answer = connection.answer(method)
            assert answer.status == status, (method, target, fields, answer)
            if (method, target, status) == ("GET", "/large.bin", 200):
                assert answer.body == LARGE


def test_nothing_is_answered_after_close(server):
    with Connection(server.address) as connection:
        connection.send(request("/1.txt") + request(
            "/2.txt", "Connection: close") + request("/3.txt") + request("/4.txt"))
        assert not connection.answer().closes
        answer = connection.answer()
        assert answer.body == b"file 2" * 2 and answer.closes
        connection.closed()


def test_nothing_is_answered_after_an_error(server):
    with Connection(server.address) as connection:
        connection.send(request("/1.txt") + request("/2.txt", "Bad name: 1") + request("/3.txt"))
        assert connection.answer().body == b"file 1"
        answer = connection.answer()
        assert answer.status == 400 and answer.closes
        connection.closed()


def test_client_that_writes_everything_before_it_reads(server):
    """20 MB of answers fit into no socket buffer: the server must stop reading, not collect answers or give up."""
    count = 20
    with Connection(server.address, receive_buffer=32768) as connection:
        sender = threading.Thread(target=connection.socket.sendall,
                                  args=(request("/large.bin") * count + request("/9.txt"),))
        sender.start()
        before = server.resident()
        for _ in range(count):
            assert connection.answer().body == LARGE
        assert connection.answer().body == b"file 9" * 9
        sender.join()
        assert server.resident() - before < 8 << 20


def test_very_many_small_ones_before_reading(server):
    count = 20_000
    with Connection(server.address) as connection:
        sender = threading.Thread(target=connection.socket.sendall, args=(request("/1.txt") * count,))
        sender.start()
        for _ in range(count):
            assert connection.answer().body == b"file 1"
        sender.join()


def test_request_in_pieces_behind_whole_ones(server):
    message = request("/5.txt")
    with Connection(server.address) as connection:
        connection.send_apart(message * 3 + message[:10], message[10:] + message[:30], message[30:])
        for _ in range(5):
            assert connection.answer().body == b"file 5" * 5
        connection.finish()
        connection.closed()


def test_answers_do_not_wait_for_the_rest_of_the_next_request(server):
    with Connection(server.address) as connection:
        connection.send(request("/5.txt") * 2 + b"GET /6.t")
        assert connection.answer().body == b"file 5" * 5
        assert connection.answer().body == b"file 5" * 5
        connection.send(b"xt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.answer().body == b"file 6" * 6


def test_answers_do_not_wait_for_the_next_request_to_be_whole(server):
    with Connection(server.address) as connection:
        body_to_come = request("/8.txt", "Content-Length: 10", method="GET")
        connection.send(request("/7.txt") + body_to_come)
        assert connection.answer().body == b"file 7" * 7
        connection.send(b"0123456789")
        assert connection.answer().body == b"file 8" * 8


def test_one_who_never_stops_leaves_room_for_others(server):
    """Whole batches at once and no pause: another connection is answered in between."""
    stop = threading.Event()

    def press():
        with Connection(server.address) as connection:
            batch = request("*", method="OPTIONS") * 500
            while not stop.is_set():
                connection.send(batch)
                for _ in range(500):
                    connection.answer()

    presser = threading.Thread(target=press)
    presser.start()
    try:
        for _ in range(20):
            with Connection(server.address) as connection:
                assert connection.send(request("/7.txt")).answer().status == 200
    finally:
        stop.set()
        presser.join()
