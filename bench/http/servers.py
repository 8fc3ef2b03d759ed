"""Pier and its rivals as HTTP servers: one thread or worker each, set up for the job that they are to do."""

import resource
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from string import Template
from typing import Callable

from bench.errors import BenchError
from bench.http import tree
from bench.machine import ROOT, program, version
from bench.process import ServerProcess, free_port

PIER = "pier"
NGINX = "nginx"
LIGHTTPD = "lighttpd"
H2O = "h2o"
BARE = "bare"

TEMPLATES = ROOT / "bench" / "rivals"


class Cache(Enum):
    """What the servers may remember of the files."""

    ON = None
    SMALL = "4M"  # Pier's contents in memory; nginx remembers nothing
    OFF = "0"


@dataclass(frozen=True)
class Scenario:
    """What a job asks of the server's set-up, beside serving the files."""

    connections: int = 1000
    access_log: bool = False
    cache: Cache = Cache.ON


@dataclass(frozen=True)
class Installation:
    """Where things are for this run."""

    root: Path  # the served files
    folder: Path  # scratch space, a folder for each server below it
    pier: Path

    def access_log(self, server: str) -> Path:
        return self.folder / server / "access.log"


def start(server: str, scenario: Scenario, at: Installation) -> ServerProcess:
    """A server about to run; entering it (`with`) starts it."""
    (at.folder / server).mkdir(exist_ok=True)
    return _COMMANDS[server](scenario, at)


def versions(servers: list[str], pier: Path) -> list[str]:
    """What takes part, in words; raises BenchError when a program is missing."""
    flags = {NGINX: "-v", LIGHTTPD: "-v", H2O: "-v"}
    found = [version([program(server), flags[server]]) for server in servers if server in flags]
    if PIER in servers:
        found.insert(0, version([str(pier), "--version"]))
    if BARE in servers:
        found.append(f"bare responder by {version([program('gcc'), '--version'])}")
    return [*found, version([program("wrk"), "-v"]).partition(" Copyright")[0]]


def _pier(scenario: Scenario, at: Installation) -> ServerProcess:
    command = [str(at.pier), str(at.root), "--listen", "127.0.0.1:0", "--threads", "1"]
    if scenario.access_log:
        command += ["--access-log", str(at.access_log(PIER))]
    if scenario.cache.value:
        command += ["--cache-size", scenario.cache.value]
    return ServerProcess(PIER, command, at.folder / PIER)


def _nginx(scenario: Scenario, at: Installation) -> ServerProcess:
    port = free_port()
    folder = at.folder / NGINX
    # Below a sixteenth of free connections nginx starts to close those that idle.
    spare = scenario.connections // 15 + 64
    config = _fill(
        "nginx.conf",
        folder,
        port=port,
        root=at.root,
        worker_connections=scenario.connections + spare,
        open_file_cache="max=10000 inactive=60s" if scenario.cache is Cache.ON else "off",
        access_log=f"{at.access_log(NGINX)} combined buffer=64k flush=1s" if scenario.access_log else "off",
    )
    command = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(config)]
    return ServerProcess(NGINX, command, folder, port)


def _lighttpd(scenario: Scenario, at: Installation) -> ServerProcess:
    _without_log(LIGHTTPD, scenario)
    port = free_port()
    folder = at.folder / LIGHTTPD
    config = _fill(
        "lighttpd.conf",
        folder,
        port=port,
        root=at.root,
        max_connections=scenario.connections,
        max_fds=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    )
    return ServerProcess(LIGHTTPD, [program("lighttpd"), "-D", "-f", str(config)], folder, port)


def _h2o(scenario: Scenario, at: Installation) -> ServerProcess:
    _without_log(H2O, scenario)
    port = free_port()
    folder = at.folder / H2O
    config = _fill("h2o.conf", folder, port=port, root=at.root, max_connections=scenario.connections)
    return ServerProcess(H2O, [program("h2o"), "-c", str(config)], folder, port)


def _bare(scenario: Scenario, at: Installation) -> ServerProcess:
    _without_log(BARE, scenario)
    folder = at.folder / BARE
    binary = folder / "bare-http"
    if not binary.exists():
        source = ROOT / "bench" / "bare" / "http.c"
        subprocess.run([program("gcc"), "-O2", "-Wall", "-Wextra", "-o", str(binary), str(source)], check=True)
    return ServerProcess(BARE, [str(binary), str(at.root / tree.ONE_KIB.lstrip("/"))], folder)


_COMMANDS: dict[str, Callable[[Scenario, Installation], ServerProcess]] = {
    PIER: _pier,
    NGINX: _nginx,
    LIGHTTPD: _lighttpd,
    H2O: _h2o,
    BARE: _bare,
}


def _fill(template: str, folder: Path, **values: object) -> Path:
    config = folder / template
    config.write_text(Template((TEMPLATES / template).read_text()).substitute(values, folder=folder))
    return config


def _without_log(server: str, scenario: Scenario) -> None:
    if scenario.access_log:
        raise BenchError(f"{server} has no access log in its configuration here")
