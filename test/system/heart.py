"""Peers of the heartbeat monitor: packets and texts as other programs write them, senders, and what it says of them."""

import contextlib
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time

import daemon
from daemon import until
from wire import bound, fetch

BOOT = 1_000


def packet(name, sequence, boot=BOOT, sent=None, interval=1.0, bye=False, key=None):
    """Written from the layout in the manual, not from the program's source."""
    sent = time.time_ns() if sent is None else int(sent * 1e9)
    flags = (1 if bye else 0) | (2 if key else 0)
    text = b"PB" + bytes([1, flags]) + struct.pack(">QQQIB", boot, sequence, sent, int(interval * 1000), len(name))
    text += name.encode()
    return text + hmac.new(key, text, hashlib.sha256).digest()[:16] if key else text


class Monitor(daemon.Daemon):
    """pier-beatd with an admin: .beat, .text (when it hears text) and .admin are its addresses."""

    def __init__(self, *arguments, listen=("127.0.0.1:0",), text="127.0.0.1:0", **options):
        words = [word for address in listen for word in ("--listen", address)]
        hears_text = text not in (None, "off")
        texts = [] if text is None else ["--text-listen", text]
        super().__init__("pier-beatd", *words, *texts, "--admin", "127.0.0.1:0", *arguments,
                         listeners=len(listen) + hears_text + 1, **options)
        self.beat, self.admin = self.address, self.addresses[-1]
        self.text = self.addresses[-2] if hears_text else None

    def ask(self, query=""):
        return json.loads(fetch(self.admin, f"/api/beats{query}").body)

    def senders(self):
        return {s["name"]: s for s in self.ask("?limit=5000")["senders"]}

    def state(self, name):
        return self.senders().get(name, {}).get("state")

    def shows(self, name, state, within=10):
        until(lambda: self.state(name) == state, within, f"{name} is {state}: {self.senders().get(name)}")
        return self.senders()[name]

    def metric(self, name, service="beat"):
        text = fetch(self.admin, "/metrics").body.decode()
        found = re.search(rf'^pier_{name}{{service="{service}"}} (\d+)$', text, re.M)
        assert found, f"{name} of {service} is not in {text}"
        return int(found[1])

    def counts(self, name, number, within=10):
        until(lambda: self.metric(name) == number, within, f"{name} is {number}, not {self.metric(name)}")

    def hear(self, *packets, address=None):
        address = address or self.beat
        with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for each in packets:
                peer.sendto(each, address)


@contextlib.contextmanager
def new_monitor():
    with contextlib.ExitStack() as running:
        def start(*arguments, **options):
            server = Monitor(*arguments, **options)
            running.callback(server.stop)
            return server
        yield start


class Steady:
    """A sender written here: beats in a thread of the test's own making, one beat a call."""

    def __init__(self, monitor, name, boot=BOOT, interval=0.1, key=None):
        self.monitor, self.name, self.boot, self.interval, self.key = monitor, name, boot, interval, key
        self.sequence = 0
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.due = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.peer.close()

    def next(self, **options):
        self.sequence += 1
        return packet(self.name, self.sequence, self.boot, interval=self.interval, key=self.key, **options)

    def beat(self, times=1):
        """On its schedule, which is what a sender does: the only place where a test lets time pass."""
        for _ in range(times):
            time.sleep(max(0, self.due - time.monotonic()))
            self.due = max(self.due, time.monotonic() - self.interval) + self.interval
            self.peer.sendto(self.next(), self.monitor.beat)


class Sender:
    """A running pier-beat."""

    def __init__(self, *arguments, **options):
        self._stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen([daemon.binary("pier-beat"), *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self._stderr, **options)

    def log(self):
        return os.pread(self._stderr.fileno(), 1 << 20, 0).decode()

    def send_signal(self, number):
        self.process.send_signal(number)

    def wait(self, within=10):
        code = self.process.wait(bound(within))
        assert not daemon.SANITIZER.search(self.log()), self.log()
        return code

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


@contextlib.contextmanager
def new_sender():
    with contextlib.ExitStack() as running:
        def start(where, *arguments, **options):
            host = where if isinstance(where, str) else f"[{where[0]}]:{where[1]}" if ":" in where[0] else f"{where[0]}:{where[1]}"
            sender = Sender(host, *arguments, **options)
            running.callback(sender.end)
            return sender
        yield start
