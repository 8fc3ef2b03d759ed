"""From a target to a file: nothing outside the root, nothing hidden, and every file whatever its name (RFC 3986 5.2.4,
6.2.2)."""

import urllib.parse

import pytest

from wire import fetch

SECRET = b"the secret outside the root"


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    site = shared_site
    (site.outside / "secret.txt").write_bytes(SECRET)
    (site.outside / "site-secret").mkdir()  # its path begins with the root's
    (site.outside / "site-secret/secret.txt").write_bytes(SECRET)
    site.write("inside.txt", "inside")
    site.write("sub/deep/file.txt", "deep")
    site.write("sub/index.html", "sub index")
    return shared_httpd()


@pytest.mark.parametrize("target", [
    "/../secret.txt", "/../../secret.txt", "/sub/../../secret.txt", "/sub/../../../../../../../../secret.txt",
    "/./../secret.txt", "//../secret.txt", "/.//../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E/secret.txt",
    "/.%2e/secret.txt", "/%2e./secret.txt", "/sub/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt", "/..%2Fsecret.txt",
    "/%2e%2e%2fsecret.txt", "/sub/..%2f..%2fsecret.txt", "/sub%2f..%2f..%2fsecret.txt", "/..%5csecret.txt",
    "/..%5Csecret.txt", "/sub/..%5c..%5csecret.txt", "/%5c..%5csecret.txt", "/%252e%252e/secret.txt",
    "/%252e%252e%252fsecret.txt", "/..%252fsecret.txt", "/%25%32%65%25%32%65/secret.txt", "/%c0%ae%c0%ae/secret.txt",
    "/%c0%ae%c0%ae%c0%afsecret.txt", "/..%c0%afsecret.txt", "/..%c1%9csecret.txt", "/%e0%80%ae%e0%80%ae/secret.txt",
    "/%f0%80%80%ae%f0%80%80%ae/secret.txt", "/..%ef%bc%8fsecret.txt", "/%uff0e%uff0e/secret.txt", "/....//secret.txt",
    "/...//secret.txt", "/..;/secret.txt", "/..;a=b/secret.txt", "/..%00/secret.txt", "/..%20/secret.txt",
    "/..%09/secret.txt", "/.%00./secret.txt", "/%2e%00%2e/secret.txt", "/..%0d%0a/secret.txt",
    "/../site-secret/secret.txt", "/..%2fsite-secret/secret.txt", "/sub/..;/..;/secret.txt",
    "/inside.txt/../../secret.txt", "/missing/../../secret.txt", "/~/../../secret.txt", "/%2f..%2f..%2fsecret.txt",
    "/" + "../" * 1000 + "secret.txt", "/" + "%2e%2e/" * 1000 + "secret.txt", "/" + "sub/../" * 1000 + "../secret.txt",
    "http://localhost/../secret.txt", "http://localhost/%2e%2e/secret.txt", "http://localhost/..%2fsecret.txt",
    "/../site/../secret.txt", "/proc/self/root/etc/passwd", "/%2fetc/passwd", "//etc/passwd",
    "/../../../../../../etc/passwd", "/sub/deep/../../../secret.txt", "/secret.txt", "/.%2e/%2e./secret.txt",
    "/..?/secret.txt", "/../secret.txt?x=/../"])
def test_nothing_outside_the_root(server, target):
    answer = fetch(server.address, target)
    assert answer.status in (400, 404) or answer.status == 308 and "secret" not in answer["Location"], answer
    assert SECRET not in answer.body and b"root:" not in answer.body


@pytest.mark.parametrize("target,body", [
    ("/inside.txt", b"inside"), ("/./inside.txt", b"inside"), ("/sub/../inside.txt", b"inside"),
    ("/../inside.txt", b"inside"), ("/../../../inside.txt", b"inside"), ("/sub/%2e%2e/inside.txt", b"inside"),
    ("/%2e/inside.txt", b"inside"), ("/sub/deep/../../inside.txt", b"inside"), ("/sub/deep/./file.txt", b"deep"),
    ("/sub/./deep/../deep/file.txt", b"deep"), ("/sub/.", b"sub index"), ("/sub/deep/..", b"sub index"),
    ("/sub/deep/../", b"sub index"), ("/missing/../inside.txt", b"inside"), ("/%69nside%2Etxt", b"inside"),
    ("/s%75b/dee%70/file.txt", b"deep")])
def test_dot_segments_are_removed(server, target, body):
    answer = fetch(server.address, target)
    assert answer.status == 200 and answer.body == body


@pytest.mark.parametrize("target", ["/sub%2fdeep/file.txt", "/sub%2Fdeep%2Ffile.txt", "/%2finside.txt",
                                    "/inside.txt%2f", "/sub%5cdeep", "/%5Cinside.txt", "/inside.txt%00", "/%00",
                                    "/inside.txt%00.html", "/sub/%00/../inside.txt"])
def test_separators_and_nul_in_disguise(server, target):
    assert fetch(server.address, target).status == 400


@pytest.mark.parametrize("target", ["/inside.txt/", "/inside.txt/x", "/inside.txt/.", "/inside.txt/../inside.txt/",
                                    "/sub/deep/file.txt/", "/INSIDE.TXT", "/inside.tx", "/inside.txtx", "/inside.txt.",
                                    "/inside.txt%20", "/sub/deep/", "/" + "n" * 256, "/" + "n" * 5000,
                                    "/" + "d/" * 3000, "/" + "sub/" * 1500 + "x", "/inside.txt;x", "/inside.txt&x"])
def test_not_found(server, target):
    answer = fetch(server.address, target, closes=False)
    assert answer.status == 404, answer


NAMES = ["with space.txt", " leading", "trailing ", "it's.txt", 'dou"ble".txt', "emoji \U0001f389.txt", "e\u0301.txt",
         "\u00e9.txt", "日本語", "new\nline.txt", "tab\t.txt", "return\r.txt", "bell\x07", "del\x7f", "hash#.txt",
         "query?.txt", "query?a=b", "per%cent.txt", "%41.txt", "%2e%2e", "%", "%00", "a+b.txt", "semi;colon", "a:b",
         "<html>.txt", "&amp;.txt", "~tilde", "-dash", "--help", "trailing.", "a|b", "a^b", "a`b", "{a}", "[a]", "a@b",
         "a=b&c=d", "$HOME", "!", "*", "a..b", "a...", "n" * 255, b"\xff\xfe.txt", b"latin\xe9.txt",
         b"\xc0\xae\xc0\xae", b"cut \xf0\x9f", "\u202etxt.exe", "CON", "nul.txt", "back\x08space"]


@pytest.fixture(scope="module")
def named(shared_site, server):
    for name in NAMES:
        raw = name if isinstance(name, bytes) else name.encode()
        shared_site.write(raw, b"content of " + raw)
        shared_site.write(b"folder " + raw[:240] + b"/" + raw, b"content in folder of " + raw)
    return server


@pytest.mark.parametrize("name", NAMES)
def test_every_name(named, name):
    raw = name if isinstance(name, bytes) else name.encode()
    quoted = urllib.parse.quote(raw, safe="")
    assert fetch(named.address, "/" + quoted, closes=False).body == b"content of " + raw
    inside = urllib.parse.quote(b"folder " + raw[:240], safe="") + "/" + quoted
    assert fetch(named.address, "/" + inside).body == b"content in folder of " + raw
    escaped = "/" + "".join(f"%{byte:02x}" for byte in raw)  # every byte escaped, in lower case
    assert fetch(named.address, escaped).body == b"content of " + raw


@pytest.mark.parametrize("name", ["a+b.txt", "semi;colon", "a:b", "~tilde", "-dash", "a@b", "a=b&c=d", "$HOME", "!",
                                  "*", "it's.txt"])
def test_what_needs_no_escape(named, name):
    assert fetch(named.address, "/" + name).body == b"content of " + name.encode()


def test_backslash_in_a_name_cannot_be_asked_for(site, httpd):
    site.write("back\\slash.txt", "x")
    assert fetch(httpd().address, "/back%5Cslash.txt").status == 400


HIDDEN = ["/.env", "/.git/config", "/sub/.htpasswd", "/%2eenv", "/.%65nv", "/sub/../.env", "/..data", "/...", "/.git/",
          "/.git", "/sub/.well-known/x", "/.well-known/.secret", "/.well-known/.dir/x", "/.well-knownx",
          "/.well-known.bak/x", "/.WELL-KNOWN/x"]


def hide(site):
    for target in HIDDEN:
        path = urllib.parse.unquote(target).replace("/sub/../", "/").strip("/")
        if path not in (".git", ""):
            site.write(path, "hidden")
    site.write(".well-known/acme/token", "token")
    site.write(".well-known/index.html", "well known")


def test_dotfiles_are_as_good_as_missing(site, httpd):
    hide(site)
    server = httpd()
    missing = fetch(server.address, "/missing")
    for target in HIDDEN:
        answer = fetch(server.address, target)
        assert answer.status == 404, target
        assert answer.body.replace(target.encode(), b"") == missing.body.replace(b"/missing", b""), target
        assert [name for name, _ in answer.fields] == [name for name, _ in missing.fields]
    assert fetch(server.address, "/.well-known/acme/token").body == b"token"
    assert fetch(server.address, "/%2Ewell-known/acme/token").body == b"token"
    assert fetch(server.address, "/.well-known/").body == b"well known"
    assert fetch(server.address, "/.well-known").status == 308


def test_hidden_shows_them(site, httpd):
    hide(site)
    server = httpd("--hidden")
    for target in HIDDEN:
        if not target.rstrip("/").endswith(".git"):
            assert fetch(server.address, target).body == b"hidden", target
    assert fetch(server.address, "/../../.env").body == b"hidden"
    assert fetch(server.address, "/../secret.txt").status == 404


def test_root_that_vanishes(site, httpd):
    root = site.outside / "other"
    root.mkdir()
    (root / "file.txt").write_bytes(b"here")
    server = httpd(root=root)
    assert fetch(server.address, "/file.txt").body == b"here"
    (root / "file.txt").unlink()
    root.rmdir()
    assert fetch(server.address, "/another.txt").status == 404
