"""The two kinds of work that clients are given here: a load, and one large file."""

import hashlib
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence

from bench.errors import BenchError
from bench.get import clients
from bench.get.clients import CURL, PIER, WRK, Installation
from bench.http import servers, tree
from bench.http.servers import NGINX, Scenario
from bench.machine import busy_seconds
from bench.process import ServerProcess
from bench.rounds import OTHER_LOAD
from bench.verdict import Bar, Metric

CPU_PER_REQUEST = Metric("client CPU per request", "µs")
REQUEST_RATE = Metric("requests per second", "/s", 0)
BUSY = Metric("client core busy", "%", 0)
BYTE_RATE = Metric("throughput", "MiB/s", 0)
CPU_PER_GIB = Metric("client CPU per GiB", "ms", 0)

MIB = 1024 * 1024
WARM_UP = 1  # seconds
MEMORY = "/dev/shm"  # where a file costs no disk


@dataclass(frozen=True)
class LoadWork:
    """Each client asks as fast as it gets answers; what counts is its own CPU time for each."""

    name: str
    title: str
    bars: Sequence[Bar]
    server: str
    connections: int
    at: Installation
    seconds: int
    servers: Sequence[str] = (PIER, WRK)  # those that take part

    def verify(self, participants: Sequence[str]) -> None:
        with self._start() as process:
            for client in participants:
                if not clients.load(client, self.at, process.url, tree.ONE_KIB, self.connections, 1).requests:
                    raise BenchError(f"{client} gets no answer")

    def measure(self, client: str) -> dict[Metric, float]:
        with self._start() as process:
            clients.load(client, self.at, process.url, tree.ONE_KIB, self.connections, WARM_UP)
            cores, server = busy_seconds(), process.cpu_seconds()
            outcome = clients.load(client, self.at, process.url, tree.ONE_KIB, self.connections, self.seconds)
            served = process.cpu_seconds() - server
            other = busy_seconds() - cores - served - outcome.cpu_seconds
        return {
            CPU_PER_REQUEST: outcome.cpu_seconds * 1e6 / outcome.requests,
            REQUEST_RATE: outcome.requests / outcome.seconds,
            BUSY: outcome.cpu_seconds / outcome.seconds * 100,
            OTHER_LOAD: max(0.0, other) / outcome.seconds * 100,
        }

    def _start(self) -> ServerProcess:
        return servers.start(self.server, Scenario(connections=self.connections + 16), self.at)


@dataclass(frozen=True)
class DownloadWork:
    """A file of 1 GiB: how fast it comes, and what that costs the client."""

    name: str
    title: str
    bars: Sequence[Bar]
    into_file: bool
    at: Installation
    servers: Sequence[str] = (PIER, CURL)

    FILE = "1GiB.bin"
    SIZE = 1024 * MIB

    def verify(self, participants: Sequence[str]) -> None:
        file = self.at.root / self.FILE
        if not file.exists():
            block = hashlib.shake_128(b"pier").digest(MIB)
            with file.open("wb") as out:
                for _ in range(self.SIZE // MIB):
                    out.write(block)
        for client in participants:
            with self._served() as (process, folder):
                copy = folder / "copy"
                clients.download(client, self.at, f"{process.url}/{self.FILE}", copy)
                if copy.stat().st_size != self.SIZE or _digest(copy) != _digest(file):
                    raise BenchError(f"{client} does not bring the file as it is")

    def measure(self, client: str) -> dict[Metric, float]:
        with self._served() as (process, folder):
            url, copy = f"{process.url}/{self.FILE}", folder / "copy"
            cores, server = busy_seconds(), process.cpu_seconds()
            spent = clients.download(client, self.at, url, copy if self.into_file else None)
            other = busy_seconds() - cores - (process.cpu_seconds() - server) - spent.cpu_seconds
        return {
            BYTE_RATE: self.SIZE / MIB / spent.seconds,
            CPU_PER_GIB: spent.cpu_seconds * 1e3,
            OTHER_LOAD: max(0.0, other) / spent.seconds * 100,
        }

    @contextmanager
    def _served(self) -> Iterator[tuple[ServerProcess, Path]]:
        with servers.start(NGINX, Scenario(), self.at) as process:
            with tempfile.TemporaryDirectory(prefix="pier-bench-", dir=MEMORY) as folder:
                yield process, Path(folder)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "blake2b").hexdigest()
