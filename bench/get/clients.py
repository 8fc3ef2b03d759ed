"""pier-get and its rivals as clients, each on the load's core: what they did, and what it cost them."""

import json
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from bench import wrk
from bench.errors import BenchError
from bench.machine import program
from bench.process import LOAD_CORE

PIER = "pier"
WRK = "wrk"
CURL = "curl"


@dataclass(frozen=True)
class Installation:
    """Where things are for this run."""

    root: Path  # the served files
    folder: Path  # scratch space, a folder for each server below it
    pier: Path  # pier-get


@dataclass(frozen=True)
class Spent:
    seconds: float
    cpu_seconds: float  # user and system


def load(client: str, at: Installation, url: str, path: str, connections: int, seconds: int) -> wrk.Outcome:
    """As many requests as go in that time, by one thread. Any failure fails the run."""
    if client == WRK:
        return wrk.run(url, wrk.Load(path, connections=connections), seconds)
    command = [str(at.pier), "--bench", url + path, "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--json"]
    spent, output = _run(command, seconds + 60)
    return parse(output, spent)


def parse(text: str, spent: Spent) -> wrk.Outcome:
    """What pier-get --bench --json says. An error answer is cheaper than a real one."""
    found = json.loads(text)
    if found["failures"] or set(found["statuses"]) != {"200"}:
        raise BenchError(f"pier-get met errors: {found['failures']}, statuses {found['statuses']}")
    received = found["bytes"]["head"] + found["bytes"]["body"]
    return wrk.Outcome(found["requests"]["answered"], received, found["seconds"], spent.cpu_seconds)


def download(client: str, at: Installation, url: str, into: Optional[Path]) -> Spent:
    """One file; without `into` to a standard output that nobody reads."""
    command = [str(at.pier), url] if client == PIER else [program("curl"), "-sS", "--fail", url]
    if into:
        command += ["-o", str(into)]
    return _run(command, 120)[0]


def _run(command: Sequence[str], limit: float) -> tuple[Spent, str]:
    pipe = subprocess.PIPE if "--json" in command else subprocess.DEVNULL
    cpu, began = _children_cpu(), time.monotonic()
    done = subprocess.run(
        ["taskset", "-c", str(LOAD_CORE), *command],
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=subprocess.PIPE,
        text=True,
        timeout=limit,
        check=False,
    )
    spent = Spent(time.monotonic() - began, _children_cpu() - cpu)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return spent, done.stdout or ""


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
