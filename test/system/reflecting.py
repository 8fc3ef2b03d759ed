"""What tests of pier-ping have in common: running it, reading what it says, and a reflector that misbehaves as told."""

import contextlib
import functools
import json
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import daemon
from pinging import UNIX_TO_NTP, tag
from wire import bound


def ntp_now():
    now = time.time_ns()
    return (now // 10**9 + UNIX_TO_NTP) << 32 | (now % 10**9 << 32) // 10**9


def reflect(packet, *, sequence=None, key=None, received=None):
    """A Session-Reflector's answer (RFC 8762 4.3): stateless unless it is given a number of its own."""
    received = received or ntp_now()
    if key is None:
        asked, t1, error = struct.unpack_from("!IQH", packet)
        head = struct.pack("!IQHHQIQH2xB3x", asked if sequence is None else sequence, ntp_now(), 1, 0, received, asked, t1,
                           error, 255)
        return head + packet[44:]
    asked, t1, error = struct.unpack_from("!I12xQH", packet)
    head = struct.pack("!I12xQHH4xQ8xI12xQH6xB15x", asked if sequence is None else sequence, ntp_now(), 1, 0, received, asked,
                       t1, error, 255)
    return head + tag(key, head) + packet[112:]


class Reflector:
    """Gives each packet to `behave(number, packet, send)`, where `number` counts from 0 and `send(bytes)` answers, and
    may be kept to answer later. By default a reflector as it should be."""

    def __init__(self, behave=None, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port = self.socket.getsockname()[1]
        self.target = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.behave = behave or (lambda number, packet, send: send(reflect(packet)))
        self.seen = []
        self.times = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        number = 0
        while True:
            packet, peer = self.socket.recvfrom(65536)
            if packet == b"the end":
                return
            self.seen.append(packet)
            self.times.append(time.monotonic())
            self.behave(number, packet, functools.partial(self._send, peer))
            number += 1

    def _send(self, peer, answer):
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            self.socket.sendto(answer, peer)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.sendto(b"the end", self.socket.getsockname())
        self._thread.join()
        self.socket.close()


@contextlib.contextmanager
def closed_port(kind=socket.SOCK_DGRAM, address="127.0.0.1"):
    """A port that nobody listens on, and that nobody else is given meanwhile."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as keeper:
        keeper.bind((address, 0))
        port = keeper.getsockname()[1]
        if kind == socket.SOCK_DGRAM:
            keeper.connect((address, 9))  # deaf to all but that one
        yield port


def ping(*arguments, within=20, code=0, **options):
    """A run that ends by itself with this code."""
    done = daemon.run("pier-ping", *map(str, arguments), within=within, **options)
    assert done.returncode == code and not daemon.SANITIZER.search(done.stderr), done
    return done


def ping_json(*arguments, **options):
    """(objects of the probes and so on, summaries by target)."""
    objects = [json.loads(line) for line in ping(*arguments, "--json", **options).stdout.splitlines()]
    return ([each for each in objects if each["type"] != "summary"],
            {each["target"]: each for each in objects if each["type"] == "summary"})


def summary_of(*arguments, **options):
    """Of a run with a single target."""
    (summary,) = ping_json(*arguments, **options)[1].values()
    return summary


class Running:
    """A pier-ping that is stopped, interrupted or watched while it runs."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen([daemon.binary("pier-ping"), *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def line(self, pattern, stream=None):
        """The first line from here on that matches."""
        for line in stream or self.process.stdout:
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"it ended without {pattern!r}: {self.process.stderr.read()}")

    def end(self, code=0, number=None):
        """Waits for its end, after a signal if there is one; the rest of its output."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=bound(20))
        assert self.process.returncode == code and not daemon.SANITIZER.search(err), (self.process.returncode, out, err)
        return out

    def interrupt(self, code=0):
        return self.end(code, signal.SIGINT)
