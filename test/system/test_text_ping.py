"""The text ping of pier-pingd: any datagram comes back in upper case, at random or always."""

import os
import random
import socket
import subprocess
import sys
import time

import pytest

from pinging import Peer, counted, pingd, until_counted
from test_listen import needs_ipv6

# The pinger of the coursework, in the words of its description: ten pings over UDP, at most a second's wait for each.
COURSEWORK_CLIENT = """
import socket, sys, time
server = (sys.argv[1], int(sys.argv[2]))
pinger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
pinger.settimeout(1)
for sequence in range(1, 11):
    started = time.time()
    message = "PING " + str(sequence) + " " + str(int(started * 1000))
    try:
        pinger.sendto(message.encode(), server)
        answer, address = pinger.recvfrom(1024)
        print(answer.decode(), "rtt", time.time() - started)
    except socket.timeout:
        print("Request timed out")
pinger.close()
"""


def coursework(server):
    done = subprocess.run([sys.executable, "-c", COURSEWORK_CLIENT, *map(str, server.text)], capture_output=True, text=True,
                          timeout=30)
    assert done.returncode == 0, done
    return done.stdout.splitlines()


def test_the_coursework_client(pingd):
    lines = coursework(pingd())
    assert len(lines) == 10
    for sequence, line in enumerate(lines, 1):
        word, number, sent, rtt, seconds = line.split()
        assert (word, int(number), rtt) == ("PING", sequence, "rtt")
        assert abs(time.time() - int(sent) / 1000) < 30 and 0 <= float(seconds) < 1


def test_the_coursework_client_where_some_are_lost(pingd):
    server = pingd("--loss", "4/11", "--seed", "1", "--threads", "1")
    lines = coursework(server)
    lost = lines.count("Request timed out")
    assert len(lines) == 10 and 0 < lost < 10
    assert counted(server, "impairment_lost_total", "text-ping") == lost


@pytest.mark.parametrize("listen", ["127.0.0.1:0", pytest.param("[::1]:0", marks=needs_ipv6)])
def test_any_datagram_in_upper_case(pingd, listen):
    server = pingd(text=listen)
    dice = random.Random(12001)
    table = bytes(c - 32 if 97 <= c <= 122 else c for c in range(256))
    with Peer(server.text) as peer:
        for text in (b"", b"ping 1 2", bytes(range(256)), "grüße ß &*!\0".encode(), dice.randbytes(65507), os.urandom(1473)):
            assert peer.ask(text) == text.translate(table)


def test_off(pingd):
    server = pingd(text="off")
    assert server.text is None and len(server.urls) == 2


def test_several_addresses(pingd):
    server = pingd("--text-listen", "127.0.0.2:0", listeners=4)
    assert [url.split(":")[0] for url in server.urls] == ["stamp", "text-ping", "text-ping", "admin+http"]
    for address in server.addresses[1:3]:
        with Peer(address) as peer:
            assert peer.ask(b"ping") == b"PING"


def test_two_such_servers_do_not_answer_each_other(pingd):
    server = pingd()
    # Whoever forges a datagram from one of its ports to the other starts nothing.
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) if os.geteuid() == 0 else pytest.skip(
            "only root can forge") as raw:
        source, to = server.text[1], server.stamp[1]
        payload = b"x" * 44
        header = b"".join(n.to_bytes(2, "big") for n in (source, to, 8 + len(payload), 0))
        raw.sendto(header + payload, server.stamp)
    until_counted(server, "datagrams_refused_by_source_total", 1)
    with Peer(server.text) as peer:
        assert peer.ask(b"ping") == b"PING"
    assert counted(server, "datagrams_sent_total", "text-ping") == 1
    assert counted(server, "datagrams_sent_total") == 0


def test_what_cannot_be():
    from daemon import run
    for words in (["--text-listen", "unix:/tmp/x"], ["--text-listen", "nowhere"], ["--text-listen", "off", "--text-listen",
                                                                                "127.0.0.1:0"]):
        done = run("pier-pingd", "--listen", "127.0.0.1:0", *words)
        assert done.returncode == 64 and "--text-listen" in done.stderr, done
