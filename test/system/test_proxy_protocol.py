"""The PROXY protocol: from those whom --proxy-protocol-from names its header is required, from others it is not read."""

import shutil
import socket
import struct
import subprocess
import time

import pytest

from daemon import until
from test_access_log import Log
from wire import Connection, Reset, bound, exchange, fetch, request

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V1 = b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n"
V1_IPV6 = b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n"


def v2(family, body, command=0x21):
    return SIGNATURE + struct.pack(">BBH", command, family, len(body)) + body


ADDRESSES = socket.inet_aton("192.0.2.7") + socket.inet_aton("198.51.100.1") + struct.pack(">HH", 4711, 80)
V2 = v2(0x11, ADDRESSES)
V2_TLV = v2(0x11, ADDRESSES + b"\x04\x00\x40" + bytes(64))
V2_IPV6 = v2(0x21, socket.inet_pton(socket.AF_INET6, "2001:db8::7") + bytes(16) + struct.pack(">HH", 4711, 80))
V2_UNIX = v2(0x31, bytes(216))
V2_LOCAL = v2(0x00, b"", command=0x20)
UNKNOWN = b"PROXY UNKNOWN\r\n"
WHO = [(V1, b"192.0.2.7"), (V1_IPV6, b"2001:db8::7"), (V2, b"192.0.2.7"), (V2_TLV, b"192.0.2.7"),
       (V2_IPV6, b"2001:db8::7"), (V2_UNIX, b"unix"), (V2_LOCAL, b"127.0.0.1"), (UNKNOWN, b"127.0.0.1")]


@pytest.fixture
def log(site):
    site.write("small.txt", "small")
    return Log(site.outside / "access.log")


@pytest.fixture
def server(httpd, log):
    return httpd("--proxy-protocol-from", "127.0.0.0/31", "--proxy-protocol-from", "unix", "--access-log", log.path,
                 "--threads", "2")


@pytest.fixture
def hasty(httpd, log):
    return httpd("--proxy-protocol-from", "127.0.0.1", "--threads", "2", "--timeout-header", "1s")


@pytest.mark.parametrize("header, client", WHO)
def test_the_client_is_whom_the_header_names(server, log, header, client):
    assert exchange(server.address, header + request("/small.txt")).body == b"small"
    assert exchange(server.address, header, request("/small.txt"), apart=True).body == b"small"
    assert [entry["host"] for entry in log.entries(2)] == [client, client]


def test_one_header_for_all_requests_of_a_connection(server, log):
    with Connection(server.address) as connection:
        connection.send(V2 + request("/small.txt") + request("/small.txt"))
        assert connection.answer().body == connection.answer().body == b"small"
        assert connection.send(request("/small.txt")).answer().body == b"small"
        assert connection.send(V1).answer().status == 400  # a second one is no request
    assert {entry["host"] for entry in log.entries(4)} == {b"192.0.2.7"}


@pytest.mark.parametrize("header", [V1, V2_TLV])
def test_split_at_every_byte(server, header):
    message = header + request("/small.txt")
    for at in range(1, len(header) + 3):
        assert exchange(server.address, message[:at], message[at:], apart=True).body == b"small"
    bytewise = [header[at:at + 1] for at in range(len(header))]
    assert exchange(server.address, *bytewise, request("/small.txt"), apart=True).body == b"small"


def is_dropped(address, message):
    """Closed without an answer; by a reset when the server had not read everything."""
    with Connection(address) as connection:
        connection.send(message)
        received, _ = connection.remains(patience=bound(5))
        return received == b""


@pytest.mark.parametrize("message", [
    request("/small.txt"), b"PROXY TCP4 192.0.2.7\r\n" + request("/small.txt"), b"PROXY TCP9 a b 1 2\r\n",
    b"PROXY UNKNOWN " + b"x" * 200 + b"\r\n" + request("/small.txt"), v2(0x11, ADDRESSES[:-1]) + request("/small.txt"),
    v2(0x12, ADDRESSES) + request("/small.txt"), v2(0x11, ADDRESSES, command=0x22) + request("/small.txt"),
    v2(0x11, ADDRESSES + bytes(3000)) + request("/small.txt")])
def test_what_has_no_header_is_closed(server, log, message):
    assert is_dropped(server.address, message)
    assert exchange(server.address, V1 + request("/small.txt")).body == b"small"
    assert len(log.entries(1)) == 1


@pytest.mark.parametrize("part", [b"", b"PROX", V1[:-1], V2[:20], V2_TLV[:-1]])
def test_header_that_does_not_end(hasty, part):
    started = time.monotonic()
    assert is_dropped(hasty.address, part)
    assert 0.5 < time.monotonic() - started < bound(4)


@pytest.mark.parametrize("part", [b"PROX", V2[:20]])
def test_peer_that_leaves_or_resets_within_the_header(server, part):
    with Connection(server.address) as connection:
        connection.send(part).finish()
        assert connection.remains()[0] == b""
    connection = Connection(server.address)
    connection.send_apart(part)
    connection.reset()
    assert exchange(server.address, V2 + request("/small.txt")).body == b"small"


def test_others_have_no_header_read(httpd, log):
    server = httpd("--proxy-protocol-from", "192.0.2.0/24", "--access-log", log.path, "--threads", "2")
    assert fetch(server.address, "/small.txt").body == b"small"
    assert exchange(server.address, V1 + request("/small.txt")).status == 400
    assert exchange(server.address, V2 + request("/small.txt")).status == 400
    assert {entry["host"] for entry in log.entries(3)} == {b"127.0.0.1"}


def test_without_the_option_it_is_nobody(httpd, log):
    server = httpd("--access-log", log.path)
    assert exchange(server.address, V1 + request("/small.txt")).status == 400


def test_unix_peers(site, httpd, log):
    server = httpd("--proxy-protocol-from", "unix", "--access-log", log.path, listen=[f"unix:{site.outside}/socket"])
    assert exchange(server.address, V1 + request("/small.txt")).body == b"small"
    assert log.entries(1)[0]["host"] == b"192.0.2.7"
    assert is_dropped(server.address, request("/small.txt"))


def test_limits_count_the_client(httpd, site):
    site.write("small.txt", "small")
    server = httpd("--proxy-protocol-from", "127.0.0.1", "--limit-connections-per-address", "2",
                   "--limit-requests", "3/h", "--threads", "2")
    other = V2_IPV6 + request("/small.txt")
    with Connection(server.address) as first, Connection(server.address) as second:
        assert first.send(V1 + request("/small.txt")).answer().status == 200
        assert second.send(V2 + request("/small.txt")).answer().status == 200
        assert exchange(server.address, V1 + request("/small.txt")).status == 503
        assert first.send(request("/small.txt")).answer().status == 200
        assert second.send(request("/small.txt")).answer().status == 429
        assert exchange(server.address, other).status == 200
    assert until(lambda: exchange(server.address, V1 + request("/small.txt")).status == 429, 5, "room") or True


def test_drain_waits_for_no_header(server):
    with Connection(server.address) as connection:
        connection.send_apart(b"PROXY ")
        server.stop(within=5)
        assert connection.remains()[0] == b""


@pytest.mark.skipif(not shutil.which("haproxy", path="/usr/sbin:/usr/bin"), reason="haproxy is not installed")
@pytest.mark.parametrize("version", ["send-proxy", "send-proxy-v2"])
def test_haproxy(site, server, log, version):
    """Through the proxy that invented it; its health checks come with LOCAL or UNKNOWN."""
    host, port = server.address
    front = f"{site.outside}/front"
    config = site.outside / "haproxy.cfg"
    config.write_text(f"""
defaults
    mode tcp
    timeout connect 5s
    timeout client 10s
    timeout server 10s
listen front
    bind unix@{front} accept-proxy
    server pier {host}:{port} check inter 100ms {version}
""")
    haproxy = subprocess.Popen(["haproxy", "-db", "-f", config], env={"PATH": "/usr/sbin:/usr/bin"},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def answer():
            try:
                return exchange(front, V1 + request("/small.txt"))
            except (OSError, AssertionError, Reset):
                return None
        assert until(answer, 10, "an answer through haproxy").body == b"small"
        assert exchange(front, V1_IPV6 + request("/small.txt")).body == b"small"
    finally:
        haproxy.terminate()
        haproxy.wait()
    until(lambda: len(log.lines()) >= 2, 5, "two lines in the log")
    assert {line.split()[0] for line in log.lines()} == {b"192.0.2.7", b"2001:db8::7"}
