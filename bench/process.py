"""A server under measurement: started on a core of its own, watched from outside through the kernel, stopped."""

import os
import select
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from bench.errors import BenchError

SERVER_CORE = 0
LOAD_CORE = 1

START_LIMIT = 10.0  # seconds until a server must be ready
STOP_LIMIT = 15.0  # seconds until it must have ended


@dataclass(frozen=True)
class Memory:
    """Bytes of a server and its children. PSS divides a page among those who share it, RSS counts it for each."""

    pss: int
    rss: int


def free_port() -> int:
    """A port for a server that cannot take port 0 and say which it got."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """Runs `command` in `folder`. Ready when it accepts on `port`, or without one when it prints `listening on`."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, port: Optional[int] = None):
        self.name = name
        self.command = ["taskset", "-c", str(SERVER_CORE), *command]
        self.address = ("127.0.0.1", port or 0)
        self.scheme = "http"
        self._folder = folder
        self._log = folder / "stderr.log"
        self._announces = port is None

    def __enter__(self) -> "ServerProcess":
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if self._announces else log,
                stderr=log,
            )
        try:
            self._await_line() if self._announces else self._await_port()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address[0]}:{self.address[1]}"

    def processes(self) -> list[int]:
        """The server and its descendants."""
        children: dict[int, list[int]] = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    # The command, in parentheses, may hold anything; the parent is the second field after it.
                    status = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue  # ended meanwhile
                children.setdefault(int(status[1]), []).append(int(entry))
        found = [self._process.pid]
        for pid in found:
            found.extend(children.get(pid, []))
        return found

    def cpu_seconds(self) -> float:
        """User and system time of all threads since they began, to the nanosecond where /proc/PID/stat counts ticks."""
        return sum(time.clock_gettime(_cpu_clock(pid)) for pid in self.processes())

    def memory(self) -> Memory:
        totals = {"Pss:": 0, "Rss:": 0}
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                field = line.split()
                if field[0] in totals:
                    totals[field[0]] += int(field[1]) * 1024
        return Memory(totals["Pss:"], totals["Rss:"])

    def failure(self, what: str) -> BenchError:
        """An error about this server, with its command and the end of what it logged."""
        said = self._log.read_text(errors="replace").strip()[-2000:]
        return BenchError(f"{self.name} {what}: {' '.join(self.command)}\n{said}".rstrip())

    def _await_line(self) -> None:
        stdout = self._process.stdout.fileno()
        deadline = time.monotonic() + START_LIMIT
        text = b""
        while b"\n" not in text:
            ready, _, _ = select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))
            read = os.read(stdout, 4096) if ready else b""
            if not read:
                raise self.failure("printed no `listening on` line")
            text += read
        scheme, found, authority = text.partition(b"\n")[0].decode().partition("://")
        host, _, port = authority.rpartition(":")
        if not scheme.startswith("listening on ") or not found or not port.isdigit():
            raise self.failure(f"printed {text!r} for its first line")
        self.address = (host, int(port))

    def _await_port(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(self.address, timeout=1).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.005)  # it has no way to tell when it listens
        raise self.failure(f"does not accept on {self.address[0]}:{self.address[1]}")

    def _stop(self) -> None:
        family = self.processes()
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            for pid in family:
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _cpu_clock(pid: int) -> int:
    # How Linux numbers the CPU clock of a whole process: see clock_getcpuclockid(3) and MAKE_PROCESS_CPUCLOCK in the
    # kernel; 2 stands for the scheduler's clock, which counts in nanoseconds.
    return (~pid << 3) | 2
