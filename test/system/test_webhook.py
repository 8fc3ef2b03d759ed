"""pier-beatd --webhook: alerts posted to servers that take them, and to servers that do not."""

import json
import re
import socket
import subprocess
import time

import pytest

from daemon import run, until
from heart import new_monitor, packet
from scripted import Server, answer, answering, answering_once, silent
from test_config import check

DIRECT = {"no_proxy": "*", "NO_PROXY": "*"}  # whatever the machine's environment says


@pytest.fixture
def monitor():
    with new_monitor() as start:
        yield lambda *words, environment=None, **options: start(*words, environment=environment or DIRECT, **options)


def die(server, *names):
    """Two beats, and no third."""
    server.hear(*[packet(name, n, interval=0.05) for name in names for n in (1, 2)])


def told(hook):
    return [(json.loads(r.body)["name"], json.loads(r.body)["event"]) for r in hook.requests]


def test_an_alert_is_posted_as_json(monitor):
    with Server(answering(answer("204 No Content"))) as hook:
        server = monitor("--webhook", hook.url("/hooks/1?x=y"))
        die(server, "web1")
        until(lambda: hook.requests, 10, "the alert")
        request = hook.requests[0]
        assert request.line == "POST /hooks/1?x=y HTTP/1.1"
        assert request.fields["host"] == f"127.0.0.1:{hook.port}"
        assert request.fields["content-type"] == "application/json"
        assert request.fields["user-agent"].startswith("pier-beatd/") and "authorization" not in request.fields
        said = json.loads(request.body)
        assert said["event"] == said["state"] == "down" and said["name"] == "web1"
        assert "web1 is down: silent for" in said["text"] and said["damped"] is False
        until(lambda: server.metric("beat_webhook_sent_total") == 1, 5, "it is counted")
        assert server.metric("beat_webhook_retried_total") == server.metric("beat_webhook_failed_total") == 0


def test_alerts_go_over_one_connection_in_their_order(monitor):
    with Server(answering(answer())) as hook:
        server = monitor("--webhook", hook.url(), "--detector", "fixed", "--timeout", "200ms", "--no-flap-damping")
        for round in range(3):
            server.hear(packet("web1", 2 * round + 1, interval=0.1), packet("web1", 2 * round + 2, interval=0.1))
            server.shows("web1", "down")
        until(lambda: len(hook.requests) == 5, 10, f"down, up, down, up, down: {told(hook)}")
        assert [event for _, event in told(hook)] == ["down", "up", "down", "up", "down"]
        assert hook.connections == 1


def test_a_token_comes_from_a_file_and_is_told_to_nobody_else(monitor, tmp_path):
    token = tmp_path / "token"
    token.write_text("s3cret-t0ken\n")
    token.chmod(0o600)
    with Server(answering(answer("403 Forbidden"))) as hook:
        server = monitor("--webhook", hook.url(), "--webhook-token", token, "--log-level", "debug")
        die(server, "web1")
        until(lambda: "was not taken: 403 Forbidden" in server.log(), 10, server.log())
        assert hook.requests[0].fields["authorization"] == "Bearer s3cret-t0ken"
        assert "s3cret" not in server.log()
        assert len(hook.requests) == 1 and server.metric("beat_webhook_failed_total") == 1  # it is no use


def test_500_then_200(monitor):
    with Server(answering(answer("500 Internal Server Error"), answer())) as hook:
        server = monitor("--webhook", hook.url())
        die(server, "web1")
        until(lambda: server.metric("beat_webhook_sent_total") == 1, 20, server.log())
        assert told(hook) == [("web1", "down")] * 2
        assert server.metric("beat_webhook_retried_total") == 1
        assert "was not taken (500 Internal Server Error); another try in" in server.log()


def test_a_server_says_when_it_wants_to_be_asked_again(monitor):
    with Server(answering(answer("503 Service Unavailable", Retry_After="2"), answer())) as hook:
        server = monitor("--webhook", hook.url())
        die(server, "web1")
        until(lambda: hook.requests, 10, "the first try")
        began = time.monotonic()
        until(lambda: len(hook.requests) == 2, 20, "the second try")
        assert time.monotonic() - began > 1.8


def test_a_dead_server_is_given_up_and_the_next_alert_is_not(monitor):
    with Server(silent) as gone:
        url = gone.url()
    server = monitor("--webhook", url, "--webhook-retries", "1")
    die(server, "web1")
    until(lambda: "the alert `web1 down` was not taken: nobody listens on" in server.log(), 20, server.log())
    assert server.metric("beat_webhook_failed_total") == 1 and server.metric("beat_webhook_retried_total") == 1
    host, port = re.search(r"http://(.*):(\d+)/", url).groups()
    with socket.create_server((host, int(port))) as listening:
        die(server, "web2")
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(10).startswith(b"POST / ")


@pytest.mark.parametrize("script, why", [
    (silent, "no answer within 300ms"),
    (answering_once(b""), "closed the connection without an answer"),
    (answering_once(b"220 mail.example ESMTP\r\n"), "this is no HTTP server"),
    (lambda peer: (peer.request(), peer.reset()), "closed the connection without an answer"),
    (answering(answer("301 Moved Permanently", Location="http://example.com/x")), "redirects to `http://example.com/x`"),
], ids=["silent", "closes", "mail", "resets", "redirects"])
def test_servers_that_misbehave(monitor, script, why):
    with Server(script) as hook:
        server = monitor("--webhook", hook.url(), "--webhook-timeout", "300ms", "--webhook-retries", "0")
        die(server, "web1")
        until(lambda: why in server.log(), 10, server.log())
        assert server.metric("beat_webhook_failed_total") == 1 and hook.connections == 1


def test_what_waits_is_bounded(monitor):
    with Server(silent) as hook:
        server = monitor("--webhook", hook.url(), "--webhook-queue", "3", "--webhook-timeout", "60s")
        die(server, *[f"s{n}" for n in range(10)])
        until(lambda: server.metric("beat_webhook_dropped_total") == 7, 10, "the rest is dropped")
        assert server.log().count("more alerts wait than --webhook-queue holds") == 1


def test_the_monitor_ends_soon_though_the_server_is_silent(monitor):
    with Server(silent) as hook:
        server = monitor("--webhook", hook.url(), "--webhook-timeout", "60s")
        die(server, "web1", "web2")
        until(lambda: hook.connections, 10, "the first alert")
        server.counts("beat_senders_down", 2)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 8
        assert "stopping with 1 alerts not delivered" in server.log()


def test_it_ends_at_once_between_two_tries(monitor):
    with Server(answering(answer("500 Internal Server Error", Retry_After="30"))) as hook:
        server = monitor("--webhook", hook.url())
        die(server, "web1")
        until(lambda: "another try in 30s" in server.log(), 10, server.log())
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 3


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", folder / "key", "-out", folder / "cert", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return folder / "cert", folder / "key"


def test_https_is_checked(monitor, certificate):
    with Server(answering(answer()), tls=certificate) as hook:
        trusting = monitor("--webhook", hook.url(host="localhost"), "--webhook-ca", certificate[0])
        die(trusting, "web1")
        until(lambda: trusting.metric("beat_webhook_sent_total") == 1, 10, trusting.log())
        for words in ((hook.url(host="localhost"),), (hook.url(), "--webhook-ca", certificate[0])):
            server = monitor("--webhook", *words)
            die(server, "web1")
            until(lambda: "the alert `web1 down` was not taken" in server.log(), 10, server.log())
            assert server.metric("beat_webhook_retried_total") == 0  # it will be no better
        assert len(hook.requests) == 1


def test_through_a_proxy_as_the_environment_says(monitor, certificate):
    def tunnel(peer):
        """One CONNECT, then bytes both ways."""
        request = peer.request()
        host, port = request.target.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as there:
            peer.send(b"HTTP/1.1 200 Connected\r\n\r\n")
            there.setblocking(False)
            peer.connection.setblocking(False)
            until_closed = time.monotonic() + 10
            while time.monotonic() < until_closed:
                for one, other in ((peer.connection, there), (there, peer.connection)):
                    try:
                        data = one.recv(65536)
                        if not data:
                            return
                        other.sendall(data)
                    except BlockingIOError:
                        time.sleep(0.001)

    with Server(answering(answer())) as proxy:
        server = monitor("--webhook", "http://hooks.invalid/x",
                         environment={"http_proxy": f"ann:pw@127.0.0.1:{proxy.port}", "no_proxy": "", "NO_PROXY": ""})
        die(server, "web1")
        until(lambda: proxy.requests, 10, server.log())
        assert proxy.requests[0].line == "POST http://hooks.invalid/x HTTP/1.1"
        assert proxy.requests[0].fields["proxy-authorization"] == "Basic YW5uOnB3"
    with Server(tunnel) as proxy, Server(answering(answer()), tls=certificate) as hook:
        server = monitor("--webhook", hook.url(host="localhost"), "--webhook-ca", certificate[0],
                         environment={"https_proxy": f"http://127.0.0.1:{proxy.port}", "no_proxy": "", "NO_PROXY": ""})
        die(server, "web1")
        until(lambda: server.metric("beat_webhook_sent_total") == 1, 10, server.log())
        assert proxy.requests[0].line == f"CONNECT localhost:{hook.port} HTTP/1.1"
    with Server(answering(answer("407 Proxy Authentication Required"))) as proxy:
        server = monitor("--webhook", "https://hooks.invalid/x", "--webhook-retries", "0",
                         environment={"https_proxy": f"http://127.0.0.1:{proxy.port}", "no_proxy": "", "NO_PROXY": ""})
        die(server, "web1")
        until(lambda: "407 Proxy Authentication Required" in server.log(), 10, server.log())


def test_bad_values(tmp_path):
    for option, values in (("--webhook", ["", "x", "ftp://h/", "http://", "http://ann:secret@h/"]),
                           ("--webhook-timeout", ["0s", "x"]), ("--webhook-retries", ["101", "-1"]),
                           ("--webhook-queue", ["0", "x"])):
        for value in values:
            done = run("pier-beatd", "--listen", "127.0.0.1:0", option, value)
            assert done.returncode == 64 and option in done.stderr and done.stdout == "", (value, done)
    open_to_all, empty = tmp_path / "open", tmp_path / "empty"
    open_to_all.write_text("token")
    open_to_all.chmod(0o644)
    empty.write_text("\n")
    empty.chmod(0o600)
    for option, value, code in (("--webhook-token", open_to_all, 77), ("--webhook-token", empty, 78),
                                ("--webhook-token", tmp_path / "none", 66), ("--webhook-token", tmp_path, 66)):
        done = run("pier-beatd", "--listen", "127.0.0.1:0", "--webhook", "http://h/", option, value)
        assert done.returncode == code and str(value) in done.stderr, done
    done = run("pier-beatd", "--listen", "127.0.0.1:0", "--webhook", "https://h/", "--webhook-ca", tmp_path / "none")
    assert done.returncode == 66 and "none" in done.stderr, done


def test_what_is_in_force():
    text = check("pier-beatd", "--webhook", "HTTP://Example.com").stdout
    for line in ("webhook = http://example.com/", "webhook-timeout = 10s", "webhook-retries = 5", "webhook-queue = 1000"):
        assert line in text, text
