"""Which connections persist, and how they end (RFC 9112 9.3, 9.6)."""

import time

import pytest

from wire import Connection, bound, exchange, request

LARGE = bytes(range(256)) * 4096
PROMPTLY = 2.0  # far below every time-out of the server


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    shared_site.write("large.bin", LARGE)
    return shared_httpd()


@pytest.mark.parametrize("version,fields,persists", [
    ("HTTP/1.1", [], True), ("HTTP/1.1", ["Connection: keep-alive"], True), ("HTTP/1.1", ["Connection: close"], False),
    ("HTTP/1.1", ["Connection: CLOSE"], False), ("HTTP/1.1", ["Connection: keep-alive, close"], False),
    ("HTTP/1.1", ["Connection: foo,\tclose , bar"], False),
    ("HTTP/1.1", ["Connection: foo", "Connection: close"], False), ("HTTP/1.1", ["Connection: closed"], True),
    ("HTTP/1.1", ["Connection: not-close"], True), ("HTTP/1.1", ["Connection:"], True),
    ("HTTP/1.1", ["Close: close"], True), ("HTTP/1.0", [], False), ("HTTP/1.0", ["Connection: keep-alive"], True),
    ("HTTP/1.0", ["Connection: Keep-Alive"], True), ("HTTP/1.0", ["Connection: close"], False),
    ("HTTP/1.0", ["Connection: keep-alive, close"], False), ("HTTP/1.0", ["Connection: foo"], False)])
@pytest.mark.parametrize("target", ["/small.txt", "/missing"])
def test_persistence(server, version, fields, persists, target):
    with Connection(server.address) as connection:
        connection.send(request(target, *fields, version=version))
        answer = connection.answer()
        assert answer.closes == (not persists) or version == "HTTP/1.0"
        if version == "HTTP/1.0":  # there, who wants to persist must say so (RFC 9112 C.2.2)
            assert ("keep-alive" in answer.tokens("Connection")) == persists
        if persists:
            connection.send(request("/small.txt"))
            assert connection.answer().body == b"small"
        else:
            connection.closed(PROMPTLY)


def test_thousand_requests_on_one_connection(server):
    with Connection(server.address) as connection:
        for _ in range(1000):
            assert connection.send(request("/small.txt")).answer().body == b"small"


@pytest.mark.parametrize("fields", [[], ["Connection: keep-alive"], ["Connection: close"]])
@pytest.mark.parametrize("target,body", [("/small.txt", b"small"), ("/large.bin", LARGE)])
def test_client_that_closes_its_half_is_answered_then_closed(server, target, body, fields):
    with Connection(server.address) as connection:
        connection.send(request(target, *fields)).finish()
        assert connection.answer().body == body
        connection.closed(PROMPTLY)


def test_half_closed_behind_pipelined_requests(server):
    with Connection(server.address) as connection:
        connection.send(request("/small.txt") * 50 + request("/large.bin")).finish()
        for _ in range(50):
            assert connection.answer().body == b"small"
        assert connection.answer().body == LARGE
        connection.closed(PROMPTLY)


def test_half_closed_while_idle(server):
    with Connection(server.address) as connection:
        assert connection.send(request("/small.txt")).answer().body == b"small"
        connection.finish()
        connection.closed(PROMPTLY)


def test_half_closed_once_the_answer_has_begun(server):
    with Connection(server.address, receive_buffer=16384) as connection:
        connection.send(request("/large.bin"))
        length = connection.head().length
        connection.finish()
        rest, orderly = connection.remains()
        assert rest == LARGE[:length] and len(rest) == length and orderly


def test_half_closed_without_a_request(server):
    with Connection(server.address) as connection:
        connection.finish()
        connection.closed(PROMPTLY)


@pytest.mark.parametrize("part", [b"G", b"GET /small.txt HTTP/1.1", b"GET /small.txt HTTP/1.1\r\nHost: localhost\r\n",
                                  b"\r\n"])
def test_half_closed_within_a_request(server, part):
    with Connection(server.address) as connection:
        connection.send_apart(part).finish()
        rest, _ = connection.remains(PROMPTLY)
        assert rest == b"" or rest.startswith(b"HTTP/1.1 400 ")


def test_half_closed_within_content(server):
    with Connection(server.address) as connection:
        connection.send_apart(request("/small.txt", "Content-Length: 5", body=b"he")).finish()
        rest, _ = connection.remains(PROMPTLY)
        assert rest.count(b"HTTP/1.1 ") <= 1


def test_half_close_right_behind_a_partial_read(server):
    """The FIN that arrives with the last bytes must not be lost (edge-triggered readiness tells of both at once)."""
    message = request("/small.txt")
    for _ in range(50):
        with Connection(server.address) as connection:
            connection.send_apart(message[:20])
            connection.send(message[20:]).finish()
            assert connection.answer().body == b"small"
            connection.closed(PROMPTLY)


def test_idle_connection_is_closed_without_a_word(httpd, site):
    site.write("small.txt", "small")
    server = httpd("--timeout-idle", "1s")
    with Connection(server.address) as connection:
        assert connection.send(request("/small.txt")).answer().body == b"small"
        start = time.monotonic()
        connection.closed()
        assert 0.5 < time.monotonic() - start < bound(4)


def test_requests_keep_an_idle_connection_alive(httpd, site):
    site.write("small.txt", "small")
    server = httpd("--timeout-idle", "1s")
    with Connection(server.address) as connection:
        deadline = time.monotonic() + 2.5
        while time.monotonic() < deadline:
            assert connection.send(request("/small.txt")).answer().body == b"small"
            time.sleep(0.3)


def test_answers_to_errors_of_the_client_end_the_connection_and_others_do_not(server):
    for message, closes in [(request("/missing"), False), (request("/small.txt", "If-Match: \"x\""), False),
                            (request("/small.txt", "Range: bytes=9-"), False),
                            (request("/small.txt", "Bad name: 1"), True)]:
        exchange(server.address, message, closes=closes)
