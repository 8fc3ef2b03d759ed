"""What tests of pier-pingd and pier-ping have in common: STAMP's packets built and read by hand, and a reflector that is
checked when it ends."""

import contextlib
import dataclasses
import hashlib
import hmac
import json
import socket
import struct
import time

import pytest

import daemon
from wire import bound, fetch, is_readable

BASE, SIGNED_BASE = 44, 112
UNIX_TO_NTP = 2_208_988_800


def to_ntp(seconds):
    whole = int(seconds // 1)
    return (whole + UNIX_TO_NTP) % 2**32 << 32 | int(seconds % 1 * 2**32)


def from_ntp(stamp):
    return (stamp >> 32) - UNIX_TO_NTP + (stamp & 0xffff_ffff) / 2**32


def question(sequence, *, timestamp=0x1122334455667788, error=0x8abc, ssid=0, key=None, rest=b""):
    """A Session-Sender's packet (RFC 8762 4.2)."""
    if key is None:
        return struct.pack("!IQHH28x", sequence, timestamp, error, ssid) + rest
    head = struct.pack("!I12xQHH68x", sequence, timestamp, error, ssid)
    return head + tag(key, head) + rest


def tag(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()[:16]


def tlv(kind, value, flags=0x80):
    return struct.pack("!BBH", flags, kind, len(value)) + value


@dataclasses.dataclass
class Answer:
    """A Session-Reflector's packet (RFC 8762 4.3), whose fields that must be zero are."""
    sequence: int
    timestamp: int
    error: int
    ssid: int
    received: int
    sender_sequence: int
    sender_timestamp: int
    sender_error: int
    ttl: int
    rest: bytes

    @staticmethod
    def read(packet, key=None):
        if key is None:
            sequence, t3, error, ssid, t2, asked, t1, asked_error, zeros, ttl, end = struct.unpack_from(
                "!IQHHQIQH2sB3s", packet)
            assert zeros + end == bytes(5)
            rest = packet[BASE:]
        else:
            (sequence, zeros, t3, error, ssid, more, t2, much, asked, yet, t1, asked_error, six, ttl, end) = (
                struct.unpack_from("!I12sQHH4sQ8sI12sQH6sB15s", packet))
            assert not any(zeros + more + much + yet + six + end)
            assert packet[96:SIGNED_BASE] == tag(key, packet[:96])
            rest = packet[SIGNED_BASE:]
        return Answer(sequence, t3, error, ssid, t2, asked, t1, asked_error, ttl, rest)


class Peer:
    """A UDP socket that speaks to one address and hears from no other."""

    def __init__(self, address, *, source=None, ttl=None, dscp=None):
        self.family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        if source is not None:
            self.socket.bind(source)
        v6 = self.family == socket.AF_INET6
        if ttl is not None:
            self.socket.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if v6 else
                                     (socket.IPPROTO_IP, socket.IP_TTL)), ttl)
        if dscp is not None:
            self.socket.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if v6 else
                                     (socket.IPPROTO_IP, socket.IP_TOS)), dscp << 2)
        self.socket.connect(address)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def send(self, *packets):
        for packet in packets:
            self.socket.send(packet)

    def hear(self, within=5):
        assert is_readable(self.socket, bound(within)), f"no answer within {within} s"
        return self.socket.recv(65536)

    def ask(self, packet, within=5):
        self.send(packet)
        return self.hear(within)

    def hears_nothing(self, seconds=0.2):
        return not is_readable(self.socket, seconds)

    def hear_all(self, quiet=0.5):
        """Everything until nothing has come for a while."""
        heard = []
        while is_readable(self.socket, bound(quiet)):
            heard.append(self.socket.recv(65536))
        return heard


@contextlib.contextmanager
def new_pingd():
    with contextlib.ExitStack() as running:
        def start(*arguments, listen=("127.0.0.1:0",), text="127.0.0.1:0", admin=True, **options):
            words = [word for address in listen for word in ("--listen", address)]
            words += [] if text is None else ["--text-listen", text]
            words += ["--admin", "127.0.0.1:0"] if admin else []
            options.setdefault("listeners", max(1, len(listen)) + (text != "off") + admin)
            server = daemon.Daemon("pier-pingd", *words, *arguments, **options)
            running.callback(server.stop)
            by_scheme = {}
            for url, address in zip(server.urls, server.addresses):
                by_scheme.setdefault(url.split(":")[0], []).append(address)
            server.stamp = by_scheme["stamp"][0]
            server.stamps = by_scheme["stamp"]
            server.text = by_scheme.get("text-ping", [None])[0]
            server.admin = by_scheme.get("admin+http", [None])[0]
            return server
        yield start


@pytest.fixture
def pingd():
    """pingd(*arguments): a reflector on free ports that is stopped and checked after the test."""
    with new_pingd() as start:
        yield start


def counted(server, name, service="stamp"):
    """A counter of the reflector, as its metrics tell it."""
    for line in fetch(server.admin, "/metrics").body.decode().splitlines():
        if line.startswith(f'pier_{name}{{service="{service}"'):
            return int(float(line.rsplit(" ", 1)[1]))
    raise AssertionError(f"no {name} of {service}")


def until_counted(server, name, value, service="stamp", within=5):
    daemon.until(lambda: counted(server, name, service) == value, within, f"{name} is not {value}")


def statistics(server):
    return json.loads(fetch(server.admin, "/api/stats").body)
