"""The heartbeat benchmark: how much of a core and of memory a hundred thousand senders take."""

import json
import re
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from bench import echo
from bench.errors import BenchError
from bench.machine import busy_seconds, program, version
from bench.process import ServerProcess, free_port
from bench.rounds import OTHER_LOAD, Work
from bench.verdict import Bar, Metric

OURS = PIER = "pier"
BINARY = "pier-beatd"

SENDERS = 100_000
WARM_UP = 4  # seconds: every sender has been heard, is up, and has a few intervals in its window

CORE = Metric("share of a core", "%", 1)
PSS = Metric("resident memory (PSS)", "MB", 1)
MISSED = Metric("beats missed", "%")


@dataclass(frozen=True)
class Installation:
    folder: Path
    pier: Path

    def load(self) -> Path:
        return echo.build("load/beat.c", self.folder / "built")


def prepare(folder: Path, pier: Path) -> Installation:
    return Installation(folder, pier)


def versions(servers: Sequence[str], pier: Path) -> Sequence[str]:
    found = [version([str(pier), "--version"])] if PIER in servers else []
    return [*found, f"the load by {version([program('gcc'), '--version'])}"]


def works(at: Installation, seconds: int) -> Sequence[Work]:
    bars = (Bar(CORE, 50.0), Bar(PSS, 100.0), Bar(MISSED, 0.1))
    return (
        BeatWork("senders", f"{SENDERS} senders, a beat a second each, state written every 5 s", (PIER,), bars, SENDERS, at, seconds),
    )


@dataclass(frozen=True)
class BeatWork:
    """Senders by number from 256 addresses, evenly spread over the second; the server with one thread."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]
    senders: int
    at: Installation
    seconds: int

    def verify(self, servers: Sequence[str]) -> None:
        self.at.load()

    def measure(self, server: str) -> dict[Metric, float]:
        folder = self.at.folder / server
        folder.mkdir(exist_ok=True)
        (folder / "state").unlink(missing_ok=True)
        admin = free_port()
        command = [str(self.at.pier), "--listen", "127.0.0.1:0", "--text-listen", "off", "--threads", "1"]
        command += ["--admin", f"127.0.0.1:{admin}", "--state", str(folder / "state"), "--state-interval", "5s"]
        command += ["--log-level", "warning"]
        with ServerProcess(server, command, folder) as process:
            beats = self.seconds + WARM_UP
            arguments = [str(process.address[1]), str(self.senders), str(beats)]
            with subprocess.Popen([str(self.at.load()), *arguments], stdout=subprocess.PIPE, text=True) as load:
                time.sleep(WARM_UP)
                cores_before, cpu_before, began = busy_seconds(), process.cpu_seconds(), time.monotonic()
                load_before = _cpu_of(load.pid)
                time.sleep(self.seconds - 0.5)  # the load has not ended yet
                cpu, took = process.cpu_seconds() - cpu_before, time.monotonic() - began
                other = busy_seconds() - cores_before - cpu - (_cpu_of(load.pid) - load_before)
                memory = process.memory()
                sent = json.loads(load.communicate(timeout=60)[0])
            taken = self._taken(admin, sent["sent"])
        if sent["failed"]:
            raise BenchError(f"the load could not send {sent['failed']} beats")
        return {
            CORE: cpu / took * 100,
            PSS: memory.pss / 1e6,
            MISSED: (1 - taken / sent["sent"]) * 100,
            OTHER_LOAD: max(0.0, other) / took * 100,
        }

    def _taken(self, admin: int, sent: int) -> int:
        """Beats counted once it has seen all that it will see; all senders must be known."""
        deadline = time.monotonic() + 2
        while True:
            with urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics", timeout=5) as answer:
                text = answer.read().decode()
            taken = _metric(text, "beats_received_total")
            if taken == sent or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        known = sum(_metric(text, f"beat_senders_{state}") for state in ("new", "up", "late", "suspect", "down"))
        if known != self.senders:
            raise BenchError(f"it knows {known} senders, not {self.senders}")
        return taken


def _metric(text: str, name: str) -> int:
    found = re.search(rf'^pier_{name}{{service="beat"}} (\d+)$', text, re.M)
    if not found:
        raise BenchError(f"/metrics has no {name}")
    return int(found[1])


def _cpu_of(pid: int) -> float:
    return time.clock_gettime((~pid << 3) | 2)  # see bench/process.py
