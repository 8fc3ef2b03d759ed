"""pier-get over TLS: whom it believes, and what it says when it does not."""

import hashlib
import base64
import json
import os
import subprocess

import pytest

import tls
from daemon import run
from origin import serving
from test_get import PLAIN, fetched, get
from wire import bound


@pytest.fixture
def secure(site, httpd):
    """secure(certificate): a server of a.txt over TLS; its port."""
    site.write("a.txt", "hello\n")

    def start(certificate):
        server = httpd(*map(str, certificate.arguments), listen=("https://127.0.0.1:0",))
        return server.address[1]
    return start


def failed(code, *arguments, **options):
    done = get(*arguments, "--retries", "0", **options)
    assert done.returncode == code and len(done.stderr.splitlines()) == 1, done
    return done.stderr


def test_a_certificate_that_is_trusted(secure, tmp_path):
    certificate = tls.Certificate(tmp_path)
    port = secure(certificate)
    for host in ("localhost", "127.0.0.1"):
        report = json.loads(fetched("--json", f"https://{host}:{port}/a.txt", "--ca", certificate.path).stdout)
        assert report["milliseconds"]["tls"] > 0 and report["bytes"] == 6
    assert fetched("https://localhost", port, "a.txt", "--ca", certificate.path).stdout == "hello\n"
    verbose = fetched("-v", f"https://localhost:{port}/a.txt", "--ca", certificate.path)
    assert verbose.stdout == "hello\n"


def test_an_unknown_issuer(secure, tmp_path):
    port = secure(tls.Certificate(tmp_path))
    said = failed(77, f"https://localhost:{port}/a.txt")
    assert "--ca" in said and "--pin" in said or "--insecure" in said, said


def test_a_certificate_of_another_host(secure, tmp_path):
    certificate = tls.Certificate(tmp_path, names=("other.example",), addresses=())
    port = secure(certificate)
    said = failed(77, f"https://localhost:{port}/a.txt", "--ca", certificate.path)
    assert "localhost" in said and "other.example" in said, said


def expired(folder):
    certificate = tls.Certificate(folder)
    (folder / "index").write_text("")
    (folder / "serial").write_text("01\n")
    (folder / "ca.cnf").write_text(f"""
[ca]
default_ca = one
[one]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
""")
    tls.openssl("req", "-new", "-key", certificate.key, "-out", folder / "csr", "-subj", "/CN=server", "-addext",
                "subjectAltName=DNS:localhost")
    tls.openssl("ca", "-batch", "-config", folder / "ca.cnf", "-selfsign", "-keyfile", certificate.key, "-in",
                folder / "csr", "-out", certificate.path, "-notext", "-startdate", "20200101000000Z", "-enddate",
                "20200201000000Z")
    return certificate


def test_an_expired_certificate(tmp_path):
    certificate = expired(tmp_path)
    server = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate.path, "-key",
                               certificate.key, "-www"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              stdin=subprocess.PIPE, text=True)
    try:
        while not (line := server.stdout.readline()).startswith("ACCEPT"):
            assert server.poll() is None
        port = line.rsplit(":", 1)[1].strip()
        said = failed(77, f"https://localhost:{port}/", "--ca", certificate.path)
        assert "expired" in said and "2020" in said, said
        assert "s_server" in fetched(f"https://localhost:{port}/", "--insecure").stdout
    finally:
        server.kill()
        server.wait(bound(10))


def pin_of(certificate):
    key = subprocess.run(["openssl", "pkey", "-in", certificate.key, "-pubout", "-outform", "DER"], capture_output=True,
                         check=True).stdout
    return "sha256//" + base64.b64encode(hashlib.sha256(key).digest()).decode()


def test_pins(secure, tmp_path):
    certificate, other = tls.Certificate(tmp_path), tls.Certificate(tmp_path, name="other")
    url = f"https://localhost:{secure(certificate)}/a.txt"
    assert fetched(url, "--ca", certificate.path, "--pin", pin_of(certificate)).stdout == "hello\n"
    assert fetched(url, "--ca", certificate.path, "--pin", pin_of(other), "--pin", pin_of(certificate)).stdout == "hello\n"
    assert "pin" in failed(77, url, "--ca", certificate.path, "--pin", pin_of(other))
    assert "pin" in get(url, "--insecure", "--pin", pin_of(other), "--retries", "0").stderr
    alone = fetched(url, "--insecure", "--pin", pin_of(certificate))  # the key is known: nobody vouches, nobody can pretend
    assert alone.stdout == "hello\n" and "anybody" not in alone.stderr


def test_insecure_is_loud(secure, tmp_path):
    url = f"https://localhost:{secure(tls.Certificate(tmp_path))}/a.txt"
    for option in ("--insecure", "-k"):
        done = fetched(url, option)
        assert done.stdout == "hello\n" and "anybody" in done.stderr


def test_keylog(secure, tmp_path):
    certificate = tls.Certificate(tmp_path)
    keys = tmp_path / "keys"
    done = fetched(f"https://localhost:{secure(certificate)}/a.txt", "--ca", certificate.path, "--tls-keylog", keys)
    assert "CLIENT_TRAFFIC_SECRET_0" in keys.read_text() and keys.stat().st_mode & 0o777 == 0o600
    assert "keys" in done.stderr


def test_tls_spoken_to_who_does_not(httpd):
    said = failed(77, httpd().url.replace("http", "https"))
    assert "http://" in said and "TLS" in said, said


def test_tls_spoken_to_who_waits_for_more():
    with serving(lambda peer, request, number: True) as s:
        said = failed(75, s.url.replace("http", "https"), "--connect-timeout", "300ms")
    assert f"ask for http://127.0.0.1:{s.port}" in said, said


def test_plain_http_spoken_to_who_wants_tls(secure, tmp_path):
    port = secure(tls.Certificate(tmp_path))
    done = get(f"http://127.0.0.1:{port}/a.txt", "--retries", "0")
    assert done.returncode in (4, 76) and "https://" in done.stderr + done.stdout, done


def test_a_redirect_does_not_lead_out_of_tls(secure, tmp_path):
    certificate = tls.Certificate(tmp_path)
    port = secure(certificate)

    def script(peer, request, number):
        peer.answer("302 Found", Location=f"https://localhost:{port}/a.txt")
        return True
    with serving(script) as s:
        assert fetched("-L", s.url, "--ca", certificate.path).stdout == "hello\n"


def test_ten_answers_over_tls(secure, tmp_path):
    certificate = tls.Certificate(tmp_path)
    done = fetched("https://127.0.0.1", secure(certificate), "a.txt", "--ca", certificate.path)
    assert done.stdout == "hello\n" and "10 answers, all equal: 6 bytes" in done.stderr


def test_a_file_of_authorities_that_is_none(tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate\n")
    for name in ("none.pem", "ca.pem"):
        done = run("pier-get", "https://localhost:1/", "--ca", str(tmp_path / name), env=PLAIN)
        assert done.returncode in (65, 66, 78) and name in done.stderr, done
    assert os.path.exists(tmp_path / "ca.pem")
