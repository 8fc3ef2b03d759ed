"""Handshakes and nothing else: what counts is how many of them a second of the server's processor time makes."""

import resource
from dataclasses import dataclass
from typing import Sequence

from bench import echo
from bench.errors import BenchError
from bench.http import tree
from bench.http.check import check_answers
from bench.http.servers import Installation, Scenario, start
from bench.machine import busy_seconds
from bench.rounds import OTHER_LOAD
from bench.verdict import Bar, Metric

PER_CPU_SECOND = Metric("handshakes per CPU second", "/s", 0)
RATE = Metric("handshakes per second", "/s", 0)

CONNECTIONS = 16  # at a time
CIPHER = "TLSv1.3 TLS_AES_128_GCM_SHA256"  # the same for all who are compared


@dataclass(frozen=True)
class HandshakeWork:
    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    resumed: bool
    at: Installation
    seconds: int

    def verify(self, servers: Sequence[str]) -> None:
        for name in servers:
            with start(name, Scenario(tls=True), self.at) as server:
                check_answers(server, self.at.root, [tree.ONE_KIB], ())

    def measure(self, server: str) -> dict[Metric, float]:
        load = echo.build("load/tls.c", self.at.folder / "load")
        with start(server, Scenario(tls=True), self.at) as process:
            arguments = [*process.address, "resumed" if self.resumed else "full", CONNECTIONS]
            echo.run(load, arguments, 1)
            cores_before, server_before, load_before = busy_seconds(), process.cpu_seconds(), _children_cpu()
            found = echo.run(load, arguments, self.seconds)
            cpu = process.cpu_seconds() - server_before
            other = busy_seconds() - cores_before - cpu - (_children_cpu() - load_before)
        if found["what"] != CIPHER:
            raise BenchError(f"{server} chose {found['what']}, not {CIPHER}")
        return {
            PER_CPU_SECOND: found["handshakes"] / cpu,
            RATE: found["handshakes"] / found["seconds"],
            OTHER_LOAD: max(0.0, other) / found["seconds"] * 100,
        }


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
