"""The admin listener: what it tells is what the traffic was, who may ask, how it lives through a drain, and what its
readers of events cost."""

import base64
import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

import daemon
from daemon import is_sanitized, run, until
from wire import Connection, Reset, bound, exchange, fetch, request

JSON = "application/json"


@pytest.fixture
def server(site, httpd):
    site.write("small.txt", "small")
    site.write("big.bin", bytes(1 << 24))
    return httpd("--threads", "2", "--admin", "127.0.0.1:0", "--admin-interval", "250ms", listeners=2)


def ask(server, target, *fields, **options):
    answer = fetch(server.addresses[-1], target, *fields, **options)
    assert answer["Cache-Control"] == "no-store" and "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    return answer


def ask_json(server, target):
    answer = ask(server, target)
    assert answer.status == 200 and answer["Content-Type"] == JSON
    return json.loads(answer.body)


def stats_of(server, name):
    return next(service for service in ask_json(server, "/api/stats")["services"] if service["name"] == name)


def make_traffic(server):
    """3 requests on 2 connections; 5 answers: 2 of 200, 1 of 404, 1 of 405, 1 of 400."""
    with Connection(server.address) as one:
        one.send(request("/small.txt") * 2 + request("/none"))
        bodies = [one.answer().body for _ in range(3)]
    assert bodies[:2] == [b"small"] * 2
    assert fetch(server.address, "/small.txt", method="DELETE").status == 405
    assert exchange(server.address, b"NONSENSE\r\n\r\n").status == 400
    until(lambda: stats_of(server, "httpd")["connections"]["open"] == 0, 5, "the connections are gone")


def test_refused_requests_are_counted_once(server):
    for message in (b"GET / HTTP/1.1\r\n\r\n", b"NONSENSE\r\n\r\n", request("/small.txt", "Content-Length: x"),
                    request("/small.txt", "Transfer-Encoding: chunked", body=b"x\r\n")):
        assert exchange(server.address, message).status == 400
    with Connection(server.address) as half:
        half.send(b"GET / HT").finish()
        half.remains()
    until(lambda: stats_of(server, "httpd")["connections"]["open"] == 0, 5, "the connections are gone")
    counted = stats_of(server, "httpd")
    assert counted["requests"] == sum(counted["responses"].values()) == 4


def test_listening_line(server):
    assert server.urls[0].startswith("http://") and server.urls[1].startswith("admin+http://127.0.0.1:")


def test_health_and_readiness(server):
    assert ask(server, "/healthz").body == b"ok\n"
    assert ask(server, "/readyz").body == b"ready\n"
    assert ask(server, "/healthz", method="HEAD").length == 3


def test_paths_and_methods(server):
    for target in ("/nothing", "/api", "/api/", "/api/stats/", "/healthz/x", "/%68ealthz", "/../etc/passwd"):
        assert ask(server, target).status == 404, target
    for method, target, allowed in [("POST", "/healthz", "GET, HEAD"), ("PUT", "/metrics", "GET, HEAD"),
                                    ("DELETE", "/api/log-level", "GET, HEAD, PUT"), ("OPTIONS", "/api/stats", "GET, HEAD"),
                                    ("POST", "/", "GET, HEAD, OPTIONS")]:
        answer = ask(server, target, method=method)
        assert (answer.status, answer["Allow"]) == (405, allowed), target


def test_dashboard(server):
    answer = ask(server, "/")
    assert answer.status == 200 and answer["Content-Type"] == "text/html; charset=utf-8" and b"Pier" in answer.body


def test_stats_are_those_of_the_traffic(server):
    make_traffic(server)
    whole = ask_json(server, "/api/stats")
    assert set(whole) == {"version", "uptime_seconds", "event_interval_seconds", "threads", "draining", "services"}
    assert whole["event_interval_seconds"] == 0.25
    assert run("pier-httpd", "--version").stdout.split()[1] == whole["version"]
    assert whole["threads"] == 2 and whole["draining"] is False and 0 <= whole["uptime_seconds"] < bound(120)
    assert [service["name"] for service in whole["services"]] == ["httpd", "admin"]
    httpd, admin = whole["services"]
    assert httpd["addresses"] == [server.urls[0]] and admin["addresses"] == [server.urls[1]]
    assert httpd["connections"].items() >= {"open": 0, "accepted": 3, "refused": 0}.items()
    assert httpd["connections"]["limit"] > 100
    assert httpd["requests"] == 5
    assert httpd["responses"] == {"1xx": 0, "2xx": 2, "3xx": 0, "4xx": 3, "5xx": 0}
    sent = len(request("/small.txt") * 2 + request("/none") + request("/small.txt", method="DELETE") + b"NONSENSE\r\n\r\n")
    assert httpd["bytes_received"] == sent and httpd["bytes_sent"] > sent
    assert httpd["deadlines_expired"] == httpd["accept_errors"] == httpd["log_lines_dropped"] == 0
    latency = httpd["latency_us"]
    assert set(latency) == {"count", "mean", "p50", "p90", "p99", "p999", "max"} and latency["count"] == 5
    assert 0 < latency["p50"] <= latency["p90"] <= latency["p99"] <= latency["p999"] <= latency["max"] < bound(1e6)
    assert 0 < latency["mean"] <= latency["max"]
    assert admin["connections"]["open"] >= 1 and admin["requests"] >= 1  # this one


def test_durations_are_those_of_the_answers(server):
    with Connection(server.address, receive_buffer=4096) as slow:
        slow.send(request("/big.bin"))
        began = time.monotonic()
        until(lambda: stats_of(server, "httpd")["bytes_sent"] > 10000, 5, "a long answer shows while it is under way")
        assert stats_of(server, "httpd")["latency_us"]["count"] == 0
        until(lambda: time.monotonic() - began > 0.3, 1, "the client dawdles")
        slow.answer()
        ended = time.monotonic()
    until(lambda: stats_of(server, "httpd")["latency_us"]["count"] == 1, 5, "the answer has ended")
    assert 0.3e6 < stats_of(server, "httpd")["latency_us"]["max"] < (ended - began + 0.2) * 1.04e6


def test_deadlines_and_refusals_are_counted(site, httpd):
    server = httpd("--admin", "127.0.0.1:0", "--threads", "1", "--timeout-header", "300ms", "--max-connections", "2",
                   "--admin-interval", "250ms", listeners=2)
    held = [Connection(server.address).send(b"GET / HT") for _ in range(2)]
    until(lambda: stats_of(server, "httpd")["connections"]["open"] == 2, 5, "two connections")  # the admin gets in
    assert fetch(server.address, "/").status == 503
    assert stats_of(server, "httpd")["connections"]["refused"] == 1
    for connection in held:
        assert connection.answer().status == 408
    until(lambda: stats_of(server, "httpd")["deadlines_expired"] >= 2, 5, "deadlines are counted")
    for connection in held:
        connection.close()


RESERVED = 32  # docs/admin.md: how many the admin serves above --max-connections


def test_an_admin_is_served_above_the_limit(site, httpd):
    """32 places, of which no service gets one; and who leaves makes room."""
    site.write("small.txt", "small")
    server = httpd("--admin", "127.0.0.1:0", "--threads", "2", "--max-connections", "2", listeners=2)
    service, admin = server.addresses

    def enters(address, target):
        connection = stack.enter_context(Connection(address))
        answer = connection.send(request(target)).answer()
        assert answer.status == 200 or answer.closes and answer["Retry-After"], answer
        return connection if answer.status == 200 else None

    with contextlib.ExitStack() as stack:
        assert all(enters(service, "/small.txt") for _ in range(2))
        operators = [enters(admin, "/healthz") for _ in range(RESERVED)]
        assert all(operators)
        assert not enters(admin, "/healthz") and not enters(service, "/small.txt")
        stats = json.loads(operators[0].send(request("/api/stats")).answer().body)["services"]
        assert [each["connections"]["open"] for each in stats] == [2, RESERVED]
        assert [each["connections"]["refused"] for each in stats] == [1, 1]
        operators.pop().close()
        until(lambda: enters(admin, "/healthz"), 3, "room for another operator")
        assert not enters(service, "/small.txt")


def metrics(server):
    answer = ask(server, "/metrics")
    assert answer.status == 200 and answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.body.decode()


def value(text, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)[1])


def test_metrics(server):
    make_traffic(server)
    text = metrics(server)
    assert value(text, 'pier_requests_total{service="httpd"}') == 5
    assert value(text, 'pier_responses_total{service="httpd",class="4xx"}') == 3
    assert value(text, 'pier_connections_accepted_total{service="httpd"}') == 3
    assert value(text, 'pier_connections_open{service="admin"}') >= 1
    assert value(text, 'pier_request_duration_seconds_count{service="httpd"}') == 5
    assert value(text, 'pier_request_duration_seconds_bucket{service="httpd",le="+Inf"}') == 5
    buckets = [float(n) for n in re.findall(r'seconds_bucket\{service="httpd",le="[^"]+"\} (\d+)', text)]
    assert buckets == sorted(buckets) and len(buckets) > 10
    assert value(text, "pier_threads") == 2 and value(text, "pier_draining") == 0
    assert value(text, "process_open_fds") == pytest.approx(server.descriptors(), abs=1)  # but for this connection
    assert value(text, "process_resident_memory_bytes") == pytest.approx(server.resident(), rel=0.2)
    assert value(text, "process_cpu_seconds_total") == pytest.approx(server.cpu(), abs=0.1)
    assert abs(value(text, "process_start_time_seconds") - time.time()) < bound(60)


def test_metrics_are_judged_by_promtool(server):
    if not shutil.which("promtool"):
        pytest.skip("prometheus is not installed")
    make_traffic(server)
    judged = subprocess.run(["promtool", "check", "metrics"], input=metrics(server), capture_output=True, text=True)
    assert (judged.returncode, judged.stdout, judged.stderr) == (0, "", "")


def test_connections(server):
    with Connection(server.address) as idle, Connection(server.address) as busy, Connection(server.address) as begun:
        idle.send(request("/small.txt")).answer()
        busy.send(request("/big.bin")).head()
        begun.send_apart(b"GET /")
        until(lambda: len(ask_json(server, "/api/connections")["connections"]) == 4, 5, "four connections")
        listed = ask_json(server, "/api/connections")
        assert listed["truncated"] is False
        by_peer = {entry["peer"]: entry for entry in listed["connections"]}

        def entry(connection):
            return by_peer["%s:%d" % connection.socket.getsockname()]
        assert entry(idle).items() >= {"service": "httpd", "phase": "idle", "requests": 1, "age_seconds": 0,
                                       "bytes_received": len(request("/small.txt"))}.items()
        assert entry(idle)["bytes_sent"] > 100
        assert entry(busy)["phase"] == "busy" and entry(busy)["bytes_sent"] > 10000
        assert entry(begun).items() >= {"phase": "busy", "requests": 0, "bytes_received": 5}.items()
        assert [e["phase"] for e in listed["connections"] if e["service"] == "admin"] == ["busy"]
        part = ask_json(server, "/api/connections?limit=2")
        assert part["truncated"] is True and len(part["connections"]) == 2
        assert ask_json(server, "/api/connections?limit=4")["truncated"] is False
    for limit in ("0", "", "x", "10001", "-1"):
        assert ask(server, f"/api/connections?limit={limit}").status == 400, limit


def test_log_level(server):
    def level():
        return ask_json(server, "/api/log-level")["level"]

    def put(body, *fields):
        return ask(server, "/api/log-level", f"Content-Length: {len(body)}", *fields, method="PUT", body=body)
    assert level() == "info"
    for body, expected in ((b'{"level": "debug"}', "debug"), (b"warning\n", "warning"), (b"off", "off")):
        answer = put(body)
        assert answer.status == 200 and json.loads(answer.body) == {"level": expected} and level() == expected
    for body, status in ((b"loud", 400), (b"", 400), (b"{}", 400), (b"debug" + b" " * 300, 413)):
        assert put(body).status == status
    assert put(b"error", "Origin: http://evil.example").status == 403 and level() == "off"
    assert put(b"error", "Origin: http://localhost").status == 200 and level() == "error"
    put(b"info")
    server.stop()
    assert "stopped after" in server.log()  # an event of level info


def test_other_hosts_and_origins(server):
    for host in ("evil.example", "evil.example:8600", "localhost.evil.example", "192.0.2.1"):
        for target in ("/", "/healthz", "/metrics", "/api/events", "/nothing"):
            assert ask(server, target, host=host).status == 421, (host, target)
    for host in ("localhost", "localhost:1", "127.0.0.1", "[::1]:8600"):
        assert ask(server, "/healthz", host=host).status == 200
    assert exchange(server.addresses[1], b"GET /healthz HTTP/1.0\r\n\r\n").status == 200
    assert ask(server, "/api/events", "Origin: http://localhost:8080").status == 403
    assert ask(server, "/api/stats", "Origin: http://localhost:8080").status == 200  # the browser keeps it from the page


def test_further_hosts(httpd):
    server = httpd("--admin", "127.0.0.1:0", "--admin-host", "ops.example", "--admin-host", "b.example", listeners=2)
    for host, status in (("ops.example", 200), ("OPS.example:80", 200), ("b.example", 200), ("a.ops.example", 421)):
        assert ask(server, "/healthz", host=host).status == status


def test_unix_socket(site, httpd):
    path = f"{site.outside}/admin"
    server = httpd("--admin", f"unix:{path}", "--admin", "127.0.0.1:0", listeners=3)
    assert server.urls[1] == f"admin+http+unix:{path}"
    answer = fetch(path, "/api/connections")
    assert [entry["peer"] for entry in json.loads(answer.body)["connections"]] == ["unix"]
    assert stats_of(server, "admin")["addresses"] == server.urls[1:]


ANNA = "anna:$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6"  # geheim


def credentials(name, password):
    return "Authorization: Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_passwords(site, httpd):
    """For every address, at once after SIGHUP, and never without the old table."""
    users = site.outside / "users"
    users.write_text(f"# operators\n{ANNA}\n")
    server = httpd("--threads", "2", "--admin", "127.0.0.1:0", "--admin-auth", str(users), listeners=2)
    anna = credentials("anna", "geheim")
    for target in ("/healthz", "/readyz"):
        assert ask(server, target).status == 200
    for target in ("/", "/metrics", "/api/stats", "/api/connections", "/api/log-level", "/api/events", "/none"):
        for fields in ([], [credentials("anna", "gehein")], [credentials("otto", "geheim")],
                       ["Authorization: Bearer x"]):
            refused = ask(server, target, *fields)
            assert refused.status == 401, fields
            assert refused["WWW-Authenticate"] == 'Basic realm="pier admin", charset="UTF-8"'
    assert ask(server, "/api/stats", anna).status == 200 and ask(server, "/none", anna).status == 404
    assert ask(server, "/", anna).status == 200
    site.write("small.txt", "small")
    assert fetch(server.address, "/small.txt").status == 200  # the services' door is not this one

    users.write_text("anna:plain\n")
    server.send_signal(signal.SIGHUP)
    until(lambda: "users:1: " in server.log(), 5, "what is wrong with the file")
    assert ask(server, "/api/stats", anna).status == 200  # a mistake changes nothing
    users.write_text(ANNA.replace("anna", "otto") + "\n")
    server.send_signal(signal.SIGHUP)
    until(lambda: ask(server, "/api/stats", credentials("otto", "geheim")).status == 200, 5, "the new table")
    assert ask(server, "/api/stats", anna).status == 401


def test_passwords_open_the_admin_to_the_network(site, httpd):
    users = site.outside / "users"
    users.write_text(f"{ANNA}\n")
    server = httpd("--admin", "0.0.0.0:0", "--admin-auth", str(users), listeners=2)
    port = server.urls[1].rsplit(":", 1)[1]
    assert ask(server, "/api/stats", credentials("anna", "geheim"), host=f"192.0.2.7:{port}").status == 200
    assert ask(server, "/api/stats", credentials("anna", "geheim"), host="rebound.example").status == 421
    until(lambda: "unencrypted" in server.log(), 5, "the warning")


def test_password_file_mistakes(site):
    for content, code, hint in ((None, 66, "cannot be read"), ("anna:plain\n", 78, "users:1: "),
                                ("anna\n", 78, "users:1: ")):
        users = site.outside / "users"
        if content is not None:
            users.write_text(content)
        done = run("pier-httpd", str(site.root), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
                   "--admin-auth", str(users))
        assert done.returncode == code and hint in done.stderr, done.stderr


@pytest.mark.parametrize("arguments, hint", [
    (["--admin", "0.0.0.0:0"], "--admin-auth"), (["--admin", "[::]:0"], "password"),
    (["--admin-auth", ""], "names no file"), (["--admin", "nonsense"], "unix:PATH"),
    (["--admin", "off", "--admin", "127.0.0.1:0"], "contradict"), (["--admin-host", "a:80"], "host name"),
    (["--admin-interval", "100ms"], "250ms")])
def test_mistakes(site, arguments, hint):
    done = run("pier-httpd", str(site.root), "--listen", "127.0.0.1:0", *arguments)
    assert done.returncode == 64 and hint in done.stderr, done.stderr


def test_pier_has_an_admin_by_default(httpd):
    assert "--admin ADDR:PORT" in run("pier", "--help").stdout and "127.0.0.1:8600" in run("pier", "--help").stdout
    server = httpd("--admin", "127.0.0.1:0", name="pier", root=None, listeners=2)
    assert [service["name"] for service in ask_json(server, "/api/stats")["services"]] == ["httpd", "admin"]
    assert httpd("--admin", "off", name="pier", root=None).urls[0].startswith("http://")


# --- events


class Reader(Connection):
    def __init__(self, server, **options):
        super().__init__(server.addresses[-1], **options)
        self.send(request("/api/events", "Accept: text/event-stream"))
        head = self.head()
        assert head.status == 200 and head["Content-Type"] == "text/event-stream" and head["Cache-Control"] == "no-store"
        self.text = b""

    def event(self):
        """The next block of lines, as a dictionary."""
        while b"\n\n" not in self.text:
            deadline = time.monotonic() + bound(10)
            size = int(self._line(deadline, "a chunk's size"), 16)
            assert size, "the events have ended"
            self.text += self._take(size, deadline, "an event")
            assert self._take(2, deadline, "its end") == b"\r\n"
        block, self.text = self.text.split(b"\n\n", 1)
        return dict(line.split(": ", 1) for line in block.decode().split("\n"))


def test_events(server):
    with Reader(server) as one, Reader(server) as two:
        assert one.event() == two.event() == {"retry": "2000"}
        first = one.event()
        assert first["event"] == "stats" and two.event()["event"] == "stats"
        for _ in range(4):
            fetch(server.address, "/small.txt")
        counted = 0
        while counted < 4:
            data = json.loads(one.event()["data"])
            httpd = data["services"][0]
            counted += httpd["latency_us"]["count"]  # of the last interval
        assert counted == 4 and httpd["requests"] == 4 and set(data) == set(ask_json(server, "/api/stats"))
        assert json.loads(one.event()["data"])["services"][0]["latency_us"]["count"] == 0
        assert value(metrics(server), "pier_event_readers") == 2
    until(lambda: value(metrics(server), "pier_event_readers") == 0, 5, "readers who leave are forgotten")


def test_events_come_at_their_interval(httpd):
    server = httpd("--admin", "127.0.0.1:0", listeners=2)
    with Reader(server) as reader:
        reader.event(), reader.event()
        began = time.monotonic()
        for _ in range(3):
            reader.event()
        assert 2.4 < time.monotonic() - began < 3.6 * bound(1)


def test_a_slow_reader_loses_events_and_is_told(server):
    with Reader(server, receive_buffer=2048) as slow, Reader(server) as quick:
        before = server.resident()
        seen = 0
        while seen < 80:
            seen += quick.event().get("event") == "stats"
        read, lost = 0, None
        while lost is None:
            event = slow.event()
            if event.get("event") == "lost":
                lost = json.loads(event["data"])["events"]
            read += event.get("event") == "stats"
        assert lost > 0 and read + lost <= seen + 1
        assert slow.event()["event"] == "stats"
        assert server.resident() - before < 1 << 20 or is_sanitized()


@pytest.mark.soak
def test_ten_thousand_readers_fit_in_50_megabytes(httpd):
    if is_sanitized():
        pytest.skip("sanitizers multiply memory")
    server = httpd("--admin", "127.0.0.1:0", "--threads", "2", listeners=2)
    fields = ("Accept: text/event-stream", "Cache-Control: no-cache", "Connection: keep-alive",
              "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0",
              "Sec-Fetch-Mode: cors", "Accept-Encoding: gzip, deflate, br", "Accept-Language: en-US,en;q=0.9")
    before, readers = server.resident(), []
    for _ in range(10_000):
        readers.append(Connection(server.addresses[-1]).send(request("/api/events", *fields)))
    until(lambda: value(metrics(server), "pier_event_readers") == 10_000, 60, "all read")
    for reader in readers:
        text = b""
        while b"event: stats" not in text:
            text += reader.read_some(patience=bound(60))
    used = server.resident() - before
    print(f"{used / 10_000:.0f} bytes a reader")
    assert used < 50 << 20
    for reader in readers:
        reader.close()


# --- the end


def test_a_drain_can_be_watched(server):
    with Connection(server.address, receive_buffer=4096) as busy, Reader(server) as reader:
        busy.send(request("/big.bin")).head()
        reader.event()
        kept = Connection(server.addresses[1])
        assert kept.send(request("/readyz")).answer().body == b"ready\n"
        server.send_signal(signal.SIGTERM)
        until(lambda: ask(server, "/readyz").status == 503, 5, "it says that it drains")
        assert ask(server, "/readyz").body == b"draining\n" and ask(server, "/healthz").status == 200
        answer = kept.send(request("/readyz")).answer()
        assert answer.status == 503 and not answer.closes  # the connection goes on
        assert ask_json(server, "/api/stats")["draining"] is True
        assert value(metrics(server), "pier_draining") == 1
        assert [e["service"] for e in ask_json(server, "/api/connections")["connections"]].count("httpd") == 1
        with pytest.raises(ConnectionRefusedError):
            until(lambda: Connection(server.address).close(), 2, "the service's own listener is closed")
        while not json.loads(reader.event().get("data", "{}")).get("draining"):
            pass
        rest, orderly = busy.remains()
        assert orderly and len(rest) == 1 << 24
        kept.closed()
        rest, orderly = reader.remains()
        assert orderly and rest.endswith(b"0\r\n\r\n")
        server.check(server.wait(3))


def test_a_drain_ends_though_somebody_holds_on_to_the_admin(server):
    with Connection(server.addresses[1]) as fresh, Connection(server.addresses[1]) as half, \
            Reader(server, receive_buffer=2048) as slow:
        half.send_apart(b"GET /heal")
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        server.check(server.wait(10))
        assert time.monotonic() - began < bound(3)
        half.remains(), slow.remains(), fresh.close()  # the kernel may never have shown `fresh` to the server


def test_a_drain_that_takes_too_long_takes_the_admin_along(site, httpd):
    site.write("big.bin", bytes(1 << 24))
    server = httpd("--admin", "127.0.0.1:0", "--drain", "500ms", listeners=2)
    with Connection(server.address, receive_buffer=4096) as busy, Connection(server.addresses[1]) as watcher:
        busy.send(request("/big.bin")).head()
        assert watcher.send(request("/healthz")).answer().status == 200
        server.send_signal(signal.SIGTERM)
        until(lambda: ask(server, "/readyz").status == 503, 5, "it says that it drains")
        server.check(server.wait(5))


def test_limits_of_clients_are_not_the_operators(site, httpd):
    site.write("small.txt", "small")
    server = httpd("--admin", "127.0.0.1:0", "--limit-requests", "1/d", "--limit-connections-per-address", "1",
                   "--limit-rate", "1k", listeners=2)
    with Connection(server.address) as one:
        assert [one.send(request("/small.txt")).answer().status for _ in range(2)] == [200, 429]
        with Connection(server.address) as other:
            assert other.answer().status == 503
        with Connection(server.addresses[-1]) as first, Connection(server.addresses[-1]) as second:
            for peer in (first, second) * 3:
                assert peer.send(request("/metrics")).answer().status == 200
    text = ask(server, "/metrics").body.decode()
    assert value(text, 'pier_requests_refused_by_rate_total{service="httpd"}') == 1
    assert value(text, 'pier_connections_refused_by_address_total{service="httpd"}') == 1


def test_admin_expects_no_proxy_header(httpd):
    server = httpd("--admin", "127.0.0.1:0", "--proxy-protocol-from", "127.0.0.1", listeners=2)
    assert ask(server, "/healthz").status == 200
    with Connection(server.address) as peer:
        with pytest.raises(Reset):  # what was sent is not looked at
            peer.send(request("/")).closed()
    text = ask(server, "/metrics").body.decode()
    assert value(text, 'pier_proxy_headers_refused_total{service="httpd"}') == 1
