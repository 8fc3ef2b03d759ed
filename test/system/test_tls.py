"""TLS as clients find it: versions, ciphers, certificates by name, protocols, tickets; curl, openssl and sslscan say."""

import json
import re
import shutil
import socket
import ssl
import subprocess

import pytest

import wire
from daemon import Daemon
from tls import Certificate, Connection, context, fetch, openssl, shown
from wire import bound, request


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def certificate(folder):
    return Certificate(folder)


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd, certificate):
    shared_site.write("small.txt", "small")
    return shared_httpd(*certificate.arguments, "--threads", "2")


def connect(server, *arguments, code=0, input=b""):
    """What openssl's client tells of a connection."""
    host, port = server.address
    return openssl("s_client", "-connect", f"{host}:{port}", *arguments, input=input, code=code)


def test_the_line_says_https(server):
    assert server.url.startswith("https://127.0.0.1:")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_checks(server, certificate, version):
    trusting = context(certificate.path, versions=(version, version))
    answer = fetch(server.address, "/small.txt", using=trusting)
    assert answer.status == 200 and answer.body == b"small"
    assert fetch(server.address, "/small.txt", using=trusting, name="127.0.0.1").body == b"small"


def test_curl(server, certificate):
    done = subprocess.run(["curl", "-sS", "--cacert", certificate.path, "--http1.1", "-w", "%{http_code} %{ssl_verify_result}",
                           f"{server.url}/small.txt"], capture_output=True, text=True, timeout=bound(10))
    assert done.returncode == 0 and done.stdout == "small200 0", done


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_versions_are_refused(server, version):
    said = connect(server, version, "-cipher", "ALL:@SECLEVEL=0", code=1)
    assert "protocol version" in said or "no protocols available" in said


def test_renegotiation_is_refused(server):
    said = connect(server, "-tls1_2", input=b"R\n", code=None)
    assert "RENEGOTIATING" in said and "no renegotiation" in said


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_ticket_resumes(server, certificate, folder, version):
    session = folder / f"session{version}"
    # To the server's end: a ticket of TLS 1.3 comes after the handshake.
    said = connect(server, version, "-ign_eof", "-sess_out", session, input=b"GET /small.txt HTTP/1.0\r\n\r\n")
    assert "New, TLS" in said
    assert re.search(r"Server Temp Key: X25519", said)
    assert "Compression: NONE" in said
    for _ in range(2):  # any of the shards opens it
        said = connect(server, version, "-sess_in", session, input=b"GET /small.txt HTTP/1.0\r\n\r\n")
        assert "Reused, TLS" in said


def test_one_ticket_for_tls_1_3(server):
    said = connect(server, "-tls1_3", "-ign_eof", input=b"GET /small.txt HTTP/1.0\r\n\r\n")
    assert said.count("Post-Handshake New Session Ticket arrived") == 1
    assert "TLS session ticket lifetime hint: 43200" in said


def test_alpn(server):
    assert "ALPN protocol: http/1.1" in connect(server, "-alpn", "h2,http/1.1")
    assert "No ALPN negotiated" in connect(server)
    said = connect(server, "-alpn", "h2,spdy/3", code=1)
    assert "no application protocol" in said


def test_server_order_of_ciphers(server):
    said = connect(server, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256")
    assert "ECDHE-ECDSA-AES128-GCM-SHA256" in said
    # who prefers ChaCha has no AES in hardware, and gets it
    said = connect(server, "-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256")
    assert "Cipher    : ECDHE-ECDSA-CHACHA20-POLY1305" in said
    assert connect(server, "-tls1_2", "-cipher", "AES128-SHA:AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA", code=1)


def test_certificates_by_name(folder, shared_httpd):
    one = Certificate(folder, "one", ["one.example"])
    two = Certificate(folder, "two", ["two.example", "*.two.example"])
    rsa = Certificate(folder, "rsa", ["one.example"], key="rsa")
    server = shared_httpd(*one.arguments, *two.arguments, *rsa.arguments)
    assert shown(server.address, "one.example") == one.fingerprint()
    assert shown(server.address, "two.example") == two.fingerprint()
    assert shown(server.address, "Mail.Two.Example") == two.fingerprint()
    assert shown(server.address, "a.mail.two.example") == one.fingerprint()
    assert shown(server.address, None) == one.fingerprint()
    said = connect(server, "-servername", "one.example", "-sigalgs", "RSA-PSS+SHA256")
    assert "Server public key is 2048 bit" in said


def test_one_file_for_both(folder, certificate, shared_httpd, shared_site):
    shared_site.write("small.txt", "small")
    both = folder / "both.pem"
    both.write_bytes(certificate.path.read_bytes() + certificate.key.read_bytes())
    both.chmod(0o600)
    assert fetch(shared_httpd("--tls-cert", both).address, "/small.txt").body == b"small"


def test_plain_and_tls_side_by_side(certificate, shared_httpd, shared_site):
    shared_site.write("small.txt", "small")
    path = shared_site.outside / "socket"
    server = shared_httpd(*certificate.arguments, listen=["http://127.0.0.1:0", "https://127.0.0.1:0", "127.0.0.1:0",
                                                          f"https+unix:{path}", "https://[::1]:0/"])
    assert [url.split(":")[0] for url in server.urls] == ["http", "https", "https", "https+unix", "https"]
    assert wire.fetch(server.addresses[0], "/small.txt").body == b"small"
    for address in server.addresses[1:3] + server.addresses[4:]:
        assert fetch(address, "/small.txt", using=context(certificate.path)).body == b"small"
    with Connection(str(path)) as connection:
        connection.send(request("/small.txt"))
        assert connection.answer().body == b"small"


def test_sslscan(server):
    if not shutil.which("sslscan"):
        pytest.skip("sslscan is not installed: script/bootstrap test")
    host, port = server.address
    said = subprocess.run(["sslscan", "--no-colour", f"{host}:{port}"], capture_output=True, text=True,
                          timeout=bound(60)).stdout
    for old in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"):
        assert re.search(rf"^{re.escape(old)}\s+disabled", said, re.M), said
    for new in ("TLSv1.2", "TLSv1.3"):
        assert re.search(rf"^{re.escape(new)}\s+enabled", said, re.M), said
    assert "Session renegotiation not supported" in said
    assert said.count("not vulnerable to heartbleed") == 2
    ciphers = set(re.findall(r"^(?:Accepted|Preferred)\s+TLSv1\.[23]\s+\d+ bits\s+(\S+)", said, re.M))
    assert ciphers == {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                       "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"}
    assert "TLS Fallback SCSV:\nServer supports TLS Fallback SCSV" in said


def test_testssl(server, tmp_path):
    """Its verdicts on protocols, ciphers and known attacks: none may be bad."""
    if not shutil.which("testssl"):
        pytest.skip("testssl.sh is not installed: script/bootstrap test")
    host, port = server.address
    report = tmp_path / "report.json"
    subprocess.run(["testssl", "--quiet", "--color", "0", "--warnings", "off", "-p", "-s", "-f", "-R",
                    "-C", "-H", "-I", "-Z", "--jsonfile", report, f"{host}:{port}"], capture_output=True,
                   timeout=bound(120), stdin=subprocess.DEVNULL)
    found = {each["id"]: each for each in json.loads(report.read_text())}
    bad = [each for each in found.values() if each["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL")]
    assert not bad, bad
    assert found["TLS1_3"]["severity"] == "OK" and found["TLS1_1"]["finding"] == "not offered"
    assert "not vulnerable" in found["secure_client_renego"]["finding"]


def test_upper_over_tls(certificate):
    with_udp = Daemon("pier-upperd", "--listen", "127.0.0.1:0", *certificate.arguments, listeners=2)
    try:
        assert [url.split(":")[0] for url in with_udp.urls] == ["tls", "udp"]
        assert with_udp.addresses[0] == with_udp.addresses[1]
        with Connection(with_udp.addresses[0], context(certificate.path, protocols=["whatever"])) as connection:
            assert connection.send(b"abc").read_some() == b"ABC"
            connection.finish()
            connection.closed()
    finally:
        with_udp.stop()
    server = Daemon("pier-upperd", "--listen", "tls://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0", "--listen",
                    "udp://127.0.0.1:0", *certificate.arguments, listeners=3)
    assert [url.split(":")[0] for url in server.urls] == ["tls", "tcp", "udp"]
    server.stop()


@pytest.mark.parametrize("name", ["pier-httpd", "pier-beatd"])
def test_admin_over_tls(certificate, name):
    """Also of a server that has no connections of its own."""
    server = Daemon(name, "--listen", "127.0.0.1:0", *certificate.arguments, "--admin", "https://127.0.0.1:0",
                    listeners=3 if name == "pier-beatd" else 2)
    try:
        urls = dict(zip((url.split(":")[0] for url in server.urls), server.addresses))
        answer = fetch(urls["admin+https"], "/metrics", using=context(certificate.path))
        expiry = re.search(rb'^pier_tls_certificate_expiry_seconds\{service="([^"]+)",name="localhost",key="ECDSA",'
                           rb'file="([^"]+)"\} (\d+)$', answer.body, re.M)
        assert expiry and expiry[2] == bytes(certificate.path)
        assert 28 * 86400 < int(expiry[3]) - ssl.cert_time_to_seconds(
            openssl("x509", "-in", certificate.path, "-noout", "-startdate").strip().split("=")[1]) < 31 * 86400
        assert b"pier_tls_reloads_total{" in answer.body and b"pier_tls_reloads_refused_total{" in answer.body
    finally:
        server.stop()


def test_inherited_sockets(certificate, shared_site):
    """They are TLS's when there is a certificate; one that is called `http` is not."""
    shared_site.write("small.txt", "small")
    passed = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    server = Daemon("pier-httpd", shared_site.root, *certificate.arguments, sockets=passed, listeners=2,
                    environment={"LISTEN_FDNAMES": "http:site"})
    try:
        assert [url.split(":")[0] for url in server.urls] == ["http", "https"]
        assert wire.fetch(server.addresses[0], "/small.txt").body == b"small"
        assert fetch(server.addresses[1], "/small.txt").body == b"small"
    finally:
        server.stop()
        for each in passed:
            each.close()
