"""Senders and their accuracy: how long a round trip on loopback seems to take, and how punctually many leave."""

import json
import math
import re
import subprocess
import time
from dataclasses import dataclass
from typing import Callable, Sequence

from bench.errors import BenchError
from bench.machine import program
from bench.ping import reflector
from bench.ping.reflector import IRTT, PIER, Installation
from bench.process import LOAD_CORE, ServerProcess, free_port
from bench.verdict import Bar, Metric

SOCKPERF = "sockperf"
SOCKPERF_SPINS = "sockperf, spinning"
PIER_SLEEPS = "pier, sleeping"

MEDIAN = Metric("call to return, median", "µs")
P99 = Metric("call to return, p99", "µs")
LATE_P99 = Metric("sent late, p99", "µs")
LATE_MAX = Metric("sent late, most", "µs", 0)
RATE = Metric("probes per second", "/s", 0)
LOST = Metric("lost", "%")

ACCURACY_RATE = 1000
MANY_RATE = 50_000


@dataclass(frozen=True)
class Trips:
    """Microseconds, nothing subtracted."""

    median: float
    p99: float


@dataclass(frozen=True)
class AccuracyWork:
    """Each sender with the server that it comes with, a thousand probes a second: what a round trip seems to take."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    at: Installation
    seconds: int

    def verify(self, servers: Sequence[str]) -> None:
        for name in servers:
            with _SENDERS[name].start(self.at) as server:
                if not 0 < _SENDERS[name].run(self.at, server, 1).median < 1e6:
                    raise server.failure("has round trips that cannot be")

    def measure(self, server: str) -> dict[Metric, float]:
        with _SENDERS[server].start(self.at) as process:
            trips = _SENDERS[server].run(self.at, process, self.seconds)
        return {MEDIAN: trips.median, P99: trips.p99}


@dataclass(frozen=True)
class PunctualityWork:
    """So many probes from one core; what counts is how late each leaves, and that none is missing."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    at: Installation
    seconds: int

    def verify(self, servers: Sequence[str]) -> None:
        for name in servers:
            with _SENDERS[name].start(self.at) as server:
                _pier_summary(self.at, server, 1000, 1)

    def measure(self, server: str) -> dict[Metric, float]:
        with _SENDERS[server].start(self.at) as process:
            summary = _pier_summary(self.at, process, MANY_RATE, self.seconds)
        if summary["sent"] != MANY_RATE * self.seconds:
            raise BenchError(f"pier-ping sent {summary['sent']} of {MANY_RATE * self.seconds} probes")
        late = summary["lateness"]
        return {
            LATE_P99: late["p99"] * 1000,
            LATE_MAX: late["max"] * 1000,
            RATE: summary["sent"] / self.seconds,
            LOST: summary["loss_percent"],
        }


def works(at: Installation, seconds: int) -> Sequence[AccuracyWork | PunctualityWork]:
    return (
        AccuracyWork(
            "accuracy",
            "sender, 1000 probes a second on loopback, never sleeping",
            (PIER, SOCKPERF_SPINS, SOCKPERF, IRTT, PIER_SLEEPS),
            (
                Bar(MEDIAN, 1.10, SOCKPERF),
                Bar(P99, 1.10, SOCKPERF),
                Bar(MEDIAN, 1.0, IRTT),
                Bar(P99, 1.0, IRTT),
            ),
            at,
            seconds,
        ),
        PunctualityWork(
            "punctuality",
            "sender, 50 000 probes a second from one core",
            (PIER,),
            (Bar(LATE_P99, 100),),
            at,
            seconds,
        ),
    )


def _on_load_core(command: Sequence[str], seconds: int) -> str:
    done = subprocess.run(
        ["taskset", "-c", str(LOAD_CORE), *command], capture_output=True, text=True, timeout=seconds + 30, check=False
    )
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _pier_summary(at: Installation, server: ServerProcess, rate: int, seconds: int, *more: str) -> dict:
    sender = at.pier.parent / "pier-ping"
    command = [str(sender), f"127.0.0.1:{server.address[1]}", "--rate", str(rate), "-d", f"{seconds}s", "--json", "-q"]
    return json.loads(_on_load_core([*command, *more], seconds).splitlines()[-1])


def _pier(*more: str) -> Callable[[Installation, ServerProcess, int], Trips]:
    def run(at: Installation, server: ServerProcess, seconds: int) -> Trips:
        summary = _pier_summary(at, server, ACCURACY_RATE, seconds, *more)
        if summary["lost"]:
            raise server.failure(f"left {summary['lost']} probes without an answer")
        return Trips(summary["call"]["median"] * 1000, summary["call"]["p99"] * 1000)

    return run


def _sockperf(*more: str) -> Callable[[Installation, ServerProcess, int], Trips]:
    def run(_: Installation, server: ServerProcess, seconds: int) -> Trips:
        where = ["-i", server.address[0], "-p", str(server.address[1])]
        # Full round trips, not halves of them; as long as our probes.
        how = ["--full-rtt", f"--mps={ACCURACY_RATE}", "-t", str(seconds), "-m", "44"]
        text = _on_load_core([program("sockperf"), "ping-pong", *where, *how, *more], seconds)
        return read_sockperf(text)

    return run


def read_sockperf(text: str) -> Trips:
    """What its client prints, of full round trips."""
    found = {name: float(value) for name, value in re.findall(r"percentile (50|99)\.000 = +([\d.]+)", text)}
    if set(found) != {"50", "99"} or "Round trip is" not in text:
        raise BenchError(f"sockperf prints no figures of round trips: {text[-500:]}")
    return Trips(found["50"], found["99"])


def _irtt(at: Installation, server: ServerProcess, seconds: int) -> Trips:
    # Without the server's timestamps, else its time is taken off. Its timer that spins would keep its receiver, which
    # shares the core, waiting for ten milliseconds at a time.
    how = ["-i", f"{1000 // ACCURACY_RATE}ms", "-d", f"{seconds}s", "--tstamp=none", "-Q"]
    where = f"{server.address[0]}:{server.address[1]}"
    file = at.folder / "irtt.json"
    _on_load_core([program("irtt"), "client", *how, "-o", str(file), where], seconds)
    return read_irtt(file.read_text(), ACCURACY_RATE * seconds)


def read_irtt(text: str, sent: int) -> Trips:
    """What its client writes. Its own percentiles are the median alone."""
    trips = [each["delay"]["rtt"] / 1000 for each in json.loads(text)["round_trips"] if "rtt" in each["delay"]]
    trips.sort()
    if len(trips) < sent // 2:
        raise BenchError(f"irtt had {len(trips)} answers to {sent} probes")
    return Trips(trips[math.ceil(len(trips) * 0.5) - 1], trips[math.ceil(len(trips) * 0.99) - 1])


class SockperfServer(ServerProcess):
    def _await_port(self) -> None:
        """Its client tells itself when it is not there; it warms up by sending, and what is lost then is not counted."""
        time.sleep(0.5)
        if self._process.poll() is not None:
            raise self.failure("ended")


def _start_sockperf(at: Installation) -> ServerProcess:
    folder = at.folder / "sockperf"
    folder.mkdir(exist_ok=True)
    port = free_port()
    return SockperfServer(SOCKPERF, [program("sockperf"), "server", "-i", "127.0.0.1", "-p", str(port)], folder, port)


@dataclass(frozen=True)
class Sender:
    start: Callable[[Installation], ServerProcess]
    run: Callable[[Installation, ServerProcess, int], Trips]


def _beside(server: str) -> Callable[[Installation], ServerProcess]:
    return lambda at: reflector.start(server, at)


_SENDERS = {
    PIER: Sender(_beside(PIER), _pier("--spin")),
    PIER_SLEEPS: Sender(_beside(PIER), _pier()),
    SOCKPERF: Sender(_start_sockperf, _sockperf()),
    SOCKPERF_SPINS: Sender(_start_sockperf, _sockperf("--nonblocked")),
    IRTT: Sender(_beside(IRTT), _irtt),
}
