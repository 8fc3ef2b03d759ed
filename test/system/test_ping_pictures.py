"""What is looked at: the plot on a terminal, the page, and what Prometheus is told."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import time

import pytest

import daemon
from looks import LOOKS, assert_accessible, complaints, look
from reflecting import Reflector, Running, ping, reflect
from wire import bound, fetch

BRAILLE = re.compile("[\u2801-\u28ff]")


class Terminal:
    """pier-ping on a terminal of its own."""

    def __init__(self, *arguments, rows=24, columns=80, environment=None):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.process = subprocess.Popen([daemon.binary("pier-ping"), *arguments], stdin=slave, stdout=slave,
                                        stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm", **(environment or {})})
        os.close(slave)
        self.text = b""

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.text += os.read(self.master, 65536)
        except OSError:  # how the last slave's end is told
            return False
        return True

    def pictures(self):
        """What was drawn, whole pictures alone, without escape sequences."""
        return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", each) for each in self.text.decode(errors="replace").split("\x1b[H")[1:-1]]

    def until(self, condition, within=10):
        deadline = time.monotonic() + bound(within)
        while not condition():
            assert time.monotonic() < deadline and self.process.poll() is None, self.text[-3000:]
            self._read(0.1)

    def end(self):
        while self._read(5):
            pass
        code = self.process.wait(bound(10))
        self.process.stderr.close()
        os.close(self.master)
        return code


def lines_of(picture):
    return picture.rstrip().split("\r\n")


def test_a_plot_is_drawn_while_it_happens():
    with Reflector() as one, Reflector(lambda number, packet, send: send(reflect(packet)) if number % 3 else None) as two:
        terminal = Terminal(one.target, two.target, "--plot", "-i", "20ms", "-d", "1500ms", "-W", "100ms")
        terminal.until(lambda: len(terminal.pictures()) > 5)
        assert terminal.end() == 0
        picture = terminal.pictures()[-1]
        assert one.target in picture and two.target in picture and BRAILLE.search(picture) and "x" in picture
        assert all(len(line) <= 80 for line in lines_of(picture)) and len(lines_of(picture)) <= 24
        text = terminal.text.decode()
        assert "\x1b[36m" in text and text.index("\x1b[?1049h") < text.index("\x1b[?1049l")
        assert "--- all 2 targets ---" in text.split("\x1b[?1049l")[1]


def test_a_plot_follows_the_terminal_s_size():
    with Reflector() as reflector:
        terminal = Terminal(reflector.target, "--plot", "-i", "20ms", "-c", "0")
        terminal.until(lambda: len(terminal.pictures()) > 3)
        assert max(len(line) for line in lines_of(terminal.pictures()[-1])) > 60
        terminal.resize(10, 50)
        drawn = len(terminal.pictures())
        terminal.until(lambda: len(terminal.pictures()) > drawn + 3)
        lines = lines_of(terminal.pictures()[-1])
        assert max(map(len, lines)) <= 50 and len(lines) <= 10
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 0
        assert terminal.text.decode().rindex("\x1b[?25h") > 0


def test_no_colour():
    with Reflector() as reflector:
        terminal = Terminal(reflector.target, "--plot", "-i", "20ms", "-c", "20", environment={"NO_COLOR": "1"})
        assert terminal.end() == 0
        assert not re.search(rb"\x1b\[[0-9;]*m", terminal.text) and BRAILLE.search(terminal.text.decode())


def test_lines_on_a_terminal_are_plain():
    with Reflector() as reflector:
        terminal = Terminal(reflector.target, "-i", "20ms", "-c", "3")
        assert terminal.end() == 0 and b"\x1b" not in terminal.text and b"seq=2 rtt=" in terminal.text


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Of a run with losses, to two targets."""
    file = tmp_path_factory.mktemp("page") / "page.html"
    with Reflector() as one, Reflector(lambda number, packet, send: send(reflect(packet)) if number % 7 else None) as two:
        ping(one.target, two.target, "--rate", "200", "-c", "400", "-W", "100ms", "-q", "--html", file)
    return file


def test_the_page_is_complete_in_itself(page):
    text = page.read_text()
    assert not re.search(r"""(src|href)=["'](?!data:,)""", text) and "<script" not in text
    assert text.count("<svg") == 6 and "400 sent" in text


@pytest.mark.parametrize("width,scheme", LOOKS)
def test_the_page_in_a_browser(page, browser, axe, width, scheme):
    look(browser, width, scheme=scheme)
    browser.get(page.as_uri())
    assert browser.title.startswith("Round trips: ")
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    for picture in browser.find_elements("css selector", "svg"):
        assert picture.rect["width"] > 250 and picture.rect["height"] > 60
        assert picture.find_elements("css selector", "rect.rtt")
    assert len(browser.find_elements("css selector", "rect.loss")) > 40
    assert_accessible(browser, axe)
    assert complaints(browser) == []


def test_a_page_that_cannot_be_written(tmp_path):
    with Reflector() as reflector:
        done = ping(reflector.target, "-c", "1", "--html", tmp_path / "nowhere" / "page.html", code=73)
    assert "--html" in done.stderr and "1 received" in done.stdout


def metrics(address):
    found = {}
    for line in fetch(address, "/metrics").body.decode().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found


def test_metrics_while_it_runs():
    with Reflector(lambda number, packet, send: send(reflect(packet)) if number % 2 else None) as reflector:
        with Running(reflector.target, "-c", "0", "-i", "10ms", "-W", "50ms", "-q", "--admin", "127.0.0.1:0") as running:
            port = int(running.line(r"metrics on http://127\.0\.0\.1:(\d+)/metrics", running.process.stderr)[1])
            address = ("127.0.0.1", port)
            label = f'{{target="{reflector.target}"}}'
            daemon.until(lambda: metrics(address)[f"pier_ping_lost_total{label}"] > 5, 10, "no losses are told")
            found = metrics(address)
            received = found[f"pier_ping_received_total{label}"]
            assert 0 < received < found[f"pier_ping_sent_total{label}"]
            assert found[f"pier_ping_rtt_seconds_count{label}"] >= received
            assert fetch(address, "/healthz").body == b"ok\n"
            assert fetch(address, "/nothing").status == 404
            running.interrupt()


def test_metrics_are_not_for_strangers_nor_held_up_by_them():
    with Reflector() as reflector:
        with Running(reflector.target, "-c", "0", "-i", "10ms", "-q", "--admin", "127.0.0.1:0") as running:
            port = int(running.line(r"metrics on http://127\.0\.0\.1:(\d+)/metrics", running.process.stderr)[1])
            with socket.create_connection(("127.0.0.1", port)) as slow:
                slow.send(b"GET /met")
                assert metrics(("127.0.0.1", port))  # after the second that the slow one is given
            with socket.create_connection(("127.0.0.1", port)) as rebound:
                rebound.send(b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                assert rebound.recv(4096).startswith(b"HTTP/1.1 421 ")
            running.interrupt()


def test_an_address_that_is_taken():
    with Reflector() as reflector, socket.create_server(("127.0.0.1", 0)) as taken:
        done = ping(reflector.target, "--admin", f"127.0.0.1:{taken.getsockname()[1]}", code=69)
    assert "in use" in done.stderr
