"""`pier`, all services in one process: its site as a browser sees it."""

import html.parser
import urllib.parse

import pytest

from daemon import run
from wire import Connection, fetch, request


@pytest.fixture(scope="module")
def pier(shared_httpd):
    return shared_httpd(name="pier", root=None)


def test_landing_page(pier):
    answer = fetch(pier.address, "/", closes=False)
    assert answer.status == 200 and answer["Content-Type"] == "text/html; charset=utf-8"
    assert b"<title>" in answer.body and b"Pier" in answer.body and answer["ETag"]


def test_hello_world(pier):
    answer = fetch(pier.address, "/HelloWorld.html")
    assert answer.status == 200 and b"hello" in answer.body.lower()


def test_missing_page(pier):
    answer = fetch(pier.address, "/missing.html")
    assert answer.status == 404 and b"404 Not Found" in answer.body


def test_embedded_files_have_what_files_on_disk_have(pier):
    whole = fetch(pier.address, "/HelloWorld.html")
    assert fetch(pier.address, "/HelloWorld.html", f"If-None-Match: {whole['ETag']}").status == 304
    part = fetch(pier.address, "/HelloWorld.html", "Range: bytes=2-5")
    assert part.status == 206 and part.body == whole.body[2:6]
    assert fetch(pier.address, "/HelloWorld.html", "Range: bytes=999999-").status == 416
    assert fetch(pier.address, "/HelloWorld.html", method="HEAD").length == len(whole.body)
    assert fetch(pier.address, "/HelloWorld.html", method="PUT").status == 405
    for target in ("/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/etc/passwd"):
        assert fetch(pier.address, target).status == 404
    with Connection(pier.address) as connection:
        connection.send(request("/") * 10)
        assert len({connection.answer().body for _ in range(10)}) == 1


def test_all_that_the_page_refers_to_is_there(pier):
    class Links(html.parser.HTMLParser):
        found = set()

        def handle_starttag(self, tag, attributes):
            self.found |= {value for name, value in attributes if name in ("href", "src") and value}

    Links().feed(fetch(pier.address, "/").body.decode())
    for link in Links.found:
        url = urllib.parse.urljoin(f"{pier.url}/", link)
        if url.startswith(pier.url):
            assert fetch(pier.address, urllib.parse.urlsplit(url).path).status in (200, 308), link


def test_several_addresses(shared_site, shared_httpd):
    server = shared_httpd("--threads", "2", name="pier", root=None,
                          listen=["127.0.0.1:0", f"unix:{shared_site.outside}/pier"])
    assert len({fetch(address, "/").body for address in server.addresses}) == 1


def test_port_option(shared_httpd):
    server = shared_httpd("-p", "0", name="pier", root=None, listen=[])
    assert server.address[0] == "127.0.0.1" and fetch(server.address, "/").status == 200


def test_help_version_and_mistakes():
    assert run("pier", "--help").returncode == 0 and run("pier", "--version").stdout.startswith("pier ")
    done = run("pier", "--lisen", "127.0.0.1:0")
    assert done.returncode == 64 and "--listen" in done.stderr


def test_in_chromium(pier, browser):
    browser.get(f"{pier.url}/")
    assert "Pier" in browser.title
    assert browser.find_element("tag name", "h1").is_displayed()
    assert browser.execute_script("return document.compatMode") == "CSS1Compat"
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    assert browser.execute_script("return [...document.images].filter(i => !i.naturalWidth).map(i => i.src)") == []
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_hello_world_in_chromium(pier, browser):
    browser.get(f"{pier.url}/HelloWorld.html")
    assert "hello" in browser.find_element("tag name", "body").text.lower()
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
