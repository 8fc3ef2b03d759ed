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

# All speak TLS 1.3 and choose AES-128 as Pier does; without these two lines on ciphers nginx would leave the choice to
# the client, whose first is AES-256. h2o cannot be told for TLS 1.3.
_NGINX_TLS = """ssl_certificate {at.certificate};
        ssl_certificate_key {at.key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_cache shared:SSL:10m;
        ssl_prefer_server_ciphers on;
        ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384;"""
_H2O_TLS = """ssl:
    certificate-file: {at.certificate}
    key-file: {at.key}
    cipher-preference: server"""


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
    tls: bool = False


@dataclass(frozen=True)
class Installation:
    """Where things are for this run."""

    root: Path  # the served files
    folder: Path  # scratch space, a folder for each server below it
    pier: Path

    @property
    def certificate(self) -> Path:
        """For localhost; its key beside it. Only benchmarks with TLS make them."""
        return self.folder / "localhost.crt"

    @property
    def key(self) -> Path:
        return self.folder / "localhost.key"

    def access_log(self, server: str) -> Path:
        return self.folder / server / "access.log"


def start(server: str, scenario: Scenario, at: Installation) -> ServerProcess:
    """A server about to run; entering it (`with`) starts it."""
    (at.folder / server).mkdir(exist_ok=True)
    process = _COMMANDS[server](scenario, at)
    process.scheme = "https" if scenario.tls else "http"
    return process


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
    listen = "https://127.0.0.1:0" if scenario.tls else "127.0.0.1:0"
    command = [str(at.pier), str(at.root), "--listen", listen, "--threads", "1"]
    if scenario.tls:
        command += ["--tls-cert", str(at.certificate), "--tls-key", str(at.key), "--hsts", "off"]
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
        ssl_word="ssl " if scenario.tls else "",
        ssl_settings=_NGINX_TLS.format(at=at) if scenario.tls else "",
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
    config = _fill(
        "h2o.conf",
        folder,
        port=port,
        root=at.root,
        max_connections=scenario.connections,
        ssl_settings=_H2O_TLS.format(at=at) if scenario.tls else "",
    )
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
