"""pier-pingd as a program: its options, what its unit allows it, and the user that it becomes."""

import os
import pathlib
import pwd
import re
import signal
import subprocess

import pytest

import daemon
from daemon import run
from pinging import Answer, Peer, counted, pingd, question, statistics
from test_config import check, in_force, options_of
from test_packaging import allowed, needs_strace, needs_systemd
from wire import fetch

OWN = {"text-listen": "127.0.0.1:82", "max-sessions": "7", "session-timeout": "7s", "key": "/etc/pier/key",
       "allow-short": "10.0.0.0/8", "loss": "4/11", "loss-burst": "2%,25%,1,0", "delay": "9s", "jitter": "9ms",
       "duplicate": "1%", "reorder": "2%", "reorder-hold": "3s", "queue-size": "1M", "seed": "5", "limit-datagrams": "9/s"}


def test_every_option_is_in_force_once_it_is_set():
    general = {"listen", "port", "lan", "threads", "max-connections", "drain", "user", "group", "log-level", "log-format",
               "admin", "admin-host", "admin-auth", "admin-interval", "tls", "tls-cert", "tls-key", "tls-keylog", "timeout-handshake", "config", "check-config", "help", "version"}
    assert options_of("pier-pingd") == {*OWN, "stateful", *general}
    for option, value in OWN.items():
        more = ["--delay", "9s"] if option == "jitter" else []
        done = check("pier-pingd", f"--{option}", value, *more)
        assert done.returncode == 0 and in_force(done.stdout)["", option] == [value], done
    assert in_force(check("pier-pingd", "--stateful").stdout)["", "stateful"] == ["yes"]


def test_every_option_has_a_test():
    here = pathlib.Path(__file__)
    tests = "".join(path.read_text() for path in here.parent.glob("*.py") if path != here)
    assert not [option for option in OWN if not re.search(rf"""["'`]--{option}["'=]""", tests)]


def test_what_is_in_force_by_default():
    found = in_force(check("pier-pingd").stdout)
    assert found["", "listen"] == ["127.0.0.1:8620"] and found["", "text-listen"] == ["127.0.0.1:12001"]
    assert found["", "limit-datagrams"] == ["100000/s"] and found["", "queue-size"] == ["16M"]
    found = in_force(check("pier-pingd", "--lan").stdout)
    assert found["", "listen"] == ["[::]:8620"] and found["", "text-listen"] == ["[::]:12001"]
    assert in_force(check("pier-pingd", "--text-listen", "off").stdout)["", "text-listen"] == ["off"]


def test_from_a_file(pingd, tmp_path):
    file = tmp_path / "pingd.ini"
    file.write_text("listen = 127.0.0.1:0\ntext-listen = off\nstateful = yes\nloss = 0%\n")
    server = pingd("--config", file, listen=[], text=None, listeners=2)
    with Peer(server.stamp) as peer:
        assert Answer.read(peer.ask(question(5))).sequence == 0


def test_it_says_what_it_did(pingd):
    server = pingd()
    with Peer(server.stamp) as peer:
        peer.send(question(1)[:20], b"")
        peer.ask(question(2))
    with Peer(server.text) as peer:
        peer.ask(b"ping")
    services = {service["name"]: service for service in statistics(server)["services"]}
    assert services["stamp"]["own"]["stamp_short_refused_total"] == 1
    assert services["stamp"]["own"]["stamp_malformed_total"] == 1
    assert counted(server, "datagrams_received_total") == 3 and counted(server, "datagrams_sent_total") == 1
    assert counted(server, "datagrams_sent_total", "text-ping") == 1
    metrics = fetch(server.admin, "/metrics").body.decode()
    assert "# TYPE pier_stamp_sessions gauge" in metrics and "# TYPE pier_impairment_lost_total counter" in metrics
    assert not re.search(r"^(pier_impairment_lost_total\{.*\}) .*\n(?:.*\n)*\1 ", metrics, re.M)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user(pingd, tmp_path):
    os.chmod(tmp_path, 0o755)
    key = tmp_path / "key"
    key.write_bytes(b"a secret of the two of us")
    key.chmod(0o600)
    server = pingd("--user", "daemon", "--threads", "2")
    assert os.stat(f"/proc/{server.pid}").st_uid == pwd.getpwnam("daemon").pw_uid
    with Peer(server.stamp) as peer:
        answer = Answer.read(peer.ask(question(2)))
        assert answer.received <= answer.timestamp
    # The key is read anew as that user, so that a reload can do it as well.
    done = run("pier-pingd", "--listen", "127.0.0.1:0", "--text-listen", "off", "--user", "daemon", "--key", key)
    assert done.returncode == 77 and str(key) in done.stderr, done


@needs_systemd
@needs_strace
@pytest.mark.skipif(daemon.is_sanitized(), reason="a sanitizer makes calls of its own")
def test_the_filter_of_its_unit_lets_pass_what_it_calls(tmp_path):
    trace, key = tmp_path / "trace", tmp_path / "key"
    key.write_bytes(b"a secret of the two of us")
    key.chmod(0o600)
    secret = key.read_bytes()
    with subprocess.Popen(["strace", "-f", "-qq", "-o", trace, daemon.binary("pier-pingd"), "--listen", "127.0.0.1:0",
                           "--text-listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--threads", "2", "--stateful", "--key",
                           key, "--delay", "20ms", "--jitter", "10ms", "--duplicate", "1/2"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tracer:
        stamp, text, admin = (daemon.to_address(tracer.stdout.readline().removeprefix("listening on ").strip())
                              for _ in range(3))
        with Peer(stamp) as peer:
            for n in range(20):
                peer.ask(question(n, key=secret))
        with Peer(text) as peer:
            peer.ask(b"ping")
        assert fetch(admin, "/metrics").status == 200
        server = int(trace.read_text().split()[0])
        os.kill(server, signal.SIGHUP)
        with Peer(stamp) as peer:
            peer.ask(question(1, key=secret))
        os.kill(server, signal.SIGTERM)
        assert tracer.wait(20) == 0
    made = set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", trace.read_text(), re.M))
    assert {"recvmmsg", "sendmsg"} & made and not made - allowed("pier-pingd.service"), made - allowed("pier-pingd.service")
