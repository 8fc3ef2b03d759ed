"""A folder without its slash brings a redirect that never leaves the server (RFC 9110 10.2.2; CVE-2021-28861)."""

import urllib.parse

import pytest

from wire import fetch

BASE = "http://files.example:8080"


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    for name in ("sub", "sub/deep", "evil.com/sub", "a b", "javascript:alert(1)", "c:d", "sub/http:x", "hash#tag",
                 "what?", "100%", "ümlaut", "quote\"", "new\nline", "<b>", "@host", ";p", "tab\there"):
        shared_site.write(f"{name}/index.html", f"index of {name}")
    shared_site.write("file.txt", "file")
    (shared_site.root / "empty").mkdir()
    (shared_site.root / "link").symlink_to("sub")
    shared_site.write(".git/index.html", "hidden")
    return shared_httpd()


def follow(server, target, *fields, method="GET"):
    """The target that a browser ends at after one redirect."""
    answer = fetch(server.address, target, *fields, method=method, host="files.example:8080", closes=False)
    assert answer.status == 308, answer
    location = answer["Location"]
    assert not location.startswith(("//", "/\\", "\\")) and "files.example" not in location, location
    assert "://" not in location.split("?")[0], location
    url = urllib.parse.urljoin(BASE + target if target.startswith("/") else target, location)
    assert url.startswith(BASE + "/"), f"{target} leads to {url} by {location}"
    return url.removeprefix(BASE)


@pytest.mark.parametrize("name", ["sub", "sub/deep", "a b", "javascript:alert(1)", "c:d", "sub/http:x", "hash#tag",
                                  "what?", "100%", "ümlaut", "quote\"", "new\nline", "<b>", "@host", ";p", "tab\there",
                                  "link"])
def test_leads_to_the_folder(server, name):
    target = "/" + urllib.parse.quote(name)
    landed = follow(server, target)
    assert urllib.parse.unquote(landed) == f"/{name}/"
    assert fetch(server.address, landed).body.decode() == f"index of {'sub' if name == 'link' else name}"


@pytest.mark.parametrize("query", ["?", "?a=b", "?a=b&c=d?e/f", "?next=//evil.com", "?%0d%0aSet-Cookie:%20x", "?a=%00"])
def test_keeps_the_query(server, query):
    assert follow(server, "/sub" + query) in ("/sub/" + query, "/sub/" if query == "?" else None)


def test_colon_in_the_last_segment_makes_no_scheme(server):
    location = fetch(server.address, "/javascript:alert(1)")["Location"]
    assert urllib.parse.urlsplit(location).scheme == "", location


@pytest.mark.parametrize("target", [
    "//evil.com/%2e%2e/sub", "//evil.com/../sub", "///evil.com/%2e%2e/sub", "////evil.com/..//sub", "//evil.com/sub",
    "//evil.com/%2e%2e/evil.com/sub", "//sub", "/.//sub", "/..//evil.com", "/%2e%2e//evil.com", "/.//evil.com",
    "//evil.com", "///evil.com", "/sub/..//evil.com", "/sub/../..//evil.com", "/%5cevil.com", "/%5c%5cevil.com/..",
    "/%2fevil.com", "/%2f%2fevil.com/%2e%2e", "/%09/evil.com", "/%0d%0aLocation:%20//evil.com", "/sub%0d%0aX:%20y",
    "//evil.com%2f..%2fsub", "//evil.com:80/../sub", "//user@evil.com/../sub", "//[::1]/../sub"])
def test_never_leads_elsewhere(server, target):
    answer = fetch(server.address, target, host="files.example:8080")
    if 300 <= answer.status < 400:
        follow(server, target)
    assert all(name in ("location",) or "evil" not in value for name, value in answer.fields)
    assert answer.get("X") is None


@pytest.mark.parametrize("target", ["http://files.example:8080/sub", "http://files.example:8080/sub?q"])
def test_absolute_form_is_redirected_relatively(server, target):
    assert follow(server, target) == "/sub/" + ("?q" if "?" in target else "")


def test_host_is_not_reflected(server):
    answer = fetch(server.address, "/sub", host="evil.example")
    assert "evil" not in str(answer.fields) and b"evil" not in answer.body


def test_head(server):
    assert follow(server, "/sub", method="HEAD") == "/sub/"


@pytest.mark.parametrize("target,status", [("/sub/", 200), ("/sub/index.html", 200), ("/empty/", 404),
                                           ("/file.txt/", 404), ("/missing", 404), ("/missing/", 404), ("/.git", 404),
                                           ("/.git/", 404), ("/sub/missing", 404), ("/file.txt/sub", 404)])
def test_where_none_is_due(server, target, status):
    assert fetch(server.address, target, closes=False).status == status


def test_folder_without_index_is_redirected_all_the_same(server):
    assert follow(server, "/empty") == "/empty/"


def test_other_index(site, httpd):
    site.write("sub/home.html", "home")
    site.write("sub/index.html", "index")
    server = httpd("--index", "home.html")
    assert fetch(server.address, "/sub/").body == b"home"


def test_index_that_is_a_folder(site, httpd):
    (site.root / "index.html").mkdir()
    assert fetch(httpd().address, "/").status == 404
