"""Pier and its rivals as uppercase servers. socat and ncat only give back what they get: they are spared the work."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from bench import echo
from bench.machine import ROOT, program, version
from bench.process import ServerProcess, free_port

PIER = "pier"
BARE_UDP = "bare UDP loop"
BARE_TCP = "bare TCP loop"
ASIO = "Asio, one at a time"
PYTHON = "Python"
SOCAT = "socat"
NCAT = "ncat"

ONLY_ECHO = {SOCAT, NCAT}


@dataclass(frozen=True)
class Installation:
    """Where things are for this run."""

    folder: Path
    pier: Path

    def load(self, kind: str) -> Path:
        return echo.build(f"load/{kind}.c", self.folder / "built")


def start(server: str, at: Installation) -> ServerProcess:
    """A server about to run; entering it (`with`) starts it."""
    folder = at.folder / server.replace(" ", "-").replace(",", "")
    folder.mkdir(exist_ok=True)
    return _COMMANDS[server](at, folder)


def versions(servers: list[str], pier: Path) -> list[str]:
    """What takes part, in words; raises BenchError when a program is missing."""
    found = [version([str(pier), "--version"])] if PIER in servers else []
    if SOCAT in servers:
        said = [line for line in _all_of(program("socat"), "-V") if line.startswith("socat version")]
        found.append(said[0].partition(" on ")[0] if said else "socat")
    if NCAT in servers:
        found.append(version([program("ncat"), "--version"]).partition(" (")[0])
    if PYTHON in servers:
        found.append("Python " + sys.version.partition(" ")[0])
    if ASIO in servers:
        found.append("Asio of the system's Boost")
    return [*found, f"bare loops, Asio's server and the loads by {version([program('gcc'), '--version'])}"]


def _all_of(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _pier(at: Installation, folder: Path) -> ServerProcess:
    return ServerProcess(PIER, [str(at.pier), "--listen", "127.0.0.1:0", "--threads", "1"], folder)


def _bare_udp(at: Installation, folder: Path) -> ServerProcess:
    return ServerProcess(BARE_UDP, [str(echo.build("bare/udp.c", at.folder / "built"))], folder)


def _bare_tcp(at: Installation, folder: Path) -> ServerProcess:
    return ServerProcess(BARE_TCP, [str(echo.build("bare/tcp.c", at.folder / "built"))], folder)


def _asio(at: Installation, folder: Path) -> ServerProcess:
    return ServerProcess(ASIO, [str(echo.build("rivals/asio_udp.cpp", at.folder / "built"))], folder)


def _python(_: Installation, folder: Path) -> ServerProcess:
    return ServerProcess(PYTHON, [sys.executable, str(ROOT / "bench" / "rivals" / "udp_upper.py")], folder)


def _socat(_: Installation, folder: Path) -> ServerProcess:
    port = free_port()
    listen = f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay,backlog=1024"
    return ServerProcess(SOCAT, [program("socat"), "-b65536", listen, "PIPE"], folder, port)


def _ncat(_: Installation, folder: Path) -> ServerProcess:
    port = free_port()
    command = [program("ncat"), "--listen", "--keep-open", "--max-conns", "2000", "--exec", "/bin/cat"]
    return ServerProcess(NCAT, [*command, "127.0.0.1", str(port)], folder, port)


_COMMANDS: dict[str, Callable[[Installation, Path], ServerProcess]] = {
    PIER: _pier,
    BARE_UDP: _bare_udp,
    BARE_TCP: _bare_tcp,
    ASIO: _asio,
    PYTHON: _python,
    SOCAT: _socat,
    NCAT: _ncat,
}
