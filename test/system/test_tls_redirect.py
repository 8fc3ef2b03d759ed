"""From http to https: --redirect-http, ACME challenges, Strict-Transport-Security."""

import subprocess

import pytest

import wire
from tls import Certificate, context, fetch
from wire import bound

CHALLENGE = "/.well-known/acme-challenge/"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("certificate"), names=["localhost", "site.example"])


@pytest.fixture
def both(httpd, certificate, site):
    def start(*arguments, **options):
        site.write("small.txt", "small")
        server = httpd(*certificate.arguments, "--redirect-http", "127.0.0.1:0", *arguments, listeners=2, **options)
        assert [url.split(":")[0] for url in server.urls] == ["https", "http"]
        return server
    return start


def test_everybody_is_sent_to_https(both):
    server = both()
    port = server.addresses[0][1]
    for host, path in (("site.example", "/"), ("site.example:80", "/a%20b/?q=1&r"), ("[::1]:8080", "//evil.example"),
                       ("192.0.2.1", "/none")):
        for method in ("GET", "HEAD", "POST", "DELETE"):
            answer = wire.fetch(server.addresses[1], path, method=method, host=host)
            name = host if host.startswith("[") and "]:" not in host else host.rsplit(":", 1)[0] if "]:" in host or \
                host.count(":") == 1 else host
            assert answer.status == 308 and answer["Location"] == f"https://{name}:{port}{path}"
            assert answer.get("Strict-Transport-Security") is None
    done = subprocess.run(["curl", "-sSkL", f"{server.urls[1]}/small.txt"], capture_output=True, text=True,
                          timeout=bound(10))
    assert done.stdout == "small", done


def test_a_bad_host_is_sent_nowhere(both):
    server = both()
    for host in ("good@evil.example", "evil.example/x", "a b", "good,evil", ""):
        answer = wire.fetch(server.addresses[1], "/", host=host, closes=None)
        assert answer.status == 400 and answer.get("Location") is None
    answer = wire.fetch(server.addresses[1], "/", host=None, version="HTTP/1.0")
    assert answer.status == 400 and answer.get("Location") is None
    answer = wire.fetch(server.addresses[1], "http://other.example/x")  # RFC 9112 3.2.2: then Host says nothing
    assert answer["Location"] == f"https://other.example:{server.addresses[0][1]}/x"


def test_another_port_may_be_named(both):
    assert wire.fetch(both("--redirect-port", "443").addresses[1], "/x")["Location"] == "https://localhost/x"


@pytest.mark.parametrize("own", [True, False])
def test_challenges_are_served_without_tls(both, site, own):
    """As certbot --webroot writes them: a file of a token, gone after a moment. In the site's root or in a folder."""
    folder = site.outside / "acme"
    folder.mkdir()
    server = both("--acme-webroot", folder) if own else both()
    place = (folder if own else site.root) / CHALLENGE.strip("/")
    token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
    assert wire.fetch(server.addresses[1], CHALLENGE + token).status == 404
    place.mkdir(parents=True)
    (place / token).write_text(f"{token}.thumbprint")
    answer = wire.fetch(server.addresses[1], CHALLENGE + token)
    assert answer.status == 200 and answer.body == f"{token}.thumbprint".encode()
    (place / token).unlink()
    for path in (CHALLENGE + "../../../small.txt", CHALLENGE + "..%2f..%2fsmall.txt", CHALLENGE, "/.well-known/", "/small.txt"):
        answer = wire.fetch(server.addresses[1], path)
        assert answer.status in (308, 400, 404) and b"small" != answer.body, (path, answer)
    (place / "link").symlink_to("/etc/passwd")
    assert wire.fetch(server.addresses[1], CHALLENGE + "link").status == 404


@pytest.mark.parametrize("value, says", [("on", "max-age=31536000"), ("300", "max-age=300"), ("0", "max-age=0"), ("off", None)])
def test_hsts(httpd, certificate, site, value, says):
    site.write("small.txt", "small")
    server = httpd(*certificate.arguments, "--hsts", value, listen=["https://127.0.0.1:0", "http://127.0.0.1:0"])
    trusting = context(certificate.path)
    for path, status in (("/small.txt", 200), ("/none", 404)):
        answer = fetch(server.addresses[0], path, using=trusting)
        assert answer.status == status and answer.get("Strict-Transport-Security") == says
        assert wire.fetch(server.addresses[1], path).get("Strict-Transport-Security") is None


def test_pier_redirects_too(certificate, httpd, site):
    site.write("small.txt", "small")
    server = httpd(*certificate.arguments, "--redirect-http", "127.0.0.1:0", listeners=2, name="pier", root=None)
    assert wire.fetch(server.addresses[1], "/")["Location"] == f"https://localhost:{server.addresses[0][1]}/"
    assert any("the way to https" in line for line in server.table)
    # its own pages stand in no folder: without --acme-webroot there are no challenges
    assert wire.fetch(server.addresses[1], CHALLENGE + "x").status == 308
