"""Precompressed variants: which is chosen, and that each is a representation of its own (RFC 9110 8.8.3, 12.5.3)."""

import os

import pytest

from wire import fetch

PLAIN = b"<title>plain</title>" * 50
BR, ZSTD, GZIP = b"brotli bytes" * 30, b"zstandard!" * 32, b"gzip" * 90
CODED = {"br": BR, "zstd": ZSTD, "gzip": GZIP, None: PLAIN}
SUFFIX = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}


def write_variants(site, name, codings=SUFFIX):
    site.write(name, PLAIN)
    for coding in codings:
        site.write(name + SUFFIX[coding], CODED[coding])


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    write_variants(shared_site, "page.html")
    write_variants(shared_site, "only-gzip.html", ["gzip"])
    write_variants(shared_site, "sub/index.html", ["br"])
    shared_site.write("bare.html", PLAIN)
    shared_site.write("secret.html.br", b"a file of its own")
    shared_site.write("odd.html", PLAIN)
    os.mkfifo(shared_site.root / "odd.html.br")
    (shared_site.root / "odd.html.zst").mkdir()
    (shared_site.outside / "outside.gz").write_bytes(GZIP)
    (shared_site.root / "odd.html.gz").symlink_to("../outside.gz")
    return shared_httpd("--precompressed", "br,zstd,gzip", "--cache-control", "*.html=max-age=9")


def check(answer, coding, content=None):
    assert answer.status == 200, answer
    assert answer.get("Content-Encoding") == coding and answer.body == (CODED[coding] if content is None else content)
    assert answer["Content-Type"] == "text/html; charset=utf-8" and "accept-encoding" in answer.tokens("Vary")


@pytest.mark.parametrize("accepted,coding", [
    ("br", "br"), ("zstd", "zstd"), ("gzip", "gzip"), ("BR", "br"), ("GZip", "gzip"), ("gzip, deflate, br, zstd", "br"),
    ("gzip, deflate, br", "br"), ("gzip, zstd", "zstd"), ("gzip,deflate", "gzip"), ("deflate", None),
    ("compress, x-foo", None), ("identity", None), ("", None), ("br;q=0", None), ("br;q=0.0, gzip", "gzip"),
    ("br;q=0.000,zstd;q=0,gzip;q=0", None), ("gzip;q=1.0, br;q=0.5", "gzip"), ("gzip;q=0.5, br;q=0.5", "br"),
    ("gzip;q=0.2, zstd;q=0.3, br;q=0.1", "zstd"), ("br;q=0.001", "br"), ("gzip ; q=0.8 , br ; q=0.1", "gzip"),
    ("gzip;Q=0.8,br;Q=0.9", "br"), ("*", "br"), ("*;q=0.5", "br"), ("br;q=0, *", "zstd"), ("gzip, *;q=0", "gzip"),
    ("*;q=0, gzip;q=0.1", "gzip"), ("gzip, *;q=0.1", "gzip"), ("identity;q=1, gzip;q=0.5", None),
    ("identity;q=0.5, gzip;q=1", "gzip"), ("identity;q=0, gzip", "gzip"), ("identity;q=0, br;q=0.1", "br"),
    (",, gzip ,,", "gzip"), ("gzip;q=0, br;q=0, identity", None), ("broken;;;", None), ("gzi", None), ("gzipp", None)])
def test_choice(server, accepted, coding):
    check(fetch(server.address, "/page.html", f"Accept-Encoding: {accepted}", closes=False), coding)


def test_without_accept_encoding(server):
    check(fetch(server.address, "/page.html"), None)


def test_field_in_two_lines(server):
    check(fetch(server.address, "/page.html", "Accept-Encoding: deflate", "Accept-Encoding: gzip"), "gzip")


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "deflate, identity;q=0", "identity;q=0, *;q=0"])
def test_nothing_acceptable(server, accepted):
    # RFC 9110 12.5.3 lets a server refuse or disregard; what it sends must say what it is.
    answer = fetch(server.address, "/page.html", f"Accept-Encoding: {accepted}")
    assert answer.status == 406 or answer.status == 200 and answer.body == CODED[answer.get("Content-Encoding")]


@pytest.mark.parametrize("accepted,coding", [("br", None), ("gzip", "gzip"), ("br, gzip;q=0.1", "gzip"),
                                             ("br, identity;q=0.5, gzip;q=0.1", None),
                                             ("identity;q=0, gzip;q=0.1", "gzip")])
def test_only_what_there_is(server, accepted, coding):
    check(fetch(server.address, "/only-gzip.html", f"Accept-Encoding: {accepted}"), coding)


def test_index(server):
    check(fetch(server.address, "/sub/", "Accept-Encoding: br"), "br")
    check(fetch(server.address, "/sub/", "Accept-Encoding: gzip"), None)


def test_each_variant_has_a_strong_tag_of_its_own(server):
    tags = [fetch(server.address, "/page.html", f"Accept-Encoding: {coding or 'identity'}")["ETag"] for coding in CODED]
    assert len(set(tags)) == 4 and all(tag.startswith('"') for tag in tags)


@pytest.mark.parametrize("asked", CODED)
@pytest.mark.parametrize("held", CODED)
def test_tags_are_compared_with_the_chosen_variant(server, asked, held):
    accept = f"Accept-Encoding: {asked or 'identity'}"
    tag = fetch(server.address, "/page.html", f"Accept-Encoding: {held or 'identity'}")["ETag"]
    answer = fetch(server.address, "/page.html", accept, f"If-None-Match: {tag}")
    assert answer.status == (304 if asked == held else 200)
    if answer.status == 304:
        assert answer["ETag"] == tag and answer["Cache-Control"] == "max-age=9"
        assert "accept-encoding" in answer.tokens("Vary")
        assert answer.get("Content-Encoding") in (None, asked)
    assert fetch(server.address, "/page.html", accept, f"If-Match: {tag}").status == (200 if asked == held else 412)
    part = fetch(server.address, "/page.html", accept, "Range: bytes=0-1", f"If-Range: {tag}")
    assert part.status == (206 if asked == held else 200)


@pytest.mark.parametrize("coding", CODED)
def test_ranges_are_of_the_variant(server, coding):
    content = CODED[coding]
    answer = fetch(server.address, "/page.html", f"Accept-Encoding: {coding or 'identity'}", "Range: bytes=5-14",
                   closes=False)
    assert answer.status == 206 and answer.body == content[5:15]
    assert answer["Content-Range"] == f"bytes 5-14/{len(content)}"
    assert answer.get("Content-Encoding") == coding and "accept-encoding" in answer.tokens("Vary")
    refused = fetch(server.address, "/page.html", f"Accept-Encoding: {coding or 'identity'}", "Range: bytes=99999-")
    assert refused.status == 416 and refused["Content-Range"] == f"bytes */{len(content)}"


def test_multipart_of_a_variant(server):
    answer = fetch(server.address, "/page.html", "Accept-Encoding: br", "Range: bytes=0-4,200-204")
    assert answer.status == 206 and answer["Content-Type"].startswith("multipart/byteranges")
    assert answer["Content-Encoding"] == "br" and "accept-encoding" in answer.tokens("Vary")
    assert b"bytes 200-204/%d" % len(BR) in answer.body and BR[:5] in answer.body


@pytest.mark.parametrize("coding", CODED)
def test_head(server, coding):
    answer = fetch(server.address, "/page.html", f"Accept-Encoding: {coding or 'identity'}", method="HEAD")
    assert answer.length == len(CODED[coding]) and answer.get("Content-Encoding") == coding
    assert "accept-encoding" in answer.tokens("Vary")


@pytest.mark.parametrize("target,kind", [("/page.html.gz", "application/gzip"), ("/page.html.zst", "application/zstd"),
                                         ("/page.html.br", "application/octet-stream")])
def test_variant_asked_for_by_name_is_a_plain_file(server, target, kind):
    answer = fetch(server.address, target, "Accept-Encoding: br, gzip, zstd")
    assert answer.body == CODED[{v: k for k, v in SUFFIX.items()}[target.removeprefix("/page.html")]]
    assert answer.get("Content-Encoding") is None and (answer["Content-Type"] == kind or kind.endswith("octet-stream"))


def test_variant_without_an_original_answers_only_to_its_name(server):
    assert fetch(server.address, "/secret.html", "Accept-Encoding: br").status == 404
    assert fetch(server.address, "/secret.html.br").body == b"a file of its own"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip", "br, zstd, gzip"])
def test_fifo_folder_and_link_to_the_outside_are_no_variants(server, coding):
    check(fetch(server.address, "/odd.html", f"Accept-Encoding: {coding}"), None)


def test_preference_follows_the_option(shared_httpd, server):
    other = shared_httpd("--precompressed", "gzip,br")
    check(fetch(other.address, "/page.html", "Accept-Encoding: gzip, br, zstd"), "gzip")
    check(fetch(other.address, "/page.html", "Accept-Encoding: zstd"), None)


def test_off_by_default(shared_httpd, server):
    plain = shared_httpd()
    answer = fetch(plain.address, "/page.html", "Accept-Encoding: br, zstd, gzip")
    assert answer.body == PLAIN and answer.get("Content-Encoding") is None and answer.get("Vary") is None


def test_original_need_not_be_sent_but_decides_about_hiding(site, httpd):
    write_variants(site, ".hidden.html")
    assert fetch(httpd("--precompressed", "br").address, "/.hidden.html", "Accept-Encoding: br").status == 404
