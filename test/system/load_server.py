"""The server of load tests: one answer for whatever comes, and a memory of who asked for what, when."""

import socket
import threading
import time

from scripted import Server


class LoadServer:
    """`answer(request, socket)` is called for each request, by a thread of its connection, and sends what it likes; the
    connection goes on unless it returns False. `request.number` counts them as they come, from 0."""

    def __init__(self, answer):
        self.requests, self._answer, self._lock = [], answer, threading.Lock()
        self._server = Server(self._script)
        self.base = f"http://127.0.0.1:{self._server.port}"

    @property
    def connections(self):
        return self._server.connections

    def _script(self, peer):
        peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while request := peer.request():
            with self._lock:
                request.number, request.at = len(self.requests), time.monotonic()
                self.requests.append(request)
            if self._answer(request, peer.connection) is False:
                break

    def stop_listening(self):
        """Who is connected stays so."""
        self._server.stop_listening()

    def __enter__(self):
        self._server.__enter__()
        return self

    def __exit__(self, *exception):
        self._server.__exit__(*exception)


def ok(body=b"hello", fields=b"", status=b"200 OK"):
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n" % len(body) + fields + b"\r\n" + body
