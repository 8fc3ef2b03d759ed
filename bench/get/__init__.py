"""The benchmark of pier-get: its load beside wrk's, and one large file beside curl, each against a fixed server."""

from pathlib import Path
from typing import Sequence

from bench.get.clients import CURL, PIER, WRK, Installation
from bench.get.works import BYTE_RATE, CPU_PER_GIB, CPU_PER_REQUEST, DownloadWork, LoadWork
from bench.http import servers, tree
from bench.machine import program, version
from bench.rounds import Work
from bench.verdict import Bar

OURS = PIER
BINARY = "pier-get"


def prepare(folder: Path, pier: Path) -> Installation:
    """Readable by all: started by root, nginx serves as another user."""
    folder.chmod(0o755)
    root = folder / "root"
    root.mkdir()
    (root / tree.ONE_KIB.lstrip("/")).write_bytes((b"0123456789abcde\n" * 64)[:1024])
    return Installation(root, folder, pier)


def works(at: Installation, seconds: int) -> Sequence[Work]:
    cpu = Bar(CPU_PER_REQUEST, 1.10, WRK)
    downloads = (Bar(BYTE_RATE, 1.0, CURL, at_least=True), Bar(CPU_PER_GIB, 1.0, CURL))
    bare, nginx = servers.BARE, servers.NGINX
    return (
        LoadWork("bare", "load, 1 KiB, 50 connections to the bare responder", (cpu,), bare, 50, at, seconds),
        LoadWork("bare-1", "load, 1 KiB, 1 connection to the bare responder", (cpu,), bare, 1, at, seconds),
        LoadWork("nginx", "load, 1 KiB, 50 connections to nginx", (cpu,), nginx, 50, at, seconds),
        LoadWork("nginx-1000", "load, 1 KiB, 1000 connections to nginx", (cpu,), nginx, 1000, at, seconds),
        DownloadWork("1g", "1 GiB from nginx into a file in memory", downloads, True, at),
        DownloadWork("1g-null", "1 GiB from nginx to standard output, which is /dev/null", downloads, False, at),
    )


def versions(clients: Sequence[str], pier: Path) -> Sequence[str]:
    found = []
    if PIER in clients:
        found.append(version([str(pier), "--version"]))
    if WRK in clients:
        found.append(version([program("wrk"), "-v"]).partition(" Copyright")[0])
    if CURL in clients:
        found.append(version([program("curl"), "--version"]).partition(" (")[0])
    found.append(version([program("nginx"), "-v"]))
    found.append(f"bare responder by {version([program('gcc'), '--version'])}")
    return found
