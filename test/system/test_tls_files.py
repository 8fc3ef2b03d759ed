"""The operator's side of TLS: what is wrong with files is said, certificates change without a lost request, secrets are
kept or logged."""

import os
import re
import shutil
import signal
import stat
import subprocess
import threading

import pytest

import wire
from daemon import Daemon, run, until
from tls import Certificate, Connection, context, fetch, fingerprint, openssl, shown
from wire import bound, request


@pytest.fixture
def certificate(tmp_path):
    return Certificate(tmp_path)


def refused(*arguments, code):
    done = run("pier-httpd", "--listen", "127.0.0.1:0", *map(str, arguments))
    assert done.returncode == code and done.stdout == "", done
    return done.stderr


def test_certificates_that_cannot_be_used(tmp_path, certificate):
    other = Certificate(tmp_path, "other")
    assert "none.pem: cannot be read: No such file" in refused("--tls-cert", tmp_path / "none.pem", code=66)
    said = refused("--tls-cert", certificate.path, "--tls-key", other.key, code=65)
    assert f"{certificate.path}: the private key in {other.key} belongs to another certificate" in said
    assert "holds no private key; --tls-key" in refused("--tls-cert", certificate.path, code=65)
    openssl("pkey", "-in", certificate.key, "-aes256", "-passout", "pass:x", "-out", tmp_path / "locked.key")
    said = refused("--tls-cert", certificate.path, "--tls-key", tmp_path / "locked.key", code=65)
    assert "is encrypted" in said and "openssl pkey -in" in said
    openssl("x509", "-in", certificate.path, "-outform", "DER", "-out", tmp_path / "der")
    assert "openssl x509 -inform DER" in refused("--tls-cert", tmp_path / "der", "--tls-key", certificate.key, code=65)


@pytest.mark.parametrize("arguments, why", [
    (["--tls", "self", "--tls-cert", "x"], "contradict"),
    (["--tls-key", "x"], "name the certificate"),
    (["--tls-cert", "a", "--tls-cert", "b", "--tls-key", "c"], "--tls-cert is given 2 times, --tls-key 1"),
    (["--tls-keylog", "x"], "no TLS whose secrets"),
    (["--redirect-http", "127.0.0.1:0"], "no https address to send to"),
    (["--tls", "self", "--acme-webroot", "/"], "give that, too"),
    (["--tls", "self", "--redirect-port", "443"], "give that, too"),
    (["--admin", "https://127.0.0.1:0"], "--admin https://127.0.0.1:0: TLS needs a certificate"),
    (["--listen", "https://127.0.0.1:0"], "--listen https://127.0.0.1:0: TLS needs a certificate"),
    (["--hsts", "soon"], "neither on, off nor a number"),
    (["--tls", "yes"], "is none of off, self"),
    (["--listen", "ftp://127.0.0.1:0"], "perhaps after https:// or http://"),
])
def test_options_that_make_no_sense(arguments, why):
    assert why in refused(*arguments, code=64)


def test_check_config_looks_at_certificates(tmp_path, certificate):
    done = run("pier-httpd", "--check-config", *map(str, certificate.arguments), "--tls-keylog", str(tmp_path / "keys"))
    assert done.returncode == 0 and done.stderr == ""
    assert f"tls-cert = {certificate.path}" in done.stdout and "listen = https://127.0.0.1:8080" in done.stdout
    assert not (tmp_path / "keys").exists()
    expired = Certificate(tmp_path, "expired", days=-1)
    done = run("pier-httpd", "--check-config", *map(str, expired.arguments))
    assert done.returncode == 0 and f"{expired.path}: THIS CERTIFICATE HAS EXPIRED" in done.stderr
    expired.key.chmod(0o644)
    done = run("pier-httpd", "--check-config", *map(str, expired.arguments))
    assert f"{expired.key}: everybody on this machine can read this private key" in done.stderr
    assert run("pier-httpd", "--check-config", "--tls-cert", str(tmp_path)).returncode == 66


def test_in_a_file(site, httpd, tmp_path, certificate):
    site.write("small.txt", "small")
    file = tmp_path / "pier.ini"
    file.write_text(f"threads = 1\n[httpd]\nroot = {site.root}\nlisten = 127.0.0.1:0\ntls-cert = {certificate.path}\n"
                    f"tls-key = {certificate.key}\ntimeout-handshake = 5s\n[upperd]\nlisten = tls://127.0.0.1:0\n"
                    f"tls-cert = {certificate.path}\ntls-key = {certificate.key}\n")
    server = httpd("--config", file, "--upperd.serve", root=None, listen=[], name="pier", listeners=2)
    assert [url.split(":")[0] for url in server.urls] == ["https", "tls"]
    assert fetch(server.addresses[0], "/small.txt", using=context(certificate.path)).body == b"small"
    with Connection(server.addresses[1], context(certificate.path)) as connection:
        assert connection.send(b"abc").read_some() == b"ABC"


def test_self_signed(site, httpd):
    site.write("small.txt", "small")
    server = httpd("--tls", "self", "--log-level", "warning")
    log = until(lambda: "--pinnedpubkey" in server.log() and server.log(), 5, "the fingerprint on standard error")
    printed = re.search(r"SHA-256 fingerprint ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", log)[1]
    pin = re.search(r"--pinnedpubkey '(sha256//[A-Za-z0-9+/]{43}=)'", log)[1]
    assert f"pier-get -k --pin '{pin}'" in log
    assert shown(server.address) == printed

    def curl(pinned):
        return subprocess.run(["curl", "-sSk", "--pinnedpubkey", pinned, f"{server.url}/small.txt"], capture_output=True,
                              text=True, timeout=bound(10))
    assert curl(pin).stdout == "small"
    assert curl("sha256//" + "A" * 43 + "=").returncode == 90
    host, port = server.address
    said = openssl("s_client", "-connect", f"{host}:{port}", input=b"")
    certificate = said[said.index("-----BEGIN"):said.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----\n"
    text = openssl("x509", "-noout", "-text", input=certificate.encode())
    assert "DNS:localhost" in text and "IP Address:127.0.0.1" in text and "IP Address:0:0:0:0:0:0:0:1" in text
    assert f"DNS:{os.uname().nodename}" in text and "TLS Web Server Authentication" in text and "CA:FALSE" in text
    assert "ASN1 OID: prime256v1" in text
    other = httpd("--tls", "self")
    assert shown(other.address) != printed


def test_keylog_for_wireshark(site, httpd, tmp_path):
    """What tcpdump records tshark decrypts by it."""
    if not shutil.which("tshark") or not shutil.which("tcpdump") or os.geteuid():
        pytest.skip("tshark or tcpdump is not installed, or this is not root: script/bootstrap test")
    site.write("secret.txt", "the cat is out of the bag")
    keys, record = tmp_path / "keys", tmp_path / "record.pcap"
    server = httpd("--tls", "self", "--tls-keylog", keys)
    until(lambda: f"THE SECRETS OF ALL CONNECTIONS ARE WRITTEN TO {keys}" in server.log(), 5, "the warning")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    port = server.address[1]
    tcpdump = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-s", "0", "-w", record, "tcp", "port", str(port)],
                               stderr=subprocess.PIPE, text=True)
    try:
        while "listening on" not in (line := tcpdump.stderr.readline()):
            assert line, "tcpdump ended"
        for version in (0x303, 0x304):
            assert fetch(server.address, "/secret.txt", using=context(versions=(version, version))).status == 200

        def decrypted():
            return subprocess.run(["tshark", "-r", record, "-o", f"tls.keylog_file:{keys}", "-d", f"tcp.port=={port},tls", "-d",
                                   f"tls.port=={port},http", "-Y", "http.response", "-T", "fields", "-e", "http.file_data"],
                                  capture_output=True, text=True, timeout=bound(60)).stdout
        until(lambda: decrypted().count("the cat is out of the bag") == 2, 20, "tshark decrypts both")
    finally:
        tcpdump.terminate()
        tcpdump.wait(10)
        tcpdump.stderr.close()


def test_keylog_follows_no_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert "is a symbolic link" in refused("--tls", "self", "--tls-keylog", tmp_path / "link", code=73)
    assert not (tmp_path / "elsewhere").exists()


def test_sighup_loads_or_keeps(site, httpd, certificate):
    server = httpd(*certificate.arguments)
    old = certificate.fingerprint()
    certificate.issue()
    server.send_signal(signal.SIGHUP)
    until(lambda: shown(server.address) == certificate.fingerprint(), 5, "the new certificate is shown")
    assert certificate.fingerprint() != old
    good = certificate.fingerprint()
    certificate.path.write_text("nonsense")
    server.send_signal(signal.SIGHUP)
    until(lambda: f"not reloaded: {certificate.path}: holds no certificate" in server.log(), 5, "an error in the log")
    assert shown(server.address) == good


def test_changed_files_are_found(site, httpd, certificate):
    """Without a signal; a half-written pair is waited for."""
    server = httpd(*certificate.arguments, "--admin", "127.0.0.1:0", listeners=2)
    first = certificate.fingerprint()
    certificate.issue()
    until(lambda: shown(server.address) == certificate.fingerprint(), 10, "the new certificate is shown")
    second = certificate.fingerprint()
    assert first != second
    half = certificate.path.read_bytes()[:200]
    certificate.path.write_bytes(half)
    until(lambda: "the old ones stay" in server.log(), 20, "an error in the log")
    assert shown(server.address) == second
    metrics = wire.fetch(server.addresses[1], "/metrics").body.decode()
    assert 'pier_tls_reloads_total{service="httpd"} 1\n' in metrics
    assert 'pier_tls_reloads_refused_total{service="httpd"} 1\n' in metrics
    certificate.issue()
    until(lambda: shown(server.address) == certificate.fingerprint(), 10, "the newest certificate is shown")
    assert server.log().count("the old ones stay") == 1


def test_certbot_renews(site, httpd, tmp_path, certificate):
    """live/NAME/*.pem are links to ../../archive/NAME/*N.pem, replaced one after the other."""
    live, archive = tmp_path / "live/site", tmp_path / "archive/site"
    live.mkdir(parents=True)
    archive.mkdir(parents=True)

    def renew(number):
        path, key = certificate.issue(into=archive, name="new")
        os.rename(path, archive / f"fullchain{number}.pem")
        os.rename(key, archive / f"privkey{number}.pem")
        for kind in ("privkey", "fullchain"):
            (live / f"{kind}.pem").unlink(missing_ok=True)
            (live / f"{kind}.pem").symlink_to(f"../../archive/site/{kind}{number}.pem")
        return fingerprint(live / "fullchain.pem")

    first = renew(1)
    server = httpd("--tls-cert", live / "fullchain.pem", "--tls-key", live / "privkey.pem")
    assert shown(server.address) == first
    second = renew(2)
    until(lambda: shown(server.address) == second, 10, "the renewed certificate is shown")
    until(lambda: "the new ones are in force" in server.log(), 5, "an event")
    assert "the old ones stay" not in server.log()


def test_rotation_under_load_loses_no_request(site, httpd, certificate):
    site.write("small.txt", "small")
    server = httpd(*certificate.arguments, "--threads", "2")
    over, failures, served = threading.Event(), [], []

    def keep_alive():
        using = context()
        with Connection(server.address, using) as connection:
            while not over.is_set():
                assert connection.send(request("/small.txt")).answer().body == b"small"
                served.append("kept")

    def anew():
        using = context()
        while not over.is_set():
            assert fetch(server.address, "/small.txt", using=using).body == b"small"
            served.append("new")

    def guarded(what):
        try:
            what()
        except BaseException as error:
            failures.append(error)

    clients = [threading.Thread(target=guarded, args=(what,)) for what in (keep_alive, anew, anew)]
    for each in clients:
        each.start()
    seen = set()
    try:
        for turn in range(12):
            certificate.issue()
            if turn % 2:
                server.send_signal(signal.SIGHUP)
            until(lambda: shown(server.address) == certificate.fingerprint(), 15, "the certificate of this turn")
            seen.add(certificate.fingerprint())
    finally:
        over.set()
        for each in clients:
            each.join()
    assert not failures and len(seen) == 12
    assert served.count("kept") > 50 and served.count("new") > 50


def test_a_key_that_only_root_may_read(site, certificate):
    """Under --user what cannot be loaded anew later is an error at start, which names the file and what helps."""
    if os.geteuid():
        pytest.skip("this is not root")
    folder = site.outside / "keys"
    folder.mkdir(mode=0o755)
    path, key = certificate.issue(into=folder, name="site")
    done = run("pier-httpd", str(site.root), "--listen", "127.0.0.1:0", "--tls-cert", str(path), "--tls-key", str(key), "--user", "daemon")
    assert done.returncode == 66 and f"{key}: cannot be read: Permission denied" in done.stderr and "LoadCredential" in done.stderr
    shutil.chown(key, "daemon")
    server = Daemon("pier-httpd", site.root, "--listen", "127.0.0.1:0", "--tls-cert", path, "--tls-key", key, "--user", "daemon")
    assert shown(server.address) == fingerprint(path)
    server.stop()
