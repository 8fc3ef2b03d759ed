"""A browser over https: it says that the page is secure, comes back by a resumed session, and follows from http."""

import pytest

from tls import Certificate
from daemon import Daemon


@pytest.fixture
def server(tmp_path):
    certificate = Certificate(tmp_path, names=["localhost", "pier.test"])
    one = Daemon("pier", "--listen", "127.0.0.1:0", *certificate.arguments, "--redirect-http", "127.0.0.1:0",
                 "--admin", "https://127.0.0.1:0", listeners=3)
    yield one
    one.stop()


def test_the_site(browser, server, tmp_path):
    plain = server.urls[1]
    port = server.addresses[0][1]
    browser.get(f"{plain}/HelloWorld.html?by=browser")
    assert browser.current_url == f"https://127.0.0.1:{port}/HelloWorld.html?by=browser"
    assert browser.execute_script("return window.isSecureContext")
    assert browser.execute_script("return performance.getEntriesByType('navigation')[0].nextHopProtocol") == "http/1.1"
    browser.get(f"https://127.0.0.1:{port}/")
    assert "Pier" in browser.title
    assert browser.execute_script("return [...document.styleSheets].length") > 0
    assert browser.save_screenshot(str(tmp_path / "https.png")) and (tmp_path / "https.png").stat().st_size > 10_000
    errors = [line for line in browser.get_log("browser") if line["level"] == "SEVERE" and "favicon" not in line["message"]]
    assert not errors, errors


def test_the_dashboard(browser, server):
    """Its events come by TLS, too."""
    url = next(url for url in server.urls if url.startswith("admin+https")).removeprefix("admin+")
    browser.get(f"{url}/")
    state = browser.execute_async_script("""
        const done = arguments[0], events = new EventSource('/api/events');
        events.addEventListener('stats', e => { events.close(); done(JSON.parse(e.data)); });""")
    assert state["services"][0]["tls"]["certificates"][0]["name"] == "localhost"
