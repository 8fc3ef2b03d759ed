"""Logs as a whole: formats, rotation by SIGHUP, full disks and stalled pipes, events. What one line of the access log
must hold is in test_access_log.py."""

import fcntl
import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import termios
import threading
import time

import pytest

from daemon import binary, bound, run, until
from wire import Connection, fetch, request

JSON_NAMES = ["time", "client", "user", "method", "target", "protocol", "host", "status", "bytes", "duration", "referer",
              "agent", "end", "number"]
EVENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (debug|info|warning|error) [ -~]+\Z")


@pytest.fixture
def log(site):
    site.write("small.txt", "small")
    return site.outside / "access.log"


def lines_of(path, count):
    """The lines of a log, once there are so many."""
    def read():
        content = path.read_text() if path.exists() else ""
        return content.splitlines() if content.endswith("\n") and content.count("\n") >= count else None
    found = until(read, 5, f"{count} lines in {path}")
    assert len(found) == count, found
    return found


def ask(server, count):
    with Connection(server.address) as connection:
        for _ in range(count):
            connection.send(request("/small.txt"))
            assert connection.answer().status == 200


# Formats

def test_json(httpd, log):
    server = httpd("--access-log", log, "--access-format", "json")
    before = time.time()
    with Connection(server.address) as connection:
        connection.send(request("/small.txt?a=1", 'User-Agent: a"b\\c\xff', "Referer: http://r/"))
        connection.answer()
        connection.send(request("/missing", "Connection: close"))
        connection.answer()
    first, second = map(json.loads, lines_of(log, 2))
    assert list(first) == list(second) == JSON_NAMES
    stamp = time.strptime(first["time"], "%Y-%m-%dT%H:%M:%SZ")
    assert abs(time.mktime(stamp) - time.timezone - before) <= bound(2)
    assert first["client"] == "127.0.0.1" and first["host"] == "localhost"
    assert (first["method"], first["target"], first["protocol"]) == ("GET", "/small.txt?a=1", "HTTP/1.1")
    assert (first["status"], first["bytes"], first["end"], first["number"]) == (200, 5, "keep-alive", 1)
    assert first["agent"].startswith('a"b\\c') and first["referer"] == "http://r/" and first["user"] == ""
    assert (second["status"], second["end"], second["number"]) == (404, "client", 2)
    assert second["agent"] == second["referer"] == ""


@pytest.mark.parametrize("message", [b"\x00\x01\"\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", b"GET /\"\\ HTTP/1.1\r\n\r\n",
                                     b"GET / HTTP/1.1\r\nHost: \"\r\n\r\n"])
def test_json_whatever_comes(httpd, log, message):
    server = httpd("--access-log", log, "--access-format", "json")
    with Connection(server.address) as connection:
        connection.send(message)
        status = connection.answer().status
    line, = map(json.loads, lines_of(log, 1))
    assert line["status"] == status >= 400 and line["end"] == "error"


def test_places(httpd, log):
    server = httpd("--access-log", log, "--access-format", "{number}|{method}|{target}|{status}|{end}|{user}|{{}}")
    fetch(server.address, "/small.txt", version="HTTP/1.0")
    assert lines_of(log, 1) == ["1|GET|/small.txt|200|client|-|{}"]


@pytest.mark.parametrize("text,complaint", [
    ("{client} {statsu}", "at byte 10; did you mean {status}"), ("{client", "without its } at byte 1"), ("", "empty"),
    ("a\nb{client}", "control character at byte 2"), ("combinde", "neither combined nor json")])
def test_wrong_format_ends_the_start(site, text, complaint):
    done = run("pier-httpd", site.root, "--listen", "127.0.0.1:0", "--access-format", text)
    assert done.returncode == 64 and complaint in done.stderr and done.stdout == "", done


def test_duration_is_from_the_first_byte_to_the_last(httpd, site, log):
    site.write("large.bin", bytes(8 << 20))
    server = httpd("--access-log", log, "--access-format", "{duration}")
    with Connection(server.address, receive_buffer=4096) as connection:
        begin = time.monotonic()
        connection.send(request("/large.bin")[:10])
        connection.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):  # half a request gets no answer
            connection.socket.recv(1)
        connection.socket.settimeout(bound(10))
        connection.send(request("/large.bin")[10:])
        connection.answer()
        passed = time.monotonic() - begin
        connection.send(request("/small.txt"))
        connection.answer()
    large, small = map(float, lines_of(log, 2))
    assert 0.3 <= large <= passed
    assert 0 < small < 0.3


def test_deadline_drain_and_gone(httpd, site, log):
    site.write("large.bin", bytes(64 << 20))
    server = httpd("--access-log", log, "--access-format", "{status} {end}", "--timeout-header", "200ms",
                   "--drain", "200ms")
    with Connection(server.address) as connection:
        connection.send(b"GET / HTT")
        assert connection.answer().status == 408
    assert lines_of(log, 1) == ["408 deadline"]
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/large.bin"))
        connection.head()
        connection.reset()
    assert lines_of(log, 2)[1] == "200 gone"
    with Connection(server.address, receive_buffer=4096) as connection:
        connection.send(request("/large.bin"))
        connection.head()
        server.stop()
    assert lines_of(log, 3)[2] == "200 drain"


# Rotation

def test_rotated_under_load_without_losing_a_line(httpd, log):
    server = httpd("--access-log", log, "--threads", "2", "--access-format", "{target}")
    ask(server, 1)
    lines_of(log, 1)
    over, asked = threading.Event(), []

    def client(name):
        number = 0
        with Connection(server.address) as connection:
            while not over.is_set():
                connection.send(b"".join(request(f"/{name}-{number + i}") for i in range(10)))
                for _ in range(10):
                    connection.answer()
                number += 10
        asked.extend(f"/{name}-{i}" for i in range(number))

    clients = [threading.Thread(target=client, args=(name,)) for name in "abcd"]
    for thread in clients:
        thread.start()
    for number in range(20):
        log.rename(f"{log}.{number}")
        server.send_signal(signal.SIGHUP)
        until(log.exists, 5, "the new file")
    over.set()
    for thread in clients:
        thread.join()
    server.stop()
    content = [path.read_text() for path in log.parent.glob("access.log*")]
    assert len(content) == 21 and all(text == "" or text.endswith("\n") for text in content)
    lines = [line for text in content for line in text.splitlines()]
    assert sorted(lines) == sorted(asked + ["/small.txt"])


def test_old_file_is_let_go(httpd, log):
    server = httpd("--access-log", log)
    ask(server, 1)
    lines_of(log, 1)
    log.rename(f"{log}.1")
    server.send_signal(signal.SIGHUP)
    until(log.exists, 5, "the new file")
    until(lambda: not any(os.readlink(entry).endswith("access.log.1") for entry in os.scandir(f"/proc/{server.pid}/fd")
                          if os.path.islink(entry)), 5, "the old file is closed")


def test_log_that_cannot_be_reopened_stays(httpd, site):
    site.write("small.txt", "small")
    folder = site.outside / "logs"
    folder.mkdir()
    server = httpd("--access-log", folder / "access.log")
    folder.rename(site.outside / "old")
    server.send_signal(signal.SIGHUP)
    until(lambda: "cannot be reopened" in server.log(), 5, "the event")
    assert re.search(r" error .*access\.log cannot be reopened: No such file", server.log())
    ask(server, 2)
    lines_of(site.outside / "old/access.log", 2)


def test_hangup_leaves_standard_error_alone(httpd, log):
    server = httpd("--access-log", "stderr")
    for count in range(1, 4):
        server.send_signal(signal.SIGHUP)
        until(lambda: server.log().count("reloading") == count, 5, "the event")
    ask(server, 1)
    server.stop()
    assert server.log().count('"GET /small.txt') == 1


@pytest.mark.parametrize("nohup", [False, True])
def test_closed_terminal_ends_the_server_unless_nohup(site, nohup):
    controller, terminal = pty.openpty()

    def prepare():
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        if nohup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with open(site.outside / "stderr", "wb") as stderr:
        process = subprocess.Popen([binary("pier-httpd"), site.root, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=stderr, start_new_session=True, preexec_fn=prepare)
    os.close(terminal)
    try:
        assert process.stdout.readline().startswith(b"listening")
        os.close(controller)
        if nohup:
            until(lambda: b"reloading" in (site.outside / "stderr").read_bytes(), 5, "SIGHUP")
            process.terminate()
        assert process.wait(bound(10)) == 0
        assert (b"terminal is gone" in (site.outside / "stderr").read_bytes()) == (not nohup)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# Full disks and stalled pipes

def test_full_disk(httpd, log):
    server = httpd("--access-log", "/dev/full", "--threads", "1")
    ask(server, 50)
    until(lambda: "lines are dropped" in server.log(), 5, "the event")
    ask(server, 500)
    server.stop()
    assert server.log().count("lines are dropped") == 1 and "No space left on device" in server.log()
    assert re.search(r"error the log /dev/full ends with 550 lines lost", server.log())


def test_pipe_that_nobody_reads(httpd, log):
    """50 MB of lines: nobody waits, the loss is said once when it begins and once when a reader came."""
    os.mkfifo(log)
    server = httpd("--access-log", log, "--threads", "1", "--access-format", "{target}" * 4)
    path, count, batch = "/" + "x" * 2000, 6000, 50
    with Connection(server.address) as connection:
        for _ in range(count // batch):
            connection.send(request(path) * batch)
            for _ in range(batch):
                assert connection.answer().status == 404
    until(lambda: "lines are dropped" in server.log(), 5, "the event")
    reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    got = bytearray()

    def ended():
        if select.select([reader], [], [], 0.05)[0]:
            got.extend(os.read(reader, 1 << 20))
        return re.search(r"warning the log \S+ is written again: (\d+) lines lost", server.log())

    lost = int(until(ended, 15, "the end of the loss")[1])
    lines = bytes(got).split(b"\n")
    assert lines.pop() == b"" and len(lines) + lost == count and lost > 0
    assert set(lines) == {path.encode() * 4}
    assert server.log().count("lines are dropped") == 1
    ask(server, 1)
    until(lambda: select.select([reader], [], [], 0)[0], 5, "a line after it")
    os.close(reader)


def test_stalled_standard_error_stalls_nobody(site):
    site.write("small.txt", "small")
    process = subprocess.Popen([binary("pier-httpd"), site.root, "--listen", "127.0.0.1:0", "--access-log", "stderr"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        host, port = re.search(rb"http://(.+):(\d+)", process.stdout.readline()).groups()
        with Connection((host.decode(), int(port))) as connection:
            for _ in range(200):
                connection.send(request("/small.txt", "User-Agent: " + "x" * 2000) * 20)
                for _ in range(20):
                    assert connection.answer().status == 200
        for _ in range(3):
            process.send_signal(signal.SIGHUP)  # events, too
        assert fetch((host.decode(), int(port)), "/small.txt").status == 200
        process.terminate()
        assert process.wait(bound(10)) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_file_at_its_limit(httpd, site, log):
    """As a disk that fills up and is cleaned: the cut line is finished, and the loss is told with its number."""
    server = httpd("--access-log", log, "--access-format", "{target} {number}", "--threads", "1")
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    ask(server, 200)
    until(lambda: "File too large" in server.log(), 5, "the event")
    assert log.stat().st_size == 1000
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ask(server, 1)
    until(lambda: "is written again" in server.log(), 5, "the end of the loss")
    lost = int(re.search(r"is written again: (\d+) lines lost", server.log())[1])
    lines = log.read_text().splitlines()
    assert len(lines) + lost == 201 and lines[-1] == "/small.txt 1"
    assert all(re.fullmatch(r"/small\.txt \d+", line) for line in lines)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_full_file_system(httpd, site):
    site.write("small.txt", "small")
    disk = site.outside / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        (disk / "ballast").write_bytes(bytes(60 << 10))
        server = httpd("--access-log", disk / "access.log", "--threads", "1")
        ask(server, 300)
        until(lambda: "No space left on device" in server.log(), 5, "the event")
        (disk / "ballast").unlink()
        ask(server, 1)
        until(lambda: "is written again" in server.log(), 5, "the end of the loss")
        lost = int(re.search(r"is written again: (\d+) lines? lost", server.log())[1])
        lines = (disk / "access.log").read_text().splitlines()
        assert len(lines) + lost == 301 and all(line.endswith('"-"') for line in lines)
        server.stop()
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


# Events

def test_events_as_text(httpd, site):
    server = httpd()
    server.stop()
    assert server.log() and all(EVENT.match(line) for line in server.log().splitlines()), server.log()


def test_events_as_json(httpd, site):
    folder = site.outside / 'a"b\nc'
    folder.mkdir()
    server = httpd("--log-format", "json", "--access-log", folder / "log")
    folder.rename(site.outside / "moved")
    server.send_signal(signal.SIGHUP)
    until(lambda: "reopened" in server.log(), 5, "the event")
    server.stop()
    events = list(map(json.loads, server.log().splitlines()))
    assert all(list(event) == ["time", "level", "message"] for event in events)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in events)
    error, = (event for event in events if event["level"] == "error")
    assert 'a"b\nc/log cannot be reopened' in error["message"]


def test_level_and_format_are_checked(site):
    for option, value in ("--log-level", "loud"), ("--log-format", "xml"):
        done = run("pier-httpd", site.root, option, value)
        assert done.returncode == 64 and value in done.stderr


def test_debug_tells_of_each_refusal_and_deadline(httpd):
    server = httpd("--log-level", "debug", "--limit-connections-per-address", "1", "--timeout-header", "1s")
    with Connection(server.address) as one:
        one.send(b"GET / HT").wait_until_read()
        assert fetch(server.address, "/", closes=True).status == 503
        until(lambda: "127.0.0.1: refused, too many connections of this address" in server.log(), 5, "the refusal")
        until(lambda: "127.0.0.1: a deadline has passed" in server.log(), 5, "the deadline")
    proxied = httpd("--log-level", "debug", "--proxy-protocol-from", "127.0.0.1")
    with Connection(proxied.address) as proxy:
        proxy.send(request("/"))
        until(lambda: "127.0.0.1: refused, no good PROXY header" in proxied.log(), 5, "the header")
