"""pier-upperd over UDP: each datagram answered by one of its size, and nobody who may be forged."""

import os
import select
import socket
import subprocess
import time

import pytest

from daemon import run, until
from test_listen import needs_ipv6, other_addresses
from upper import ALPHABET, UDP_CLIENT, ask, connect, datagram_socket, metric, new_upperd, python, receive, upper
from wire import bound

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="sending from a forged address takes root")


@pytest.fixture(scope="module")
def shared():
    with new_upperd() as start:
        yield start("--threads", "1")


@pytest.fixture
def upperd():
    with new_upperd() as start:
        yield start


@pytest.mark.parametrize("size", [0, 1, 64, 1400, 1472, 9000, 65507])
def test_sizes(shared, size):
    text = (ALPHABET * 256)[:size]
    with datagram_socket() as peer:
        assert ask(peer, shared.udp, text) == (upper(text), shared.udp)


def test_the_coursework_client(shared):
    assert python(UDP_CLIENT, *shared.udp, text="a sentence &*!\n") == "A SENTENCE &*!\n"


def test_one_port_number_for_both(upperd):
    for arguments in ({"listen": ["127.0.0.1:0"]}, {"listen": []}):
        extra = [] if arguments["listen"] else ["-p", "0"]
        server = upperd(*extra, **arguments)
        assert server.urls[0].startswith("tcp://127.0.0.1:") and server.urls[1].startswith("udp://127.0.0.1:")
        assert server.tcp == server.udp


def test_several_addresses_have_a_port_each(upperd):
    server = upperd(listen=["127.0.0.1:0", "127.0.0.2:0"])
    tcp, udp = server.addresses[:2], server.addresses[2:4]
    assert tcp == udp and len(set(tcp)) == 2


def test_a_port_taken_by_either_is_an_error(shared):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                other.listen()
            address = "127.0.0.1:%d" % other.getsockname()[1]
            done = run("pier-upperd", "--listen", address)
            assert done.returncode == 69 and address in done.stderr and "running already" in done.stderr


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_burst_of_many_sources_and_sizes(upperd, threads):
    server = upperd("--threads", threads)
    peers = [datagram_socket((f"127.0.1.{i + 1}", 0)) for i in range(20)]
    for i, peer in enumerate(peers):
        for n in range(10):
            peer.sendto(b"%d to %d " % (i, n) + b"x" * (n * 37), server.udp)
    for i, peer in enumerate(peers):
        got = [peer.recv(2048) for _ in range(10)]
        assert got == [b"%d TO %d " % (i, n) + b"X" * (n * 37) for n in range(10)], "all of them, in order"
        peer.close()
    until(lambda: metric(server, "datagrams_sent_total") == 200, 5, "all counted")


def test_equal_sizes_of_one_source_are_answered_one_by_one(upperd):
    """They may leave the server joined, and yet arrive as they were."""
    server = upperd("--threads", "1")
    with datagram_socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for size in (1, 64, 1400):
            for n in range(100):
                peer.sendto(b"%02d" % n + b"s" * (size - 1), server.udp)
            assert [peer.recv(2048) for _ in range(100)] == [b"%02d" % n + b"S" * (size - 1) for n in range(100)]


def test_refused_sources_are_dropped_and_counted(upperd):
    server = upperd()
    refused = 0
    for port in (1023, 19, 7):
        try:
            peer = datagram_socket(("127.0.0.1", port))
        except (PermissionError, OSError):
            pytest.skip("privileged ports cannot be bound here")
        with peer:
            peer.sendto(b"echo me", server.udp)
            refused += 1
            until(lambda: metric(server, "datagrams_refused_by_source_total") == refused, 5, "one more counted")
            assert not select.select([peer], [], [], 0)[0], "it answered a privileged port"
    assert metric(server, "datagrams_sent_total") == 0


def forge(source, destination, payload=b"hello"):
    from scapy.all import IP, UDP, conf, L3RawSocket, send
    conf.L3socket = L3RawSocket  # loopback
    send(IP(src=source[0], dst=destination[0]) / UDP(sport=source[1], dport=destination[1]) / payload, verbose=False)


@needs_root
def test_two_servers_cannot_be_made_to_loop(upperd):
    pytest.importorskip("scapy", reason="python3-scapy is not installed")
    one, two = upperd(), upperd(listen=["127.0.0.2:0"])
    forge(two.udp, one.udp)   # one's answer comes to two from one's port
    forge(one.udp, two.udp)
    forge(one.udp, one.udp)
    until(lambda: metric(one, "datagrams_received_total") >= 2 and metric(two, "datagrams_received_total") >= 1, 5, "they arrive")

    def counts():
        return [metric(each, name) for each in (one, two) for name in ("datagrams_received_total", "datagrams_sent_total")]
    settled = until(lambda: (seen := counts()) == (time.sleep(0.3), counts())[1] and seen, 5, "it stops by itself")
    assert sum(settled) < 6000, f"a loop: {settled}"
    assert metric(one, "datagrams_refused_by_source_total") >= 1
    assert metric(one, "upper_unchanged_dropped_total") + metric(two, "upper_unchanged_dropped_total") >= 1


def test_limit_unchanged(upperd):
    """What an answer of another such service looks like is answered, but not for ever; all else is."""
    server = upperd("--limit-unchanged", "1/m:8", "--threads", "1")
    with datagram_socket() as peer:
        for text in [b"123"] * 20 + [b"letters"]:
            peer.sendto(text, server.udp)
        answers = list(iter(lambda: peer.recv(100), b"LETTERS"))
        assert set(answers) == {b"123"} and 8 <= len(answers) <= 10
        assert metric(server, "upper_unchanged_dropped_total") == 20 - len(answers)
    free = upperd("--limit-unchanged", "off", "--threads", "1")
    with datagram_socket() as peer:
        for _ in range(2000):
            assert ask(peer, free.udp, b"123")[0] == b"123"


@needs_root
def test_own_port_of_another_machine_is_refused(upperd):
    """The default port of Pier's servers, wherever they are."""
    pytest.importorskip("scapy", reason="python3-scapy is not installed")
    server = upperd()
    forge(("127.0.0.3", 12000), server.udp)
    until(lambda: metric(server, "datagrams_refused_by_source_total") == 1, 5, "counted")
    assert metric(server, "datagrams_sent_total") == 0


@needs_root
@pytest.mark.parametrize("source", ["224.0.0.1", "255.255.255.255", "0.0.0.0"])
def test_forged_group_addresses(upperd, source):
    pytest.importorskip("scapy", reason="python3-scapy is not installed")
    server = upperd()
    forge((source, 5000), server.udp)  # the kernel drops most of these itself
    forge(("127.0.0.1", 5000), server.udp)
    until(lambda: metric(server, "datagrams_sent_total") == 1, 5, "the one that may be answered is")


def test_answers_come_from_the_address_asked(upperd):
    server = upperd(listen=["0.0.0.0:0"])
    port = server.udp[1]
    for address in ("127.0.0.1", "127.0.0.2", *other_addresses()):
        with datagram_socket(("0.0.0.0", 0)) as peer:
            assert ask(peer, (address, port), b"where") == (b"WHERE", (address, port))


@needs_ipv6
def test_ipv6_and_dual_stack(upperd):
    server = upperd(listen=["[::1]:0"])
    with datagram_socket(("::1", 0)) as peer:
        assert ask(peer, server.udp, b"six")[0] == b"SIX"
    both = upperd("--lan", "-p", "0", listen=[])
    with datagram_socket(("::1", 0)) as peer:
        assert ask(peer, ("::1", both.udp[1]), b"six")[0] == b"SIX"
    with datagram_socket() as peer:
        assert ask(peer, ("127.0.0.2", both.udp[1]), b"four") == (b"FOUR", ("127.0.0.2", both.udp[1]))


def test_limit_datagrams(upperd):
    server = upperd("--limit-datagrams", "10/s:5", "--threads", "1")
    with datagram_socket() as peer, datagram_socket(("127.0.0.9", 0)) as other:
        for _ in range(100):
            peer.sendto(b"flood", server.udp)
        assert ask(other, server.udp, b"other")[0] == b"OTHER", "others are not affected"
        until(lambda: metric(server, "datagrams_received_total") == 101, 5, "all read")
        answers = metric(server, "datagrams_sent_total") - 1
        assert 5 <= answers <= 40
        assert metric(server, "datagrams_refused_by_rate_total") == 100 - answers


def test_usual_limit_and_none():
    text = run("pier-upperd", "--check-config").stdout
    assert "limit-datagrams = 100000/s" in text
    assert "limit-datagrams = off" in run("pier-upperd", "--check-config", "--limit-datagrams", "off").stdout


def test_a_stopped_client_is_not_waited_for(upperd):
    """Who asks and does not listen is refused by its own kernel: the server takes no notice."""
    server = upperd("--threads", "1")
    for _ in range(50):
        with datagram_socket() as gone:
            gone.sendto(b"bye", server.udp)
    with datagram_socket() as peer:
        assert ask(peer, server.udp, b"here")[0] == b"HERE"


def test_sockets_of_a_service_manager(upperd):
    """Connections and datagrams that wait for a server get the next one's answers."""
    with socket.create_server(("127.0.0.1", 0)) as stream, datagram_socket() as datagrams, datagram_socket() as peer:
        passed = {"listen": [], "sockets": (stream, datagrams), "environment": {"PIER_UPPERD_THREADS": "2"}}
        for _ in range(2):
            with connect(stream.getsockname()) as waiting:
                waiting.sendall(b"stream")
                peer.sendto(b"datagram", datagrams.getsockname())
                server = upperd(**passed)
                assert server.tcp == stream.getsockname() and server.udp == datagrams.getsockname()
                assert receive(waiting, 6) == b"STREAM" and peer.recv(100) == b"DATAGRAM"
            server.stop()


def test_drain_answers_what_has_arrived(upperd):
    server = upperd("--threads", "1")
    with datagram_socket() as peer:
        server.send_signal(19)
        for n in range(50):
            peer.sendto(b"waiting %d" % n, server.udp)
        server.send_signal(15)
        server.send_signal(18)
        assert [peer.recv(100) for _ in range(50)] == [b"WAITING %d" % n for n in range(50)]
        server.check(server.wait())


def test_few_system_calls(upperd, tmp_path):
    """64 datagrams that wait are read by one call and answered by another."""
    server = upperd("--threads", "1")
    trace = tmp_path / "trace"
    try:
        strace = subprocess.Popen(["strace", "-f", "-e", "trace=recvmmsg,sendmmsg,recvmsg,sendmsg,recvfrom,sendto", "-o", trace,
                                   "-p", str(server.pid)], stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        pytest.skip("strace is not installed: script/bootstrap test")
    with strace, datagram_socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        attached = strace.stderr.readline()
        if "attached" not in attached:
            strace.kill()
            pytest.skip(f"strace cannot attach here: {attached}")
        server.send_signal(19)
        count = 640
        sources = [datagram_socket((f"127.0.2.{i + 1}", 0)) for i in range(16)]
        for n in range(count):
            sources[n % 16].sendto(b"x", server.udp)
        server.send_signal(18)
        for n in range(count):
            assert sources[n % 16].recv(10) == b"X"
        strace.terminate()
        strace.wait(bound(5))
        for source in sources:
            source.close()
    calls = [line for line in trace.read_text().splitlines() if "mmsg(" in line]
    assert len(calls) <= 2 * (count // 64) + 4, calls
