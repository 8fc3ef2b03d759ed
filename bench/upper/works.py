"""The two kinds of work: datagrams from many sources, and connections that talk in turns or without a pause."""

import socket
import time
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from bench import echo
from bench.errors import BenchError
from bench.machine import busy_seconds
from bench.process import ServerProcess
from bench.rounds import OTHER_LOAD
from bench.upper.servers import ONLY_ECHO, Installation, start
from bench.verdict import Bar, Metric

PER_CORE_SECOND = Metric("datagrams per second of server CPU", "/s", 0)
RATE = Metric("datagrams per second", "/s", 0)
LOST = Metric("lost", "ppm", 0)
EXCHANGES_PER_CORE_SECOND = Metric("exchanges per second of server CPU", "/s", 0)
EXCHANGE_RATE = Metric("exchanges per second", "/s", 0)
MEDIAN = Metric("round trip, median", "µs", 1)
P99 = Metric("p99", "µs", 1)
BYTES_PER_CORE_SECOND = Metric("throughput per second of server CPU", "MiB/s", 0)
BYTE_RATE = Metric("throughput", "MiB/s", 0)
BUSY = Metric("server core busy", "%", 0)

MIB = 1024 * 1024
WARM_UP = 1  # seconds
MARGIN = 0.3  # seconds, until all of a load's connections are made, and before they end


@dataclass(frozen=True)
class EchoWork:
    """A load of bench/load against each server; what counts is how much a second of its processor time brings."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    at: Installation
    seconds: int
    size: int

    def verify(self, servers: Sequence[str]) -> None:
        text = (b"a Word &*! \xc3\xa9 09 \x00" * (self.size // 8 + 1))[: self.size]
        for name in servers:
            with start(name, self.at) as server:
                answer = self._ask(server, text)
                if answer != (text if name in ONLY_ECHO else text.upper()):
                    raise BenchError(f"{name} answered {answer[:80]!r} of {len(answer)} bytes")

    def measure(self, server: str) -> dict[Metric, float]:
        with start(server, self.at) as process:
            self._load(process, WARM_UP)
            if server in ONLY_ECHO:
                return self._measure_family(process)
            cores_before, server_before = busy_seconds(), process.cpu_seconds()
            found = self._load(process, self.seconds)
            cpu = process.cpu_seconds() - server_before
            other = busy_seconds() - cores_before - cpu - found["cpu"]
        if found["echoed"]:
            raise BenchError(f"{server} gave {found['echoed']} texts back unchanged")
        busy = {BUSY: cpu / found["seconds"] * 100, OTHER_LOAD: max(0.0, other) / found["seconds"] * 100}
        return {**self._figures(found, cpu), **busy}


    def _measure_family(self, process: ServerProcess) -> dict[Metric, float]:
        """Of a server with a process for each connection, whose time is gone with it: seen while all of them run."""
        seen = []

        def look_twice() -> None:
            time.sleep(MARGIN)
            seen.append((time.monotonic(), process.cpu_seconds()))
            time.sleep(self.seconds)
            seen.append((time.monotonic(), process.cpu_seconds()))

        found = self._load(process, self.seconds + 1, look_twice)
        (first, cpu_first), (last, cpu_last) = seen
        if cpu_last <= cpu_first:
            raise BenchError(f"{process.name} got no processor time at all: the machine is too busy to measure")
        return self._figures(found, (cpu_last - cpu_first) / (last - first) * found["seconds"])


@dataclass(frozen=True)
class DatagramWork(EchoWork):
    sources: int
    window: int

    def _ask(self, server: ServerProcess, text: bytes) -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.sendto(text, server.address)
            return client.recv(65536)

    def _load(self, server: ServerProcess, seconds: int, meanwhile: Optional[Callable[[], None]] = None) -> dict:
        arguments = (server.address[1], self.size, self.sources, self.window)
        return echo.run(self.at.load("udp"), arguments, seconds, meanwhile)

    def _figures(self, found: dict, cpu: float) -> dict[Metric, float]:
        answered = found["answered"]
        if not answered:
            raise BenchError(f"{self.name}: no answer")
        return {
            PER_CORE_SECOND: answered / cpu,
            RATE: answered / found["seconds"],
            LOST: found["lost"] / (answered + found["lost"]) * 1e6,
        }


@dataclass(frozen=True)
class StreamWork(EchoWork):
    connections: int
    window: int  # bytes; 0: one message, one answer

    def _ask(self, server: ServerProcess, text: bytes) -> bytes:
        answer = b""
        with socket.create_connection(server.address, timeout=5) as client:
            client.sendall(text)
            while len(answer) < len(text):
                piece = client.recv(65536)
                if not piece:
                    break
                answer += piece
        return answer

    def _load(self, server: ServerProcess, seconds: int, meanwhile: Optional[Callable[[], None]] = None) -> dict:
        arguments = (server.address[1], self.size, self.connections, self.window)
        return echo.run(self.at.load("tcp"), arguments, seconds, meanwhile)

    def _figures(self, found: dict, cpu: float) -> dict[Metric, float]:
        if self.window:
            mebibytes = found["bytes"] / MIB
            return {BYTE_RATE: mebibytes / found["seconds"], BYTES_PER_CORE_SECOND: mebibytes / cpu}
        return {
            EXCHANGES_PER_CORE_SECOND: found["messages"] / cpu,
            EXCHANGE_RATE: found["messages"] / found["seconds"],
            MEDIAN: found["p50"],
            P99: found["p99"],
        }
