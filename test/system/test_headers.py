"""The fields of answers: what is always there, and what --header and --cache-control add."""

import time

import pytest

from daemon import run, until
from wire import fetch, when

# What nginx 1.22 sends with a file: Pier's speed is compared with it, so it may send no less.
NGINX = {"server", "date", "content-type", "content-length", "last-modified", "connection", "etag", "accept-ranges"}


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("index.html", "home")
    shared_site.write("style.css", "p {}")
    shared_site.write("sub/other.css", "p {}")
    shared_site.write("assets/app.js", "x")
    shared_site.write("assets/deep/app.txt", "x")
    shared_site.write("small.txt", "small")
    return shared_httpd("--header", "X-One: 1", "--header", "Permissions-Policy: camera=(), microphone=()", "--header",
                        "X-One: 2", "--header", "X-Empty:", "--cache-control", "*.css=max-age=31536000, immutable",
                        "--cache-control", "/assets/**=public, max-age=60", "--cache-control", "index.html=no-store")


def test_at_least_what_nginx_sends(server):
    names = {name for name, _ in fetch(server.address, "/small.txt").fields}
    assert NGINX <= names, NGINX - names


def test_server_tells_no_version(server):
    for target in ("/small.txt", "/missing"):
        assert fetch(server.address, target)["Server"] == "pier"


def test_date_is_now_and_moves_on(server):
    first = fetch(server.address, "/small.txt")["Date"]
    assert abs(when(first) - time.time()) < 3
    until(lambda: fetch(server.address, "/small.txt")["Date"] != first, 3, "another Date")
    assert abs(when(fetch(server.address, "/small.txt")["Date"]) - time.time()) < 3


@pytest.mark.parametrize("target,cache_control", [
    ("/style.css", "max-age=31536000, immutable"), ("/sub/other.css", "max-age=31536000, immutable"),
    ("/assets/app.js", "public, max-age=60"), ("/assets/deep/app.txt", "public, max-age=60"),
    ("/index.html", "no-store"), ("/", "no-store"), ("/small.txt", "no-cache")])
def test_cache_control(server, target, cache_control):
    whole = fetch(server.address, target)
    assert whole["Cache-Control"] == cache_control
    assert fetch(server.address, target, f"If-None-Match: {whole['ETag']}")["Cache-Control"] == cache_control
    assert fetch(server.address, target, "Range: bytes=0-0")["Cache-Control"] == cache_control
    assert fetch(server.address, target, method="HEAD")["Cache-Control"] == cache_control


def test_errors_are_not_cached_like_files(server):
    for target in ("/missing.css", "/assets/missing", "/style.css/"):
        value = fetch(server.address, target).get("Cache-Control") or ""
        assert "max-age" not in value and "immutable" not in value


def test_header(server):
    for target, fields in [("/small.txt", ()), ("/small.txt", ("Range: bytes=0-0",)), ("/", ()), ("/style.css", ())]:
        answer = fetch(server.address, target, *fields)
        assert answer.all("X-One") == ["1", "2"] and answer.all("X-Empty") == [""], answer
        assert answer["Permissions-Policy"] == "camera=(), microphone=()"


def test_without_options(site, httpd):
    site.write("small.txt", "small")
    answer = fetch(httpd().address, "/small.txt")
    assert answer["Cache-Control"] == "no-cache" and answer.get("X-One") is None


@pytest.mark.parametrize("value", ["no-colon", ": 1", "X Y: 1", "X-A : 1", "X-A: 1\r\nX-B: 2", "X-A: 1\nX-B: 2",
                                   "X-A: \x01", "Xé: 1", "", "X-A: \x7f"])
def test_header_that_would_break_answers_is_refused_at_start(site, value):
    done = run("pier-httpd", site.root, "--listen", "127.0.0.1:0", "--header", value)
    assert done.returncode == 64 and "header" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "Connection"])
def test_header_that_frames_answers_is_refused_at_start(site, name):
    done = run("pier-httpd", site.root, "--listen", "127.0.0.1:0", "--header", f"{name}: 5")
    assert done.returncode == 64 and name.lower() in done.stderr.lower()


@pytest.mark.parametrize("value", ["nothing", "=max-age=1", "*.css=a\r\nX: 1", ""])
def test_cache_control_that_cannot_be_meant_is_refused_at_start(site, value):
    done = run("pier-httpd", site.root, "--listen", "127.0.0.1:0", "--cache-control", value)
    assert done.returncode == 64 and "cache-control" in done.stderr and done.stdout == ""
