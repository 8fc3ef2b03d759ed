"""The loads for servers that answer what they are sent: built from bench/load, run on the load's core, errors never
overlooked. Other benchmarks of datagrams use them too."""

import json
import subprocess
from pathlib import Path
from typing import Callable, Optional, Sequence

from bench.errors import BenchError
from bench.machine import ROOT, program
from bench.process import LOAD_CORE


def build(source: str, into: Path) -> Path:
    """The program of a file below bench/, in C or C++; built once for each folder."""
    binary = into / source.replace("/", "-").rpartition(".")[0]
    if not binary.exists():
        into.mkdir(exist_ok=True)
        path = ROOT / "bench" / source
        compiler = [program("gcc")] if path.suffix == ".c" else [program("g++"), "-std=c++20", "-pthread"]
        libraries = ["-pthread", "-lssl", "-lcrypto"] if source == "load/tls.c" else []
        subprocess.run([*compiler, "-O3", "-Wall", "-Wextra", "-o", str(binary), str(path), *libraries], check=True)
    return binary


def run(binary: Path, arguments: Sequence[object], seconds: int, meanwhile: Optional[Callable[[], None]] = None) -> dict:
    """What the load counted, with `cpu`, the processor time that it took itself. `meanwhile` is called while it runs."""
    command = ["taskset", "-c", str(LOAD_CORE), str(binary), *map(str, arguments), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as load:
        if meanwhile:
            meanwhile()
        said, complaints = load.communicate(timeout=seconds + 60)
    if load.returncode != 0:
        raise BenchError(f"{binary.name} did not finish: {said}{complaints}")
    found = json.loads(said)
    if found["wrong"]:
        raise BenchError(f"{binary.name} got {found['wrong']} wrong answers")
    return found
