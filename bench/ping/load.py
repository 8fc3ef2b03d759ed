"""bench/load/reflector.c: built, given its sockets, run on the load's core, its findings read."""

import hashlib
import hmac
import json
import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from bench.echo import build
from bench.errors import BenchError
from bench.process import LOAD_CORE

SIGNED_SIZE = 112


@dataclass(frozen=True)
class Packets:
    """The first packet of each socket, and where in it packets are numbered, in which order of octets."""

    first: Sequence[bytes]
    number_at: int
    order: str


@dataclass(frozen=True)
class Outcome:
    answered: int
    sent: int
    seconds: float
    cpu_seconds: float


def signed_stamp(key: bytes) -> bytes:
    """A Session-Sender's packet in authenticated mode, RFC 8762 4.2.2."""
    head = bytes(SIGNED_SIZE - 16)
    return head + hmac.new(key, head, hashlib.sha256).digest()[:16]


def run(folder: Path, sockets: Sequence[socket.socket], packets: Packets, burst: int, seconds: int) -> Outcome:
    binary = build("load/reflector.c", folder / "built")
    size = len(packets.first[0])
    for each in sockets:
        each.settimeout(None)
    # They are to become descriptors 3, 4, ..., where some of them may stand already: first out of the way.
    high = [os.dup2(each.fileno(), 1000 + index, inheritable=True) for index, each in enumerate(sockets)]
    moves = " ".join(f"{3 + index}<&{fd}" for index, fd in enumerate(high))
    command = ["taskset", "-c", str(LOAD_CORE), str(binary), str(seconds), str(len(sockets)), str(burst), str(size)]
    command += [str(packets.number_at), packets.order]
    try:
        done = subprocess.run(
            ["/bin/bash", "-c", f'exec {moves}; exec "$0" "$@"', *command],
            input=b"".join(packets.first),
            capture_output=True,
            pass_fds=high,
            timeout=seconds + 30,
            check=False,
        )
    finally:
        for fd in high:
            os.close(fd)
    if done.returncode != 0:
        raise BenchError(f"load-reflector: {done.stderr.decode().strip()}")
    found = json.loads(done.stdout)
    if found["wrong"] or not found["answered"]:
        raise BenchError(f"load-reflector: {done.stdout.decode().strip()}")
    return Outcome(found["answered"], found["sent"], found["seconds"], found["cpu"])
