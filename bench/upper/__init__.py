"""The uppercase benchmark: pier-upperd beside bare loops in C, Asio and Python as people write them, socat and ncat; each
on one core, protections on."""

from pathlib import Path
from typing import Sequence

from bench.rounds import Work
from bench.upper.servers import ASIO, BARE_TCP, BARE_UDP, NCAT, PIER, PYTHON, SOCAT, Installation
from bench.upper.servers import versions as versions
from bench.upper.works import (
    BYTE_RATE,
    BYTES_PER_CORE_SECOND,
    EXCHANGE_RATE,
    EXCHANGES_PER_CORE_SECOND,
    PER_CORE_SECOND,
    RATE,
    DatagramWork,
    StreamWork,
)
from bench.verdict import Bar, Metric

OURS = PIER
BINARY = "pier-upperd"

SOURCES = 64
# Datagrams under way: more than a batch, and no more than the least receive buffer holds of each size.
WINDOWS = {64: 128, 1400: 80}
# Each connection of these is a process or two.
MOST_PROCESSES = 300


def prepare(folder: Path, pier: Path) -> Installation:
    return Installation(folder, pier)


def works(at: Installation, seconds: int) -> Sequence[Work]:
    """The table: each work with the servers that do it and the bars that Pier must reach."""

    def at_least(limit: float, rival: str, metric: Metric) -> Bar:
        return Bar(metric, limit, rival, at_least=True)

    datagrams = [
        DatagramWork(
            f"udp-{size}",
            f"UDP, {size} B, {SOURCES} sources",
            (PIER, BARE_UDP, ASIO, PYTHON),
            (
                at_least(0.90, BARE_UDP, PER_CORE_SECOND),
                at_least(1.6, ASIO, RATE),
                at_least(1.0, PYTHON, RATE),
            ),
            at,
            seconds,
            size,
            SOURCES,
            window,
        )
        for size, window in WINDOWS.items()
    ]
    streams = [
        StreamWork(
            f"tcp-{connections}",
            f"TCP, 128 B there and back, {connections} connection{'s' if connections > 1 else ''}",
            (PIER, BARE_TCP, *((SOCAT, NCAT) if connections <= MOST_PROCESSES else ())),
            (
                at_least(0.92, BARE_TCP, EXCHANGES_PER_CORE_SECOND),
                *(
                    at_least(1.3, rival, EXCHANGE_RATE)
                    for rival in (SOCAT, NCAT)
                    if connections <= MOST_PROCESSES
                ),
            ),
            at,
            seconds,
            128,
            connections,
            0,
        )
        for connections in (1, 50, 300, 1000)
    ]
    bulk = StreamWork(
        "tcp-64k",
        "TCP, 64 KiB writes without waiting, 4 connections",
        (PIER, BARE_TCP),
        (at_least(0.95, BARE_TCP, BYTE_RATE), at_least(0.95, BARE_TCP, BYTES_PER_CORE_SECOND)),
        at,
        seconds,
        65536,
        4,
        262144,
    )
    return (*datagrams, *streams, bulk)
