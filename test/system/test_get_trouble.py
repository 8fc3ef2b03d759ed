"""pier-get and servers that refuse, break off, stall, lie or never end: an exit code for each class, a sentence that a beginner
understands, and tries again where that may help."""

import json
import os
import re
import socket
import threading
import time

import pytest

from origin import file_script, serving
from test_get import fetched, get
from wire import bound

ONCE = ("--retries", "0")


def failed(code, *arguments, **options):
    done = get(*arguments, **options)
    assert done.returncode == code, done
    lines = [line for line in done.stderr.splitlines() if "trying again" not in line]
    assert len(lines) == 1 and lines[0].startswith("pier-get: http"), done.stderr
    return done


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = failed(69, f"http://127.0.0.1:{port}/", *ONCE)
    assert f"nobody listens on 127.0.0.1:{port} (connection refused)" in done.stderr and "right port?" in done.stderr
    done = get("127.0.0.1", port, "HelloWorld.html", *ONCE)
    assert done.returncode == 69 and "10 failed" in done.stderr and done.stdout == ""


def test_an_unknown_host():
    done = failed(68, "http://no-such-host.invalid/")
    assert "`no-such-host.invalid` has no address" in done.stderr and "spelled" in done.stderr


def test_a_server_that_closes_at_once():
    with serving(lambda peer, number: None, raw=True) as s:
        done = failed(76, s.url, *ONCE)
    assert "closed" in done.stderr and f"ask for https://127.0.0.1:{s.port}" in done.stderr


@pytest.mark.parametrize("first", [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"220 mail ESMTP\r\n", b"\x15\x03\x01\x00\x02\x02\x46",
                                   b"\x00" * 100, b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"\n\n\n\n"])
def test_a_server_that_speaks_something_else(first):
    def script(peer, number):
        peer.request()
        peer.send(first)
    with serving(script, raw=True) as s:
        done = failed(76, s.url, *ONCE)
    assert "right port?" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("answer", [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
])
def test_broken_framing(answer, tmp_path):
    def script(peer, request, number):
        peer.send(answer)
        peer.until_closed()
    with serving(script) as s:
        failed(76, s.url, "-o", "f", *ONCE, cwd=tmp_path)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("answer", [
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    "HTTP/1.1 200 OK\r\nContent-Le",
])
@pytest.mark.parametrize("end", ["close", "reset"])
def test_truncated_answers_are_errors(answer, end, tmp_path):
    def script(peer, request, number):
        peer.send(answer)
        if end == "reset":
            peer.reset()
    with serving(script) as s:
        failed(76, s.url, "-o", "f", *ONCE, cwd=tmp_path)
    assert os.listdir(tmp_path) == []


def test_an_answer_without_a_length_ends_with_its_connection():
    def script(peer, request, number):
        peer.send("HTTP/1.0 200 OK\r\n\r\nhello")
    with serving(script) as s:
        assert fetched(s.url).stdout == "hello"


def test_one_byte_after_the_other():
    def script(peer, request, number):
        for byte in b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nA: b\r\n\r\n":
            peer.send(bytes([byte]))
            time.sleep(0.001)
    with serving(script) as s:
        assert fetched(s.url).stdout == "hello!"


@pytest.mark.parametrize("endless", [b"X-Field: value\r\n", b"X"])
def test_a_head_without_end(endless):
    def script(peer, request, number):
        peer.send("HTTP/1.1 200 OK\r\n")
        while True:
            peer.send(endless * 1000)
    with serving(script) as s:
        failed(76, s.url, *ONCE)


def test_interim_answers():
    def script(peer, request, number):
        peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        peer.answer(body=b"hello")
        return True
    with serving(script) as s:
        assert fetched(s.url).stdout == "hello"

    def endless(peer, request, number):
        while True:
            peer.send("HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
    with serving(endless) as s:
        failed(76, s.url, *ONCE)


@pytest.mark.parametrize("sent,option", [("", "--head-timeout"), ("HTTP/1.1 200 OK\r\nX: ", "--head-timeout"),
                                         ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "--idle-timeout")])
def test_a_server_that_falls_silent(sent, option):
    def script(peer, request, number):
        peer.send(sent)
        peer.until_closed()
    with serving(script) as s:
        began = time.monotonic()
        done = failed(75, s.url, option, "300ms", *ONCE)
        assert 0.25 < time.monotonic() - began < bound(5), done


def test_a_server_that_nobody_can_connect_to():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = []
        for _ in range(3):  # the queue is full
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(("127.0.0.1", port))
        failed(75, f"http://127.0.0.1:{port}/", "--connect-timeout", "300ms", *ONCE)
        for each in waiting:
            each.close()


RETRY = ("--retry-delay", "20ms", "--retry-max-delay", "50ms")


@pytest.mark.parametrize("status", ["408 Request Timeout", "429 Too Many Requests", "500 Oops", "502 Bad Gateway",
                                    "503 Service Unavailable", "504 Gateway Timeout"])
def test_what_may_work_another_time_is_tried_again(status):
    def script(peer, request, number):
        peer.answer(status if number < 2 else "200 OK", b"hello")
        return True
    with serving(script) as s:
        done = fetched(s.url, *RETRY)
    assert done.stdout == "hello" and done.stderr.count("trying again") == 2 and status[:3] in done.stderr


@pytest.mark.parametrize("status,code", [("400 Bad Request", 4), ("403 Forbidden", 4), ("501 Not Implemented", 5),
                                         ("505 Version", 5), ("304 Not Modified", 3)])
def test_what_never_works_is_tried_once(status, code):
    def script(peer, request, number):
        peer.answer(status, length=not status.startswith("304"))
        return True
    with serving(script) as s:
        failed(code, s.url, *RETRY)
        assert s.count == 1


def test_there_is_an_end_to_trying():
    def script(peer, request, number):
        peer.answer("503 Service Unavailable", b"busy")
        return True
    with serving(script) as s:
        done = failed(5, s.url, *RETRY, "--retries", "4")
        assert s.count == 5 and done.stdout == "busy"  # what it says last
        failed(5, s.url, "--retry-delay", "10s", "--retry-max-time", "1ms")
        assert s.count <= 7


def test_retry_after_is_honoured():
    def script(peer, request, number):
        if number == 0:
            peer.answer("503 Service Unavailable", Retry_After="1")
        else:
            peer.answer(body=b"hello")
        return True
    with serving(script) as s:
        began = time.monotonic()
        assert fetched(s.url, *RETRY).stdout == "hello" and time.monotonic() - began >= 1

    def never(peer, request, number):
        peer.answer("429 Too Many Requests", Retry_After="3600")
        return True
    with serving(never) as s:
        began = time.monotonic()
        failed(4, s.url)
        assert s.count == 1 and time.monotonic() - began < bound(5)


def test_content_is_sent_twice_only_where_that_does_no_harm():
    def script(peer, request, number):
        peer.sock.shutdown(socket.SHUT_RDWR)
    with serving(script) as s:
        failed(76, s.url, "-d", "order=1", *RETRY)
        assert s.count == 1
    with serving(script) as s:
        failed(76, s.url, "-X", "PUT", "-d", "state=1", *RETRY)
        assert s.count == 4


def test_what_was_never_sent_may_be_sent_again():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = get(f"http://127.0.0.1:{port}/", "-d", "order=1", *RETRY)
    assert done.returncode == 69 and done.stderr.count("trying again") == 3


def test_a_refused_connection_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = {}

    def later():
        time.sleep(0.3)
        with socket.create_server(("127.0.0.1", port)) as listener:
            peer, _ = listener.accept()
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            answer["sent"] = True
            peer.close()
    thread = threading.Thread(target=later)
    thread.start()
    done = fetched(f"http://127.0.0.1:{port}/", "--retries", "1000", *RETRY)
    thread.join()
    assert done.stdout == "hello" and answer


def test_the_first_failure_counts_and_others_go_on(tmp_path):
    def script(peer, request, number):
        peer.answer({"/404": "404 Not Found", "/500": "501 Oops"}.get(request.target, "200 OK"), b"x")
        return True
    with serving(script) as s:
        done = get("-O", s.url + "/a", s.url + "/404", s.url + "/500", s.url + "/b", "--concurrency", "2", cwd=tmp_path)
    assert done.returncode == 4 and sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_max_size(tmp_path):
    def chunked(peer, request, number):
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            peer.send("400\r\n" + "x" * 1024 + "\r\n")
    with serving(file_script(b"x" * 2000)) as s:
        done = failed(65, s.url, "--max-size", "1k", "-o", "f", cwd=tmp_path)
        assert "--max-size 1k" in done.stderr and os.listdir(tmp_path) == []
    with serving(chunked) as s:  # however it is framed
        failed(65, s.url, "--max-size", "1M", "-o", "f", cwd=tmp_path)
        assert os.listdir(tmp_path) == []


def test_what_a_server_says_cannot_do_anything_to_a_terminal():
    def script(peer, request, number):
        peer.send(b"HTTP/1.1 302 \x1b[2J\r\nLocation: http://x/\x9b31m\r\nX: \xc2\x9b2J\r\nContent-Length: 0\r\n\r\n")
        return True
    with serving(script) as s:
        done = get("-v", s.url)
    assert not re.search("[\x1b\x9b]", done.stderr)


def test_json_names_the_class():
    with serving(lambda peer, number: None, raw=True) as s:
        report = json.loads(get("--json", s.url, *ONCE).stdout)
    assert report["error"]["class"] == "closed-early" and report["error"]["exit_code"] == 76
    assert report["bytes"] == 0 and "status" not in report


def test_segments_count_as_one_failure(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    failed(69, f"http://127.0.0.1:{port}/f", "--segments", "4", "-O", *ONCE, cwd=tmp_path)
    assert os.listdir(tmp_path) == []
