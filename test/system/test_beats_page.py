"""The page of heartbeats in Chromium: who is up, live, in light and dark, on screens of all widths."""

import os
import pathlib

import pytest

import looks
from daemon import until
from heart import Steady, new_monitor, packet

PAGES = pathlib.Path(__file__).resolve().parents[2] / "static/beats"


@pytest.fixture
def monitor():
    with new_monitor() as start:
        yield start("--threads", "2")


class Page:
    def __init__(self, browser, server):
        self.browser, self.server = browser, server

    def open(self):
        host, port = self.server.admin
        self.browser.get(f"http://{host}:{port}/beats/")
        self.shows(lambda: self.text("#link-text") == "Live", "it is live")

    def ask(self, script, *arguments):
        return self.browser.execute_script(f"return {script}", *arguments)

    def text(self, selector):
        return self.ask("document.querySelector(arguments[0])?.textContent", selector)

    def names(self):
        return self.ask("[...document.querySelectorAll('tbody th button')].map(e => e.textContent)")

    def condition(self, name):
        return self.ask("""[...document.querySelectorAll('tbody tr')].filter(e =>
            e.querySelector('th button')?.textContent === arguments[0]).map(e => e.dataset.state)[0]""", name)

    def tile(self, state):
        return self.ask("document.querySelector(`.tiles [data-state=${arguments[0]}] b`).textContent", state)

    def click(self, selector):
        self.ask("document.querySelector(arguments[0]).click()", selector)

    def shows(self, condition, what, within=15):
        until(condition, within, what)


@pytest.fixture
def page(browser, monitor):
    looks.look(browser)
    browser.get("about:blank")
    browser.get_log("browser")
    return Page(browser, monitor)


def some_senders(server):
    server.hear(*[packet(f"web{n}.example.com", k, interval=600) for n in range(12) for k in (1, 2, 4)],
                packet("fresh", 1, interval=600), packet("backup", 1, interval=600), packet("backup", 2, interval=600, bye=True),
                packet("database-with-a-rather-long-name.internal.example.org", 1, interval=0.05),
                packet("database-with-a-rather-long-name.internal.example.org", 2, interval=0.05))
    server.shows("database-with-a-rather-long-name.internal.example.org", "down")


def test_who_is_up(page, monitor):
    page.open()
    assert "No sender has been heard yet" in page.text("#empty")
    some_senders(monitor)
    page.shows(lambda: len(page.names()) == 15, "all are there")
    assert page.names()[0].startswith("database") and page.names()[-1] == "backup"  # the worst first
    assert page.condition("backup") == "stopped" and page.tile("up") == "12" and page.tile("down") == "1"
    assert page.text("#title") == "15 senders" and page.ask("document.title").startswith("1 down")
    label = page.ask("document.querySelector('.hour svg').getAttribute('aria-label')")
    assert "down" in label and "not known" in label
    page.click("tbody th button")
    assert page.ask("document.querySelector('tr.more').checkVisibility()")
    assert "127.0.0.1:" in page.text("tr.more dl") and page.ask(
        "document.querySelector('tbody th button').getAttribute('aria-expanded')") == "true"


def test_it_is_live(page, monitor):
    page.open()
    with Steady(monitor, "web1", interval=0.1) as web1:
        web1.beat(5)
        page.shows(lambda: page.condition("web1") in ("up", "late", "suspect", "down"), "it appears")
        page.shows(lambda: page.condition("web1") == "down", "it is seen to die")
        web1.beat(2)
        monitor.hear(web1.next(bye=True))
        page.shows(lambda: page.condition("web1") == "stopped", "it is seen to stop")


def test_looking_for_some(page, monitor):
    some_senders(monitor)
    page.open()
    page.shows(lambda: len(page.names()) == 15, "all are there")
    for state in ("up", "new", "stopped"):
        page.click(f".tiles [data-state={state}] input")
    page.shows(lambda: len(page.names()) == 1, "only what is not well")
    for state in ("suspect", "late", "down"):
        page.click(f".tiles [data-state={state}] input")
    page.shows(lambda: page.names() == [], "none")
    for state in ("up", "new", "stopped"):
        page.click(f".tiles [data-state={state}] input")
    page.browser.find_element("id", "search").send_keys("WEB1")
    page.shows(lambda: page.names() == ["web1.example.com", "web10.example.com", "web11.example.com"], "those named so")


def test_a_monitor_that_is_gone(page, monitor):
    page.open()
    monitor.stop()
    page.shows(lambda: page.text("#link-text") == "Disconnected, retrying", "it says so")


def test_only_from_its_own_server(page, monitor):
    some_senders(monitor)
    page.open()
    assert looks.complaints(page.browser) == []
    origins = page.ask("[...new Set(performance.getEntriesByType('resource').map(e => new URL(e.name).origin))]")
    assert origins == ["http://%s:%d" % monitor.admin]
    for file in PAGES.iterdir():
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text and "https://" not in text, file.name


@pytest.mark.parametrize("width, scheme", looks.LOOKS)
def test_fits_and_axe_finds_nothing(page, monitor, axe, width, scheme):
    some_senders(monitor)
    looks.look(page.browser, width, 900, scheme, "reduce")
    page.open()
    page.shows(lambda: len(page.names()) == 15, "all are there")
    page.click("tbody th button")
    assert page.ask("document.documentElement.scrollWidth") <= width
    if folder := os.environ.get("PIER_SCREENSHOTS"):
        page.browser.save_screenshot(f"{folder}/beats-{scheme}-{width}.png")
    looks.assert_accessible(browser=page.browser, axe=axe)


def test_the_dashboard_stays_where_it_was(page, monitor):
    page.browser.get("http://%s:%d/" % monitor.admin)
    assert page.ask("document.title") == "Pier dashboard"
    page.browser.get("http://%s:%d/beats" % monitor.admin)  # without its slash
    assert page.ask("location.pathname") == "/beats/"
