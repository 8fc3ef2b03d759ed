"""Reflectors under load: how many packets one core answers in a second."""

import socket
import struct
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Sequence

from bench.echo import build
from bench.machine import busy_seconds, program
from bench.ping import irtt, load
from bench.ping.load import Packets
from bench.process import START_LIMIT, ServerProcess, free_port
from bench.rounds import OTHER_LOAD
from bench.verdict import Bar, Metric

PIER = "pier"
STATEFUL = "pier, stateful"
SIGNED = "pier, with a key"
IRTT = "irtt"
BARE = "bare"

PER_CORE = Metric("packets answered in a second of the server's core", "/s", 0)
CPU = Metric("server CPU per packet", "ns", 0)
RATE = Metric("packets per second", "/s", 0)
BUSY = Metric("server core busy", "%", 0)
LOST = Metric("lost", "%")

WARM_UP = 1
STAMP_SIZE = 44
KEY = "00112233445566778899aabbccddeeff"


@dataclass(frozen=True)
class Installation:
    folder: Path  # scratch space
    pier: Path


@dataclass(frozen=True)
class ReflectorWork:
    """Senders ask as fast as they get answers; what counts is the server's CPU time for each."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    senders: int
    burst: int
    at: Installation
    seconds: int

    def verify(self, servers: Sequence[str]) -> None:
        for name in servers:
            with start(name, self.at) as server:
                _KINDS[name].check(server)

    def measure(self, server: str) -> dict[Metric, float]:
        kind = _KINDS[server]
        with start(server, self.at) as process, ExitStack() as open_sockets:
            sockets = [open_sockets.enter_context(_connected(process)) for _ in range(self.senders)]
            packets = kind.packets(sockets)
            load.run(self.at.folder, sockets, packets, self.burst, WARM_UP)
            cores_before, server_before = busy_seconds(), process.cpu_seconds()
            outcome = load.run(self.at.folder, sockets, packets, self.burst, self.seconds)
            cpu = process.cpu_seconds() - server_before
            other = busy_seconds() - cores_before - cpu - outcome.cpu_seconds
        return {
            PER_CORE: outcome.answered / cpu,
            CPU: cpu / outcome.answered * 1e9,
            RATE: outcome.answered / outcome.seconds,
            BUSY: cpu / outcome.seconds * 100,
            LOST: max(0.0, 1 - outcome.answered / outcome.sent) * 100,
            OTHER_LOAD: max(0.0, other) / outcome.seconds * 100,
        }


def works(at: Installation, seconds: int) -> Sequence[ReflectorWork]:
    return (
        ReflectorWork(
            "reflector",
            "STAMP reflector, 44 octets, 8 senders in bursts of 16",
            (PIER, BARE, IRTT),
            (Bar(PER_CORE, 0.75, BARE, at_least=True), Bar(PER_CORE, 2.0, IRTT, at_least=True)),
            8,
            16,
            at,
            seconds,
        ),
        ReflectorWork(
            "reflector-mixed",
            "STAMP reflector, 44 octets, 64 senders in turn: no two answers in a row for one of them",
            (PIER, BARE, IRTT),
            (Bar(PER_CORE, 0.75, BARE, at_least=True),),
            64,
            1,
            at,
            seconds,
        ),
        ReflectorWork(
            "reflector-more",
            "STAMP reflector, 64 senders in turn, counting in sessions or with HMACs of 112 octets",
            (PIER, STATEFUL, SIGNED),
            (),  # told, not asked for
            64,
            1,
            at,
            seconds,
        ),
    )


def start(server: str, at: Installation) -> ServerProcess:
    folder = at.folder / server.replace(",", "").replace(" ", "-")
    folder.mkdir(exist_ok=True)
    return _KINDS[server].start(folder, at)


def _connected(server: ServerProcess) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(2)
    made.connect(server.address)
    return made


def _pier(*options: str) -> Callable[[Path, Installation], ServerProcess]:
    def start(folder: Path, at: Installation) -> ServerProcess:
        command = [str(at.pier), "--listen", "127.0.0.1:0", "--text-listen", "off", "--threads", "1"]
        return ServerProcess(PIER, [*command, "--limit-datagrams", "off", *options], folder)

    return start


def _signed(folder: Path, at: Installation) -> ServerProcess:
    key = folder / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    return _pier("--key", str(key))(folder, at)


def _bare(folder: Path, at: Installation) -> ServerProcess:
    return ServerProcess(BARE, [str(build("bare/udp.c", at.folder / "built"))], folder)


class IrttServer(ServerProcess):
    def _await_port(self) -> None:
        """It says nothing when it is ready, and a datagram socket cannot be seen to listen: it is asked."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline and self._process.poll() is None:
            with _connected(self) as probe:
                probe.settimeout(0.1)
                try:
                    irtt.open_session(probe)
                    return
                except OSError:
                    time.sleep(0.01)
        raise self.failure("does not answer")


def _irtt(folder: Path, _: Installation) -> ServerProcess:
    port = free_port()
    # No limits, and one thread of Go's for it as for the others.
    command = ["env", "GOMAXPROCS=1", program("irtt"), "server", "-b", f"127.0.0.1:{port}", "-i", "0", "-d", "0", "-l", "0"]
    return IrttServer(IRTT, command, folder, port)


def _stamp_packets(sockets: Sequence[socket.socket]) -> Packets:
    return Packets([bytes(STAMP_SIZE)] * len(sockets), 0, "big")


def _signed_packets(sockets: Sequence[socket.socket]) -> Packets:
    return Packets([load.signed_stamp(bytes.fromhex(KEY))] * len(sockets), 0, "fixed")


def _irtt_packets(sockets: Sequence[socket.socket]) -> Packets:
    return Packets([irtt.echo_request(irtt.open_session(each)) for each in sockets], irtt.NUMBER_AT, "little")


def _check_stamp(server: ServerProcess) -> None:
    """Every field of an answer: RFC 8762 4.3.1."""
    with _connected(server) as sender:
        sender.send(struct.pack("!IQHH28x", 7, 0x0123456789ABCDEF, 0x8001, 5))
        answer = sender.recv(2000)
    number, sent, _, ssid, received, asked, first, error, ttl = struct.unpack("!IQHHQIQH2xB3x", answer)
    if (number, ssid, asked, first, error) not in ((7, 5, 7, 0x0123456789ABCDEF, 0x8001), (0, 5, 7, 0x0123456789ABCDEF, 0x8001)):
        raise server.failure("answers wrongly")
    if not (received <= sent and abs((sent >> 32) - 2_208_988_800 - time.time()) < 2 and ttl == 64):
        raise server.failure("tells wrong times, or a wrong TTL")


def _check_echo(server: ServerProcess) -> None:
    with _connected(server) as sender:
        sender.send(bytes(STAMP_SIZE))
        if sender.recv(2000) != bytes(STAMP_SIZE):
            raise server.failure("does not send back what it was sent")


def _check_signed(server: ServerProcess) -> None:
    with _connected(server) as sender:
        sender.send(load.signed_stamp(bytes.fromhex(KEY)))
        if len(sender.recv(2000)) != load.SIGNED_SIZE:
            raise server.failure("does not answer who has its key")


def _check_irtt(server: ServerProcess) -> None:
    with _connected(server) as sender:
        irtt.check_answer(sender)


@dataclass(frozen=True)
class Kind:
    start: Callable[[Path, Installation], ServerProcess]
    packets: Callable[[Sequence[socket.socket]], Packets]
    check: Callable[[ServerProcess], None]


_KINDS = {
    PIER: Kind(_pier(), _stamp_packets, _check_stamp),
    STATEFUL: Kind(_pier("--stateful"), _stamp_packets, _check_stamp),
    SIGNED: Kind(_signed, _signed_packets, _check_signed),
    BARE: Kind(_bare, _stamp_packets, _check_echo),
    IRTT: Kind(_irtt, _irtt_packets, _check_irtt),
}
