"""wrk, the load generator: run on the load's core, its findings read back, its errors never overlooked."""

import json
import resource
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from bench.errors import BenchError
from bench.machine import program
from bench.process import LOAD_CORE

SCRIPT = Path(__file__).with_name("load.lua")
MARK = "load.lua: "  # begins the line that the script prints


@dataclass(frozen=True)
class Load:
    """What clients ask for: one path or, where `files` is not 0, so many files of the tree in random order."""

    path: str = "/"
    files: int = 0
    connections: int = 50
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    requests: int
    bytes: int  # received, heads included
    seconds: float
    cpu_seconds: float = 0.0  # what wrk itself used


def run(url: str, load: Load, seconds: int) -> Outcome:
    command = ["taskset", "-c", str(LOAD_CORE), program("wrk"), "-t1", f"-c{load.connections}", f"-d{seconds}s"]
    command += ["--timeout", "10s", "-s", str(SCRIPT)]
    for header in load.headers:
        command += ["-H", header]
    command += [url + load.path, "--", str(load.files)]
    before = _children_cpu()
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    return replace(parse(done.stdout, done.stderr), cpu_seconds=_children_cpu() - before)


def parse(stdout: str, stderr: str = "") -> Outcome:
    """Reads the line of load.lua. Any error at all fails the run: an error answer is cheaper than a real one."""
    for line in stdout.splitlines():
        if line.startswith(MARK):
            found = json.loads(line.removeprefix(MARK))
            break
    else:
        raise BenchError(f"wrk did not finish: {stdout}{stderr}")
    errors = {kind: count for kind, count in found["errors"].items() if count}
    if errors:
        raise BenchError("wrk met errors: " + ", ".join(f"{kind} {count}" for kind, count in errors.items()))
    if not found["requests"]:
        raise BenchError("wrk got no answer")
    return Outcome(found["requests"], found["bytes"], found["microseconds"] / 1e6)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
