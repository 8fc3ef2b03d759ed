"""The ping benchmark: Pier's reflector of STAMP and its sender beside irtt's, sockperf and a bare datagram loop."""

from pathlib import Path
from typing import Sequence

from bench.ping import reflector, sender
from bench.ping.reflector import BARE, IRTT, PIER, Installation
from bench.ping.sender import SOCKPERF
from bench.machine import program, version
from bench.rounds import Work

OURS = PIER
BINARY = "pier-pingd"


def prepare(folder: Path, pier: Path) -> Installation:
    return Installation(folder, pier)


def works(at: Installation, seconds: int) -> Sequence[Work]:
    return (*reflector.works(at, seconds), *sender.works(at, seconds))


def versions(servers: Sequence[str], pier: Path) -> Sequence[str]:
    found = []
    if PIER in servers:
        found.append(version([str(pier), "--version"]))
    if IRTT in servers:
        found.append(version([program("irtt"), "version"]))
    if SOCKPERF in servers:
        found.append(version([program("sockperf"), "--version"]))
    if BARE in servers:
        found.append(f"bare datagram loop by {version([program('gcc'), '--version'])}")
    return found
