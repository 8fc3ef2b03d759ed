"""TLS for tests: certificates as files, and a client that is as strict as wire.Connection."""

import collections
import errno
import hashlib
import os
import pathlib
import re
import ssl
import subprocess
import threading

import wire
from wire import bound

MODERN = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class Certificate:
    """NAME.pem and NAME.key in a folder, signed by itself."""

    def __init__(self, folder, name="server", names=("localhost",), addresses=("127.0.0.1",), key="ec", days=30):
        self.path, self.key = pathlib.Path(folder) / f"{name}.pem", pathlib.Path(folder) / f"{name}.key"
        self.name, self.names, self.addresses, self.kind = name, names, addresses, key
        self.issue(days)

    def issue(self, days=30, into=None, name=None):
        """A new one, in place of what is there, or beside it."""
        path = self.path if into is None else pathlib.Path(into) / f"{name}.pem"
        key = self.key if into is None else pathlib.Path(into) / f"{name}.key"
        kind = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}[self.kind]
        wanted = ",".join([f"DNS:{each}" for each in self.names] + [f"IP:{each}" for each in self.addresses])
        # Both come in one step each, as a careful program replaces them.
        new_path, new_key = f"{path}.new", f"{key}.new"
        asked = openssl("req", "-new", "-newkey", *kind, "-nodes", "-keyout", new_key, "-subj", f"/CN={self.name}",
                        "-addext", f"subjectAltName={wanted}")
        openssl("x509", "-req", "-key", new_key, "-days", str(days), "-copy_extensions", "copyall", "-out", new_path,
                input=asked.encode())
        os.chmod(new_key, 0o600)
        os.rename(new_key, key)
        os.rename(new_path, path)
        return path, key

    @property
    def arguments(self):
        return "--tls-cert", self.path, "--tls-key", self.key

    def fingerprint(self):
        return fingerprint(self.path)


def openssl(*arguments, input=None, within=20, code=0):
    done = subprocess.run(["openssl", *map(str, arguments)], input=input, capture_output=True, timeout=bound(within))
    assert code is None or done.returncode == code, done
    return (done.stdout + done.stderr).decode(errors="replace")


def fingerprint(path):
    return re.search("Fingerprint=(.+)", openssl("x509", "-in", path, "-noout", "-fingerprint", "-sha256"))[1]


def context(trusted=None, *, versions=MODERN, protocols=("http/1.1",)):
    """A client's; without `trusted` it believes everything."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version, made.maximum_version = versions
    if protocols:
        made.set_alpn_protocols(list(protocols))
    if trusted:
        made.load_verify_locations(trusted)
    else:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


class Secured:
    """A socket that speaks TLS over another. Unlike Python's own it tells an end by close_notify from one that
    anybody could have made, and goes on reading when it has said its own. One thread may read while another writes."""

    def __init__(self, raw, using=None, name="localhost", session=None):
        self.raw = raw
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._state, self._sending = threading.Lock(), threading.Lock()
        self._unsent = collections.deque()  # records in their order
        self.tls = (using or context()).wrap_bio(self._in, self._out, server_hostname=name, session=session)
        self._step(self.tls.do_handshake)

    def _flush(self):
        with self._sending:
            while self._unsent:
                self.raw.sendall(self._unsent.popleft())

    def _step(self, call, *arguments):
        while True:
            wanting = False
            with self._state:
                try:
                    result = call(*arguments)
                except ssl.SSLWantReadError:
                    wanting = True
                finally:
                    said = self._out.read()
                    if said:
                        self._unsent.append(said)
            if said:  # else: who reads does not wait for who is sending
                self._flush()
            if not wanting:
                return result
            piece = self.raw.recv(262144)
            with self._state:
                if piece:
                    self._in.write(piece)
                else:
                    self._in.write_eof()

    def recv(self, count):
        try:
            return self._step(self.tls.read, count)
        except ssl.SSLZeroReturnError:
            return b""
        except ssl.SSLEOFError:
            raise ConnectionResetError("an end without close_notify") from None

    def sendall(self, data):
        view = memoryview(data)
        while view:
            view = view[self._step(self.tls.write, view):]

    def shutdown(self, how):
        """close_notify, and FIN; reading goes on."""
        try:
            with self._state:
                self.tls.unwrap()
        except ssl.SSLError:
            pass  # the peer's own is awaited by who reads, or has come already
        said = self._out.read()
        if said:
            self._unsent.append(said)
        try:
            self._flush()
            self.raw.shutdown(how)
        except (BrokenPipeError, ConnectionResetError):
            pass  # and has gone
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise

    def fileno(self):
        return self.raw.fileno()

    def __getattr__(self, name):
        return getattr(self.raw, name)


class Connection(wire.Connection):
    """A wire.Connection by TLS. `before` is sent before the handshake."""

    def __init__(self, address, using=None, *, name="localhost", session=None, before=b"", **options):
        super().__init__(address, **options)
        try:
            self.socket.sendall(before)
            self.socket = Secured(self.socket, using, name, session)
        except BaseException:
            self.socket.close()
            raise

    @property
    def tls(self):
        return self.socket.tls


def fetch(address, target="/", *fields, using=None, name="localhost", **options):
    with Connection(address, using, name=name) as connection:
        connection.send(wire.request(target, *fields, **{"host": name, **options}))
        answer = connection.answer(options.get("method", "GET"))
        connection.finish()
        connection.closed()
        return answer


def shown(address, name="localhost", **options):
    """The fingerprint of the certificate that is shown for the name."""
    with Connection(address, context(**options), name=name) as connection:
        der = connection.tls.getpeercert(binary_form=True)
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[at:at + 2] for at in range(0, len(digest), 2))
