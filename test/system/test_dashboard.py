"""The dashboard in a browser: what it shows of the numbers that it is sent, and whether everybody can read it.

A stand-in for the admin listener serves static/dashboard under the same content security policy and sends the events
that a test wants.
"""

import copy
import http.server
import json
import mimetypes
import pathlib
import queue
import random
import threading
import time

import pytest

import looks
from daemon import until
from wire import Connection, request

PAGES = pathlib.Path(__file__).resolve().parents[2] / "static/dashboard"
POLICY = "default-src 'self'"


def service(name, *addresses):
    return {"name": name, "addresses": list(addresses),
            "connections": {"open": 0, "accepted": 0, "refused": 0, "limit": 1000}, "requests": 0,
            "responses": dict.fromkeys(("1xx", "2xx", "3xx", "4xx", "5xx"), 0), "bytes_sent": 0, "bytes_received": 0,
            "datagrams": dict.fromkeys(("received", "sent", "truncated", "refused_by_source", "refused_by_rate", "errors"), 0),
            "deadlines_expired": 0, "accept_errors": 0, "log_lines_dropped": 0,
            "latency_us": dict.fromkeys(("count", "mean", "p50", "p90", "p99", "p999", "max"), 0)}


def snapshot(*services, uptime=100.0):
    return {"version": "0.1.0", "uptime_seconds": uptime, "event_interval_seconds": 1.0, "threads": 2, "draining": False,
            "services": list(services) or [service("files", "http://127.0.0.1:8080")]}


def later(before, seconds=1.0, of=0, requests=0, sent=0, received=0, open=0, refused=0, deadlines=0, errors=(0, 0),
          p50=None):
    """`before` after some seconds in which its service number `of` did as much."""
    now = copy.deepcopy(before)
    now["uptime_seconds"] += seconds
    one = now["services"][of]
    one["requests"] += requests
    one["responses"]["2xx"] += requests - sum(errors)
    one["responses"]["4xx"] += errors[0]
    one["responses"]["5xx"] += errors[1]
    one["bytes_sent"] += sent
    one["bytes_received"] += received
    one["deadlines_expired"] += deadlines
    one["connections"].update(open=open, accepted=one["connections"]["accepted"] + open,
                              refused=one["connections"]["refused"] + refused)
    for other in now["services"]:
        other["latency_us"] = dict.fromkeys(other["latency_us"], 0)
    if p50 is not None:
        one["latency_us"] = {"count": requests, "mean": p50 * 1.1, "p50": p50, "p90": p50 * 2, "p99": p50 * 4,
                             "p999": p50 * 8, "max": p50 * 10}
    return now


class StandIn:
    """What the page needs of an admin listener. `send` reaches every page that listens."""

    def __init__(self, first):
        self.now = first
        self._listeners = []
        self._lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path == "/api/stats":
                    return self.reply("application/json", json.dumps(outer.now).encode())
                if self.path == "/api/events":
                    return self.stream()
                name = self.path.partition("?")[0].lstrip("/") or "index.html"
                file = PAGES / name
                if "/" in name or not file.is_file():
                    return self.send_error(404)
                self.reply(mimetypes.guess_type(name)[0], file.read_bytes())

            def reply(self, media_type, body):
                self.send_response(200)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def stream(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.flush()
                events = queue.SimpleQueue()
                with outer._lock:
                    outer._listeners.append(events)
                try:
                    while (event := events.get()) is not None:
                        self.wfile.write(b"event: stats\ndata: " + json.dumps(event).encode() + b"\n\n")
                        self.wfile.flush()
                except OSError:
                    pass  # the page has left
                finally:
                    with outer._lock:
                        if events in outer._listeners:
                            outer._listeners.remove(events)

        self._handler = Handler
        self._open(("127.0.0.1", 0))
        self.address = self._server.server_address
        self.url = "http://%s:%d/" % self.address

    def _open(self, address):
        self._server = http.server.ThreadingHTTPServer(address, self._handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def send(self, event):
        self.now = event
        with self._lock:
            for events in self._listeners:
                events.put(event)

    def listeners(self):
        with self._lock:
            return len(self._listeners)

    def hang_up(self):
        with self._lock:
            for events in self._listeners:
                events.put(None)
            self._listeners.clear()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.hang_up()

    def start_again(self):
        self._open(self.address)


class Page:
    def __init__(self, browser, server):
        self.browser, self.server = browser, server

    def open(self, path=""):
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        until(lambda: self.server.listeners() == 0 or self.server.hang_up(), 5, "no page listens any more")
        self.browser.get(self.server.url + path)
        until(lambda: self.server.listeners() == 1, 5, "the page listens")
        return self

    def ask(self, script, *arguments):
        return self.browser.execute_script("return " + script, *arguments)

    def state(self):
        return self.ask("document.getElementById('state-text').textContent")

    def tile(self, label):
        return self.ask("""(() => { for (const tile of document.querySelectorAll('#tiles > div'))
            if (tile.querySelector('h2').textContent === arguments[0])
              return [tile.querySelector('b').textContent, tile.querySelector('p > span').textContent]; })()""", label)

    def legend(self, title):
        return self.ask("""Object.fromEntries([...document.querySelectorAll('#plots article')]
            .filter(a => a.querySelector('h2').textContent === arguments[0])
            .flatMap(a => [...a.querySelectorAll('li')])
            .map(li => [li.childNodes[1].textContent.trim(), li.querySelector('b').textContent]))""", title)

    def column(self, name):
        """A column of the table: {(group, row): text}."""
        rows = self.ask("""(() => { let group = ''; const column = [...document.querySelectorAll('thead tr > *')]
              .findIndex(th => th.textContent === arguments[0]), found = [];
            for (const row of document.querySelectorAll('tbody tr'))
              if (row.className === 'group') group = row.textContent;
              else found.push([group, row.children[0].textContent, row.children[column].textContent]);
            return found; })()""", name)
        return {(group, row): text for group, row, text in rows}

    def paths(self, title):
        """How many stretches of line the plot has."""
        return self.ask("""[...document.querySelectorAll('#plots article')]
            .find(a => a.querySelector('h2').textContent === arguments[0]).querySelectorAll('path.line').length""", title)

    def shows(self, condition, what, within=10):
        until(condition, within, what)

    def complaints(self):
        return looks.complaints(self.browser)

    def look(self, *arguments):
        looks.look(self.browser, *arguments)


@pytest.fixture
def admin():
    server = StandIn(snapshot())
    yield server
    server.stop()


@pytest.fixture
def page(browser, admin):
    page = Page(browser, admin)
    page.look()
    return page


def two_services():
    return snapshot(service("files", "http://127.0.0.1:8080"), service("proxy", "proxy://127.0.0.1:3128"))


def busy(seconds=300):
    """Snapshots of a few minutes in which something happens, the same at every run."""
    chance = random.Random(8620)
    now, load, slow = two_services(), 2600, 1.0
    for i in range(seconds):
        load = min(4600, max(900, load + chance.gauss((2800 - load) * 0.03, 130)))
        slow = max(0.7, slow * 0.93 + 0.07 * chance.lognormvariate(0, 0.9))
        files = int(load)
        now = later(now, 0.5, 0, files, files * 14_300, files * 410, 150 + files // 40,
                    errors=(int(max(0, chance.gauss(7 * slow, 1.5))), 0), p50=170 * slow + files / 40)
        of_files = now["services"][0]["latency_us"]
        proxied = int(files / 9 * chance.uniform(0.9, 1.1))
        now = later(now, 0.5, 1, proxied, proxied * 21_000, proxied * 9_000, 42 + proxied // 30,
                    refused=3 * (i % 97 == 60), deadlines=2 * (i % 41 == 7), errors=(0, 6 * (90 < i % 180 < 99)),
                    p50=700 * slow + chance.uniform(0, 90))
        now["services"][0]["latency_us"] = of_files
        yield now


def test_rates_are_differences(page, admin):
    page.open()
    page.shows(lambda: page.ask("document.getElementById('version').textContent") == "0.1.0", "the version")
    first = admin.now
    admin.send(later(first, 2.0, requests=5000, sent=9_000_000, received=40_000, open=12, errors=(20, 4), refused=6,
                     deadlines=2, p50=1500))
    page.shows(lambda: page.tile("Requests") == ["2500", "/s"], "5000 requests in two seconds")
    assert page.state() == "Live"
    assert page.tile("Latency p50") == ["1.50", "ms"] and page.tile("Latency p99") == ["6.00", "ms"]
    assert page.tile("Traffic out") == ["4.50", "MB/s"]
    assert page.tile("Connections") == ["12", ""]
    assert page.tile("Errors") == ["12.0", "/s"]
    assert page.legend("Errors") == {"4xx": "10.0 /s", "5xx": "2.00 /s", "deadlines": "1.00 /s", "refused": "3.00 /s"}
    assert page.legend("Traffic") == {"out": "4.50 MB/s", "in": "20.0 kB/s"}
    assert page.legend("Latency") == {"p50": "1.50 ms", "p90": "3.00 ms", "p99": "6.00 ms"}
    numbers = page.column("files")
    assert numbers["Since start", "Requests"] == "5000" and numbers["Since start", "4xx"] == "20"
    assert numbers["Latency", "p99.9"] == "12.0 ms" and numbers["Now", "Connections at most"] == "1000"


def test_datagrams_where_there_are_any(page, admin):
    admin.now = snapshot(service("files", "http://127.0.0.1:8080"), service("upper-udp", "udp://127.0.0.1:12000"))
    page.open()
    admin.send(later(admin.now, requests=10))
    page.shows(lambda: page.tile("Requests") == ["10.0", "/s"], "requests")
    hidden = "[...document.querySelectorAll('#plots article')].filter(a => a.hidden).map(a => a.querySelector('h2').textContent)"
    assert page.ask(hidden) == ["Datagrams"] and ("Datagrams", "In") not in page.column("upper-udp")
    now = later(admin.now, 2.0)
    now["services"][1]["datagrams"].update(received=500, sent=480, refused_by_source=16, refused_by_rate=4, errors=3, truncated=1)
    admin.send(now)
    page.shows(lambda: page.legend("Datagrams") == {"in": "250 /s", "out": "240 /s", "refused": "10.0 /s"}, "datagrams")
    assert page.ask(hidden) == []
    column = page.column("upper-udp")
    assert column["Datagrams", "Refused since start"] == "20" and column["Datagrams", "Not sent, or cut"] == "4"
    assert page.column("files")["Datagrams", "In"] == "0 /s"


def test_a_second_without_requests(page, admin):
    page.open()
    admin.send(later(admin.now, requests=10, p50=100))
    page.shows(lambda: page.legend("Latency")["p50"] == "100 µs", "a latency")
    admin.send(later(admin.now))
    page.shows(lambda: page.legend("Latency")["p50"] == "–", "no latency, not one of zero")
    assert page.tile("Requests") == ["0", "/s"]


def test_services_apart_and_together(page, admin):
    admin.now = two_services()
    page.open()
    now = later(admin.now, 0.5, 0, requests=100, p50=200, open=3)
    latency = now["services"][0]["latency_us"]
    now = later(now, 0.5, 1, requests=40, p50=900, open=4)
    now["services"][0]["latency_us"] = latency
    admin.send(now)
    page.shows(lambda: page.tile("Requests") == ["140", "/s"], "the sum")
    assert page.tile("Connections") == ["7", ""]
    assert page.tile("Latency p50") == ["900", "µs"]  # percentiles do not add up: the highest
    assert [page.column(name)["Now", "Requests"] for name in ("All", "files", "proxy")] == ["140 /s", "100 /s", "40.0 /s"]
    page.ask("document.querySelector('input[value=files]').focus()")
    from selenium.webdriver.common.keys import Keys
    page.browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    page.shows(lambda: page.tile("Requests") == ["40.0", "/s"], "one service, chosen by key")
    assert page.legend("Latency")["p50"] == "900 µs"
    assert page.ask("document.getElementById('address').textContent") == "proxy://127.0.0.1:3128"
    page.open("#files")
    admin.send(later(admin.now, requests=30))
    page.shows(lambda: page.tile("Requests") == ["30.0", "/s"], "the service that the address names")


def test_disconnected_and_back(page, admin):
    page.open()
    admin.send(later(admin.now, requests=10))
    page.shows(lambda: page.state() == "Live", "events arrive")
    admin.stop()
    page.shows(lambda: page.state() == "Disconnected, retrying", "it says that the server is gone")
    assert page.tile("Requests") == ["10.0", "/s"]  # the last numbers stay
    admin.start_again()
    until(lambda: admin.listeners() == 1, 15, "the page comes back")
    admin.send(later(admin.now, 10, requests=200))
    page.shows(lambda: page.state() == "Live", "events arrive again")
    assert page.tile("Requests") == ["20.0", "/s"]
    assert page.paths("Requests") == 2  # and a gap in between


def test_a_silent_server_counts_as_lost(page, admin):
    page.open()
    page.shows(lambda: page.state() == "Disconnected, retrying", "no event for five seconds", 15)


def test_a_server_that_began_anew(page, admin):
    page.open()
    admin.send(later(admin.now, requests=100_000))
    page.shows(lambda: page.paths("Requests") == 1, "a line")
    admin.send(snapshot(uptime=1.0))
    page.shows(lambda: page.paths("Requests") == 0, "no differences across a restart")
    admin.send(later(admin.now, requests=7))
    page.shows(lambda: page.tile("Requests") == ["7.00", "/s"], "the new server's rate")


def test_draining(page, admin):
    page.open()
    admin.send({**later(admin.now), "draining": True})
    page.shows(lambda: page.state() == "Draining", "it says so")


def test_pause(page, admin):
    page.open()
    admin.send(later(admin.now, requests=10))
    page.shows(lambda: page.tile("Requests") == ["10.0", "/s"], "a number")
    page.browser.find_element("id", "pause").click()
    admin.send({**later(admin.now, requests=20), "draining": True})
    page.shows(lambda: page.state() == "Draining", "the event has come")
    assert page.tile("Requests") == ["10.0", "/s"]
    page.browser.find_element("id", "pause").click()
    page.shows(lambda: page.tile("Requests") == ["20.0", "/s"], "it goes on")


def test_a_plot_is_read_by_keys(page, admin):
    from selenium.webdriver.common.keys import Keys
    page.open()
    for requests in (10, 20, 30):
        admin.send(later(admin.now, requests=requests))
    page.shows(lambda: page.legend("Requests")["answered"] == "30.0 /s", "the last second")
    page.browser.find_element("css selector", "#plots .stage").send_keys(Keys.ARROW_LEFT)
    page.shows(lambda: page.legend("Requests")["answered"] == "20.0 /s", "the second before")
    text = page.ask("document.querySelector('#plots .stage').getAttribute('aria-valuetext')")
    assert text == "1 s ago: answered 20.0 /s"
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.shows(lambda: page.legend("Requests")["answered"] == "30.0 /s", "now again")


def test_a_long_time_keeps_five_minutes(page, admin):
    page.open()
    for _ in range(2):
        for now in busy():
            admin.send({**now, "uptime_seconds": admin.now["uptime_seconds"] + 1})
    page.shows(lambda: page.paths("Requests") == 1 and page.ask(
        "document.querySelector('path.line').getAttribute('d').split('L').length") in (300, 301), "300 seconds")


def test_only_from_its_own_server(page, admin):
    page.open()
    admin.send(later(admin.now, requests=1))
    page.shows(lambda: page.state() == "Live", "it works under the policy")
    assert page.complaints() == []
    origins = page.ask("[...new Set(performance.getEntriesByType('resource').map(e => new URL(e.name).origin))]")
    assert origins == [admin.url.rstrip("/")]
    for file in PAGES.iterdir():
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text and "https://" not in text, file.name


@pytest.mark.parametrize("width, scheme", looks.LOOKS)
def test_fits(page, admin, width, scheme):
    page.look(width, 800, scheme, "reduce")
    admin.now = two_services()
    page.open()
    for now in busy(20):
        admin.send(now)
    page.shows(lambda: page.paths("Requests") == 1, "numbers")
    assert page.ask("document.documentElement.scrollWidth") <= width
    cut = page.ask("""[...document.querySelectorAll('.tiles p, .tiles small, .head, h1')]
        .filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)""")
    assert cut == []
    assert page.ask("document.getAnimations().length") == 0


@pytest.mark.parametrize("state", ["live", "lost", "paused"])
@pytest.mark.parametrize("width, scheme", looks.LOOKS)
def test_axe_finds_nothing(page, admin, axe, width, scheme, state):
    page.look(width, 800, scheme)
    admin.now = two_services()
    page.open()
    for now in busy(20):
        admin.send(now)
    page.shows(lambda: page.paths("Requests") == 1, "numbers")
    if state == "lost":
        admin.hang_up()
        page.shows(lambda: page.state() == "Disconnected, retrying", "it is lost")
    elif state == "paused":
        page.browser.find_element("id", "pause").click()
    looks.assert_accessible(browser=page.browser, axe=axe)


def test_a_real_server(browser, site, httpd):
    """What the stand-in leaves out: the server's own headers, its statistics, a rate that is the traffic's."""
    site.write("small.txt", "small")
    server = httpd("--admin", "127.0.0.1:0", "--admin-interval", "700ms", listeners=2)
    page = Page(browser, server)
    page.look()
    browser.get("about:blank")
    browser.get_log("browser")
    sent, done = [], threading.Event()

    def ask_steadily():
        with Connection(server.address) as connection:
            while not done.wait(0.01):
                assert connection.send(request("/small.txt")).answer().status == 200
                sent.append(time.monotonic())

    asking = threading.Thread(target=ask_steadily)
    asking.start()
    try:
        browser.get("http://%s:%d/" % server.addresses[1])
        page.shows(lambda: page.state() == "Live", "the events come")
        page.shows(lambda: page.paths("Requests") > 0, "a plot")
        seen = []
        while len(seen) < 4:
            now = float(page.tile("Requests")[0].replace(",", ""))
            if now and now not in seen:
                seen.append(now)
    finally:
        done.set()
        asking.join()
    rate = (len(sent) - 1) / (sent[-1] - sent[0])
    assert all(rate / 2 < one < rate * 1.6 for one in seen), (rate, seen)
    assert page.complaints() == []
