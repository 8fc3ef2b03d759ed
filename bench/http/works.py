"""The three kinds of work that HTTP servers are given here: load, idle connections, a start."""

import time
from dataclasses import dataclass, field
from typing import Sequence

from bench import wrk
from bench.errors import BenchError
from bench.http import idle, tree
from bench.http.check import check_answers
from bench.http.servers import NGINX, PIER, Installation, Scenario, start
from bench.machine import busy_seconds
from bench.process import ServerProcess
from bench.rounds import OTHER_LOAD
from bench.verdict import Bar, Metric

CPU_PER_REQUEST = Metric("server CPU per request", "µs")
CPU_PER_MIB = Metric("server CPU per MiB", "µs", 1)
REQUEST_RATE = Metric("requests per second", "/s", 0)
BYTE_RATE = Metric("throughput", "MiB/s", 0)
BUSY = Metric("server core busy", "%", 0)
PSS = Metric("resident memory (PSS)", "MiB")
RSS = Metric("resident memory (RSS)", "MiB")
PSS_PER_CONNECTION = Metric("PSS per connection", "B", 0)
START_TIME = Metric("start", "ms", 1)

MIB = 1024 * 1024
WARM_UP = 1  # seconds of load before the measurement, for caches and branch predictors


@dataclass(frozen=True)
class LoadWork:
    """wrk asks as fast as it gets answers; what counts is the server's CPU time for each."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    load: wrk.Load
    at: Installation
    seconds: int
    scenario: Scenario = field(default_factory=Scenario)

    def verify(self, servers: Sequence[str]) -> None:
        fields = {}
        for name in servers:
            with start(name, self.scenario, self.at) as server:
                fields[name] = check_answers(server, self.at.root, self._sample(), self.load.headers)
        if PIER in fields and NGINX in fields and not fields[PIER] >= fields[NGINX]:
            missing = ", ".join(sorted(fields[NGINX] - fields[PIER]))
            raise BenchError(f"{self.name}: Pier's answer lacks header fields that nginx's carries: {missing}")

    def measure(self, server: str) -> dict[Metric, float]:
        with start(server, self.scenario, self.at) as process:
            warm_up = wrk.run(process.url, self.load, WARM_UP)
            cores_before, server_before = busy_seconds(), process.cpu_seconds()
            outcome = wrk.run(process.url, self.load, self.seconds)
            cpu = process.cpu_seconds() - server_before
            other = busy_seconds() - cores_before - cpu - outcome.cpu_seconds
        if self.scenario.access_log:
            self._check_log(server, warm_up.requests + outcome.requests)
        return {**self._figures(cpu, outcome), OTHER_LOAD: max(0.0, other) / outcome.seconds * 100}

    def _figures(self, cpu: float, outcome: wrk.Outcome) -> dict[Metric, float]:
        if self._large():
            # Counted in bytes, for the last answers of all connections are cut off by the end of the measurement.
            mebibytes = outcome.bytes / MIB
            work = {CPU_PER_MIB: cpu * 1e6 / mebibytes, BYTE_RATE: mebibytes / outcome.seconds}
        else:
            work = {CPU_PER_REQUEST: cpu * 1e6 / outcome.requests, REQUEST_RATE: outcome.requests / outcome.seconds}
        return {**work, BUSY: cpu / outcome.seconds * 100}

    def _large(self) -> bool:
        return any(bar.metric is CPU_PER_MIB for bar in self.bars)

    def _sample(self) -> list[str]:
        if not self.load.files:
            return [self.load.path] * 2  # the second time from a cache, and on the same connection
        return [tree.tree_path(number) for number in range(0, self.load.files, self.load.files // 50)]

    def _check_log(self, server: str, requests: int) -> None:
        log = self.at.access_log(server)
        lines = 0
        with log.open("rb") as text:
            while block := text.read(MIB):
                lines += block.count(b"\n")
        log.unlink()
        if lines < requests:
            raise BenchError(f"{server} logged {lines} of {requests} requests")


@dataclass(frozen=True)
class IdleWork:
    """Many clients make one request each and stay; what counts is the memory that their connections hold."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    connections: int
    at: Installation
    tls: bool = False

    def verify(self, servers: Sequence[str]) -> None:
        for name in servers:
            with self._start(name) as server:
                check_answers(server, self.at.root, [tree.ONE_KIB], ())

    def measure(self, server: str) -> dict[Metric, float]:
        with self._start(server) as process:
            check_answers(process, self.at.root, [tree.ONE_KIB], ())
            empty = process.memory()
            with idle.connections(process, tree.ONE_KIB, self.connections):
                full = idle.settled_memory(process)
        return {
            PSS: full.pss / MIB,
            RSS: full.rss / MIB,
            PSS_PER_CONNECTION: (full.pss - empty.pss) / self.connections,
        }

    def _start(self, name: str) -> ServerProcess:
        # Some more than will idle: the check before, whose connection may still be closing.
        return start(name, Scenario(connections=self.connections + 16, tls=self.tls), self.at)


@dataclass(frozen=True)
class StartWork:
    """From fork and exec to the line `listening on` being read; the median of several starts."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    starts: int
    at: Installation

    def verify(self, servers: Sequence[str]) -> None:
        for name in servers:
            with start(name, Scenario(), self.at) as server:
                check_answers(server, self.at.root, [tree.ONE_KIB], ())

    def measure(self, server: str) -> dict[Metric, float]:
        times = []
        for _ in range(self.starts):
            process = start(server, Scenario(), self.at)
            began = time.perf_counter()
            with process:
                times.append(time.perf_counter() - began)
        return {START_TIME: sorted(times)[len(times) // 2] * 1000}
