"""A request means the same however the network cuts it up. Over a unix socket the kernel tells when the peer has read
all that was sent, so every cut made here is one that the server sees."""

import pytest

from chaos import Fault, Relay
from wire import Connection, request

BODY = b"a body of some length\n"
SIMPLE = request("/small.txt", "Accept: */*", "User-Agent: split")
CHUNKED = request("/small.txt", "Transfer-Encoding: chunked",
                  body=b"5;a=b\r\nhello\r\n1b\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n\r\n0\r\nT: 1\r\n\r\n")
WITH_CONTENT = request("/small.txt", "Content-Length: 9", body=b"GET / HTT")


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", BODY)
    shared_site.write("large.bin", bytes(range(256)) * 4096)
    return shared_httpd(listen=[f"unix:{shared_site.outside}/socket", "127.0.0.1:0"])


def assert_answers(connection, count):
    for index in range(count):
        answer = connection.answer()
        assert (answer.status, answer.body) == (200, BODY), (index, answer)


@pytest.mark.parametrize("message", [SIMPLE, WITH_CONTENT, CHUNKED, b"\r\n" + SIMPLE],
                         ids=["simple", "content", "chunked", "empty line"])
def test_cut_at_every_byte(server, message):
    with Connection(server.address) as connection:
        for at in range(1, len(message)):
            connection.send_apart(message[:at], message[at:])
            assert_answers(connection, 1)
        connection.finish()
        connection.closed()


@pytest.mark.parametrize("message", [SIMPLE, WITH_CONTENT, CHUNKED], ids=["simple", "content", "chunked"])
def test_byte_by_byte(server, message):
    with Connection(server.address) as connection:
        connection.send_apart(*(message[at:at + 1] for at in range(len(message))))
        assert_answers(connection, 1)


@pytest.mark.parametrize("pair", [SIMPLE * 2, CHUNKED + SIMPLE, WITH_CONTENT + CHUNKED, CHUNKED * 2],
                         ids=["simple", "chunked first", "content and chunked", "chunked"])
def test_two_pipelined_requests_cut_at_every_byte(server, pair):
    with Connection(server.address) as connection:
        for at in range(1, len(pair)):
            connection.send_apart(pair[:at], pair[at:])
            assert_answers(connection, 2)
        connection.finish()
        connection.closed()


def test_two_pipelined_requests_cut_twice(server):
    pair = SIMPLE + WITH_CONTENT
    with Connection(server.address) as connection:
        for first in range(1, len(pair), 7):
            for second in range(first + 1, len(pair), 11):
                connection.send_apart(pair[:first], pair[first:second], pair[second:])
                assert_answers(connection, 2)


@pytest.mark.parametrize("message,status", [
    (request("/small.txt", "Bad name: 1"), 400), (request("/small.txt", host=None), 400),
    (b"GET /small.txt HTTP/2.0\r\n\r\n", 505),
    (request("/small.txt", "Content-Length: 5", "Transfer-Encoding: chunked"), 400),
    (request("/small.txt", "Transfer-Encoding: gzip"), 501)],
    ids=["name", "no Host", "version", "both framings", "coding"])
def test_bad_request_cut_at_every_byte(server, message, status):
    for at in range(1, len(message)):
        with Connection(server.address) as connection:
            connection.send_apart(message[:at])
            try:
                connection.send(message[at:])
            except OSError:
                pass  # it has been refused by what it had sent already
            answer = connection.answer()
            assert answer.status == status and answer.closes, (at, answer)


@pytest.mark.parametrize("chunks", [b"5\r\nhelloXX0\r\n\r\n", b"z\r\n", b"0\r\nA B: 1\r\n\r\n"],
                         ids=["no CRLF", "size", "trailer"])
def test_bad_chunks_cut_at_every_byte(server, chunks):
    head = request("/small.txt", "Transfer-Encoding: chunked")
    for at in range(len(chunks)):
        with Connection(server.address) as connection:
            connection.send_apart(head + chunks[:at])
            try:
                connection.send(chunks[at:] + SIMPLE)
            except OSError:
                pass
            answer = connection.answer()
            assert answer.status == 400 and answer.closes, (at, answer)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
def test_through_a_relay_that_splits_both_ways(server, piece):
    tcp = server.addresses[1]
    with Relay(tcp, Fault(piece=piece), Fault(piece=piece)) as relay, Connection(relay.address) as connection:
        connection.send(SIMPLE * 5 + CHUNKED + WITH_CONTENT + SIMPLE)
        connection.finish()
        assert_answers(connection, 8)
        connection.closed()


def test_large_answer_through_a_relay_that_delays(server):
    with Relay(server.addresses[1], to_client=Fault(
            piece=16384, delay=0.002)) as relay, Connection(relay.address) as connection:
        connection.send(request("/large.bin") + SIMPLE)
        assert connection.answer().body == bytes(range(256)) * 4096
        assert_answers(connection, 1)
