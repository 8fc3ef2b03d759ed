"""pier-get --bench: counts that add up, latencies that leave nothing out, and every way a server may fail."""

import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from daemon import binary, is_sanitized, until
from test_config import check, in_force
from load_server import LoadServer, ok
from wire import bound


def command(*arguments):
    return [binary("pier-get"), "--bench", *map(str, arguments)]


def bench(*arguments, within=20):
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=bound(within), check=False)


def measure(*arguments, code=0, **options):
    """What it says in JSON. What was begun adds up."""
    done = bench(*arguments, "--json", **options)
    assert done.returncode == code and done.stderr == "", done
    found = json.loads(done.stdout)
    requests = found["requests"]
    assert requests["begun"] == requests["answered"] + requests["failed"] + requests["under_way"], found
    assert sum(found["statuses"].values()) == requests["answered"] == found["latency"]["count"], found
    assert sum(found["failures"].values()) == requests["failed"], found
    return found


def answers(request, peer):
    peer.sendall(ok())


@pytest.mark.parametrize("number, connections, threads", [(1, 1, 1), (1000, 7, 2), (10, 10, 1), (3, 8, 4)])
def test_a_number_of_requests_is_that_number(number, connections, threads):
    with LoadServer(answers) as server:
        found = measure(server.base, "-n", number, "-c", connections, "-t", threads)
        assert len(server.requests) == number
        until(lambda: server.connections == connections, 5, "the server has seen all connections, some of them unused")
    assert found["requests"] == {"begun": number, "answered": number, "failed": 0, "under_way": 0, "unsent": 0, "warm_up": 0}
    assert found["statuses"] == {"200": number}
    assert found["connections"] == {"opened": connections, "not_opened": 0, "closed": 0, "died": 0, "repeated": 0}
    assert found["bytes"] == {"head": number * len(ok(b"", b"") ), "body": number * 5}
    assert found["latency"]["min"] > 0 and found["rate"] > 0


def test_no_connection_is_made_for_nothing():
    with LoadServer(answers) as server:
        found = measure(server.base, "-n", 3)
        assert found["connections"]["opened"] == 3
        until(lambda: server.connections == 3, 5, "the server has seen them")


def test_too_many_connections_for_the_descriptors():
    done = subprocess.run(["prlimit", "--nofile=64:64", *command("http://127.0.0.1:1/", "-c", 100)], capture_output=True,
                          text=True, timeout=bound(20), check=False)
    assert done.returncode == 71 and "descriptors" in done.stderr, done


def test_a_time_is_that_time():
    with LoadServer(answers) as server:
        began = time.monotonic()
        found = measure(server.base, "-d", "700ms", "-c", 2)
        assert 0.7 <= time.monotonic() - began < bound(3)
        assert len(server.requests) == found["requests"]["answered"]
    assert found["seconds"] == 0.7
    assert found["rate"] == pytest.approx(found["requests"]["answered"] / 0.7, rel=0.02)


def test_whichever_comes_first():
    with LoadServer(answers) as server:
        assert measure(server.base, "--duration", "10s", "-n", 20, "-c", 2)["requests"]["answered"] == 20
        assert len(server.requests) == 20


class Stall:
    """A server that does nothing for 300 ms, once, when it has been asked so often."""

    def __init__(self, after):
        self.after, self.lock = after, threading.Lock()

    def __call__(self, request, peer):
        with self.lock:
            if request.number == self.after:
                time.sleep(0.3)
        peer.sendall(ok())


def test_an_open_loop_shows_a_stall_and_a_closed_one_does_not():
    with LoadServer(Stall(100)) as server:
        opened = measure(server.base, "--rate", 300, "-n", 600, "-c", 4)
        assert len(server.requests) == 600
    # 90 of the 600 were due during the stall, evenly spread over it.
    assert opened["latency"]["max"] >= 295
    assert opened["latency"]["p90"] >= 80 and opened["latency"]["p95"] >= 140
    assert opened["waited"]["max"] >= 200  # for one of the four connections
    assert opened["service"]["p95"] < opened["latency"]["p95"]
    with LoadServer(Stall(100)) as server:
        closed = measure(server.base, "-n", 600, "-c", 4)
    # Four were under way, and nobody else was asked meanwhile.
    assert closed["latency"]["max"] >= 295
    if not is_sanitized():
        assert closed["latency"]["p95"] < 140
    assert "service" not in closed


def test_an_open_loop_keeps_its_rate():
    with LoadServer(answers) as server:
        found = measure(server.base, "--rate", 200, "-n", 100, "-c", 5, "-t", 2)
        span = server.requests[-1].at - server.requests[0].at
        assert 0.45 <= span < bound(2)  # 99 spaces of 5 ms
    assert found["rate_wanted"] == 200
    assert found["late"]["count"] + found["waited"]["count"] >= 100
    if not is_sanitized():
        assert found["rate"] == pytest.approx(200, rel=0.25)


def test_what_a_slow_server_leaves_unsent_is_told():
    def slow(request, peer):
        time.sleep(0.1)
        peer.sendall(ok())

    with LoadServer(slow) as server:
        found = measure(server.base, "--rate", 100, "-d", "1s", "-c", 1)
        assert found["requests"]["answered"] == len(server.requests) <= 11
        assert found["requests"]["answered"] + found["requests"]["unsent"] == 100
        assert any("fewer than 100 requests a second" in note for note in found["notes"])
        # Each waited for all before it: the tenth was due at 90 ms and sent at 900.
        assert found["latency"]["max"] >= 700


class Trouble:
    def __call__(self, request, peer):
        kind = request.number % 6
        if kind == 0:
            peer.sendall(ok())
        elif kind == 1:
            peer.sendall(ok(status=b"500 Internal Server Error"))
        elif kind == 2:
            peer.sendall(ok(b"x" * 100)[:-50])
            return False
        elif kind == 3:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        elif kind == 4:
            return False
        else:
            peer.sendall(b"what?\r\n\r\n")
        return True


def test_every_kind_of_failure_is_counted():
    with LoadServer(Trouble()) as server:
        # POST is never sent again by itself.
        found = measure(server.base, "--data", "x", "-n", 60, "-c", 1)
        assert len(server.requests) == 60
        assert server.connections == found["connections"]["opened"]
        assert {request.method for request in server.requests} == {"POST"}
        assert {request.body for request in server.requests} == {b"x"}
    assert found["statuses"] == {"200": 10, "500": 10}
    assert found["failures"] == {"truncated": 10, "closed-early": 20, "malformed": 10}
    assert found["connections"]["repeated"] == 0
    assert any("40 of 60 requests failed" in note for note in found["notes"])
    with LoadServer(Trouble()) as server:
        text = bench(server.base, "--data", "x", "-n", 60, "-c", 1).stdout
    assert re.search(r"truncated +10: the server closed the connection before the end of its answer\n", text), text
    assert re.search(r"closed-early +20: the server reset the connection without an answer\n", text), text
    assert re.search(r"malformed +10: the answer is broken: its head is not HTTP\n", text), text


@pytest.mark.parametrize("sent, option, kind", [
    (b"", "--head-timeout", "head-timeout"),
    (b"HTTP/1.1 200 OK\r\nContent-", "--head-timeout", "head-timeout"),
    (ok()[:-1], "--idle-timeout", "body-timeout"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "--idle-timeout", "body-timeout")])
def test_time_outs(sent, option, kind):
    def stops(request, peer):
        peer.sendall(sent)

    with LoadServer(stops) as server:
        began = time.monotonic()
        found = measure(server.base, "-n", 4, "-c", 2, option, "200ms", code=75)
        assert 0.4 <= time.monotonic() - began < bound(3)
        assert found["failures"] == {kind: 4}
        assert len(server.requests) == 4 and server.connections == 4


def test_a_time_out_does_not_cover_what_moves():
    def drips(request, peer):
        for byte in ok(b"drip" * 5):
            peer.sendall(bytes([byte]))
            time.sleep(0.01)

    with LoadServer(drips) as server:  # half a second for the head, less for the body
        found = measure(server.base, "-n", 2, "-c", 2, "--head-timeout", "2s", "--idle-timeout", "150ms")
        assert found["bytes"]["body"] == 40


def test_nobody_answers_a_connection():
    """The accept queue is full: the kernel lets connections wait."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        found = measure(url, "-n", 6, "-c", 6, "--connect-timeout", "300ms", "--head-timeout", "300ms", code=75)
        assert found["failures"].keys() == {"connect-timeout", "head-timeout"}
        assert found["connections"]["not_opened"] > 0


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ok()])
def test_an_answer_in_pieces(answer):
    def pieces(request, peer):
        cut = request.number % len(answer)
        peer.sendall(answer[:cut])
        time.sleep(0.001)
        peer.sendall(answer[cut:])

    with LoadServer(pieces) as server:
        found = measure(server.base, "-n", len(answer), "-c", 1)
        assert found["bytes"]["body"] == 5 * len(answer)
        assert server.connections == 1


def test_an_answer_that_ends_with_its_connection():
    def closes(request, peer):
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (request.number + 1) * 1000)
        return False

    with LoadServer(closes) as server:
        found = measure(server.base, "-n", 10, "-c", 1)
        assert found["bytes"]["body"] == 55_000
        assert found["connections"]["closed"] == 10
        assert server.connections == found["connections"]["opened"]


def test_large_answers():
    body = bytes(5_000_000)

    def large(request, peer):
        peer.sendall(ok(body))

    with LoadServer(large) as server:
        found = measure(server.base, "-n", 8, "-c", 3)
        assert found["bytes"]["body"] == 8 * len(body)


def test_more_than_an_answer_is_broken():
    def more(request, peer):
        peer.sendall(ok() + b"more")

    with LoadServer(more) as server:
        assert measure(server.base, "-n", 3, "-c", 1, code=76)["failures"] == {"malformed": 3}


def test_connections_that_the_server_closes_are_made_again():
    def announced(request, peer):
        peer.sendall(ok(fields=b"Connection: close\r\n"))
        return False

    with LoadServer(announced) as server:
        found = measure(server.base, "-n", 20, "-c", 2)
        assert len(server.requests) == 20 and server.connections == found["connections"]["opened"]
        assert found["connections"]["closed"] == 20 and found["connections"]["died"] == 0

    def unannounced(request, peer):
        peer.sendall(ok())
        return False

    with LoadServer(unannounced) as server:
        found = measure(server.base, "-n", 20, "-c", 2)
        assert len(server.requests) == 20  # sent again is what the server did not read
        assert found["failures"] == {} and found["connections"]["repeated"] == found["connections"]["died"] > 0


def test_an_idle_connection_that_the_server_closes_is_noticed():
    def closes_later(request, peer):
        peer.sendall(ok())
        time.sleep(0.05)
        return False

    with LoadServer(closes_later) as server:
        found = measure(server.base, "--rate", 5, "-n", 4, "-c", 1)
        assert found["connections"]["died"] == 3 and found["connections"]["repeated"] == 0
        assert server.connections == 4


def test_a_connection_for_each_request():
    with LoadServer(answers) as server:
        found = measure(server.base, "-n", 30, "-c", 3, "--no-keep-alive")
        assert server.connections == 30 == found["connections"]["opened"]
        assert {request.fields["connection"] for request in server.requests} == {"close"}
        assert found["connections"]["closed"] == 0
    with LoadServer(answers) as server:
        found = measure(server.base, "-n", 30, "-c", 3, "--no-keep-alive", "--rate", 300)
        assert server.connections == 30 == len(server.requests)


def test_urls_take_turns():
    with LoadServer(answers) as server:
        found = measure(server.base + "/a", server.base + "/b?c=d", server.base + "/e", "-n", 30, "-c", 4)
        assert found["urls"] == 3
        targets = [request.target for request in server.requests]
        assert {target: targets.count(target) for target in set(targets)} == {"/a": 10, "/b?c=d": 10, "/e": 10}
    done = bench("http://127.0.0.1:1/", "http://127.0.0.1:2/")
    assert done.returncode == 64 and "measures one server" in done.stderr


def test_the_request_is_what_was_asked_for():
    with LoadServer(answers) as server:
        measure(server.base, "-n", 2, "-c", 1, "-X", "PUT", "-H", "X-One: 1", "-H", "Accept:", "--data", "a=b")
        for request in server.requests:
            assert request.method == "PUT" and request.body == b"a=b"
            assert request.fields["x-one"] == "1" and "accept" not in request.fields
            assert request.fields["host"] == server.base.removeprefix("http://")

    def head(request, peer):
        peer.sendall(ok()[:-5])

    with LoadServer(head) as server:
        assert measure(server.base, "-n", 5, "-c", 1, "-I")["bytes"]["body"] == 0
        assert server.requests[0].method == "HEAD" and server.connections == 1


def test_what_warms_up_is_not_counted():
    with LoadServer(answers) as server:
        found = measure(server.base, "--warm-up", "300ms", "-n", 50, "-c", 2)
        assert found["requests"]["begun"] == 50 and found["requests"]["warm_up"] > 0
        assert len(server.requests) == 50 + found["requests"]["warm_up"]
    with LoadServer(answers) as server:
        found = measure(server.base, "--warm-up", "200ms", "--rate", 100, "-d", "300ms", "-c", 2)
        assert found["requests"]["begun"] == 30 and found["requests"]["warm_up"] == 20
        assert len(server.requests) == 50


def test_the_form_of_the_coursework():
    with LoadServer(answers) as server:
        done = subprocess.run([*command("--json"), "127.0.0.1", server.base.rsplit(":", 1)[1], "file.html"],
                              capture_output=True, text=True, timeout=bound(20), check=False)
        assert json.loads(done.stdout)["requests"]["answered"] == 10
        assert len(server.requests) == 10 and server.connections == 10
        assert {request.target for request in server.requests} == {"/file.html"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_prints_what_there_is(number):
    answered = threading.Event()

    def some(request, peer):
        if request.number < 5:
            peer.sendall(ok())
        else:
            answered.set()
            time.sleep(60)

    with LoadServer(some) as server:
        process = subprocess.Popen(command(server.base, "-c", 2, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: len(server.requests) == 7, 10, "two requests are under way")
        process.send_signal(number)
        out, err = process.communicate(timeout=bound(5))
        found = json.loads(out)
    assert process.returncode == 128 + number and err == b""
    assert found["interrupted"] is True
    assert found["requests"]["answered"] == 5 and found["requests"]["under_way"] == 2


def test_answers_are_awaited_after_the_end():
    def slow(request, peer):
        time.sleep(0.4)
        peer.sendall(ok())

    with LoadServer(slow) as server:
        found = measure(server.base, "-d", "600ms", "-c", 3)
        assert found["requests"]["answered"] == 6 == len(server.requests)
        assert found["rate"] == pytest.approx(3 / 0.6, rel=0.01)  # of which three came in time


def test_exit_codes():
    def missing(request, peer):
        peer.sendall(ok(status=b"404 Not Found"))

    def failing(request, peer):
        peer.sendall(ok(status=b"503 Service Unavailable"))

    with LoadServer(missing) as server:
        assert measure(server.base, "-n", 3, "-c", 1, code=4)["statuses"] == {"404": 3}
    with LoadServer(failing) as server:
        assert measure(server.base, "-n", 3, "-c", 1, code=5)["statuses"] == {"503": 3}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        done = bench(f"http://127.0.0.1:{port}/")
        assert done.returncode == 69 and "nobody listens there" in done.stderr and done.stdout == ""
    done = bench("http://no.such.name.invalid/")
    assert done.returncode == 68 and "has no address" in done.stderr


def test_a_server_that_goes_away():
    def last(request, peer):
        if request.number == 10:
            server.stop_listening()
        peer.sendall(ok(fields=b"Connection: close\r\n"))
        return False

    with LoadServer(last) as server:
        found = measure(server.base, "-n", 20, "-c", 1)
        assert found["requests"]["answered"] == 11
        assert found["failures"] == {"refused": 9} and found["connections"]["not_opened"] == 9


def test_options_that_contradict():
    url = "http://127.0.0.1:1/"
    for arguments, words in [
            ((url, "-t", 4, "-c", 3), "cannot share 3 connections"),
            ((url, "-d", "soon"), "is not a duration"),
            ((url, "-d", "1s", "-d", "2s"), "given twice"),
            ((url, "-d", "1s", "--duration", "2s"), "different times"),
            ((url, "--proxy", "http://127.0.0.1:3128"), "without anything in between"),
            ((url, "-o", "file"), "is for downloads"),
            ((url, "-L"), "--location is for downloads"),
            ((url, "-I", "--data", "x"), "sends no content"),
            ((url, "--rate", "many"), "--rate")]:
        done = bench(*arguments)
        assert done.returncode == 64 and words in done.stderr, done
    done = subprocess.run([binary("pier-get"), url, "--rate", "5"], capture_output=True, text=True, check=False)
    assert done.returncode == 64 and "for --bench" in done.stderr


def test_every_option_is_in_force_once_it_is_set():
    values = {"duration": "90s", "rate": "500", "threads": "2", "warm-up": "3s"}
    for option, value in values.items():
        done = check("pier-get", "--bench", "http://127.0.0.1:1/", f"--{option}", value)
        assert in_force(done.stdout)["", option] == [value], done
    done = check("pier-get", "--bench", "http://127.0.0.1:1/", "--no-keep-alive")
    assert in_force(done.stdout)["", "keep-alive"] == ["no"] and in_force(done.stdout)["", "bench"] == ["yes"]
    group = subprocess.run([binary("pier-get"), "--help"], capture_output=True, text=True, check=True).stdout
    group = group.split("With --bench", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", group, re.M)) == {*values, "keep-alive"}


def test_the_text_for_people():
    with LoadServer(answers) as server:
        text = bench(server.base, "-n", 200, "-c", 2).stdout
    assert text.startswith(f"GET {server.base}/\n2 connections on 1 thread; each sends again when it has its answer\n")
    for line in (r"requests +200 answered, 0 failed", r"rate +[0-9.]+ answers a second", r"status +200: 200",
                 r" +p50 +[0-9.]+", r" +p99.9 +-", r" +max +[0-9.]+"):
        assert re.search(rf"^{line}$", text, re.M), (line, text)
    rows = re.findall(r"^ +([0-9.]+) to +([0-9.]+) ms +(\d+) +([0-9.<]+) %", text, re.M)
    assert 2 <= len(rows) <= 16 and sum(int(row[2]) for row in rows) == 200
    assert all(float(row[0]) <= float(row[1]) for row in rows)
    with LoadServer(answers) as server:
        text = bench(server.base, "-n", 20, "-c", 2, "--rate", 200).stdout
    assert "from when each request was due" in text and re.search(r"^sent late +.*max [0-9.]+ ms", text, re.M)


def test_against_pier_httpd(httpd, site):
    site.write("page.html", b"x" * 1000)
    log = site.outside / "access.log"
    server = httpd("--threads", "2", "--access-log", log)
    found = measure(server.url + "/page.html", "-d", "500ms", "-c", 20, "-t", 2)
    server.stop()
    assert found["statuses"].keys() == {"200"} and found["failures"] == {}
    assert found["requests"]["answered"] == log.read_bytes().count(b"\n") > 20
    assert found["bytes"]["body"] == 1000 * found["requests"]["answered"]


def test_over_tls(httpd, site):
    site.write("page.html", b"x" * 1000)
    log = site.outside / "access.log"
    server = httpd("--tls", "self", "--access-log", log, listen=("https://127.0.0.1:0",))
    pin = until(lambda: re.search(r"--pinnedpubkey '(sha256//[A-Za-z0-9+/=]+)'", server.log()), 5, "the pin on standard error")[1]
    url = server.url + "/page.html"
    for trust in (["--insecure"], ["--insecure", "--pin", pin]):
        found = measure(url, "-n", 500, "-c", 5, "-t", 2, *trust)
        assert found["statuses"] == {"200": 500} and found["connections"]["opened"] == 5
        assert found["bytes"]["body"] == 500_000
    found = measure(url, "-n", 20, "-c", 2, "--no-keep-alive", "--insecure")
    assert found["statuses"] == {"200": 20} and found["connections"]["opened"] == 20
    done = bench(url, "-n", 10, "-c", 2)
    assert done.returncode == 77 and "signed by itself" in done.stderr and done.stdout == "", done
    server.stop()
    assert log.read_bytes().count(b"\n") == 1020


def test_tls_with_who_speaks_none(httpd):
    server = httpd()
    done = bench(server.url.replace("http:", "https:"), "-n", 2)
    assert done.returncode == 77 and done.stderr.startswith("pier-get: ") and "TLS" in done.stderr, done


NGINX = """daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr;
events {{ worker_connections 100; }}
http {{
    access_log {folder}/nginx.log; keepalive_requests 100; root {root};
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port}; }}
}}
"""


def test_against_nginx(site):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not nginx:
        pytest.skip("nginx is not installed")
    site.write("page.html", b"x" * 1000)
    with socket.socket() as probe:  # nginx takes no port 0
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = site.outside / "nginx.conf"
    config.write_text(NGINX.format(folder=site.outside, root=site.root, port=port))
    server = subprocess.Popen([nginx, "-p", site.outside, "-c", config], stderr=subprocess.DEVNULL)
    try:
        until(lambda: not socket.socket().connect_ex(("127.0.0.1", port)), 10, "nginx listens")
        found = measure(f"http://127.0.0.1:{port}/page.html", "-n", 1000, "-c", 5)
    finally:
        server.terminate()
        server.wait()
    assert found["statuses"] == {"200": 1000} and found["failures"] == {}
    # After a hundred answers each connection was closed, as the last one said.
    assert 5 <= found["connections"]["closed"] <= 10 and found["connections"]["repeated"] == 0
    assert (site.outside / "nginx.log").read_bytes().count(b"\n") == 1000
