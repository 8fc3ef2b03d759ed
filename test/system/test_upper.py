"""pier-upper: the client, with our server, with the coursework's, and with nobody."""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import threading
import time

import pytest

from daemon import binary, run
from test_listen import needs_ipv6
from upper import (PATIENCE, TCP_SERVER, UDP_SERVER, connect, datagram_socket, new_upperd, python_server, receive)
from wire import bound, is_readable


@pytest.fixture(scope="module")
def shared():
    with new_upperd() as start:
        yield start("--threads", "1")


def ask(address, *arguments, text=None, within=10, **options):
    return subprocess.run([binary("pier-upper"), address[0], str(address[1]), *map(str, arguments)],
                          input=b"" if text is None else text, capture_output=True, timeout=bound(within), check=False, **options)


def said(done):
    return done.stderr.decode().removeprefix("pier-upper: ").strip()


def nobody(kind=socket.SOCK_STREAM):
    """An address where nobody listens."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()


BOTH = pytest.mark.parametrize("how", [[], ["--udp"]], ids=["tcp", "udp"])


@BOTH
def test_words(shared, how):
    done = ask(shared.tcp, *how, "a lower", "case", "sentence &*! é")
    assert (done.returncode, done.stdout, done.stderr) == (0, "A LOWER CASE SENTENCE &*! é\n".encode(), b"")


@BOTH
def test_lines(shared, how):
    text = b"one\n\ntwo \xff\0\r\n" + b"x" * 5000 + b"\nlast without end"
    done = ask(shared.tcp, *how, text=text)
    assert (done.returncode, done.stdout, done.stderr) == (0, text.upper() + b"\n", b"")


def test_nothing_to_ask(shared):
    done = ask(shared.tcp, text=b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_text_longer_than_all_buffers(shared):
    done = ask(shared.tcp, text=b"long" * (2 << 20) + b"\n")
    assert done.returncode == 0 and done.stdout == b"LONG" * (2 << 20) + b"\n"


def test_max_text(shared):
    assert ask(shared.tcp, "--max-text", "5", text=b"12345\n").returncode == 0
    done = ask(shared.tcp, "--max-text", "5", text=b"ab\n123456\ncd\n")
    assert done.returncode == 65 and done.stdout == b"AB\n" and "--max-text allows more" in said(done)


def test_longer_than_a_datagram(shared):
    done = ask(shared.udp, "--udp", text=b"a" * 65507 + b"\n" + b"b" * 65508 + b"\nc\n")
    assert done.returncode == 65 and done.stdout == b"A" * 65507 + b"\nC\n"
    assert "65508 bytes" in said(done) and "leave out --udp" in said(done)


def test_json(shared):
    done = ask(shared.tcp, "--json", text="straße \"x\"\n\x1b\n".encode())
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["text"], line["answer"]) for line in lines] == [("straße \"x\"", "STRAßE \"X\""), ("\x1b", "\x1b")]
    server = "%s:%d" % shared.tcp
    assert all(line["transport"] == "tcp" and line["server"] == server and line["tries"] == 1
               and 0 <= line["milliseconds"] < 1000 for line in lines)
    done = ask(nobody(), "--json", "x")
    assert done.returncode == 69 and "connection refused" in json.loads(done.stdout)["error"]


def test_tcp_to_nobody():
    address = nobody()
    done = ask(address, "hello", "there")
    assert done.returncode == 69 and done.stdout == b""
    assert said(done) == "connection refused: is pier-upperd running on %s:%d?" % address


def test_udp_to_nobody():
    address = nobody(socket.SOCK_DGRAM)
    begun = time.monotonic()
    done = ask(address, "--udp", "--timeout", "5s", "hello")
    assert done.returncode == 69 and done.stdout == b"" and time.monotonic() - begun < bound(2)
    assert said(done) == "refused, the port is unreachable by UDP: is pier-upperd running on %s:%d?" % address


def test_silence():
    with datagram_socket() as silent:
        begun = time.monotonic()
        done = ask(silent.getsockname(), "--udp", "hello")
        assert 1.0 <= time.monotonic() - begun < bound(2)
        assert done.returncode == 69 and said(done) == "no answer in 1 s"
        silent.recv(100)
        done = ask(silent.getsockname(), "--udp", "--tries", "3", "--timeout", "100ms", "hello")
        assert done.returncode == 69 and said(done) == "no answer in 300 ms (3 tries)"
        assert [silent.recv(100) for _ in range(3)] == [b"hello"] * 3


def test_silence_over_tcp():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = ask(silent.getsockname(), "--timeout", "200ms", "hello")
        assert done.returncode == 69 and said(done) == "no answer in 200 ms"


def test_connect_timeout():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = []
        try:  # when the queue is full nobody's SYN is answered
            for _ in range(4):
                peer = socket.socket()
                peer.setblocking(False)
                peer.connect_ex(full.getsockname())
                waiting.append(peer)
            done = ask(full.getsockname(), "--connect-timeout", "300ms", "hello")
        finally:
            for peer in waiting:
                peer.close()
        assert done.returncode == 69 and said(done).endswith("no answer in 300 ms") and "cannot connect" in said(done)


def test_a_second_try_is_answered():
    with datagram_socket() as flaky:
        def serve():
            flaky.recv(100)
            text, peer = flaky.recvfrom(100)
            flaky.sendto(text.upper(), peer)
        server = threading.Thread(target=serve)
        server.start()
        done = ask(flaky.getsockname(), "--udp", "--tries", "2", "--timeout", "300ms", "--json", "hello")
        server.join()
        assert done.returncode == 0 and json.loads(done.stdout)["tries"] == 2


def test_a_late_answer_is_not_the_next_ones():
    with datagram_socket() as slow:
        def serve():
            first, peer = slow.recvfrom(100)
            second, peer = slow.recvfrom(100)
            slow.sendto(first.upper(), peer)
            slow.sendto(first.upper(), peer)
            slow.sendto(second.upper(), peer)
        server = threading.Thread(target=serve)
        server.start()
        done = ask(slow.getsockname(), "--udp", "--timeout", "300ms", text=b"first\nsecond\n")
        server.join()
        assert done.stdout == b"SECOND\n" and said(done) == "no answer in 300 ms" and done.returncode == 69


def test_the_coursework_servers():
    with python_server(TCP_SERVER) as port:  # one sentence for each connection
        done = ask(("127.0.0.1", port), text="first\nsecond, naïve\n".encode())
        assert done.returncode == 0 and done.stdout.decode() == "FIRST\nSECOND, NAÏVE\n"
    with python_server(UDP_SERVER) as port:
        done = ask(("127.0.0.1", port), "--udp", text="first\nsecond, naïve\n".encode())
        assert done.returncode == 0 and done.stdout.decode() == "FIRST\nSECOND, NAÏVE\n"


def test_a_server_that_hangs_up():
    with socket.create_server(("127.0.0.1", 0)) as rude:
        def serve():
            connection, _ = rude.accept()
            connection.recv(100)
            connection.close()
        server = threading.Thread(target=serve)
        server.start()
        done = ask(rude.getsockname(), "hello")
        server.join()
        assert done.returncode == 69 and said(done).endswith("closed the connection without an answer")


def test_names_and_all_their_addresses(shared):
    """localhost may be ::1 first, where this server does not listen."""
    for how in ([], ["--udp"]):
        done = ask(("localhost", shared.tcp[1]), *how, "hello")
        assert (done.returncode, done.stdout) == (0, b"HELLO\n"), done
    done = ask(("no.such.name.invalid", 7), "hello")
    assert done.returncode == 68 and "`no.such.name.invalid` has no address" in said(done)


@needs_ipv6
@BOTH
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_ipv6(how, host):
    with new_upperd() as start:
        server = start(listen=["[::1]:0"])
        assert ask((host, server.tcp[1]), *how, "six").stdout == b"SIX\n"
    done = ask((host, nobody()[1]), "hello")
    assert "[::1]:" in said(done)


def test_own_port(shared):
    port = nobody(socket.SOCK_DGRAM)[1]
    with datagram_socket() as peer:
        def serve():
            text, client = peer.recvfrom(100)
            peer.sendto(str(client[1]).encode(), client)
        server = threading.Thread(target=serve)
        server.start()
        assert ask(peer.getsockname(), "--udp", "--from", port, "hello").stdout.decode() == f"{port}\n"
        server.join()
        done = ask(peer.getsockname(), "--udp", "--from", peer.getsockname()[1], "hello")
        assert done.returncode == 69 and "in use" in said(done)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_tells_what_there_is_so_far(shared, number):
    for arguments in ([], ["--json"]):
        with subprocess.Popen([binary("pier-upper"), *map(str, shared.tcp), *arguments], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            client.stdin.write(b"first\nsecond\nthird")
            client.stdin.flush()
            lines = [client.stdout.readline() for _ in range(2)]
            client.send_signal(number)
            assert client.wait(bound(5)) == 128 + number
            rest, errors = client.communicate()
        assert b"interrupted: 2 answered, 0 without an answer" in errors
        if arguments:
            assert json.loads(lines[1])["answer"] == "SECOND"
            assert json.loads(rest) == {"interrupted": True, "answered": 2, "unanswered": 0}
        else:
            assert lines == [b"FIRST\n", b"SECOND\n"] and rest == b""


def test_ctrl_c_while_waiting_for_an_answer():
    with datagram_socket() as silent:
        with subprocess.Popen([binary("pier-upper"), *map(str, silent.getsockname()), "--udp", "--timeout", "1h", "hello"],
                              stderr=subprocess.PIPE) as client:
            silent.recv(100)
            client.send_signal(signal.SIGINT)
            _, errors = client.communicate(timeout=bound(5))
        assert client.returncode == 130 and b"0 answered, 1 without an answer" in errors


class Terminal:
    """The client with a terminal for all its standard streams."""

    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([binary("pier-upper"), *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        self.seen = b""

    def shows(self, pattern):
        deadline = time.monotonic() + bound(PATIENCE)
        while not (found := re.search(pattern, self.seen)):
            assert is_readable(self.master, deadline - time.monotonic()), self.seen
            try:
                self.seen += os.read(self.master, 4096)
            except OSError:
                raise AssertionError(f"it ended: {self.seen}") from None
        self.seen = self.seen[found.end():]
        return found

    def type(self, text):
        os.write(self.master, text)

    def ends(self):
        code = self.process.wait(bound(PATIENCE))
        os.close(self.master)
        return code


def test_on_a_terminal(shared):
    terminal = Terminal(*shared.tcp)
    terminal.shows(b"Text in lower case: ")
    terminal.type(b"hello\n")
    terminal.shows(b"From server: HELLO\r\n")
    terminal.shows(b"Text in lower case: ")
    terminal.type(b"again\n")
    terminal.shows(b"From server: AGAIN\r\nText in lower case: ")
    terminal.type(b"\x04")  # Ctrl-D
    assert terminal.ends() == 0


def test_a_server_cannot_command_the_terminal():
    with datagram_socket() as evil:
        def serve():
            _, peer = evil.recvfrom(100)
            evil.sendto(b"\x1b]0;title\x07", peer)
        server = threading.Thread(target=serve)
        server.start()
        terminal = Terminal(*evil.getsockname(), "--udp", "hello")
        terminal.shows(rb"From server: \\x1b\]0;title\\x07\r\n")
        server.join()
        assert terminal.ends() == 0


@pytest.mark.parametrize("arguments,message", [
    ([], "HOST is missing: pier-upper HOST PORT"), (["host"], "PORT is missing"), (["host", "http"], "PORT `http` is not a port"),
    (["host", "0"], "PORT `0`"), (["host", "7", "--tries", "2"], "add --udp"), (["host", "7", "--from", "7"], "add --udp"),
    (["host", "7", "--timeout", "soon"], "is not a time"), (["host", "7", "--max-text", "0"], "--max-text")])
def test_mistakes(arguments, message):
    done = run("pier-upper", *arguments)
    assert done.returncode == 64 and message in done.stderr and done.stdout == "", done


def test_text_that_looks_like_an_option(shared):
    assert ask(shared.tcp, "--", "--udp", "-x").stdout == b"--UDP -X\n"


def test_output_that_cannot_be_written(shared):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([binary("pier-upper"), *map(str, shared.tcp), "hello"], stdout=full, stderr=subprocess.PIPE,
                              timeout=bound(5), check=False)
    assert done.returncode == 73 and b"standard output" in done.stderr
