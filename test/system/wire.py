"""A strict HTTP/1.1 client: it sends exactly the bytes it is given, in the pieces it is given, and accepts nothing
but well-formed answers."""

import array
import email.utils
import fcntl
import re
import select
import socket
import struct
import time

SLOWNESS = 1.0   # how much slower than usual the server is; conftest.py raises it for sanitized binaries
PATIENCE = 10.0  # seconds for one answer
SIOCOUTQ = 0x5411

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) ([\t\x20-\x7e\x80-\xff]*)\Z")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*"
                        rb"[\x21-\x7e\x80-\xff])?)?)[ \t]*\Z")
IMF_FIXDATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
                         r"\d\d:\d\d:\d\d GMT\Z")
SINGLE = {"accept-ranges", "content-length", "content-location", "content-range", "content-type", "date", "etag",
          "last-modified", "location", "retry-after", "server", "transfer-encoding", "x-content-type-options"}


def bound(seconds):
    """A time that must not be exceeded."""
    return seconds * SLOWNESS


class Reset(AssertionError):
    """The peer reset the connection where an orderly end or more bytes were due."""


def is_readable(file, seconds):
    """Waits for bytes or an end; select() would not do, since descriptors beyond 1024 are common here."""
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(max(0, seconds) * 1000))


class Answer:
    """A status line and fields; `body` once it has been read."""

    def __init__(self, status, reason, fields):
        self.status, self.reason, self.fields, self.body = status, reason, fields, b""

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def get(self, name):
        """The field's value, its lines joined as RFC 9110 5.3 does; None without any."""
        return ", ".join(self.all(name)) if self.all(name) else None

    def __getitem__(self, name):
        value = self.get(name)
        assert value is not None, f"no {name} in {self}"
        return value

    def tokens(self, name):
        return {token.strip().lower() for token in (self.get(name) or "").split(",") if token.strip()}

    @property
    def closes(self):
        return "close" in self.tokens("Connection")

    @property
    def length(self):
        return int(self["Content-Length"])

    def __repr__(self):
        return f"<{self.status} {self.reason} {self.fields} {len(self.body)} bytes: {self.body[:200]!r}>"


def parse_head(head):
    """The Answer for the bytes before the empty line, or an AssertionError that says what is wrong with them."""
    lines = head.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines), f"bare CR or LF in {head!r}"
    status = STATUS_LINE.match(lines[0])
    assert status, f"status line {lines[0]!r}"
    fields = []
    for line in lines[1:]:
        field = FIELD_LINE.match(line)
        assert field, f"field line {line!r}"
        fields.append((field[1].decode().lower(), field[2].decode("latin-1")))
    names = [name for name, _ in fields]
    repeated = {name for name in SINGLE if names.count(name) > 1}
    assert not repeated, f"{repeated} repeated in {fields}"
    answer = Answer(int(status[1]), status[2].decode("latin-1"), fields)
    if 200 <= answer.status < 500:  # RFC 9110 6.6.1
        assert answer.get("Date"), f"no Date in {answer}"
    for name in ("Date", "Last-Modified"):
        if answer.get(name):
            assert IMF_FIXDATE.match(answer[name]), f"{name}: {answer[name]}"
    if answer.get("Last-Modified") and answer.get("Date"):  # RFC 9110 8.8.2.1
        assert when(answer["Last-Modified"]) <= when(answer["Date"]), answer
    if answer.get("Content-Length") is not None:
        assert re.fullmatch("[0-9]+", answer["Content-Length"]), answer
    if answer.status < 200 or answer.status == 204:  # RFC 9110 8.6, RFC 9112 6.1
        assert answer.get("Content-Length") is None and answer.get("Transfer-Encoding") is None, answer
    assert not (answer.get("Content-Length") and answer.get("Transfer-Encoding")), answer
    return answer


def when(date):
    return email.utils.parsedate_to_datetime(date).timestamp()


class Connection:
    def __init__(self, address, *, receive_buffer=None, send_buffer=None):
        """`address` is a unix socket's path or what connect() takes for TCP."""
        if isinstance(address, str):
            family = socket.AF_UNIX
        else:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if send_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        self.buffer = bytearray()
        self.socket.settimeout(bound(PATIENCE))
        try:
            self.socket.connect(address)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Closes with an RST instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def finish(self):
        """Sends FIN: nothing more will be asked."""
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, *pieces):
        """Sends each piece with a send() of its own."""
        self.socket.settimeout(bound(PATIENCE))
        for piece in pieces:
            self.socket.sendall(piece)
        return self

    def send_apart(self, *pieces):
        """Sends each piece once the peer has read the one before."""
        for piece in pieces:
            self.send(piece)
            self.wait_until_read()
        return self

    def wait_until_read(self):
        deadline = time.monotonic() + bound(PATIENCE)
        while self._unread_by_peer():
            assert time.monotonic() < deadline, "the peer does not read what it was sent"
            time.sleep(0.0002)

    def _unread_by_peer(self):
        if self.socket.family == socket.AF_UNIX:  # there, what is queued for sending is what the peer has not read
            queued = array.array("i", [0])
            fcntl.ioctl(self.socket, SIOCOUTQ, queued)
            return queued[0]
        here, there = self.socket.getsockname()[1], self.socket.getpeername()[1]
        table = "/proc/net/tcp6" if self.socket.family == socket.AF_INET6 else "/proc/net/tcp"
        with open(table) as rows:
            for row in rows:
                cells = row.split()
                if cells[1].endswith(f":{there:04X}") and cells[2].endswith(f":{here:04X}"):
                    return int(cells[4].split(":")[1], 16)
        return 0

    def read_some(self, count=65536, patience=None):
        """At most `count` bytes; b"" at an orderly end."""
        if self.buffer:
            taken = bytes(self.buffer[:count])
            del self.buffer[:count]
            return taken
        self.socket.settimeout(patience or bound(PATIENCE))
        try:
            return self.socket.recv(count)
        except ConnectionResetError:
            raise Reset("the peer reset the connection") from None
        except socket.timeout:
            raise AssertionError(f"nothing arrived within {patience or bound(PATIENCE)} s") from None

    def _more(self, deadline, doing):
        left = deadline - time.monotonic()
        assert left > 0, f"time is up while reading {doing}; read so far: {bytes(self.buffer[:2000])!r}"
        self.socket.settimeout(left)
        try:
            piece = self.socket.recv(262144)
        except ConnectionResetError:
            raise Reset(f"reset while reading {doing}; read so far: {bytes(self.buffer[:2000])!r}") from None
        except socket.timeout:
            raise AssertionError(f"stalled while reading {doing}; read so far: {bytes(self.buffer[:2000])!r}") from None
        assert piece, f"the stream ended while reading {doing}; read so far: {bytes(self.buffer[:2000])!r}"
        self.buffer += piece

    def _take(self, count, deadline, doing):
        while len(self.buffer) < count:
            self._more(deadline, doing)
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def _line(self, deadline, doing, end=b"\r\n"):
        while (at := self.buffer.find(end)) < 0:
            self._more(deadline, doing)
        taken = bytes(self.buffer[:at])
        del self.buffer[:at + len(end)]
        return taken

    def head(self, patience=None):
        """The next status line and fields; what follows is still to be read."""
        return parse_head(self._line(time.monotonic() + (patience or bound(PATIENCE)), "a head", b"\r\n\r\n"))

    def answer(self, method="GET", patience=None):
        """The next answer, whole. `method` is what it answers: HEAD brings no content."""
        deadline = time.monotonic() + (patience or bound(PATIENCE))
        answer = self.head(patience)
        if answer.status < 200 or answer.status in (204, 304) or method == "HEAD":
            return answer
        if answer.get("Transfer-Encoding") is not None:
            assert answer["Transfer-Encoding"].lower() == "chunked", answer
            answer.body = self._chunks(deadline)
        else:
            answer.body = self._take(answer.length, deadline, "a body")
        return answer

    def _chunks(self, deadline):
        body = b""
        while True:
            line = self._line(deadline, "a chunk's size")
            assert re.fullmatch(rb"[0-9A-Fa-f]+", line), f"chunk size {line!r}"
            size = int(line, 16)
            body += self._take(size, deadline, "a chunk")
            assert self._take(2, deadline, "a chunk's end") == b"\r\n"
            if size == 0:
                return body

    def closed(self, patience=None):
        """Passes when the peer ends the stream in order with nothing left over."""
        piece = self.read_some(patience=patience)
        assert piece == b"", f"left over: {piece[:500]!r}"
        return self

    def remains(self, patience=None):
        """All bytes up to the end, and whether that was orderly."""
        deadline, pieces = time.monotonic() + (patience or bound(PATIENCE)), []
        while True:
            try:
                piece = self.read_some(262144, patience=max(0.001, deadline - time.monotonic()))
            except Reset:
                return b"".join(pieces), False
            if not piece:
                return b"".join(pieces), True
            pieces.append(piece)

    def is_quiet(self, seconds):
        """True when neither bytes nor an end arrive for so long."""
        return not self.buffer and not is_readable(self.socket, seconds)


def request(target="/", *fields, method="GET", version="HTTP/1.1", host="localhost", body=b""):
    """A request's bytes. `fields` are lines without their CRLF; host=None leaves Host out."""
    start = f"{method} {target} {version}"
    lines = [start] + ([f"Host: {host}"] if host is not None else []) + list(fields)
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def exchange(address, *pieces, method="GET", closes=None, apart=False):
    """Sends the pieces on a connection of their own and returns the one answer that must come.

    closes=True: the server must say that it closes, and do so. closes=False: it must not say so. Either way nothing
    but the answer may arrive."""
    with Connection(address) as connection:
        (connection.send_apart if apart else connection.send)(*pieces)
        answer = connection.answer(method)
        if closes is not None:
            assert answer.closes == closes, answer
        if not closes:
            connection.finish()
        connection.closed()
        return answer


def fetch(address, target="/", *fields, method="GET", version="HTTP/1.1", host="localhost", body=b"", closes=None):
    return exchange(address, request(target, *fields, method=method, version=version, host=host, body=body),
                    method=method, closes=closes)
