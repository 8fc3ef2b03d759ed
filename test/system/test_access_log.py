"""The access log in combined format: a line for each request, whatever the client puts into it."""

import os
import re
import stat
import threading
import time

import pytest

from daemon import run, until
from wire import Connection, fetch, request

# As goaccess and fail2ban read it; inside quotes there is neither a bare quote nor a control character.
QUOTED = rb'"(?P<%s>(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*)"'
COMBINED = re.compile(rb"(?P<host>[0-9a-f.:]+|unix) - - "
                      rb"\[(?P<day>\d\d)/(?P<month>[A-Z][a-z][a-z])/(?P<year>\d{4})"
                      rb":(?P<time>\d\d:\d\d:\d\d) (?P<zone>[+-]\d{4})\] "
                      + QUOTED % b"line" + rb" (?P<status>[1-5]\d\d) (?P<bytes>\d+|-) "
                      + QUOTED % b"referer" + b" " + QUOTED % b"agent" + rb"\Z")


class Log:
    def __init__(self, path):
        self.path = path

    def lines(self):
        content = self.path.read_bytes()
        assert content == b"" or content.endswith(b"\n")
        return content.split(b"\n")[:-1]

    def entries(self, count):
        """The first `count` entries, once they are there, and no more."""
        until(lambda: self.path.exists() and len(self.lines()) >= count, 5, f"{count} lines in the access log")
        lines = self.lines()
        assert len(lines) == count, lines
        found = [COMBINED.match(line) for line in lines]
        assert all(found), [line for line, match in zip(lines, found) if not match]
        return [match.groupdict() for match in found]


@pytest.fixture
def log(site):
    site.write("small.txt", "small")
    site.write("large.bin", bytes(3 << 20))
    return Log(site.outside / "access.log")


@pytest.fixture
def server(httpd, log):
    return httpd("--access-log", log.path, "--threads", "1")  # several threads write their lines independently


def test_fields(server, log):
    fetch(server.address, "/small.txt?x=1", "Referer: http://localhost/from", "User-Agent: Test/1.0 (X; Y)")
    entry, = log.entries(1)
    assert entry["host"] == b"127.0.0.1" and entry["line"] == b"GET /small.txt?x=1 HTTP/1.1"
    assert (entry["status"], entry["bytes"]) == (b"200", b"5")
    assert entry["referer"] == b"http://localhost/from" and entry["agent"] == b"Test/1.0 (X; Y)"


def test_time(server, log):
    before = int(time.time())
    fetch(server.address, "/small.txt")
    after = time.time()
    entry, = log.entries(1)
    text = b" ".join(entry[name] for name in ("day", "month", "year", "time", "zone")).decode()
    stamp = time.mktime(time.strptime(text[:-6], "%d %b %Y %H:%M:%S")) - time.timezone
    offset = int(text[-5] + "1") * (int(text[-4:-2]) * 3600 + int(text[-2:]) * 60)
    assert before - 1 <= stamp - offset <= after


def test_absent_fields_are_dashes(server, log):
    fetch(server.address, "/small.txt")
    entry, = log.entries(1)
    assert entry["referer"] == entry["agent"] == b"-"


def test_every_kind_of_answer(server, log):
    tag = fetch(server.address, "/small.txt")["ETag"]
    fetch(server.address, "/small.txt", method="HEAD")
    fetch(server.address, "/missing", method="HEAD")
    fetch(server.address, "/small.txt", f"If-None-Match: {tag}")
    fetch(server.address, "/small.txt", "Range: bytes=1-2")
    fetch(server.address, "/large.bin")
    missing = len(fetch(server.address, "/missing").body)
    fetch(server.address, "*", method="OPTIONS")
    refused = len(fetch(server.address, "/small.txt", method="PUT").body)
    fetch(server.address, "/small.txt", version="HTTP/1.0")
    seen = [(entry["line"].split()[0], entry["status"], int(entry["bytes"].replace(
        b"-", b"0"))) for entry in log.entries(10)]
    assert seen == [(b"GET", b"200", 5), (b"HEAD", b"200", 0), (b"HEAD", b"404", 0), (b"GET", b"304", 0),
                    (b"GET", b"206", 2), (b"GET", b"200", 3 << 20), (b"GET", b"404", missing), (b"OPTIONS", b"204", 0),
                    (b"PUT", b"405", refused), (b"GET", b"200", 5)]
    assert log.entries(10)[-1]["line"].endswith(b"HTTP/1.0")


def test_one_line_for_each_pipelined_request(server, log):
    with Connection(server.address) as connection:
        connection.send(b"".join(request(f"/small.txt?{number}") for number in range(200)))
        for _ in range(200):
            connection.answer()
    lines = [entry["line"] for entry in log.entries(200)]
    assert lines == [b"GET /small.txt?%d HTTP/1.1" % number for number in range(200)]


@pytest.mark.parametrize("value,allowed", [
    ('a"b', None), ('" 200 0 "-" "-', None), ("back\\slash", None), ('\\"', None), ("\\", None), ("trailing\\", None),
    ("tab\there", None), ("\xff\xfe\x80", None), ("\u00e9", None), ("%0a%0d", b"%0a%0d"), ("\\x0a\\n", None),
    ("a" * 8000, None), ("-", None), ("$(id) `id` ${HOME}", None), ("\x9b31m", None),
    ("[01/Jan/2020:00:00:00 +0000]", None)])
@pytest.mark.parametrize("name", ["User-Agent", "Referer"])
def test_no_value_breaks_the_line(server, log, name, value, allowed):
    assert fetch(server.address, "/small.txt", f"{name}: {value}").status == 200
    entry, = log.entries(1)
    part = entry["agent" if name == "User-Agent" else "referer"]
    assert allowed is None or part == allowed
    assert part != b"" and (entry["status"], entry["line"]) == (b"200", b"GET /small.txt HTTP/1.1")
    assert entry["agent" if name == "Referer" else "referer"] == b"-"


@pytest.mark.parametrize("target", ["/%0aGET%20/fake", "/%22%20200%200", "/x?a=%0d%0a127.0.0.1", "/\\x", '/"x',
                                    "/a\x80b", "/" + "l" * 7000, "//evil", "http://localhost/small.txt"])
def test_no_target_breaks_the_line(server, log, target):
    fetch(server.address, target)
    log.entries(1)


@pytest.mark.parametrize("message", [
    b"\x00\x01\x02\r\n\r\n", b"\x1b[31mGET / HTTP/1.1\r\n\r\n", b"\r\n\r\n\"\\\"\r\n\r\n",
    b"GET / HTTP/2.0\r\n\r\n", b"GET /a\x0bb HTTP/1.1\r\n\r\n", b"GET /\"x\" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nBad name: 1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\ny\r\n\r\n",
    b"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /" + b"u" * 100_000 + b" HTTP/1.1\r\n\r\n"],
    ids=lambda message: repr(message[:20]))
def test_malformed_requests_have_a_line_too(server, log, message):
    with Connection(server.address) as connection:
        connection.send(message)
        status = connection.answer().status
    entry, = log.entries(1)
    assert int(entry["status"]) == status >= 400


def test_aborted_download_is_logged_with_what_was_sent(server, log):
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/large.bin"))
        connection.head()
        connection.reset()
    entry, = log.entries(1)
    assert entry["status"] == b"200" and int(entry["bytes"]) < 3 << 20


def test_connection_without_a_request_leaves_no_line(server, log):
    for _ in range(5):
        Connection(server.address).close()
    fetch(server.address, "/small.txt")
    log.entries(1)


def test_lines_appear_soon_and_do_not_wait_for_the_next(server, log):
    for number in range(3):
        fetch(server.address, "/small.txt")
        log.entries(number + 1)


def test_a_line_is_there_within_a_second(server, log):
    """As docs/logs.md has it: handed over four times a second, with time to spare."""
    for number in range(3):
        fetch(server.address, "/small.txt")
        until(lambda: log.path.exists() and len(log.lines()) > number, 1, "the line")


def test_two_threads_do_not_mix_their_lines(httpd, log):
    server = httpd("--access-log", log.path, "--threads", "2")

    def client(name):
        with Connection(server.address) as connection:
            for number in range(500):
                connection.send(request(f"/small.txt?{name}-{number}", "User-Agent: " + name * 50))
                connection.answer()

    clients = [threading.Thread(target=client, args=(name,)) for name in "abcdefgh"]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    lines = sorted(entry["line"] for entry in log.entries(4000))
    assert lines == sorted(b"GET /small.txt?%s-%d HTTP/1.1" % (
        name.encode(), number) for name in "abcdefgh" for number in range(500))


def test_nothing_is_lost_at_the_end(httpd, log):
    server = httpd("--access-log", log.path)
    with Connection(server.address) as connection:
        connection.send(request("/small.txt") * 300)
        for _ in range(300):
            connection.answer()
    server.stop()
    assert len(log.lines()) == 300


def test_appends(httpd, log):
    for count in (1, 2):
        server = httpd("--access-log", log.path)
        fetch(server.address, "/small.txt")
        server.stop()
        assert len(log.entries(count)) == count


def test_others_may_not_write_it(server, log):
    fetch(server.address, "/small.txt")
    log.entries(1)
    assert not stat.S_IMODE(os.stat(log.path).st_mode) & 0o022


def test_stderr(site, httpd, log):
    server = httpd("--access-log", "stderr")
    fetch(server.address, "/small.txt", "User-Agent: to-stderr")
    until(lambda: "to-stderr" in server.log(), 5, "the line on standard error")
    line, = (line for line in server.log().encode().split(b"\n") if b"to-stderr" in line)
    assert COMBINED.match(line)


@pytest.mark.parametrize("arguments", [(), ("--access-log", "off")], ids=["by default", "off"])
def test_off(httpd, log, site, arguments):
    server = httpd(*arguments, cwd=site.outside)
    fetch(server.address, "/small.txt", "User-Agent: unseen")
    server.stop()
    assert "unseen" not in server.log() and not (site.outside / "off").exists()


def test_unix_peer(site, httpd, log):
    server = httpd("--access-log", log.path, listen=[f"unix:{site.outside}/socket"])
    fetch(server.address, "/small.txt")
    assert log.entries(1)[0]["host"] == b"unix"


def test_ipv4_peer_of_a_listener_for_all_addresses(httpd, log):
    server = httpd("--lan", "-p", "0", "--access-log", log.path, listen=[])
    fetch(("127.0.0.1", int(server.url.rsplit(":", 1)[1])), "/small.txt")
    assert log.entries(1)[0]["host"] == b"127.0.0.1"


def test_log_that_cannot_be_written(site):
    done = run("pier-httpd", site.root, "--listen", "127.0.0.1:0", "--access-log", f"{site.outside}/missing/access.log")
    assert done.returncode not in (0, None) and "access.log" in done.stderr and "listening" not in done.stdout
