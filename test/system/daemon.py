"""Starts the binaries under test, waits for what they print, and checks how they end."""

import ctypes
import fcntl
import functools
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from wire import bound, is_readable

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("PIER_BIN") or HERE.parents[1] / "build/release/bin").resolve()
LISTENING = re.compile(r"listening on ([a-z][a-z+-]*://(?:[0-9.]+|\[[0-9a-f:]+\]):\d+|[a-z][a-z+-]*\+unix:[/@].+)\Z")
SANITIZER = re.compile(r"Sanitizer|runtime error:")
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def binary(name):
    path = BIN / name
    assert path.is_file(), f"{path} is missing: build it, or name its directory in PIER_BIN"
    return path


@functools.cache
def is_built_with(*symbols, name="pier-httpd"):
    if not (BIN / name).is_file():
        return False
    content = binary(name).read_bytes()
    return any(symbol in content for symbol in symbols)


def is_sanitized():
    """Sanitizers multiply time and memory: timing and memory bounds do not hold for such binaries."""
    return is_built_with(b"__asan_init", b"__tsan_init")


def until(condition, within, what):
    """Polls until `condition()` is true and returns its value; fails after `within` seconds."""
    deadline = time.monotonic() + bound(within)
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.005)


def handing_over(sockets, command):
    """`command` wrapped so that it gets these sockets as a service manager passes them, sd_listen_fds(3); and the
    descriptors that the child inherits for it, which are to be closed here."""
    if not sockets:
        return command, []
    high = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 200) for each in sockets]
    moves = " ".join(f"{3 + index}<&{fd} {fd}<&-" for index, fd in enumerate(high))
    script = f'exec {moves}; LISTEN_PID=$$ LISTEN_FDS={len(high)} exec "$0" "$@"'
    return ["/bin/bash", "-c", script, *command], high


EVERY_PROGRAM = sorted(path.name for path in BIN.glob("pier*")
                       if path.name not in ("pier-unit", "pier-crash"))
HOSTED = ("upperd", "pingd", "beatd")  # the services that `pier` runs beside its pages, by their sections


def run(name, *arguments, within=5, sockets=(), **options):
    """For command lines that end by themselves: the completed process, its output as text."""
    command, passed = handing_over(sockets, [binary(name), *arguments])
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=bound(within), pass_fds=passed, **options)
    except subprocess.TimeoutExpired as expired:
        raise AssertionError(f"it does not end: {arguments}; so far {expired.stdout!r}") from None
    finally:
        for fd in passed:
            os.close(fd)


class Daemon:
    """A running server. `addresses` are what wire.Connection takes, in the order of the lines printed. `descriptors` are
    the soft and the hard limit that it starts with."""

    def __init__(self, name, *arguments, listeners=1, within=10, descriptors=None, user=None, group=None, cwd=None,
                 sockets=(), environment=None):
        def prepare():
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no server outlives its test
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)

        if name == "pier":  # what a test is about is started, the rest is not
            arguments += tuple(f"--{other}.no-serve" for other in HOSTED if f"--{other}.serve" not in arguments)
        if name == "pier" and "--admin" not in arguments:
            arguments += ("--admin", "off")  # its address is fixed, and these servers run side by side
        self.arguments = tuple(map(str, arguments))
        self._stderr = tempfile.TemporaryFile()
        self._unread = b""
        self.started = time.monotonic()
        program = binary(name)
        if user is not None:  # who may not be let into the folder of the build
            self._copy = tempfile.TemporaryDirectory(prefix="pier-test-")
            os.chmod(self._copy.name, 0o755)
            program = shutil.copy(program, self._copy.name)
        command, passed = handing_over(sockets, [program, *self.arguments])
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=cwd, stdout=subprocess.PIPE,
                                        stderr=self._stderr, preexec_fn=prepare, user=user, group=group,
                                        pass_fds=passed, env={**os.environ, **(environment or {})})
        for fd in passed:
            os.close(fd)
        self.pid = self.process.pid
        self.is_checked = False
        try:
            self.urls = [self._listening_line(self.started + bound(within)) for _ in range(listeners)]
            self.table = self._table(self.started + bound(within)) if name == "pier" else []
        except BaseException:
            self.kill()
            raise
        self.ready_after = time.monotonic() - self.started
        self.addresses = [to_address(url) for url in self.urls]
        self.address, self.url = self.addresses[0], self.urls[0]

    def _line(self, deadline):
        output = self.process.stdout.fileno()
        while b"\n" not in self._unread:
            piece = os.read(output, 4096) if is_readable(output, deadline - time.monotonic()) else b""
            assert piece, f"no further line but {self._unread!r}; code {self.process.poll()}; {self.log()}"
            self._unread += piece
        line, self._unread = self._unread.split(b"\n", 1)
        return line.decode()

    def _listening_line(self, deadline):
        line = self._line(deadline)
        found = LISTENING.match(line)
        assert found, f"not a `listening on` line: {line!r}"
        return found[1]

    def _table(self, deadline):
        """The lines between two empty ones that `pier` prints when it is ready."""
        line = self._line(deadline)
        assert line == "", f"no table: {line!r}"
        return list(iter(lambda: self._line(deadline), ""))

    def log(self):
        """What it has printed on standard error."""
        size = os.fstat(self._stderr.fileno()).st_size
        return os.pread(self._stderr.fileno(), size, 0).decode(errors="replace")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def sockets(self):
        """How many of the descriptors are sockets: unlike files, these are kept in no cache."""
        def is_socket(descriptor):
            try:
                return os.readlink(f"/proc/{self.pid}/fd/{descriptor}").startswith("socket:")
            except FileNotFoundError:
                return False
        return sum(map(is_socket, os.listdir(f"/proc/{self.pid}/fd")))

    def resident(self):
        """Bytes of resident memory."""
        with open(f"/proc/{self.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()

    def cpu(self):
        """Seconds of processor time used so far."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def is_running(self):
        return self.process.poll() is None

    def send_signal(self, number):
        self.process.send_signal(number)

    def wait(self, within=15):
        """The exit code (negative for a signal's number)."""
        try:
            return self.process.wait(bound(within))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within} s; {self.log()[-2000:]}") from None

    def kill(self):
        if self.is_running():
            self.process.kill()
            self.process.wait()
        self.is_checked = True

    def stop(self, number=signal.SIGTERM, within=15):
        """Asks it to drain and checks that it ends well, having said nothing unexpected."""
        if self.is_checked:
            return
        assert self.is_running(), f"it ended by itself, code {self.process.returncode}: {self.log()[-4000:]}"
        self.send_signal(number)
        try:
            code = self.wait(within)
        except AssertionError:
            self.kill()
            raise
        self.check(code)

    def check(self, code, expected=0):
        self.is_checked = True
        rest = self._unread + self.process.stdout.read()
        self.process.stdout.close()
        log = self.log()
        assert not SANITIZER.search(log), log[-8000:]
        assert code == expected, f"exit code {code}: {log[-4000:]}"
        assert rest == b"", f"standard output holds more than what it says when it is ready: {rest!r}"


def to_address(url):
    scheme, rest = re.fullmatch(r"([a-z+-]+):(.+)", url).groups()
    if scheme.endswith("+unix"):
        return rest
    host, port = re.fullmatch(r"//\[?([^\]]+?)\]?:(\d+)", rest).groups()
    return ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), int(port))
