"""Content-Type by the name's ending; nosniff keeps browsers from guessing (RFC 9110 8.3)."""

import urllib.parse

import pytest

from wire import fetch

UTF8 = "; charset=utf-8"
TYPES = {
    "page.html": "text/html" + UTF8, "page.htm": "text/html" + UTF8, "style.css": "text/css" + UTF8,
    "notes.txt": "text/plain" + UTF8, "table.csv": "text/csv" + UTF8, "notes.md": "text/markdown" + UTF8,
    "code.js": "text/javascript" + UTF8, "module.mjs": "text/javascript" + UTF8, "data.json": "application/json",
    "code.js.map": "application/json", "app.webmanifest": "application/manifest+json", "code.wasm": "application/wasm",
    "picture.png": "image/png", "picture.jpg": "image/jpeg", "picture.jpeg": "image/jpeg", "picture.gif": "image/gif",
    "picture.webp": "image/webp", "picture.avif": "image/avif", "picture.svg": "image/svg+xml",
    "font.woff": "font/woff", "font.woff2": "font/woff2", "font.ttf": "font/ttf", "font.otf": "font/otf",
    "sound.mp3": "audio/mpeg", "sound.flac": "audio/flac", "film.mp4": "video/mp4", "film.webm": "video/webm",
    "book.pdf": "application/pdf", "book.epub": "application/epub+zip", "archive.zip": "application/zip",
    "archive.gz": "application/gzip", "archive.tar.gz": "application/gzip", "archive.zst": "application/zstd",
    "archive.tar": "application/x-tar", "PAGE.HTML": "text/html" + UTF8, "Picture.PnG": "image/png",
    "dots.in.name.css": "text/css" + UTF8, "söme näme.txt": "text/plain" + UTF8,
    "no-ending": "application/octet-stream", "unknown.xyzzy": "application/octet-stream",
    "ends-with-dot.": "application/octet-stream", "folder.html/no-ending": "application/octet-stream",
    "html": "application/octet-stream", "page.html~": "application/octet-stream",
    "page.html ": "application/octet-stream", "data.bin": "application/octet-stream"}
EITHER = {"icon.ico": {"image/x-icon", "image/vnd.microsoft.icon"},
          "feed.xml": {"application/xml", "text/xml", "text/xml" + UTF8, "application/xml" + UTF8},
          "sound.ogg": {"audio/ogg", "application/ogg"}, "sound.wav": {"audio/wav", "audio/x-wav", "audio/vnd.wave"}}


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    for name in [*TYPES, *EITHER]:
        shared_site.write(name, f"<html>{name}")
    shared_site.write(".well-known/thing.html", "thing")
    return shared_httpd()


def quoted(name):
    return "/" + urllib.parse.quote(name)


@pytest.mark.parametrize("name", TYPES)
def test_type(server, name):
    answer = fetch(server.address, quoted(name), closes=False)
    assert answer.status == 200 and answer["Content-Type"].lower() == TYPES[name]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", EITHER)
def test_type_with_two_names(server, name):
    assert fetch(server.address, quoted(name))["Content-Type"].lower() in EITHER[name]


def test_nosniff_on_every_kind_of_answer(server):
    for target, fields in [("/missing", ()), ("/page.html", ("Range: bytes=0-1",)),
                           ("/page.html", ("Range: bytes=999-",)), ("/%00", ()), ("/page.html", ("If-Match: \"x\"",)),
                           ("/folder.html", ())]:
        answer = fetch(server.address, target, *fields)
        assert answer["X-Content-Type-Options"] == "nosniff", answer


def test_generated_pages_have_a_type(server):
    for target in ("/missing", "/%00", "/folder.html/"):
        assert fetch(server.address, target)["Content-Type"].lower() == "text/html" + UTF8


def test_query_does_not_decide(server):
    assert fetch(server.address, "/data.bin?x=page.html")["Content-Type"] == "application/octet-stream"
    assert fetch(server.address, "/page.html?x=data.bin")["Content-Type"] == "text/html" + UTF8


def test_well_known(server):
    assert fetch(server.address, "/.well-known/thing.html")["Content-Type"] == "text/html" + UTF8
