"""What a service manager sees: readiness, reload, stop, signs of life; and sockets that it hands over, with which a
server can be replaced while it is asked."""

import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

import daemon
from daemon import run, until
from test_drain import stop_the_clock
from wire import Connection, bound, fetch, is_readable, request

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17


class Manager:
    """Hears what a server says to NOTIFY_SOCKET: a path, or a name in the abstract namespace after an `@`."""

    def __init__(self, where):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + where[1:] if where.startswith("@") else where)
        self.environment = {"NOTIFY_SOCKET": where}

    def hear(self, within=5):
        """The next datagram."""
        assert is_readable(self.socket, bound(within)), f"nothing is said within {within} s"
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))

    def hear_until(self, key, within=5):
        """All datagrams up to the first with `key`."""
        heard = [self.hear(within)]
        while key not in heard[-1]:
            heard.append(self.hear(within))
        return heard


@pytest.fixture(autouse=True)
def files(site):
    site.write("small.txt", "small")
    site.write("big.bin", bytes(range(256)) * (64 << 12))


@pytest.fixture(params=["path", "abstract"])
def manager(request, site):
    made = Manager(f"{site.outside}/notify" if request.param == "path" else f"@{site.outside}/notify")
    with contextlib.closing(made.socket):
        yield made


@pytest.fixture
def plain_manager(site):
    made = Manager(f"{site.outside}/notify")
    with contextlib.closing(made.socket):
        yield made


@contextlib.contextmanager
def listening(address=("127.0.0.1", 0), **options):
    """A socket as the manager makes it. It stays open here, whatever servers come and go."""
    with socket.create_server(address, backlog=4096, **options) as made:
        yield made


def test_ready_reload_stop(httpd, manager, site):
    log = site.outside / "access.log"
    server = httpd("--access-log", log, environment=manager.environment)
    assert manager.hear() == {"READY": "1", "STATUS": "serving"}
    before = time.monotonic_ns() // 1000
    server.send_signal(signal.SIGHUP)
    reloading = manager.hear()
    assert reloading.pop("RELOADING") == "1"
    assert before <= int(reloading.pop("MONOTONIC_USEC")) <= time.monotonic_ns() // 1000 and not reloading
    assert manager.hear()["READY"] == "1"
    with Connection(server.address) as busy:
        busy.send(request("/big.bin"))
        busy.head()
        server.send_signal(signal.SIGTERM)
        assert manager.hear()["STOPPING"] == "1"
        assert server.is_running()
    server.check(server.wait())


def test_ready_comes_after_the_lines(httpd, plain_manager):
    """Who waits for readiness may connect: a server that cannot listen never says so."""
    with listening() as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        done = run("pier-httpd", "--listen", address, env={**os.environ, **plain_manager.environment})
    assert done.returncode == 69 and not is_readable(plain_manager.socket, 0)


def test_without_a_manager_nothing_is_amiss(httpd, site):
    server = httpd(environment={"NOTIFY_SOCKET": f"{site.outside}/nobody", "WATCHDOG_USEC": "100000"})
    assert fetch(server.address, "/small.txt").body == b"small"


def test_reload_opens_the_log_anew(httpd, plain_manager, site):
    log, moved = site.outside / "access.log", site.outside / "access.log.1"
    server = httpd("--access-log", log, environment=plain_manager.environment)
    fetch(server.address, "/small.txt?before")
    until(lambda: b"before" in log.read_bytes(), 5, "the line")
    log.rename(moved)
    server.send_signal(signal.SIGHUP)
    plain_manager.hear_until("RELOADING")
    plain_manager.hear_until("READY")
    fetch(server.address, "/small.txt?after")
    until(lambda: b"after" in log.read_bytes(), 5, "the line in the new file")
    assert b"after" not in moved.read_bytes()


def test_reload_that_fails_keeps_what_was(httpd, plain_manager, site):
    folder = site.outside / "logs"
    folder.mkdir()
    server = httpd("--access-log", folder / "access.log", environment=plain_manager.environment)
    folder.rename(site.outside / "elsewhere")
    server.send_signal(signal.SIGHUP)
    plain_manager.hear_until("RELOADING")
    assert "not everything" in plain_manager.hear()["STATUS"]
    until(lambda: f"not reloaded: the log {folder}/access.log cannot be reopened" in server.log(), 5, "the event")
    fetch(server.address, "/small.txt?still")
    until(lambda: b"still" in (site.outside / "elsewhere/access.log").read_bytes(), 5, "the line in the old file")


def test_watchdog(httpd, plain_manager):
    server = httpd(environment={**plain_manager.environment, "WATCHDOG_USEC": "200000"})
    plain_manager.hear_until("READY")
    times = []
    while len(times) < 5:
        plain_manager.hear_until("WATCHDOG")
        times.append(time.monotonic())
    assert times[-1] - times[0] < bound(2)
    assert server.is_running()


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"}], ids=["off", "another's"])
def test_no_watchdog(httpd, plain_manager, environment):
    server = httpd(environment={**plain_manager.environment, **environment})
    plain_manager.hear_until("READY")
    server.stop()
    assert not any("WATCHDOG" in message for message in plain_manager.hear_until("STOPPING"))


@contextlib.contextmanager
def stuck(thread):
    """Holds one thread of a process, as a system call that does not return would."""
    def ptrace(what):
        assert daemon.libc.ptrace(what, thread, None, None) == 0, os.strerror(ctypes.get_errno())
    ptrace(PTRACE_SEIZE)
    ptrace(PTRACE_INTERRUPT)
    os.waitpid(thread, 0x40000000)  # __WALL
    try:
        yield
    finally:
        ptrace(PTRACE_DETACH)


def may_ptrace():
    with open("/proc/self/status") as status:
        capabilities = int(re.search(r"CapEff:\s*(\w+)", status.read())[1], 16)
    return capabilities >> 19 & 1


needs_ptrace = pytest.mark.skipif(not may_ptrace(), reason="CAP_SYS_PTRACE is needed to hold a single thread")


def shards(server):
    """The threads that serve; others write logs."""
    threads = sorted(int(name) for name in os.listdir(f"/proc/{server.pid}/task"))
    return [thread for thread in threads
            if pathlib.Path(f"/proc/{server.pid}/task/{thread}/comm").read_text().startswith("shard ")]


@needs_ptrace
def test_a_stuck_thread_ends_the_signs_of_life(httpd, plain_manager):
    server = httpd("--threads", "2", environment={**plain_manager.environment, "WATCHDOG_USEC": "200000"})
    plain_manager.hear_until("WATCHDOG")
    for events, thread in enumerate(shards(server), 1):
        with stuck(thread):
            until(lambda: server.log().count("a thread is stuck") == events, 5, "the event")
            while is_readable(plain_manager.socket, 0):
                plain_manager.socket.recv(4096)
            # five periods of silence: this is what must not happen, so there is nothing to wait for
            assert not is_readable(plain_manager.socket, 0.5)
        plain_manager.hear_until("WATCHDOG")


# --- socket activation


@pytest.mark.parametrize("threads", ["1", "2"])
def test_tcp(httpd, threads):
    with listening() as shared:
        server = httpd("--threads", threads, listen=[], sockets=[shared])
        assert server.address == shared.getsockname()
        for _ in range(20):
            assert fetch(server.address, "/small.txt").body == b"small"
        server.stop()


def test_unix_socket_stays(httpd, site):
    path = f"{site.outside}/socket"
    with listening(path, family=socket.AF_UNIX) as shared:
        server = httpd(listen=[], sockets=[shared])
        assert server.url == f"http+unix:{path}"
        assert fetch(path, "/small.txt").body == b"small"
        server.stop()
        assert os.path.exists(path)
        httpd(listen=[], sockets=[shared])
        assert fetch(path, "/small.txt").body == b"small"


def test_abstract_unix_socket(httpd, site):
    name = f"{site.outside}/abstract"
    with listening("\0" + name, family=socket.AF_UNIX) as shared:
        server = httpd(listen=[], sockets=[shared])
        assert server.url == f"http+unix:@{name}"
        assert fetch("\0" + name, "/small.txt").body == b"small"


def test_several(httpd, site):
    with listening() as one, listening() as two, listening(f"{site.outside}/three", family=socket.AF_UNIX) as three:
        server = daemon.Daemon("pier-httpd", site.root, listeners=3, sockets=[one, two, three])
        try:
            assert server.addresses == [one.getsockname(), two.getsockname(), three.getsockname()]
            for address in server.addresses:
                assert fetch(address, "/small.txt").body == b"small"
        finally:
            server.stop()


NOT_USED = "the service manager's sockets are not used"


def test_what_the_command_line_says_goes_first(httpd):
    with listening() as shared:
        server = httpd(sockets=[shared])
        assert server.address != shared.getsockname()
        assert fetch(server.address, "/small.txt").body == b"small"
        until(lambda: NOT_USED in server.log(), 5, "the event")


def test_sockets_for_another_process(httpd):
    """What a parent has left in the environment: they are neither served on nor told of as passed."""
    server = httpd(environment={"LISTEN_PID": "1", "LISTEN_FDS": "1"})
    assert fetch(server.address, "/small.txt").body == b"small"
    server.stop()
    assert NOT_USED not in server.log()


def udp():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


def bound_only():
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


@pytest.mark.parametrize("make", [udp, bound_only, lambda: socket.socketpair()[0], lambda: open("/dev/null")],
                         ids=["UDP", "not listening", "connected", "a file"])
def test_not_a_listening_stream_socket(site, make):
    with listening() as good, contextlib.closing(make()) as wrong:
        done = run("pier-httpd", site.root, sockets=[good, wrong],
                   env={**os.environ, "LISTEN_FDNAMES": "web:odd"})
    assert done.returncode == 69 and done.stdout == ""
    assert "descriptor 4 (odd)" in done.stderr and "not a listening stream socket" in done.stderr


@pytest.mark.parametrize("environment", [{"LISTEN_FDS": "many"}, {"LISTEN_FDS": "100000"}])
def test_nonsense_in_the_environment(site, environment):
    done = subprocess.run(["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"', daemon.binary("pier-httpd"), site.root],
                          env={**os.environ, **environment}, capture_output=True, text=True, timeout=bound(5))
    assert done.returncode == 64 and "LISTEN_FDS" in done.stderr and done.stdout == ""


def test_count_without_descriptors(site):
    done = subprocess.run(["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"', daemon.binary("pier-httpd"), site.root],
                          env={**os.environ, "LISTEN_FDS": "1"}, capture_output=True, text=True, timeout=bound(5))
    assert done.returncode == 69 and "descriptor 3 (unknown)" in done.stderr


@pytest.mark.skipif(not shutil.which("systemd-socket-activate"), reason="systemd-socket-activate is not installed")
def test_systemd_itself_hands_over(site):
    """The real thing, as far as it goes without systemd as process 1."""
    path = f"{site.outside}/activated"
    with subprocess.Popen(["systemd-socket-activate", "-l", path, "--fdname=web", daemon.binary("pier-httpd"), site.root],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            until(lambda: os.path.exists(path), 5, "the socket")
            assert fetch(path, "/small.txt").body == b"small"  # the connection that starts the server
            assert process.stdout.readline() == f"listening on http+unix:{path}\n"
            assert fetch(path, "/small.txt").body == b"small"
        finally:
            process.terminate()
        assert process.wait(bound(15)) == 0


# --- restarts that nobody notices


class Load:
    """Clients that ask without a pause, a connection for each request; every connection that the kernel takes must
    bring an answer."""

    def __init__(self, address, clients=8):
        self.address, self.answered, self.failures = address, [0] * clients, []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.ask, args=(index,)) for index in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def ask(self, index):
        while not self.stopping.is_set():
            try:
                fields = ["Connection: close"] if index % 2 else []
                with Connection(self.address) as connection:
                    assert connection.send(request("/small.txt", *fields)).answer().body == b"small"
                self.answered[index] += 1
            except (OSError, AssertionError) as failure:
                self.failures.append(repr(failure))
                return

    def more(self, count=200):
        """Waits for that many more answers."""
        target = sum(self.answered) + count
        until(lambda: self.failures or sum(self.answered) >= target, 20, f"{count} more answers")
        assert not self.failures, self.failures


@pytest.mark.parametrize("family", ["tcp", "unix"])
@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("first", ["the new one starts", "the old one ends"])
def test_no_request_is_lost_in_restarts(httpd, site, family, threads, first):
    options = {"family": socket.AF_UNIX} if family == "unix" else {}
    with listening(f"{site.outside}/socket" if family == "unix" else ("127.0.0.1", 0), **options) as shared:
        def start():
            return httpd("--threads", threads, listen=[], sockets=[shared])
        server = start()
        with Load(shared.getsockname()) as load:
            for _ in range(6):
                load.more()
                if first == "the new one starts":
                    following = start()
                    load.more()
                    server.stop()
                else:
                    server.stop()
                    following = start()
                server = following
            load.more()
        assert not load.failures, load.failures


def test_the_next_one_answers_what_waits(httpd):
    """Connections that come while nobody serves, and those that a stopped server did not get to."""
    with listening() as shared:
        first = httpd("--threads", "2", listen=[], sockets=[shared])
        stop_the_clock(first)
        waiting = [Connection(shared.getsockname()).send(request("/small.txt")) for _ in range(50)]
        first.send_signal(signal.SIGTERM)
        first.send_signal(signal.SIGCONT)
        first.check(first.wait(5))
        waiting += [Connection(shared.getsockname()).send(request("/small.txt")) for _ in range(50)]
        httpd(listen=[], sockets=[shared])
        for connection in waiting:
            with connection:
                assert connection.answer().body == b"small"


@needs_ptrace
def test_what_waits_at_the_end_is_left_to_the_next_one(httpd):
    """Not even accepted: who has yet to ask would find the connection closed."""
    with listening() as shared:
        first = httpd("--threads", "1", listen=[], sockets=[shared])
        with stuck(*shards(first)):
            first.send_signal(signal.SIGTERM)
            until(lambda: "asked to stop" in first.log(), 5, "the signal to be seen")
            waiting = [Connection(shared.getsockname()) for _ in range(20)]
        first.check(first.wait())
        httpd(listen=[], sockets=[shared])
        for connection in waiting:
            with connection:
                assert connection.send(request("/small.txt")).answer().body == b"small"


def test_signs_of_life_end_with_the_server(httpd):
    """However often they are asked for: one that is due while it stops keeps it from nothing."""
    for _ in range(3):
        httpd(environment={"WATCHDOG_USEC": "2"}).stop()
