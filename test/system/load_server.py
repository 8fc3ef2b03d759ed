"""An HTTP server that does what a test tells it, and remembers what it was asked."""

import contextlib
import re
import socket
import struct
import threading
import time


class Request:
    def __init__(self, connection, number, head, body):
        self.connection, self.number, self.body = connection, number, body
        self.at = time.monotonic()
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ")
        self.fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}


class Scripted:
    """`answer(request, socket)` is called for each request, by a thread of its connection, and sends what it likes; the
    connection goes on unless it returns False. Requests are numbered as they come, from 0."""

    def __init__(self, answer):
        self.requests, self.connections, self._answer = [], 0, answer
        self._lock, self._sockets, self._ending = threading.Lock(), set(), False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = self._listener.getsockname()
        self.url = f"http://127.0.0.1:{self.address[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                number, self.connections = self.connections, self.connections + 1
                self._sockets.add(peer)
            threading.Thread(target=self._serve, args=(peer, number), daemon=True).start()

    def _serve(self, peer, connection):
        with contextlib.suppress(OSError, ValueError):
            buffer = b""
            while True:
                while b"\r\n\r\n" not in buffer:
                    buffer += self._receive(peer)
                head, buffer = buffer.split(b"\r\n\r\n", 1)
                found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                length = int(found[1]) if found else 0
                while len(buffer) < length:
                    buffer += self._receive(peer)
                with self._lock:
                    request = Request(connection, len(self.requests), head, buffer[:length])
                    self.requests.append(request)
                buffer = buffer[length:]
                if self._answer(request, peer) is False:
                    break
        peer.close()
        with self._lock:
            self._sockets.discard(peer)

    @staticmethod
    def _receive(peer):
        got = peer.recv(65536)
        if not got:
            raise ValueError("the end")
        return got

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        with self._lock:
            left = list(self._sockets)
        for peer in left:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)


def ok(body=b"hello", fields=b"", status=b"200 OK"):
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n" % len(body) + fields + b"\r\n" + body


def reset(peer):
    """The connection ends by an RST."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False
