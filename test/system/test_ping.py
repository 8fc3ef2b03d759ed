"""pier-ping as people use it: what it prints, and how it ends."""

import random
import re
import socket
import struct
import time

import pytest

from daemon import run
from pinging import pingd
from reflecting import Reflector, Running, closed_port, ping, ping_json, reflect, summary_of

IP_RECVTTL, IP_RECVTOS = 12, 13  # not in Python's socket module
QUICK = ("-i", "10ms", "-W", "300ms")


def test_ten_pings_and_a_summary():
    with Reflector() as reflector:
        lines = ping(reflector.target, "-i", "10ms").stdout.splitlines()
    assert lines[0] == f"{reflector.target} by STAMP, 44 octets"
    for number, line in enumerate(lines[1:11]):
        assert re.fullmatch(rf"seq={number} rtt=\d+\.\d{{3}} ms", line)
    assert lines[11:14] == ["", f"--- {reflector.target} ---",
                            "10 sent, 10 received, 0 lost (0%), 0 late, 0 duplicated, 0 reordered, 0 corrupt"]
    assert re.match(r"rtt min/mean/median/max/stddev [\d.]+(/[\d.]+){4} ms", lines[14])
    assert re.match(r"rtt p90/p95/p99/p99.9/p99.99 [\d.]+(/[\d.]+){4} ms", lines[15])
    assert "(RFC 3550)" in lines[16] and "(RFC 3393)" in lines[16] and "(RFC 5481)" in lines[16]
    assert len(reflector.seen) == 10


def test_one_a_second_by_default():
    with Reflector() as reflector:
        ping(reflector.target, "-c", "3")
    gaps = [after - before for before, after in zip(reflector.times, reflector.times[1:])]
    assert all(0.5 < gap < 1.5 for gap in gaps)


def test_against_our_reflector(pingd):
    server = pingd()
    summary = summary_of(f"127.0.0.1:{server.stamp[1]}", *QUICK)
    assert summary["received"] == 10 and summary["processing"]["count"] == 10
    assert summary["stamped_sent"] == 10 and summary["stamped_received"] >= 1
    assert summary["there"]["ttl"] == 255
    summary = summary_of(f"127.0.0.1:{server.text[1]}", "--text", *QUICK)
    assert summary["received"] == 10 and summary["protocol"] == "text"


def test_our_reflector_on_a_bad_network(pingd):
    server = pingd("--loss", "4/11", "--duplicate", "10%", "--seed", "11", "--stateful")
    summary = summary_of(f"127.0.0.1:{server.stamp[1]}", "--rate", "2000", "-c", "2000", "-W", "300ms", "-q")
    assert 25 < summary["loss_percent"] < 48 and summary["duplicated"] > 50
    assert summary["received"] + summary["lost"] == 2000


def test_authenticated(pingd, tmp_path):
    key, other = tmp_path / "key", tmp_path / "other"
    key.write_text("00112233445566778899aabbccddeeff\n")
    other.write_text("ffffffffffffffffffffffffffffffff\n")
    for file in (key, other):
        file.chmod(0o600)
    server = pingd("--key", key)
    target = f"127.0.0.1:{server.stamp[1]}"
    assert summary_of(target, "--key", key, *QUICK)["received"] == 10
    assert summary_of(target, "--key", key, "-s", "200", *QUICK)["received"] == 10
    assert summary_of(target, "--key", other, "-c", "2", *QUICK, code=1)["lost"] == 2
    key.chmod(0o644)
    assert "key" in ping(target, "--key", key, code=77).stderr


def test_the_text_protocol_on_the_wire():
    def behave(number, packet, send):
        send([packet.upper(), packet.lower(), packet.title(), packet + b"\n"][number % 4])
    with Reflector(behave) as reflector:
        before = time.time() * 1000
        assert summary_of(reflector.target, "--text", "-c", "8", *QUICK)["received"] == 8
        after = time.time() * 1000
    for number, packet in enumerate(reflector.seen, 1):
        word, sequence, sent = packet.decode().split(" ")
        assert word == "PING" and int(sequence) == number and before - 1 <= int(sent) <= after + 1


def test_the_coursework_s_server():
    """The UDP pinger lab's: a random whole number from 0 to 10, below 4 nothing, else the message in capitals."""
    dice = random.Random(5)

    def behave(number, packet, send):
        if dice.randint(0, 10) >= 4:
            send(packet.decode().upper().encode())
    with Reflector(behave) as reflector:
        done = ping(reflector.target, "--text", "-i", "5ms", "-W", "100ms", "-c", "100")
    lost = len(re.findall(r"^seq=\d+ lost: no answer within 100 ms$", done.stdout, re.M))
    assert 20 < lost < 55
    assert f"100 sent, {100 - lost} received, {lost} lost ({lost}%)" in done.stdout


def test_json_is_a_line_each():
    with Reflector(lambda number, packet, send: None) as silent, Reflector() as reflector:
        objects, summaries = ping_json(reflector.target, silent.target, "-c", "2", *QUICK, code=1)
    answers = [each for each in objects if each["type"] == "answer"]
    assert [each["seq"] for each in answers] == [0, 1] and {each["target"] for each in answers} == {reflector.target}
    assert all(0 < each["rtt"] <= each["call"] and abs(each["unix"] - time.time()) < 60 for each in answers)
    assert [each["target"] for each in objects if each["type"] == "lost"] == [silent.target] * 2
    assert summaries[reflector.target]["received"] == 2 and summaries[silent.target]["loss_percent"] == 100
    assert {"rtt", "call", "from_due", "lateness", "processing", "jitter", "ipdv"} <= set(summaries[reflector.target])


def test_quiet_is_the_summary_alone():
    with Reflector() as reflector:
        assert "seq=" not in ping(reflector.target, "-q", *QUICK).stdout
        assert ping_json(reflector.target, "--quiet", *QUICK)[0] == []


def test_several_targets_are_added_up(pingd):
    server = pingd(listen=("127.0.0.1:0", "[::1]:0"))
    four, six = f"127.0.0.1:{server.stamps[0][1]}", f"[::1]:{server.stamps[1][1]}"
    out = ping(four, six, "-c", "3", *QUICK).stdout
    for target in (four, six):
        assert len(re.findall(rf"^{re.escape(target)} seq=\d rtt=", out, re.M)) == 3
        assert f"--- {target} ---" in out
    assert "--- all 2 targets ---\n6 sent, 6 received, 0 lost (0%)" in out


def test_a_family_of_addresses():
    with Reflector(address="::1") as six, Reflector() as four:
        assert ping(f"localhost:{four.port}", "-4", "-c", "1").stdout.startswith(f"localhost:{four.port} ({four.target})")
        assert ping(six.target, "-6", "-c", "1").stdout.startswith(f"{six.target} by STAMP")
        assert ping("127.0.0.1", "--ipv6", code=68).stderr.startswith("pier-ping: 127.0.0.1: ")
        assert ping("::1", "--ipv4", code=68).stdout == ""


def test_nobody_listens():
    with closed_port() as port:
        out = ping(f"127.0.0.1:{port}", "-c", "3", *QUICK, code=1).stdout
        for number in range(3):
            assert f"seq={number} refused: is pier-pingd running on 127.0.0.1:{port}?" in out
        assert "3 sent, 0 received, 3 lost (100%)" in out and "no answer within" not in out
        summary = summary_of(f"127.0.0.1:{port}", "-c", "3", *QUICK, code=1)
        assert summary["refused"] == 3


def test_who_starts_to_listen_is_found():
    with closed_port() as port:
        with Running(f"127.0.0.1:{port}", "-c", "0", "-i", "20ms") as running:
            running.line("seq=2 refused")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
                late.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                running.line("refused")
            running.interrupt(code=1)


def test_nobody_answers():
    with Reflector(lambda number, packet, send: None) as silent:
        started = time.monotonic()
        out = ping(silent.target, "-c", "2", "-i", "10ms", "-W", "0.2", code=1).stdout
        assert 0.2 < time.monotonic() - started < 2
    assert out.count("lost: no answer within 200 ms") == 2


def test_no_such_host():
    done = ping("no-such-host.invalid", code=68)
    assert done.stderr.startswith("pier-ping: no-such-host.invalid: ") and done.stdout == ""


@pytest.mark.parametrize("arguments,message", [
    ([], "HOST"), (["a:0"], "is not HOST"), (["host", "--rate", "0"], "between 1 and"), (["host", "-i", "0"], "is not a time"),
    (["host", "-i", "soon"], "is not a time"), (["host", "--max-loss", "5"], "is not a share"),
    (["host", "--text", "--icmp"], "contradict"), (["host", "--tcp"], "--tcp needs a port"),
    (["host:1", "--icmp"], "no ports"), (["host", "-s", "45"], "4 at least"), (["host", "--dscp", "64"], "between 0 and 63"),
    (["host", "--ttl", "0"], "between 1 and 255"), (["host", "--json", "--plot"], "standard output"),
    (["host", "--admin", "0.0.0.0:0"], "other machines"), (["host", "--rate", "1000000", "-W", "5s"], "--wait"),
    (["host", "--ssid", "65536"], "between 0 and 65535"), (["host", "--rate", "5", "-i", "2s"], "contradict")])
def test_mistakes(arguments, message):
    done = run("pier-ping", *arguments)
    assert done.returncode == 64 and message in done.stderr and done.stdout == "", done


def test_missing_key():
    assert "nowhere" in ping("127.0.0.1", "--key", "/nowhere/key", code=66).stderr


@pytest.mark.parametrize("arguments,sentence", [
    (["--max-rtt", "1us"], "largest rtt"), (["--max-median", "1us"], "median rtt"), (["--max-p99", "1us"], "99th percentile"),
    (["--max-jitter", "1ns"], "jitter"), (["--max-loss", "5%"], "loss 10% is more than 5%")])
def test_thresholds_set_the_exit_code(arguments, sentence):
    def behave(number, packet, send):
        if number != 4:
            send(reflect(packet))
    with Reflector(behave) as reflector:
        done = ping(reflector.target, *QUICK, *arguments, code=1)
        assert f"pier-ping: {reflector.target}: {sentence}" in done.stderr
        ping(reflector.target, *QUICK, "--max-rtt", "10s", "--max-median", "10s", "--max-p99", "10s", "--max-jitter", "10s",
             "--max-loss", "99%")


def test_into_a_pipe_it_is_plain():
    with Reflector() as reflector:
        for more in ([], ["--plot"], ["--json"]):
            assert "\x1b" not in ping(reflector.target, "-c", "2", *QUICK, *more).stdout
        lines = ping(reflector.target, "-c", "2", "--plot", *QUICK).stdout
        assert "seq=0 rtt=" in lines  # there is no terminal to draw on


def test_marks_of_what_is_sent():
    with Reflector() as reflector:
        reflector.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0)
        summary = summary_of(reflector.target, "-c", "2", "--dscp", "46", "--ttl", "44", "--ssid", "4660", *QUICK)
    assert summary["dscp"] == 0
    assert all(struct.unpack_from("!H", packet, 14)[0] == 4660 for packet in reflector.seen)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        listening.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
        target = f"127.0.0.1:{listening.getsockname()[1]}"
        for arguments, ttl, tos in ((["--dscp", "46", "--ttl", "44"], 44, 46 << 2), ([], 255, 0)):
            ping(target, "-c", "1", "-W", "50ms", *arguments, code=1)
            notes = {kind: value for _, kind, value in listening.recvmsg(2048, 256)[1]}
            assert notes[socket.IP_TTL][0] == ttl and notes[socket.IP_TOS][0] == tos


def test_sizes():
    with Reflector() as reflector:
        for size in (44, 48, 1400, 9000, 65507):
            assert summary_of(reflector.target, "-c", "2", "--size", size, *QUICK)["received"] == 2
            assert {len(packet) for packet in reflector.seen[-2:]} == {size}


def test_time_to_connect():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("::1", 0), family=socket.AF_INET6) as six:
        summary = summary_of(f"127.0.0.1:{server.getsockname()[1]}", "--tcp", *QUICK)
        assert summary["received"] == 10 and summary["protocol"] == "TCP"
        assert summary_of(f"[::1]:{six.getsockname()[1]}", "--tcp", "-c", "2", *QUICK)["received"] == 2
    with closed_port(socket.SOCK_STREAM) as port:
        out = ping(f"127.0.0.1:{port}", "--tcp", "-c", "2", *QUICK, code=1).stdout
        assert f"seq=1 refused: does anything listen on 127.0.0.1:{port}?" in out


def test_connections_that_nobody_accepts_are_given_up():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        target = f"127.0.0.1:{server.getsockname()[1]}"
        summary = summary_of(target, "--tcp", "-c", "6", *QUICK)
        assert 1 <= summary["received"] < 6 and summary["lost"] == 6 - summary["received"]
