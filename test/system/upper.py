"""Peers of the uppercase service: TCP and UDP as programs use them, and the coursework's clients."""

import contextlib
import os
import re
import socket
import struct
import subprocess
import sys

import daemon
from wire import bound, fetch

PATIENCE = 10.0
ALPHABET = bytes(range(256))


def upper(text):
    """a to z and nothing else: bytes.upper() is defined so."""
    return text.upper()


@contextlib.contextmanager
def new_upperd():
    """start(*arguments, listen=...): servers with an admin; .tcp and .udp are the addresses of the first --listen."""
    with contextlib.ExitStack() as running:
        def start(*arguments, listen=("127.0.0.1:0",), **options):
            listens = [word for address in listen for word in ("--listen", address)]
            addresses = sum(1 if address.startswith("unix:") else 2 for address in listen) or 2
            options.setdefault("listeners", addresses + 1)
            server = daemon.Daemon("pier-upperd", *listens, "--admin", "127.0.0.1:0", *arguments, **options)
            running.callback(server.stop)
            server.admin = server.addresses[-1]
            server.tcp, server.udp = server.address, server.addresses[addresses // 2]
            return server
        yield start


def metric(server, name, service="upper-udp"):
    text = fetch(server.admin, "/metrics").body.decode()
    found = re.search(rf'^pier_{name}{{service="{service}"}} (\d+)$', text, re.M)
    assert found, f"{name} of {service} is not in {text}"
    return int(found[1])


def connect(address, **options):
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
    else:
        connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if "receive_buffer" in options:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["receive_buffer"])
    connection.settimeout(bound(PATIENCE))
    connection.connect(address)
    return connection


def receive(connection, size):
    """Exactly so many bytes, or what came until the end."""
    pieces = []
    while size > 0 and (piece := connection.recv(min(size, 1 << 20))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def to_end(connection):
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def reset_on_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def datagram_socket(address=("127.0.0.1", 0)):
    peer = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_DGRAM)
    peer.settimeout(bound(PATIENCE))
    peer.bind(address)
    return peer


def ask(peer, address, text):
    peer.sendto(text, address)
    return peer.recvfrom(1 << 16)


def python(script, *arguments, within=PATIENCE, text=""):
    """Runs a client in Python as students write it; what it prints."""
    done = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], input=text, capture_output=True, text=True,
                          timeout=bound(within), check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done
    return done.stdout


# Sends one sentence, reads the answer with one recv(), closes.
TCP_CLIENT = """
from socket import socket, AF_INET, SOCK_STREAM
import sys
client = socket(AF_INET, SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
sentence = input()
client.send(sentence.encode())
print("From Server:", client.recv(1024).decode())
client.close()
"""

# Sends a sentence in a datagram and waits for what comes back.
UDP_CLIENT = """
from socket import socket, AF_INET, SOCK_DGRAM
import sys
client = socket(AF_INET, SOCK_DGRAM)
client.sendto(input().encode(), (sys.argv[1], int(sys.argv[2])))
message, server = client.recvfrom(2048)
print(message.decode())
client.close()
"""

# One sentence for each connection.
TCP_SERVER = """
from socket import socket, AF_INET, SOCK_STREAM
server = socket(AF_INET, SOCK_STREAM)
server.bind(("127.0.0.1", 0))
server.listen(1)
print(server.getsockname()[1], flush=True)
while True:
    connection, client = server.accept()
    sentence = connection.recv(1024).decode()
    connection.send(sentence.upper().encode())
    connection.close()
"""

UDP_SERVER = """
from socket import socket, AF_INET, SOCK_DGRAM
server = socket(AF_INET, SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    message, client = server.recvfrom(2048)
    server.sendto(message.decode().upper().encode(), client)
"""


@contextlib.contextmanager
def python_server(script):
    """One of the coursework's servers; its port."""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as server:
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()
