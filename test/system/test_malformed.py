"""Malformed requests by the hundred: each brings an error and the end of its connection, and the server lives."""

import itertools
import random

import pytest

import wire
from wire import Connection, exchange, fetch, request

METHODS = ["", " ", "G ET", "G\tET", "G\x00ET", "GET\r", "G\x80", "(GET)", "GET,", "GET:", "<GET>", "{GET}", "GET\x7f"]
TARGETS = ["", " ", "x", "\\", "/\x00", "/\x7f", "/\x80", "/ /", "/#", "/%", "/%1", "/%gg", "/<", "/>", "/\"", "/{",
           "/}", "/|", "/^", "/`", "/%00", "http://", "http:///", "http://a@b/", "http://[", "//\x01", "?", "*x",
           "/\xc3\xa9", "/%2f", "/%5c", "/\r"]
VERSIONS = ["", "HTTP", "HTTP/", "HTTP/1", "HTTP/1.", "HTTP/1.11", "HTTP/01.1", "HTTP/1.1.1", "HTTP/2.0", "HTTP/3.0",
            "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/1.1\t", "HTTP /1.1", "HTTP/ 1.1", "FTP/1.1", "HTTP/1.1\r",
            "HTTP/-1.1", "HTTP/1.x", "HTTP/\xb9.1"]
FIELDS = ["", ":", ": x", " x: 1", "x", "x : 1", "x\t: 1", "x y: 1", "x\x00: 1", "x: \x00", "x: \x01", "x: \x7f",
          "x: a\rb", "x: a\nb", "x: 1\r\n folded", "x: 1\r\n\tfolded", "\x80: 1", "x(: 1", "Host: b", "Host: localhost",
          "Host:", "Content-Length: x", "Content-Length: -1", "Content-Length: +1", "Content-Length: 1, 1",
          "Content-Length:", "Content-Length: 99999999999999999999", "Content-Length: 1\r\nContent-Length: 2",
          "Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1\r\nTransfer-Encoding: chunked",
          "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: \x0bchunked",
          "Transfer-Encoding:", "Transfer-Encoding : chunked", "Content-Length : 0", "Expect: nonsense", "\r", "x: y\r",
          "x: y\n"]
HOSTS = ["", "a b", "a/b", "a@b", "a,b", "[", "[::1", "a:b", "a\x00", "a\x80", "<a>", "\"a\""]
CHUNKS = ["", "g", "-1", "+1", "0x1", " 1", "1 1", "1\n", "\n", "1\x00", "ffffffffffffffffff", "1;\x00", "1;\n"]

TABLE = {
    "method": [request("/", method=method) for method in METHODS],
    "target": [request(target) for target in TARGETS],
    "version": [request("/", version=version) for version in VERSIONS],
    "field": [request("/", field) for field in FIELDS if field] + [request(
        "/", field, host=None) for field in FIELDS if not field.startswith("Host: ")],
    "host": [request("/", host=host) for host in HOSTS],
    "chunk": [request("/", "Transfer-Encoding: chunked",
                      body=chunk.encode("latin-1") + b"\r\nx\r\n0\r\n\r\n") for chunk in CHUNKS],
    "two things": [request(target, field, method=method) for method, target, field in
                   itertools.product(["GET", "G(T", "POST"], ["/\x00", "/%", "/<"],
                                     ["x : 1", "x: \x00", "Content-Length: x", "Host: b"])],
    "other protocols": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 60 + b"\r\n\r\n",
                        b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"EHLO example.com\r\n\r\n", b"\x05\x01\x00\r\n\r\n",
                        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HELP\r\n\r\n", b"{\"json\": 1}\r\n\r\n",
                        b"\xff\xf4\xff\xfd\x06\r\n\r\n", b"<xml/>\r\n\r\n", b"OPTIONS sip:a SIP/2.0\r\n\r\n",
                        b"GET / HTTP/1.1" + b"\r\n" * 3, b"\x00" * 100 + b"\r\n\r\n"],
}
# These are not malformed: known methods are refused on good grounds, and what they refuse is answered without an end.
CLOSES_NOT = {request(target) for target in ("/%", "/%1", "/%gg", "/%00", "/%2f", "/%5c")} | {
    request("/", "Expect: nonsense"), request("/", method="BREW")}


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("index.html", "home")
    shared_site.write("trap.txt", "trapped")
    return shared_httpd("--threads", "2")


def test_there_are_hundreds():
    assert sum(map(len, TABLE.values())) > 200


@pytest.mark.parametrize("kind", TABLE)
def test_refused_and_closed(server, kind):
    for message in TABLE[kind]:
        trap = b"" if message in CLOSES_NOT else request("/trap.txt")
        try:
            answer = exchange(server.address, message + trap, closes=None if message in CLOSES_NOT else True)
        except AssertionError as failure:
            raise AssertionError(f"{message!r}: {failure}") from failure
        assert 400 <= answer.status < 600, (message, answer)
        assert answer.status in (400, 405, 413, 414, 417, 431, 501, 505), (message, answer)
    assert fetch(server.address, "/").body == b"home"


def well_formed_answers(received):
    """The statuses in what came back, when it is a sequence of answers and the last may be incomplete."""
    statuses = []
    while received:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if not separator:
            break
        answer = wire.parse_head(head)
        statuses.append(answer.status)
        received = rest[int(answer.get("Content-Length") or 0):] if answer.status not in (204, 304) else rest
    return statuses


MUTATED = [request("/", "Accept: */*", "Content-Length: 5", body=b"hello"),
           request("/index.html", "Range: bytes=0-1,2-3", "If-None-Match: \"a\", W/\"b\""),
           request("/", "Transfer-Encoding: chunked", body=b"5;a=b\r\nhello\r\n0\r\nT: 1\r\n\r\n"),
           request("http://localhost/index.html?q", "Connection: close")]
INTERESTING = [b"\r\n", b"\n", b"\r", b"\x00", b" ", b"\t", b":", b",", b"%", b"/", b"\xff", b";", b"\"", b"0", b"-",
               b"=", b"*", b"\r\n\r\n", b"A" * 300]


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(8, 200))])
def test_mutations_bring_answers_or_an_end(server, seed):
    """What these mean is not known; but what comes back must be well-formed, and an end must come."""
    dice = random.Random(seed)
    for _ in range(150):
        message = bytearray(dice.choice(MUTATED))
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(message))
            match dice.randrange(4):
                case 0: message[at] = dice.randrange(256)
                case 1: del message[at:at + dice.randint(1, 8)]
                case 2: message[at:at] = dice.choice(INTERESTING)
                case 3: message[at:at] = message[dice.randrange(len(message)):][:20]
        with Connection(server.address) as connection:
            try:
                connection.send(bytes(message) + request("/trap.txt"))
                connection.finish()
                received, _ = connection.remains()
            except OSError:
                continue  # it had closed already
        statuses = well_formed_answers(received.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""))
        assert all(200 <= status < 600 and status not in (500, 502, 503) for status in statuses), (
            message, received)
    assert fetch(server.address, "/").body == b"home"
