"""The machine of a run: made ready for it, and described for whoever reads its figures."""

import os
import platform
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Optional, Sequence

from bench.errors import BenchError
from bench.process import LOAD_CORE, SERVER_CORE

ROOT = Path(__file__).resolve().parent.parent


def make_ready() -> None:
    """Leaves the server's core to the server, and lets this process and its children open many descriptors."""
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        raise BenchError(f"needs two cores, {SERVER_CORE} for the server and {LOAD_CORE} for the load")
    os.sched_setaffinity(0, {LOAD_CORE})
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def program(name: str) -> str:
    """The path of an installed program; daemons are often outside a user's PATH."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if path is None:
        raise BenchError(f"{name} is not installed; script/bootstrap bench installs what the benchmarks need")
    return path


def version(command: Sequence[str]) -> str:
    """The first line that a program prints about its version, on either stream."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    return lines[0].removeprefix("nginx version: ") if lines else "version unknown"


def commit() -> Optional[str]:
    """The commit that is checked out, with a word about changes on top of it; none outside a repository."""
    name = _git("rev-parse", "--short", "HEAD")
    if not name:
        return None
    return f"{name} with changes" if _git("status", "--porcelain", "--untracked-files=no") else name


def description() -> str:
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
