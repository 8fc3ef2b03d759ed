"""What options do in either program. How exactly is tested option by option elsewhere, mostly with pier-httpd; here is
what an app might forget: to hand on what it was told."""

import json
import os
import re
import time

import pytest

from daemon import run, until
from test_access_log import Log
from test_config import PROGRAMS
from test_privileges import OTHER_GROUP, USER, needs_root, statuses
from wire import Connection, bound, exchange, fetch, request

BIG = 16 << 20


@pytest.fixture(params=PROGRAMS)
def start(request, site, httpd):
    """start(*options): a server of the site, by either program."""
    site.write("small.txt", "small")
    site.write("big.bin", bytes(BIG))

    def run(*options, **others):
        root = {} if request.param == "pier-httpd" else {"root": None}
        section = [] if request.param == "pier-httpd" else ["--httpd.root", site.root]
        return httpd(*section, *options, name=request.param, **root, **others)
    return run


@pytest.fixture
def log(site):
    return Log(site.outside / "access.log")


def test_port(start):
    server = start("--port", "0", listen=[])
    assert server.address[0] == "127.0.0.1" and fetch(server.address, "/small.txt").body == b"small"


def test_what_is_served_and_said(site, start):
    site.write(".hidden", "hidden")
    site.write("big.bin.gz", "packed")
    os.symlink("small.txt", site.root / "link")
    server = start("--index", "small.txt", "--hidden", "--links", "none", "--precompressed", "gzip", "--header", "X-A: b",
                   "--cache-control", "*.txt=max-age=9")
    answer = fetch(server.address, "/")
    assert answer.body == b"small" and answer["X-A"] == "b" and answer["Cache-Control"] == "max-age=9"
    assert fetch(server.address, "/.hidden").body == b"hidden"
    assert fetch(server.address, "/link").status == 404
    assert fetch(server.address, "/big.bin", "Accept-Encoding: gzip").body == b"packed"


def test_max_ranges(start):
    ranges = "Range: bytes=0-0,1000-1000,2000-2000"
    assert fetch(start().address, "/big.bin", ranges).status == 206
    assert fetch(start("--max-ranges", "2").address, "/big.bin", ranges).status == 200


def test_cache_size(site, start):
    """Without a cache a file is opened for each answer and closed after it."""
    def is_open(server):
        folder = f"/proc/{server.pid}/fd"
        return any(os.readlink(f"{folder}/{each}").endswith("big.bin") for each in os.listdir(folder)
                   if os.path.islink(f"{folder}/{each}"))

    until(lambda: time.time() - (site.root / "big.bin").stat().st_ctime > 0.1, 1, "the file is no longer new")
    for size, keeps in (("0", False), ("64M", True)):
        server = start("--cache-size", size)
        assert fetch(server.address, "/big.bin").status == 200
        assert fetch(server.address, "/small.txt").status == 200
        assert is_open(server) == keeps, size


@pytest.mark.parametrize("option", ["--max-connections", "--limit-connections-per-address"])
def test_limits_of_connections(start, option):
    server = start(option, "1", "--threads", "2")
    with Connection(server.address) as held:
        assert held.send(request("/small.txt")).answer().status == 200
        assert fetch(server.address, "/small.txt").status == 503


def test_limit_of_requests(start):
    server = start("--limit-requests", "1/h", "--threads", "1")
    assert [fetch(server.address, "/small.txt").status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("option", ["--limit-rate", "--limit-rate-total"])
def test_limits_of_bytes(site, start, option):
    """A quarter of a second's worth may come at once."""
    site.write("second.bin", bytes(1 << 20))
    server = start(option, "1M", "--threads", "1")
    began = time.monotonic()
    assert len(fetch(server.address, "/second.bin").body) == 1 << 20
    assert time.monotonic() - began > 0.7


def test_proxy_protocol(start, log):
    server = start("--proxy-protocol-from", "127.0.0.1", "--access-log", log.path)
    hello = b"PROXY TCP4 192.0.2.1 198.51.100.1 4711 80\r\n"
    assert exchange(server.address, hello + request("/small.txt")).body == b"small"
    assert log.entries(1)[0]["host"] == b"192.0.2.1"


@pytest.mark.parametrize("arguments, field", [([], "X-Forwarded-For: 192.0.2.1"),
                                              (["--forwarded-field", "forwarded"], "Forwarded: for=192.0.2.1")])
def test_forwarded(start, log, arguments, field):
    server = start("--trust-forwarded-from", "127.0.0.1", *arguments, "--access-log", log.path)
    fetch(server.address, "/small.txt", field)
    assert log.entries(1)[0]["host"] == b"192.0.2.1"


def test_access_format(start, log):
    server = start("--access-format", "{status} {target}", "--access-log", log.path)
    fetch(server.address, "/small.txt")
    until(lambda: log.path.read_bytes() == b"200 /small.txt\n", 5, "the line")


def test_log_format(start):
    server = start("--log-format", "json")
    server.stop()
    messages = [json.loads(line)["message"] for line in server.log().splitlines()]
    assert any("stopped after" in message for message in messages)


def test_log_level(start):
    server = start("--log-level", "off")
    server.stop()
    assert server.log() == ""


def test_max_header(start):
    field = "X-A: " + "v" * 2000
    assert fetch(start().address, "/small.txt", field).status == 200
    assert fetch(start("--max-header", "1k").address, "/small.txt", field).status == 431


def test_timeout_header(start):
    assert exchange(start("--timeout-header", "200ms").address, b"GET / HT").status == 408


def test_timeout_idle(start):
    with Connection(start("--timeout-idle", "200ms").address) as connection:
        assert connection.send(request("/small.txt")).answer().status == 200
        began = time.monotonic()
        connection.closed()
        assert time.monotonic() - began < bound(5)  # the default is 75 s


def test_timeout_write(start):
    server = start("--timeout-write", "200ms", "--threads", "1")
    before = server.sockets()
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/big.bin")).head()
        until(lambda: server.sockets() == before, 5, "the server has given it up")


def test_drain(start):
    server = start("--drain", "200ms")
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/big.bin")).head()
        began = time.monotonic()
        server.stop()
        assert 0.15 < time.monotonic() - began < bound(5)  # the default is 10 s


def test_accept_and_threads(start):
    """A queue for each thread, or one for all."""
    one = start("--accept", "deal", "--threads", "1").sockets()
    assert start("--accept", "deal", "--threads", "3").sockets() == one
    assert start("--accept", "spread", "--threads", "3").sockets() == one + 2


def test_admin(site, start):
    users = site.outside / "users"
    users.write_text("anna:$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6\n")
    server = start("--admin", "127.0.0.1:0", "--admin-host", "ops.example", "--admin-auth", users, listeners=2)
    for host, status in (("ops.example", 200), ("other.example", 421)):
        assert fetch(server.addresses[1], "/healthz", host=host).status == status
    assert fetch(server.addresses[1], "/api/stats").status == 401


def test_admin_interval(start):
    server = start("--admin", "127.0.0.1:0", "--admin-interval", "250ms", listeners=2)
    with Connection(server.addresses[1]) as reader:
        reader.send(request("/api/events", "Accept: text/event-stream")).head()
        began, text = time.monotonic(), b""
        while text.count(b"event: stats") < 6:
            text += reader.read_some()
        assert time.monotonic() - began < bound(4)  # at the default of 1 s five more took 5 s


@needs_root
def test_user_and_group(start):
    server = start("--user", USER, "--group", OTHER_GROUP, "--threads", "2")
    assert fetch(server.address, "/small.txt").body == b"small"
    for status in statuses(server):
        assert "0" not in status["Uid"].split() + status["Gid"].split() + status["Groups"].split()


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arguments,code,said", [
    (["--user", "no-such-user"], 67, "no user `no-such-user`"),
    (["--user", USER, "--group", "no-such-group"], 67, "no group `no-such-group`"),
    (["--user", "root"], 64, "root"), (["--user", ""], 64, "NAME"), (["--group", OTHER_GROUP], 64, "--user")])
def test_refused_users(name, arguments, code, said):
    done = run(name, "-p", "0", "--admin", "off", *arguments)
    assert done.returncode == code and re.search(said, done.stderr) and done.stdout == "", done
