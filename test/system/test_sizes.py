"""Limits of the request line (414), the fields (431) and the content, and that the answer to who exceeds them arrives:
it is flushed and the connection lingers, since a reset would destroy what the client has not read yet (RFC 9112 9.6).
"""

import threading

import pytest

from wire import Connection, exchange, fetch, request

KIB = 1024


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    return shared_httpd()


@pytest.fixture(scope="module")
def narrow(shared_site, shared_httpd, server):
    return shared_httpd("--max-header", "8k")


LONG_URL = request("/" + "u" * 100 * KIB)
LONG_QUERY = request("/small.txt?" + "q" * 100 * KIB)
LONG_FIELD = request("/small.txt", "X-A: " + "v" * 100 * KIB)
LONG_NAME = request("/small.txt", "N" * 100 * KIB + ": 1")
MANY_FIELDS = request("/small.txt", *(f"X-{i}: {i}" for i in range(5000)))
LONG_METHOD = request("/small.txt", method="M" * 100 * KIB)


@pytest.mark.parametrize("message,expected", [
    (LONG_URL, [414]), (LONG_QUERY, [414]), (LONG_FIELD, [431]), (LONG_NAME, [431]), (MANY_FIELDS, [431]),
    (LONG_METHOD, [400, 414, 431, 501])], ids=["URL", "query", "field", "name", "5000 fields", "method"])
def test_answer_arrives_though_all_was_sent_first(server, message, expected):
    for _ in range(5):  # a race between the answer and a reset loses only sometimes
        answer = exchange(server.address, message, closes=True)
        assert answer.status in expected, answer


@pytest.mark.parametrize("start,expected", [(b"GET /", 414), (b"GET /small.txt HTTP/1.1\r\nX-A: ", 431),
                                            (b"GET /small.txt HTTP/1.1\r\nHost: localhost\r\nX-A", 431)])
def test_answer_arrives_before_the_line_ends(server, start, expected):
    assert exchange(server.address, start + b"a" * 100 * KIB, closes=True).status == expected


@pytest.mark.parametrize("start", [b"GET /", b"GET /small.txt HTTP/1.1\r\nX-A: "])
def test_answer_reaches_a_client_that_goes_on_sending(server, start):
    with Connection(server.address) as connection:
        def send():
            try:
                connection.socket.sendall(start + b"a" * 512 * KIB)
            except OSError:
                pass  # the server has had enough; its answer is what counts
        sender = threading.Thread(target=send)
        sender.start()
        answer = connection.answer()
        sender.join()
        assert answer.status in (414, 431) and answer.closes


def test_lingering_ends(server):
    with Connection(server.address) as connection:
        connection.send(b"GET /" + b"a" * 100 * KIB)
        assert connection.answer().status == 414
        connection.closed()  # though this side never ends its own


def test_max_header_counts_request_line_and_fields(narrow):
    def status(line, fields):
        target = "/small.txt?" + "q" * (line - len("GET /small.txt? HTTP/1.1\r\n"))
        names = ["Host: localhost"]
        left = fields - sum(len(name) + 2 for name in names) - 2
        return fetch(narrow.address, target, "X-A: " + "v" * (left - len("X-A: \r\n"))).status

    assert status(4 * KIB, 3 * KIB) == 200
    assert status(1 * KIB, 6 * KIB) == 200
    assert status(1 * KIB, 8 * KIB) == 431
    assert status(6 * KIB, 4 * KIB) == 431
    assert status(9 * KIB, 1 * KIB) == 414


def test_max_header_can_grow(shared_httpd, server):
    wide = shared_httpd("--max-header", "256k")
    for message in (LONG_QUERY, LONG_FIELD):
        assert exchange(wide.address, message, closes=False).body == b"small"


def test_default_max_header_is_32_KiB(server):
    assert fetch(server.address, "/small.txt", "X-A: " + "v" * 31 * KIB, closes=False).status == 200
    assert fetch(server.address, "/small.txt", "X-A: " + "v" * 33 * KIB, closes=True).status == 431


def test_limit_holds_for_each_request_of_a_connection(server):
    with Connection(server.address) as connection:
        for _ in range(20):  # 20 x 20 KiB is more than any one request may have
            connection.send(request("/small.txt", "X-A: " + "v" * 20 * KIB))
            assert connection.answer().body == b"small"


def test_content_up_to_64_KiB_is_read_and_dropped(server):
    for size in (1, 64 * KIB):
        with Connection(server.address) as connection:
            connection.send(request("/small.txt", f"Content-Length: {size}", body=b"b" * size), request("/missing"))
            assert [connection.answer().status, connection.answer().status] == [200, 404]


@pytest.mark.parametrize("declared", [64 * KIB + 1, 1 << 20, 1 << 62])
def test_larger_content_is_answered_and_the_connection_closed(server, declared):
    answer = exchange(server.address,
                      request("/small.txt", f"Content-Length: {declared}", body=b"b" * 256 * KIB)[:300 * KIB],
                      closes=True)
    assert answer.status in (200, 413)


def test_larger_content_in_chunks_is_answered_and_the_connection_closed(server):
    chunks = b"1000\r\n" + b"c" * 4096 + b"\r\n"
    with Connection(server.address) as connection:
        connection.send(request("/small.txt", "Transfer-Encoding: chunked", body=chunks * 40 + b"0\r\n\r\n"),
                        request("/missing"))
        assert connection.answer().status in (200, 413)
        connection.closed()  # the length shows only at the end, so the answer need not have told


def test_content_that_may_not_be_sent_at_all(server):
    answer = exchange(server.address,
                      request("/small.txt", f"Content-Length: {1 << 40}", method="PUT", body=b"b" * 256 * KIB),
                      closes=True)
    assert answer.status in (405, 413)
