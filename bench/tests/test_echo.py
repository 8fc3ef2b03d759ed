"""The loads of datagrams and connections: built, run, and refused when an answer is wrong."""

import socket
import threading

import pytest

from bench import echo
from bench.errors import BenchError


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return tmp_path_factory.mktemp("built")


def server(answer):
    """One that answers each datagram by answer(text), until told to end by an empty one."""
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", 0))

    def serve():
        with peer:
            while True:
                text, client = peer.recvfrom(65536)
                if not text:
                    return
                peer.sendto(answer(text), client)
    thread = threading.Thread(target=serve)
    thread.start()
    return thread, peer.getsockname()


def end(thread, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", address)
    thread.join()


@pytest.mark.parametrize("answer, echoed", [(bytes.upper, False), (bytes, True)])
def test_answers_are_counted(built, answer, echoed):
    thread, address = server(answer)
    try:
        found = echo.run(echo.build("load/udp.c", built), (address[1], 100, 8, 16), 1)
    finally:
        end(thread, address)
    assert found["answered"] > 100 and found["wrong"] == 0 and (found["echoed"] > 0) == echoed
    assert 0.9 < found["seconds"] < 2 and 0 < found["cpu"] < 2


@pytest.mark.parametrize("answer", [lambda text: text.upper()[1:], lambda text: b"?" * len(text)])
def test_wrong_answers_fail_the_run(built, answer):
    thread, address = server(answer)
    try:
        with pytest.raises(BenchError, match="wrong answers"):
            echo.run(echo.build("load/udp.c", built), (address[1], 100, 8, 16), 1)
    finally:
        end(thread, address)


def test_the_bare_loops_do_what_they_are_measured_by(built):
    from bench.process import ServerProcess

    for kind, arguments in (("udp", (1400, 8, 16)), ("tcp", (128, 50, 0)), ("tcp", (65536, 4, 262144))):
        with ServerProcess(kind, [str(echo.build(f"bare/{kind}.c", built))], built) as bare:
            found = echo.run(echo.build(f"load/{kind}.c", built), (bare.address[1], *arguments), 1)
        assert found["echoed"] == 0 and found.get("answered", found.get("bytes")) > 1000


def test_a_load_that_cannot_connect_fails_the_run(built):
    with pytest.raises(BenchError, match="did not finish"):
        echo.run(echo.build("load/tcp.c", built), (1, 128, 1, 0), 1)
