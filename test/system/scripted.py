"""An HTTP server that does what a test says: one script for each connection, in the order in which they come."""

import contextlib
import socket
import ssl
import struct
import threading


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.method, self.target, self.version = lines[0].split(" ")
        self.fields = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            self.fields[name.lower()] = value.strip()
        self.body = body


class Peer:
    """One connection, in its script's hands."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self._unread = b""

    def request(self):
        """The next one with its body, of known length; None when the client has closed. The server keeps it."""
        while b"\r\n\r\n" not in self._unread:
            if not self._receive():
                return None
        head, self._unread = self._unread.split(b"\r\n\r\n", 1)
        found = Request(head, b"")
        length = int(found.fields.get("content-length", 0))
        while len(self._unread) < length:
            if not self._receive():
                return None
        found.body, self._unread = self._unread[:length], self._unread[length:]
        self.server.requests.append(found)
        return found

    def _receive(self):
        try:
            piece = self.connection.recv(65536)
        except OSError:
            return False
        self._unread += piece
        return bool(piece)

    def send(self, data):
        """False: the client does not want it any more."""
        try:
            self.connection.sendall(data)
        except OSError:
            return False
        return True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def wait_for_end(self):
        while self._receive():
            pass


def answer(status="200 OK", body=b"", **fields):
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answering(*answers):
    """A script: each request of the connection gets the next of these, the last one for ever."""
    def script(peer):
        left = list(answers)
        while peer.request() and peer.send(left.pop(0) if len(left) > 1 else left[0]):
            pass
    return script


def answering_once(text):
    """A script: one answer, then the connection is closed."""
    def script(peer):
        peer.request()
        peer.send(text)
    return script


def silent(peer):
    """A script: reads, and says nothing."""
    peer.wait_for_end()


class Server:
    """The last script serves all further connections too. `tls`: a certificate and its key."""

    def __init__(self, *scripts, tls=None, host="127.0.0.1"):
        self.scripts, self.requests, self.connections = scripts, [], 0
        self._context = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*map(str, tls))
        self._listening = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._listening.getsockname()[1]
        self._open = set()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def url(self, path="/", host="127.0.0.1"):
        return f"{'https' if self._context else 'http'}://{host}:{self.port}{path}"

    def _accept(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, script), daemon=True).start()

    def _serve(self, connection, script):
        self._open.add(connection)
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            script(Peer(self, connection))
        except OSError:
            pass  # the client thinks otherwise of it
        finally:
            connection.close()

    def stop_listening(self):
        """Who is connected stays so."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_listening()
        self._accepting.join(10)
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
