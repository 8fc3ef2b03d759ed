"""--trust-forwarded-from: whom a trusted proxy forwards for stands in the log and is counted, and nothing else."""

import pytest

from test_access_log import Log
from wire import Connection, fetch, request


@pytest.fixture
def log(site):
    site.write("small.txt", "small")
    return Log(site.outside / "access.log")


def start(httpd, log, *arguments, trusted="127.0.0.1"):
    return httpd("--trust-forwarded-from", trusted, "--trust-forwarded-from", "10.0.0.0/8", "--access-log", log.path,
                 "--threads", "2", *arguments)


CASES = [((), b"127.0.0.1"),
         (("X-Forwarded-For: 192.0.2.1",), b"192.0.2.1"),
         (("X-Forwarded-For: 203.0.113.9, 192.0.2.1, 10.1.2.3",), b"192.0.2.1"),
         (("X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: [2001:db8::1]:80"), b"2001:db8::1"),
         (("X-Forwarded-For: 203.0.113.9, unknown",), b"127.0.0.1"),
         (("X-Forwarded-For: 203.0.113.9, 10.0.0.2, _hidden, 10.0.0.1",), b"10.0.0.1"),
         (("Forwarded: for=203.0.113.9", "X-Forwarded-For: 192.0.2.1"), b"192.0.2.1"),
         (("Forwarded: for=203.0.113.9",), b"127.0.0.1")]


@pytest.mark.parametrize("fields, client", CASES)
def test_log(httpd, log, fields, client):
    assert fetch(start(httpd, log).address, "/small.txt", *fields).body == b"small"
    assert log.entries(1)[0]["host"] == client


def test_refused_requests_are_logged_with_their_client_too(httpd, log):
    server = start(httpd, log)
    assert fetch(server.address, "/small.txt", "X-Forwarded-For: 192.0.2.1", host=None).status == 400
    assert fetch(server.address, "/no such", "X-Forwarded-For: 192.0.2.1").status == 400  # not even a request line
    assert {entry["host"] for entry in log.entries(2)} == {b"192.0.2.1", b"127.0.0.1"}  # threads write in any order


@pytest.mark.parametrize("value, client", [("for=192.0.2.1;proto=https", b"192.0.2.1"),
                                           ('for=203.0.113.9, for="[2001:db8::1]:80";by=10.0.0.1', b"2001:db8::1"),
                                           ('for=", for=192.0.2.1', b"192.0.2.1"),
                                           ("for=_hidden", b"127.0.0.1")])
def test_forwarded(httpd, log, value, client):
    server = start(httpd, log, "--forwarded-field", "Forwarded")
    assert fetch(server.address, "/small.txt", f"Forwarded: {value}", "X-Forwarded-For: 203.0.113.9").status == 200
    assert log.entries(1)[0]["host"] == client


def test_others_are_not_believed(httpd, log):
    server = start(httpd, log, trusted="192.0.2.0/24")
    assert fetch(server.address, "/small.txt", "X-Forwarded-For: 203.0.113.9").status == 200
    assert log.entries(1)[0]["host"] == b"127.0.0.1"


def test_without_the_option_nobody_is(httpd, log):
    assert fetch(httpd("--access-log", log.path).address, "/small.txt", "X-Forwarded-For: 203.0.113.9").status == 200
    assert log.entries(1)[0]["host"] == b"127.0.0.1"


def test_request_limits_count_the_client_and_connection_limits_the_peer(httpd, log):
    server = start(httpd, log, "--limit-requests", "2/h", "--limit-connections-per-address", "1")
    with Connection(server.address) as proxy:
        def ask(client):
            forwarded = f"X-Forwarded-For: 203.0.113.{ask.forged}, {client}"
            return proxy.send(request("/small.txt", forwarded)).answer().status
        for ask.forged in range(3):  # whatever the client claims to be
            assert ask("192.0.2.1") == (200 if ask.forged < 2 else 429)
        assert ask("192.0.2.2") == 200
        assert fetch(server.address, "/small.txt", "X-Forwarded-For: 192.0.2.9").status == 503


def test_behind_the_proxy_protocol_the_named_client_is_the_peer(httpd, log):
    server = start(httpd, log, "--proxy-protocol-from", "127.0.0.1", trusted="192.0.2.7")
    for client, entry in (("192.0.2.7", b"203.0.113.9"), ("192.0.2.8", b"192.0.2.8")):
        with Connection(server.address) as connection:
            connection.send(f"PROXY TCP4 {client} 198.51.100.1 1 2\r\n".encode()
                            + request("/small.txt", "X-Forwarded-For: 203.0.113.9"))
            assert connection.answer().status == 200
        assert log.entries(1 if entry == b"203.0.113.9" else 2)[-1]["host"] == entry
