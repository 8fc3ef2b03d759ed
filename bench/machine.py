"""The machine of a run: made ready for it, and described for whoever reads its figures."""

import ctypes
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
CONGESTION_CONTROL = Path("/proc/sys/net/ipv4/tcp_congestion_control")
CLONE_NEWNET = 0x40000000  # from sched.h


def make_ready() -> None:
    """Leaves the server's core to the server, and lets this process and its children open many descriptors."""
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        raise BenchError(f"needs two cores, {SERVER_CORE} for the server and {LOAD_CORE} for the load")
    os.sched_setaffinity(0, {LOAD_CORE})
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def use_congestion_control(name: str) -> None:
    """Moves this process into a network of its own, where another TCP congestion control holds for all connections.

    It matters on loopback too: BBR paces every large answer with timers, which costs more than the sending.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise BenchError(f"--congestion needs a network namespace of its own: {os.strerror(ctypes.get_errno())}")
    subprocess.run([program("ip"), "link", "set", "lo", "up"], check=True)
    try:
        CONGESTION_CONTROL.write_text(name)
    except OSError as error:
        # The kernel lets a namespace choose only what is in net.ipv4.tcp_allowed_congestion_control.
        raise BenchError(f"--congestion {name}: {error.strerror}; reno is always allowed") from error


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


def busy_seconds() -> float:
    """Time that the server's and the load's core did not idle, since boot; what the hypervisor stole is part of it."""
    total = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name in (f"cpu{SERVER_CORE}", f"cpu{LOAD_CORE}"):
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
            total += user + nice + system + irq + softirq + steal
    return total / os.sysconf("SC_CLK_TCK")


def description() -> str:
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    kernel = f"Linux {platform.release()} with TCP congestion control {CONGESTION_CONTROL.read_text().strip()}"
    return f"{model}, {os.cpu_count()} cores, {kernel}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
