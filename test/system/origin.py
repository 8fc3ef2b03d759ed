"""An HTTP server that says exactly what a test wants it to say, and notes what it was asked."""

import contextlib
import socket
import struct
import threading

HEAD_LIMIT = 1 << 20


class Request:
    def __init__(self, head, body):
        self.head = head
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()
        self.body = body

    def __getitem__(self, name):
        return self.fields.get(name.lower())

    def range(self):
        """(first, last or None) of `Range: bytes=`; None without it."""
        value = self["Range"]
        if value is None:
            return None
        first, last = value.removeprefix("bytes=").split("-")
        return int(first), int(last) if last else None


class Peer:
    """One connection, as a script sees it."""

    def __init__(self, sock):
        self.sock = sock
        self.unread = b""

    def request(self):
        """The next one; None when the client has closed."""
        while b"\r\n\r\n" not in self.unread:
            piece = self.sock.recv(65536)
            if not piece or len(self.unread) > HEAD_LIMIT:
                return None
            self.unread += piece
        head, self.unread = self.unread.split(b"\r\n\r\n", 1)
        request = Request(head, b"")
        length = int(request["Content-Length"] or 0)
        while len(self.unread) < length:
            self.unread += self.sock.recv(65536)
        request.body, self.unread = self.unread[:length], self.unread[length:]
        return request

    def send(self, data):
        self.sock.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def answer(self, status="200 OK", body=b"", length=True, **fields):
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        if length:
            lines.append(f"Content-Length: {len(body)}")
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def until_closed(self):
        """Waits for the client to give up."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass


class Server:
    """`script(peer, request, number)` for each request, `number` counting from 0. It returns True to keep the
    connection. Without requests (`raw`), `script(peer, number)` for each connection."""

    def __init__(self, script, raw=False):
        self.script, self.raw = script, raw
        self.requests = []
        self.errors = []
        self.lock = threading.Lock()
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.open = set()
        self.threads = []
        self.acceptor = threading.Thread(target=self._accept)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self.threads.append(thread)
            thread.start()

    def _next(self):
        with self.lock:
            self.count += 1
            return self.count - 1

    def _serve(self, sock):
        peer = Peer(sock)
        try:
            if self.raw:
                self.script(peer, self._next())
                return
            while request := peer.request():
                with self.lock:
                    self.requests.append(request)
                if not self.script(peer, request, self._next()):
                    return
        except OSError:
            pass  # the client left
        except Exception as error:  # a mistake of the script's: the test is to fail
            self.errors.append(error)
        finally:
            with self.lock:
                self.open.discard(sock)
            sock.close()

    def stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join()
        with self.lock:
            for sock in self.open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        assert not self.errors, self.errors


@contextlib.contextmanager
def serving(script, raw=False):
    server = Server(script, raw)
    try:
        yield server
    finally:
        server.stop()


def file_script(content, tag='"v1"', **more):
    """A server of one file that does ranges as it should."""
    def script(peer, request, number):
        wanted = request.range()
        if wanted is None or (request["If-Range"] not in (None, tag)):
            peer.answer(body=content, ETag=tag, Accept_Ranges="bytes", **more)
            return True
        first, last = wanted
        last = min(len(content) - 1 if last is None else last, len(content) - 1)
        if first >= len(content):
            peer.answer("416 Range Not Satisfiable", Content_Range=f"bytes */{len(content)}")
            return True
        peer.answer("206 Partial Content", content[first:last + 1], ETag=tag,
                    Content_Range=f"bytes {first}-{last}/{len(content)}", **more)
        return True
    return script
