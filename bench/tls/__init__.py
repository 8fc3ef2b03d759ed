"""The TLS benchmark: Pier's file server over HTTPS beside nginx and h2o, all with one thread and one certificate."""

import subprocess
from pathlib import Path
from typing import Sequence

from bench import http, machine
from bench.http import tree
from bench.http.servers import H2O, NGINX, PIER, Installation, Scenario
from bench.http.servers import versions as versions
from bench.http.works import CPU_PER_MIB, CPU_PER_REQUEST, PSS, IdleWork, LoadWork
from bench.rounds import Work
from bench.tls.handshakes import PER_CPU_SECOND, HandshakeWork
from bench.verdict import Bar
from bench.wrk import Load

OURS = PIER
BINARY = "pier-httpd"


def prepare(folder: Path, pier: Path) -> Installation:
    """The HTTP benchmark's files, and a certificate for localhost with a key on P-256."""
    at = http.prepare(folder, pier)
    command = [machine.program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-keyout", str(at.key), "-out", str(at.certificate), "-days", "30"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    return at


def works(at: Installation, seconds: int) -> Sequence[Work]:
    tls = Scenario(tls=True)
    at_least_nginx = (Bar(PER_CPU_SECOND, 1.0, NGINX, at_least=True),)
    return (
        LoadWork(
            "1k",
            "1 KiB over HTTPS, 50 keep-alive connections",
            (PIER, NGINX, H2O),
            (Bar(CPU_PER_REQUEST, 0.80, NGINX), Bar(CPU_PER_REQUEST, 1.0, H2O)),
            Load(tree.ONE_KIB),
            at,
            seconds,
            tls,
        ),
        LoadWork(
            "10m",
            "10 MiB over HTTPS, 10 keep-alive connections",
            (PIER, NGINX),
            (Bar(CPU_PER_MIB, 1.0, NGINX),),
            Load(tree.TEN_MIB, connections=10),
            at,
            seconds,
            tls,
        ),
        HandshakeWork("full", "full handshakes, ECDSA P-256", (PIER, NGINX), at_least_nginx, False, at, seconds),
        HandshakeWork("resumed", "resumed handshakes", (PIER, NGINX), at_least_nginx, True, at, seconds),
        IdleWork("idle", "5 000 idle TLS connections", (PIER, NGINX, H2O), (Bar(PSS, 1.0, NGINX),), 5_000, at, True),
    )
