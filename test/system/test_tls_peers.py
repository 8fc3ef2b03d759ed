"""Peers that misbehave while they should speak TLS, and those that speak it well but slowly."""

import hashlib
import os
import random
import select
import socket
import ssl
import threading
import time

import pytest

import wire
from daemon import Daemon, until
from tls import Certificate, Connection, Secured, context, fetch
from wire import bound, request

BIG = 20 * 1024 * 1024


@pytest.fixture(scope="module")
def content():
    return random.Random(5).randbytes(BIG)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd, certificate, content):
    shared_site.write("small.txt", "small")
    shared_site.write("big", content)
    return shared_httpd(*certificate.arguments, "--threads", "2", "--timeout-handshake", "1s", "--admin", "127.0.0.1:0",
                        listeners=2)


def client_hello():
    """The bytes that a client begins with."""
    out = ssl.MemoryBIO()
    client = context().wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()


def ends(connection, within=5):
    """However it ends."""
    connection.remains(bound(within))


def counted(server, name):
    text = wire.fetch(server.addresses[1], "/metrics").body.decode()
    return int(next(line for line in text.splitlines() if line.startswith(f'{name}{{service="httpd"')).split()[1])


def test_half_a_client_hello_meets_the_deadline(server):
    for sent in (b"\x16", client_hello()[:100]):
        with wire.Connection(server.address) as connection:
            began = time.monotonic()
            connection.send(sent)
            ends(connection)
            assert 0.7 < time.monotonic() - began < bound(3)


def test_one_byte_at_a_time_renews_nothing(server):
    hello = client_hello()
    with wire.Connection(server.address) as connection:
        began = time.monotonic()
        try:
            for byte in hello:
                connection.send(bytes([byte]))
                if select.select([connection.socket], [], [], 0.05)[0]:
                    break
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert time.monotonic() - began < bound(3)


def test_a_handshake_split_at_every_byte(server):
    class Split:
        def __init__(self, raw):
            self.raw = raw

        def sendall(self, data):
            for at in range(len(data)):
                self.raw.sendall(data[at:at + 1])

        def __getattr__(self, name):
            return getattr(self.raw, name)
    with wire.Connection(server.address) as connection:
        connection.socket = Secured(Split(connection.socket))
        assert connection.send(request("/small.txt")).answer().body == b"small"


@pytest.mark.parametrize("sent", [bytes(100), b"\xff" * 5000, b"\x16\x03\x01\xff\xff" + bytes(300), b"\x15\x03\x01\x00\x02\x02\x28",
                                  b"\x17\x03\x03\x00\x10" + bytes(16), b"\x80\x2e\x01\x00\x02" + bytes(40)])
def test_garbage(server, sent):
    with wire.Connection(server.address) as connection:
        connection.send(sent)
        connection.finish()
        left, _ = connection.remains(bound(5))
        assert b"HTTP" not in left
    assert fetch(server.address, "/small.txt").body == b"small"


def test_plain_http_is_told_so(server):
    with wire.Connection(server.address) as connection:
        connection.send(request("/small.txt"))
        answer = connection.answer()
        assert answer.status == 400 and b"https" in answer.body and answer.closes
        connection.closed()


def test_a_reset_and_an_end_in_the_middle_of_the_handshake(server):
    before = counted(server, "pier_connections_open")
    for _ in range(20):
        connection = wire.Connection(server.address).send(client_hello())
        connection.read_some()
        connection.reset()
        with wire.Connection(server.address) as connection:
            connection.send(client_hello()[:200])
            connection.finish()
            ends(connection)
    until(lambda: counted(server, "pier_connections_open") <= before, 5, "nothing is left of them")


def test_a_record_that_is_cut(server):
    """The FIN comes in the middle of a record: no request is made of it, no answer sent."""
    with Connection(server.address) as connection:
        secured = connection.socket
        secured.tls.write(request("/small.txt"))
        record = secured._out.read()
        secured.raw.sendall(record[:len(record) // 2])
        secured.raw.shutdown(socket.SHUT_WR)
        assert connection.remains(bound(5))[0] == b""


def test_a_forged_record(server):
    with Connection(server.address) as connection:
        secured = connection.socket
        secured.tls.write(request("/small.txt"))
        record = bytearray(secured._out.read())
        record[-1] ^= 1
        secured.raw.sendall(record)
        with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC|DECRYPT"):
            connection.read_some()


def test_download_is_the_file(server, content):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        answer = fetch(server.address, "/big", using=context(versions=(version, version)))
        assert answer.length == BIG and hashlib.sha256(answer.body).digest() == hashlib.sha256(content).digest()


def test_ranges(server, content):
    for first, last in ((0, 0), (16383, 16385), (1_000_000, 9_000_000), (BIG - 1, BIG - 1)):
        answer = fetch(server.address, "/big", f"Range: bytes={first}-{last}")
        assert answer.status == 206 and answer.body == content[first:last + 1]


def test_pipelining_and_head(server):
    with Connection(server.address) as connection:
        connection.send(request("/small.txt") * 50 + request("/small.txt", method="HEAD") + request("/none"))
        assert all(connection.answer().body == b"small" for _ in range(50))
        assert connection.answer("HEAD").length == 5 and connection.answer().status == 404


def test_a_half_closed_client_gets_its_answer(server, content):
    with Connection(server.address) as connection:
        connection.send(request("/big"))
        connection.finish()
        assert connection.answer().body == content
        connection.closed()


def test_a_slow_reader_gets_all(server, content):
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/big", "Range: bytes=0-2999999"))
        answer = connection.head()
        body = bytes(connection.buffer)
        while len(body) < answer.length:
            time.sleep(0.001)
            body += connection.read_some(20000)
        assert body == content[:3_000_000]


def test_an_upload_is_read(server):
    """Nobody wants it here, but what follows it is answered."""
    with Connection(server.address) as connection:
        connection.send(request("/small.txt", "Content-Length: 50000", method="POST", body=bytes(50000)))
        assert connection.answer().status == 405
        assert connection.send(request("/small.txt")).answer().body == b"small"


def test_many_at_once(server):
    def one():
        with Connection(server.address) as connection:
            for _ in range(20):
                connection.send(request("/small.txt"))
                results.append(connection.answer().body)
    results = []
    threads = [threading.Thread(target=one) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert results == [b"small"] * 400


def test_idle_connections_are_drained(site, httpd, certificate, content):
    site.write("big", content)
    site.write("small.txt", "small")
    server = httpd(*certificate.arguments, "--threads", "2", "--drain", "20s")
    with Connection(server.address) as idle, Connection(server.address, receive_buffer=4096) as busy, \
            wire.Connection(server.address) as fresh:
        assert idle.send(request("/small.txt")).answer().body == b"small"
        fresh.send(client_hello()[:50])
        busy.send(request("/big"))
        head = busy.head()
        server.process.terminate()
        idle.closed()  # with close_notify
        fresh.remains(bound(5))
        body = bytes(busy.buffer)
        while len(body) < head.length:
            body += busy.read_some(1 << 20)
        assert body == content
        busy.closed()
    server.check(server.wait())


def test_proxy_protocol_comes_before(site, httpd, certificate):
    site.write("small.txt", "small")
    log = site.outside / "access.log"
    server = httpd(*certificate.arguments, "--proxy-protocol-from", "127.0.0.1", "--access-log", log)
    with Connection(server.address, before=b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n") as connection:
        assert connection.send(request("/small.txt")).answer().body == b"small"
    until(lambda: log.exists() and log.read_text().startswith("192.0.2.7 "), 5, "the client's line")
    with wire.Connection(server.address) as connection:
        connection.send(client_hello())
        ends(connection)


def test_limits_of_connections(site, httpd, certificate):
    """Who is one too many is refused, before any handshake; the others are served."""
    site.write("small.txt", "small")
    server = httpd(*certificate.arguments, "--max-connections", "1", "--threads", "1")
    with Connection(server.address) as first:
        assert first.send(request("/small.txt")).answer().body == b"small"
        with wire.Connection(server.address) as second:
            second.send(client_hello())
            assert b"HTTP" not in second.remains(bound(5))[0]
        assert first.send(request("/small.txt")).answer().body == b"small"


def both_ways(client, text):
    """What comes back while it is sent."""
    client.setblocking(False)
    got, rest, deadline = bytearray(), memoryview(text), time.monotonic() + bound(30)
    while len(got) < len(text):
        assert time.monotonic() < deadline, len(got)
        moved = 0
        try:
            moved += client.send(rest[:65536]) if rest else 0
            rest = rest[moved:]
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        try:
            piece = client.recv(1 << 18)
            assert piece, len(got)
            got += piece
        except ssl.SSLWantReadError:
            if not moved:
                select.select([client], [client] if rest else [], [], 1)
    return got


def test_as_much_comes_back_as_was_sent(certificate, content):
    """Both directions at once, through a service that reads as fast as it may write."""
    server = Daemon("pier-upperd", "--listen", "tls://127.0.0.1:0", *certificate.arguments)
    try:
        text = content[:8_000_000].hex().encode()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with wire.Connection(server.address) as raw:
                raw.socket.settimeout(bound(30))
                using = context(versions=(version, version), protocols=None)
                with using.wrap_socket(raw.socket, server_hostname="localhost") as client:
                    assert both_ways(client, text) == text.upper()
    finally:
        server.stop()
