"""pier-ping between two hosts: network namespaces with a pair of virtual interfaces between them."""

import contextlib
import ctypes
import json
import os
import subprocess
import time

import pytest

import daemon
from reflecting import Running

REFLECTOR = """
import socket, sys
sys.path.insert(0, sys.argv[1])
from reflecting import reflect
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(("::", 8620))
    print("ready", flush=True)
    while True:
        packet, peer = s.recvfrom(65536)
        s.sendto(reflect(packet), peer)
"""


class Hosts:
    """Two of them, each a namespace: 10.77.0.1 and fd77::1 are here's, .2 and ::2 there's."""

    def __init__(self, tag):
        self.here, self.there = f"pier-{tag}-a", f"pier-{tag}-b"
        self._processes = []

    def run(self, *command, host=None):
        prefix = ["ip", "netns", "exec", host] if host else []
        return subprocess.run([*prefix, *command], check=True, capture_output=True, text=True, timeout=20).stdout

    def __enter__(self):
        for name in (self.here, self.there):
            self.run("ip", "netns", "add", name)
            self.run("ip", "link", "set", "lo", "up", host=name)
        self.run("ip", "link", "add", "link0", "netns", self.here, "type", "veth", "peer", "name", "link0", "netns", self.there)
        for name, number in ((self.here, 1), (self.there, 2)):
            self.run("ip", "address", "add", f"10.77.0.{number}/24", "dev", "link0", host=name)
            self.run("ip", "address", "add", f"fd77::{number}/64", "dev", "link0", "nodad", host=name)
            self.run("ip", "link", "set", "link0", "up", host=name)
        return self

    def link(self, state):
        self.run("ip", "link", "set", "link0", state, host=self.there)

    def reflect(self):
        script = ["/usr/bin/python3", "-c", REFLECTOR, str(daemon.HERE)]
        process = subprocess.Popen(["ip", "netns", "exec", self.there, *script], stdout=subprocess.PIPE)
        self._processes.append(process)
        assert process.stdout.readline() == b"ready\n"

    def ping(self, *arguments, code=0):
        command = ["ip", "netns", "exec", self.here, daemon.binary("pier-ping"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.returncode == code, done
        return done

    def summary(self, *arguments, **options):
        return json.loads(self.ping(*arguments, "--json", "-q", **options).stdout.splitlines()[-1])

    def __exit__(self, *exception):
        for process in self._processes:
            process.kill()
            process.communicate()
        for name in (self.here, self.there):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)


@pytest.fixture
def hosts():
    if os.geteuid() != 0:
        pytest.skip("needs root: network namespaces")
    made = Hosts(os.getpid())
    try:
        made.__enter__()
    except (OSError, subprocess.CalledProcessError) as error:
        made.__exit__()
        pytest.skip(f"no network namespaces here: {getattr(error, 'stderr', error)}")
    with contextlib.ExitStack() as cleaning:
        cleaning.callback(made.__exit__)
        yield made


@pytest.mark.parametrize("target", ["10.77.0.2", "fd77::2", "[fd77::2]:8620"])
def test_from_host_to_host(hosts, target):
    hosts.reflect()
    # A new interface takes a second to find its neighbour by IPv6.
    summary = hosts.summary(target, "-i", "20ms", "-W", "5s")
    assert summary["received"] == 10 and summary["rtt"]["max"] < 1000
    # The kernel begins to stamp a moment after it is asked; the sending stamps depend on the interface's driver.
    assert summary["stamped_received"] >= 1


def test_a_link_that_goes_down_and_up(hosts):
    hosts.reflect()
    with Running("10.77.0.2", "-d", "3s", "-i", "20ms", "-W", "200ms", "--json",
                 preexec_fn=lambda: setns(hosts.here)) as running:
        running.line('"type":"answer"')
        hosts.link("down")
        running.line('"type":"lost"|"type":"not_sent"')
        time.sleep(0.5)
        hosts.link("up")
        running.line('"type":"answer"')
        summary = json.loads(running.end().splitlines()[-1])
    assert summary["sent"] + summary["not_sent"] == 150
    assert summary["received"] > 50 and summary["lost"] + summary["not_sent"] > 15
    assert summary["duplicated"] == summary["corrupt"] == summary["stray"] == 0


def setns(name):
    descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY)
    assert ctypes.CDLL(None).setns(descriptor, 0) == 0


def test_no_way_there(hosts):
    out = hosts.ping("192.0.2.1", "-c", "2", "-i", "10ms", "-W", "100ms", code=71)
    assert "192.0.2.1" in out.stderr and "unreachable" in out.stderr
    # A neighbour that is not there: the kernel says so after three seconds without an answer to its own question.
    summary = hosts.summary("10.77.0.9", "-c", "2", "-i", "10ms", "-W", "4s", code=1)
    assert summary["unreachable"] >= 1 and summary["received"] == 0


def test_icmp_to_hosts_of_any_kind(hosts):
    hosts.run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647", host=hosts.here)
    for target in ("10.77.0.2", "fd77::2", "::1", "127.0.0.1"):
        summary = hosts.summary(target, "--icmp", "-i", "20ms", "-W", "5s")
        assert summary["received"] == 10 and summary["protocol"] == "ICMP" and summary["stamped_received"] >= 1
    assert hosts.summary("10.77.0.2", "--icmp", "-c", "2", "-i", "20ms", "-s", "1400")["received"] == 2
    done = hosts.ping("10.77.0.2", "--icmp", "-c", "2", "-i", "20ms")
    assert done.stdout.startswith("10.77.0.2 by ICMP, 24 octets\nseq=1 rtt=")


def test_icmp_that_is_not_permitted(hosts):
    hosts.run("sysctl", "-qw", "net.ipv4.ping_group_range=1 0", host=hosts.here)
    done = hosts.ping("10.77.0.2", "--icmp", code=77)
    assert "sysctl -w net.ipv4.ping_group_range='0 2147483647'" in done.stderr and done.stdout == ""


def test_icmp_without_an_answer(hosts):
    hosts.run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647", host=hosts.here)
    hosts.run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1", host=hosts.there)
    assert hosts.summary("10.77.0.2", "--icmp", "-c", "2", "-i", "10ms", "-W", "100ms", code=1)["lost"] == 2


def test_a_port_that_is_closed_on_another_host(hosts):
    out = hosts.ping("10.77.0.2", "-c", "1", code=1).stdout
    assert "seq=0 refused: is pier-pingd running on 10.77.0.2:8620?" in out
    out = hosts.ping("fd77::2", "-c", "1", code=1).stdout
    assert "seq=0 refused: is pier-pingd running on [fd77::2]:8620?" in out
