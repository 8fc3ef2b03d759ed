"""`pier`, all services in one process: its table of addresses, its list of services, its site as a browser sees it."""

import html.parser
import json
import re
import subprocess
import time
import urllib.parse

import pytest

import looks
from daemon import run, until
from wire import Connection, bound, fetch, request


@pytest.fixture(scope="module")
def pier(shared_httpd):
    return shared_httpd(name="pier", root=None)


@pytest.fixture(scope="module")
def watched(shared_httpd):
    """With an admin listener: `addresses` are the site's and the admin's."""
    return shared_httpd("--threads", "2", "--admin", "127.0.0.1:0", name="pier", root=None, listeners=2)


def cells(server):
    """The rows of its table, without the head; a column begins where its title does."""
    head = server.table[0]
    assert head.split("  ")[1] == "SERVICE" and head.endswith("  WHAT IS THERE")
    edges = [head.index(title) for title in ("SERVICE", "ADDRESS", "WHAT IS THERE")] + [None]
    return [tuple(line[a:b].strip() for a, b in zip(edges, edges[1:])) for line in server.table[1:]]


def services(address):
    answer = fetch(address, "/services.json")
    assert answer.status == 200 and answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store" and answer["X-Content-Type-Options"] == "nosniff"
    return {service["name"]: service for service in json.loads(answer.body)["services"]}


def test_table_of_addresses(watched):
    site, admin = watched.urls
    assert cells(watched) == [("httpd", site, "Pier's own site"),
                              ("admin", admin.removeprefix("admin+"), "dashboard, metrics, health")]
    assert watched.table[0].index("WHAT") == 2 + len("SERVICE  ") + len(site) + 2


def test_table_of_several_addresses_and_a_folder(site, httpd):
    socket, other = f"{site.outside}/ä", f"{site.outside}/admin"
    server = httpd("--httpd.root", site.root, "--admin", f"unix:{other}", name="pier", root=None, listeners=4,
                   listen=["127.0.0.1:0", "0.0.0.0:0", f"unix:{socket}"])
    folder = f"the files of {site.root}"
    port = server.address[1], server.addresses[1][1]
    assert cells(server) == [("httpd", f"http://127.0.0.1:{port[0]}", folder),
                             ("", f"http://127.0.0.1:{port[1]}", folder + ", at every address of this machine"),
                             ("", f"unix:{socket}", folder),
                             ("admin", f"unix:{other}", "dashboard, metrics, health")]


def test_services(watched):
    began = time.time()
    found = services(watched.address)
    assert list(found) == ["httpd", "admin"]
    numbers = {"connections_open", "requests", "datagrams", "bytes_sent", "unix_sockets"}
    for service, url, what in zip(found.values(), watched.urls, ("Pier's own site", "dashboard, metrics, health")):
        assert set(service) == {"name", "what", "urls"} | numbers
        assert service["urls"] == [url.removeprefix("admin+")] and service["what"] == what
        assert all(type(service[key]) is int for key in numbers) and service["unix_sockets"] == 0
    whole = json.loads(fetch(watched.address, "/services.json?again").body)
    assert set(whole) == {"draining", "up_since_unix_seconds", "services"} and whole["draining"] is False
    assert 0 <= began - whole["up_since_unix_seconds"] < bound(300)


def test_services_are_counted(watched):
    before = services(watched.address)
    with Connection(watched.addresses[1]) as one, Connection(watched.address) as other:
        one.send(request("/healthz") * 7)
        other.send(request("/HelloWorld.html") * 5)
        sent = sum(len(connection.answer().body) for connection, times in ((one, 7), (other, 5)) for _ in range(times))
        assert sent > 0

        def grown():
            now = services(watched.address)
            return (now["admin"]["requests"] == before["admin"]["requests"] + 7
                    and now["httpd"]["requests"] >= before["httpd"]["requests"] + 5
                    and now["admin"]["connections_open"] == 1 and now["httpd"]["connections_open"] >= 2 and now)
        now = until(grown, 5, "requests and connections are counted")
        assert sum(now[name]["bytes_sent"] - before[name]["bytes_sent"] for name in now) > sent
    until(lambda: services(watched.address)["admin"]["connections_open"] == 0, 5, "the connection is gone")


def test_services_are_for_reading(watched):
    got = fetch(watched.address, "/services.json")
    head = fetch(watched.address, "/services.json", method="HEAD")
    assert head.status == 200 and head["Content-Type"] == "application/json" and head["Cache-Control"] == "no-store"
    assert abs(head.length - len(got.body)) < 20  # figures may have grown
    for method in ("POST", "PUT", "DELETE"):
        answer = fetch(watched.address, "/services.json", method=method)
        assert answer.status == 405 and {"get", "head"} <= answer.tokens("Allow"), method
    for target in ("/services.json/", "/Services.json", "/%73ervices.json", "/services.jso", "/x/services.json"):
        assert fetch(watched.address, target).status == 404, target
    with Connection(watched.address) as connection:
        connection.send((request("/services.json") + request("/HelloWorld.html")) * 3)
        assert [b"Hello" in connection.answer().body for _ in range(6)] == [False, True] * 3


def test_services_tell_no_paths(shared_site, shared_httpd):
    server = shared_httpd("--admin", f"unix:{shared_site.outside}/secret", name="pier", root=None, listeners=3,
                          listen=["127.0.0.1:0", f"unix:{shared_site.outside}/hidden"])
    assert str(shared_site.outside).encode() not in fetch(server.address, "/services.json").body
    found = services(server.addresses[1])
    assert found["httpd"]["urls"] == [server.url] and found["httpd"]["unix_sockets"] == 1
    assert found["admin"]["urls"] == [] and found["admin"]["unix_sockets"] == 1


def test_nothing_is_added_to_a_folder(site, httpd):
    site.write("index.html", "mine")
    server = httpd("--httpd.root", site.root, name="pier", root=None)
    assert fetch(server.address, "/services.json").status == 404
    site.write("services.json", "mine too")
    until(lambda: fetch(server.address, "/services.json").body == b"mine too", 5, "the folder's own file")


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


class Page:
    """The landing page of a server."""

    def __init__(self, browser, url):
        self.browser, self.url = browser, url
        self.open(url)

    def open(self, url):
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.get(url + "/")

    def ask(self, script, *arguments):
        return self.browser.execute_script("return " + script, *arguments)

    def row(self, name):
        """What is to be seen of a service."""
        return self.ask("""(() => { const row = document.querySelector(`[data-service="${arguments[0]}"]`);
            const shown = (s) => [...row.querySelectorAll(s)].filter(e => e.checkVisibility());
            const text = (s) => shown(s).map(e => e.textContent);
            return { state: text('.state')[0], what: text('.what')[0], addresses: text('.where > *'),
                     links: shown('a').map(a => a.href), commands: text('code'),
                     figures: Object.fromEntries(shown('.figures > div').map(d => [d.children[0].textContent,
                                                                                    d.children[1].textContent])) }; })()""",
                        name)

    def wait_for(self, name, what, **wanted):
        return until(lambda: (row := self.row(name)) and all(row.get(key) == value for key, value in wanted.items()) and row,
                     15, what)

    def questions(self):
        return self.ask("performance.getEntriesByType('resource').filter(e => e.name.endsWith('services.json')).length")


@pytest.fixture
def page(watched, browser):
    looks.look(browser, motion="reduce")
    return Page(browser, watched.url)


def test_services_in_chromium(watched, page):
    site, admin = (url.removeprefix("admin+") for url in watched.urls)
    row = page.wait_for("httpd", "it is up", state="up")
    assert row["what"] == "Pier's own site" and row["addresses"] == [site] and row["links"] == [site + "/"]
    assert row["commands"] == [f"curl -i {site}/services.json"]
    assert list(row["figures"]) == ["Connected", "Requests", "Sent"] and int(row["figures"]["Connected"]) >= 1
    assert re.fullmatch(r"[0-9.]+ (B|kB|MB)", row["figures"]["Sent"])
    row = page.wait_for("admin", "it is up", state="up")
    assert row["addresses"] == [admin] and row["links"] == [admin + "/"] * 2
    assert row["commands"] == [f"curl {admin}/{{healthz,metrics}}"]
    before = services(watched.address)["admin"]["requests"]
    for _ in range(3):
        assert fetch(watched.addresses[1], "/healthz").status == 200
    until(lambda: int(page.row("admin")["figures"]["Requests"]) == before + 3, 10, "the page follows")
    assert re.search("All in one process, up since .*[0-9]{4}", page.ask("document.querySelector('#services').innerText"))
    assert looks.complaints(page.browser) == []


def test_its_commands_and_its_dashboard_work(watched, page):
    page.wait_for("admin", "it is up", state="up")
    for name, words in (("httpd", ["200 OK", '"services":[']), ("admin", ["ok", "pier_responses_total"])):
        [command] = page.row(name)["commands"]
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0 and all(word in done.stdout for word in words), done
        label = page.ask("""document.querySelector(`[data-service="${arguments[0]}"] .command button`)
            .getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent).join(' ')""", name)
        assert label == f"Copy {command}"
    page.browser.find_element("link text", "Open the dashboard").click()
    until(lambda: "dashboard" in page.browser.title, 10, "the dashboard is opened")


def test_without_an_admin(pier, browser):
    page = Page(browser, pier.url)
    row = page.wait_for("admin", "it is not started", state="not started")
    assert row["links"] == row["commands"] == row["addresses"] == [] and row["figures"] == {}
    assert page.row("httpd")["state"] == "up"


def test_seen_from_another_machine(shared_httpd, browser):
    server = shared_httpd("--admin", "127.0.0.1:0", name="pier", root=None, listen=["0.0.0.0:0"], listeners=2)
    page = Page(browser, f"http://pier.test:{server.address[1]}")
    row = page.wait_for("httpd", "it is up", state="up")
    assert row["addresses"] == [page.url] and row["commands"] == [f"curl -i {page.url}/services.json"]
    row = page.row("admin")
    assert row["addresses"] == [server.urls[1].removeprefix("admin+") + " this machine only"] and row["links"] == []
    page.open(f"http://localhost:{server.address[1]}")
    row = page.wait_for("httpd", "it is up", state="up")
    assert row["addresses"] == [f"http://localhost:{server.address[1]}"] and len(page.row("admin")["links"]) == 2


def test_a_server_that_ends_and_comes_back(shared_httpd, browser):
    server = shared_httpd("--admin", "127.0.0.1:0", name="pier", root=None, listeners=2)
    page = Page(browser, server.url)
    page.wait_for("admin", "it is up", state="up")
    server.stop()
    for name in ("httpd", "admin"):
        row = page.wait_for(name, "it says that it is gone", state="does not answer")
        assert row["addresses"] and row["figures"]["Requests"] != "–"  # the last that is known
    again = shared_httpd(name="pier", root=None, listen=[server.url.removeprefix("http://")])
    assert again.url == server.url
    page.wait_for("httpd", "it is back", state="up")
    page.wait_for("admin", "this one has none", state="not started")


def test_nobody_looks(page):
    until(lambda: page.questions() == 1, 5, "the first answer")
    page.ask("""(() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });
        document.dispatchEvent(new Event('visibilitychange')); })()""")
    began = time.monotonic()
    until(lambda: time.monotonic() - began > 5, 6, "two further answers would have come")
    assert page.questions() == 1
    page.ask("(() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); })()")
    until(lambda: page.questions() > 1, 1, "it asks at once")


def test_without_scripts(pier, browser):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{pier.url}/")
        text = browser.find_element("id", "services").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    for words in ("What runs here", "All in one process.", "httpd", "http://127.0.0.1:8080", "curl -i", "admin",
                  "http://127.0.0.1:8600", "Open the dashboard"):
        assert words in text, words
    assert "–" not in text and "Connected" not in text  # no figures that nobody fills in


@pytest.mark.parametrize("width, scheme", looks.LOOKS)
def test_fits_and_axe_finds_nothing(watched, browser, axe, width, scheme):
    looks.look(browser, width, 800, scheme, "reduce")
    page = Page(browser, watched.url)
    page.wait_for("admin", "it is up", state="up")
    assert page.ask("document.documentElement.scrollWidth") <= width
    cut = page.ask("""[...document.querySelectorAll('#services h3, #services p, #services dd, #services code')]
        .filter(e => e.scrollWidth > e.clientWidth && getComputedStyle(e).display !== 'inline').map(e => e.textContent)""")
    assert cut == []
    looks.assert_accessible(browser, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_when_it_does_not_answer(shared_httpd, browser, axe, scheme):
    looks.look(browser, 360, 800, scheme, "reduce")
    server = shared_httpd("--admin", "127.0.0.1:0", name="pier", root=None, listeners=2)
    page = Page(browser, server.url)
    page.wait_for("admin", "it is up", state="up")
    server.stop()
    page.wait_for("admin", "it says that it is gone", state="does not answer")
    assert page.ask("document.documentElement.scrollWidth") <= 360
    looks.assert_accessible(browser, axe)
