"""Expect (RFC 9110 10.1.1): nothing needs the content, so the final status comes at once and no 100 ever does."""

import pytest

from wire import Connection, exchange, request


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    shared_site.write("trap.txt", "trapped")
    return shared_httpd()


@pytest.mark.parametrize("value", ["100-continue", "100-Continue", " 100-CONTINUE "])
@pytest.mark.parametrize("framing", ["Content-Length: 5", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("method,target,expected", [
    ("GET", "/small.txt", 200), ("GET", "/missing", 404), ("PUT", "/small.txt", 405), ("OPTIONS", "/small.txt", 204)])
def test_final_status_at_once(server, value, framing, method, target, expected):
    # The content never comes: a server that waited for it, or sent a 100 first, would not pass.
    answer = exchange(server.address, request(target, f"Expect: {value}", framing, method=method), method=method,
                      closes=True)
    assert answer.status == expected


def test_content_sent_all_the_same_is_not_taken_for_a_request(server):
    trap = request("/trap.txt")
    message = request("/small.txt", "Expect: 100-continue", f"Content-Length: {len(trap)}", body=trap)
    assert exchange(server.address, message + trap, closes=True).body == b"small"


def test_content_sent_after_the_answer_is_not_taken_for_a_request(server):
    trap = request("/trap.txt")
    with Connection(server.address) as connection:
        connection.send(request("/small.txt", "Expect: 100-continue", f"Content-Length: {len(trap)}"))
        assert connection.answer().body == b"small"
        connection.send(trap)
        connection.closed()


def test_without_content(server):
    assert exchange(server.address, request("/small.txt", "Expect: 100-continue")).body == b"small"
    assert exchange(server.address, request("/small.txt", "Expect: 100-continue", "Content-Length: 0")).body == b"small"


def test_http_1_0_gets_no_100(server):
    message = request("/small.txt", "Expect: 100-continue", "Content-Length: 5", version="HTTP/1.0", body=b"hello")
    assert exchange(server.address, message).status == 200


@pytest.mark.parametrize("value", ["the-unexpected", "100-continued", "200-ok", "100", "continue", "100-continue, x",
                                   "100-continue;q=1"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_other_expectation(server, value, method):
    assert exchange(server.address, request("/small.txt", f"Expect: {value}", method=method),
                    method=method).status == 417
