"""With curl, as people use it."""

import gzip
import hashlib
import random
import subprocess

import pytest

from chaos import Fault, Relay

CONTENT = random.Random(3).randbytes(5 << 20)
PAGE = b"<title>page</title>\n" * 500


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("file.bin", CONTENT)
    page = shared_site.write("page.html", PAGE)
    shared_site.write("page.html.gz", gzip.compress(PAGE))
    for coding, command in (("br", ["brotli", "--keep"]), ("zst", ["zstd", "--keep", "--quiet"])):
        subprocess.run([*command, page], check=True)
        assert page.with_suffix(f".html.{coding}").exists()
    shared_site.write("sub/index.html", "sub")
    return shared_httpd("--precompressed", "br,zstd,gzip", listen=["127.0.0.1:0", f"unix:{shared_site.outside}/socket"])


def curl(*arguments, fails=None):
    done = subprocess.run(["curl", "-q", "-sS", "--max-time", "30", *map(str, arguments)], capture_output=True,
                          timeout=40)
    assert done.returncode == (fails or 0), (done.returncode, done.stderr)
    return done.stdout


def test_download(server, tmp_path):
    curl("-o", tmp_path / "file", f"{server.url}/file.bin")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("version", ["--http1.0", "--http1.1", "--http0.9"])
def test_versions(server, version):
    assert curl(version, f"{server.url}/file.bin") == CONTENT


def test_resume_after_a_cut(server, tmp_path):
    """A download cut again and again goes on where it stopped, until it is whole."""
    file = tmp_path / "file"
    with Relay(server.address, to_client=Fault(cut_after=2_000_000)) as relay:
        url = f"http://127.0.0.1:{relay.address[1]}/file.bin"
        for cuts in range(3):
            if cuts < 2:
                curl("-C", "-", "-o", file, url, fails=18)
                assert file.stat().st_size > cuts * 1_900_000
            else:
                curl("-C", "-", "-o", file, url)
    assert file.read_bytes() == CONTENT


def test_resume_of_what_is_whole_already(server, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    curl("-C", "-", "-o", file, f"{server.url}/file.bin")
    assert file.read_bytes() == CONTENT


def test_head(server):
    head = curl("-I", f"{server.url}/file.bin").decode()
    assert head.startswith("HTTP/1.1 200 OK\r\n") and head.endswith("\r\n\r\n")
    assert f"Content-Length: {len(CONTENT)}\r\n" in head


@pytest.mark.parametrize("accepted", ["br", "zstd", "gzip"])
def test_compressed(server, tmp_path, accepted):
    heads = tmp_path / "heads"
    assert curl("--compressed", "-H", f"Accept-Encoding: {accepted}", "-D", heads, f"{server.url}/page.html") == PAGE
    assert f"content-encoding: {accepted}\r\n".encode() in heads.read_bytes().lower()
    assert int(curl("-H", f"Accept-Encoding: {accepted}", "-o", tmp_path / "raw", "-w", "%{size_download}",
                    f"{server.url}/page.html")) < len(PAGE) / 10


def test_range(server):
    assert curl("-r", "100-199", f"{server.url}/file.bin") == CONTENT[100:200]
    assert curl("-r", "-100", f"{server.url}/file.bin") == CONTENT[-100:]
    assert b"multipart" not in curl("-r", "0-9,20-29", f"{server.url}/file.bin")  # melted into one
    assert curl("-r", "0-9,20-29", f"{server.url}/file.bin") == CONTENT[:30]


def test_etag_and_date_save_a_second_download(server, tmp_path):
    etag, file = tmp_path / "etag", tmp_path / "file"
    curl("--etag-save", etag, "-o", file, f"{server.url}/file.bin")
    assert curl("--etag-compare", etag, "-o", tmp_path / "again", "-w", "%{http_code} %{size_download}",
                f"{server.url}/file.bin") == b"304 0"
    curl("-R", "-o", file, f"{server.url}/file.bin")
    assert curl("-z", file, "-o", tmp_path / "again", "-w", "%{http_code}", f"{server.url}/file.bin") == b"304"


def test_follows_the_redirect(server):
    followed = curl("-L", "-w", " %{num_redirects} %{url_effective}", f"{server.url}/sub?x=1")
    assert followed == f"sub 1 {server.url}/sub/?x=1".encode()


def test_post_and_upload_are_refused(server, tmp_path):
    (tmp_path / "upload").write_bytes(CONTENT)
    assert curl("-d", "a=b", "-o", "/dev/null", "-w", "%{http_code}", f"{server.url}/page.html") == b"405"
    # Expect: 100-continue is answered by the final status; without it the content is cut short, by an orderly end.
    assert curl("-T", tmp_path / "upload", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}",
                f"{server.url}/page.html") == b"405 0"
    answered = subprocess.run(["curl", "-q", "-s", "-H", "Expect:", "-T", tmp_path / "upload", "-o", "/dev/null", "-w",
                               "%{http_code}", f"{server.url}/page.html"],
                              capture_output=True, timeout=40, check=False)
    assert answered.stdout in (b"405", b"413")


def test_paths_as_they_are(server):
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/sub/../../../etc/passwd"):
        assert curl("--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", server.url + path) == b"404"


def test_many_at_once_and_one_connection_for_many(server, tmp_path):
    curl("-Z", "--parallel-max", "20", "-o", f"{tmp_path}/#1", f"{server.url}/file.bin?[1-40]")
    digests = {hashlib.sha256((tmp_path / str(number)).read_bytes()).digest() for number in range(1, 41)}
    assert digests == {hashlib.sha256(CONTENT).digest()}
    assert curl("-o", "/dev/null", "-w", "%{num_connects}", f"{server.url}/page.html?[1-5]") == b"10000"


def test_unix_socket(server):
    assert curl("--unix-socket", server.addresses[1], "http://localhost/page.html") == PAGE
