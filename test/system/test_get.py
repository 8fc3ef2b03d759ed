"""pier-get: what it fetches, where it puts it, what it says, against servers of others and of ours."""

import gzip
import hashlib
import http.server
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import threading
import zlib

import pytest

from daemon import binary, run, until
from origin import file_script, serving
from test_config import environment
from wire import bound

PLAIN = {name: value for name, value in environment().items() if not name.lower().endswith("_proxy")}


def get(*arguments, cwd=None, env=None, **options):
    return run("pier-get", *map(str, arguments), cwd=cwd, env={**PLAIN, **(env or {})}, within=20, **options)


def fetched(*arguments, **options):
    done = get(*arguments, **options)
    assert done.returncode == 0, done
    return done


def undated(head):
    return re.sub(r"Date: .*", "", head)


@pytest.fixture
def server(shared_httpd, shared_site):
    if not hasattr(shared_httpd, "server"):
        shared_site.write("a.txt", "hello\n")
        shared_site.write("sub/b c.bin", os.urandom(3_000_000))
        shared_httpd.server = shared_httpd()
    return shared_httpd.server


def test_one_url_goes_to_standard_output(server):
    done = fetched(server.url + "/a.txt")
    assert done.stdout == "hello\n" and done.stderr == ""
    assert fetched(server.url.removeprefix("http://") + "/a.txt").stdout == "hello\n"


def test_several_urls_come_in_their_order():
    gate = threading.Event()

    def script(peer, request, number):
        if request.target == "/1":
            gate.wait(bound(10))  # the second is there first
        peer.answer(body=request.target.encode() * 1000)
        gate.set()
        return True

    with serving(script) as s:
        done = fetched(s.url + "/1", s.url + "/2", s.url + "/3")
    assert done.stdout == "/1" * 1000 + "/2" * 1000 + "/3" * 1000


def test_host_port_file(server):
    host, port = server.address
    done = fetched(host, port, "a.txt")
    assert done.stdout == "hello\n"
    sha = hashlib.sha256(b"hello\n").hexdigest()
    assert re.fullmatch(rf"pier-get: {server.url}/a.txt: 10 answers, all equal: 6 bytes, sha256 {sha}, in \d+ ms to "
                        r"\d+ ms\n", done.stderr)
    assert fetched("http://" + host, port, "/a.txt", "--requests", "3").stderr.count("3 answers") == 1


def test_ten_requests_of_host_port_file_are_on_their_way_at_once():
    together = threading.Barrier(10)

    def script(peer, request, number):
        together.wait(bound(10))
        peer.answer(body=b"x")
        return True

    with serving(script) as s:
        assert "10 answers, all equal" in fetched("127.0.0.1", s.port, "x").stderr


@pytest.mark.parametrize("odd", [b"hellO\n", b"hello"])
def test_answers_that_differ_are_told(odd):
    def script(peer, request, number):
        peer.answer(body=odd if number == 3 else b"hello\n")
        return True
    with serving(script) as s:
        done = get("127.0.0.1", s.port, "x", "-c", "1")
    assert done.returncode == 65 and "10 answers, 1 of them differ from the first" in done.stderr


def test_files_are_named_as_the_urls(server, shared_site, tmp_path):
    done = fetched("-O", server.url + "/a.txt", server.url + "/sub/b%20c.bin?x=/y", cwd=tmp_path)
    assert sorted(done.stdout.split("\n")) == ["", "a.txt", "b c.bin"]  # for other programs: names alone
    assert (tmp_path / "b c.bin").read_bytes() == (shared_site.root / "sub/b c.bin").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b c.bin"]


def test_a_folder_is_made(server, tmp_path):
    fetched("--output-dir", "new/folder", server.url + "/a.txt", cwd=tmp_path)
    assert (tmp_path / "new/folder/a.txt").read_text() == "hello\n"


def test_files_are_named_by_o(server, tmp_path):
    fetched("-o", "1", "--output", "2", server.url + "/a.txt", server.url + "/a.txt", cwd=tmp_path)
    assert (tmp_path / "1").read_text() == (tmp_path / "2").read_text() == "hello\n"
    assert get("-o", "-", server.url + "/a.txt").stdout == "hello\n"
    assert get("-o", "/dev/null", server.url + "/a.txt").returncode == 0


def test_no_file_is_overwritten_by_surprise(server, tmp_path):
    (tmp_path / "a.txt").write_text("mine")
    done = get("-O", server.url + "/a.txt", cwd=tmp_path)
    assert done.returncode == 73 and "--overwrite" in done.stderr
    assert (tmp_path / "a.txt").read_text() == "mine"
    fetched("-O", "--overwrite", server.url + "/a.txt", cwd=tmp_path)
    assert (tmp_path / "a.txt").read_text() == "hello\n"
    (tmp_path / "a.txt").write_text("mine")
    fetched("-o", "a.txt", server.url + "/a.txt", cwd=tmp_path)  # it was named
    assert (tmp_path / "a.txt").read_text() == "hello\n"
    done = get("--remote-name", server.url + "/sub/../x/a.txt", server.url + "/a.txt", cwd=tmp_path / "..")
    assert done.returncode == 64 and "would both be written" in done.stderr


@pytest.mark.parametrize("path,name", [("/..%2f..%2fevil", "index.html"), ("/.bashrc", "_bashrc"), ("/-rf", "_rf"),
                                       ("/a%00b", "index.html"), ("/x/", "index.html"), ("/", "index.html")])
def test_no_name_leads_out_of_the_folder(path, name, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    with serving(file_script(b"x")) as s:
        get("-O", s.url + path, cwd=folder)
    assert os.listdir(folder) == [name] and os.listdir(tmp_path) == ["in"]


def test_an_error_is_no_file(server, tmp_path):
    done = get("-O", server.url + "/none", cwd=tmp_path)
    assert done.returncode == 4 and os.listdir(tmp_path) == []
    assert "the server answers 404 Not Found" in done.stderr and done.stdout == ""
    done = get(server.url + "/none")
    assert done.returncode == 4 and "404 Not Found" in done.stdout  # the page, for who reads it


def test_heads(server):
    done = fetched("-I", server.url + "/a.txt")
    assert done.stdout.startswith("HTTP/1.1 200 OK\n") and "Content-Length: 6\n" in done.stdout.replace("\r", "")
    done = fetched("--include", server.url + "/a.txt")
    assert done.stdout.startswith("HTTP/1.1 200 OK") and done.stdout.endswith("\n\nhello\n")
    assert undated(fetched("-i", server.url + "/a.txt").stdout) == undated(done.stdout)
    assert fetched("--head", server.url + "/a.txt").stdout.startswith("HTTP/1.1 200 OK")


def echo(peer, request, number):
    body = json.dumps({"method": request.method, "fields": request.fields, "body": request.body.decode()})
    peer.answer(body=body.encode())
    return True


def test_what_is_sent(tmp_path):
    (tmp_path / "data").write_text("b=\n2\n")
    (tmp_path / "fields").write_text("X-Two: 2\nAuthorization: Bearer secret\n")
    with serving(echo) as s:
        def ask(*arguments):
            return json.loads(fetched(s.url, *arguments, cwd=tmp_path).stdout)

        plain = ask()
        assert plain["method"] == "GET" and plain["fields"]["user-agent"].startswith("pier-get/")
        assert plain["fields"]["accept-encoding"] == "identity" and plain["fields"]["accept"] == "*/*"
        posted = ask("-d", "a=1", "-d", "@data")
        assert posted["method"] == "POST" and posted["body"] == "a=1&b=2"
        assert posted["fields"]["content-type"] == "application/x-www-form-urlencoded"
        assert ask("--data", "a=1", "--data-binary", "@data")["body"] == "a=1&b=\n2\n"
        assert ask("--data-or-duration", "5")["body"] == "5"
        assert ask("-X", "PUT", "-d", "x")["method"] == "PUT"
        assert ask("--method", "DELETE")["method"] == "DELETE"
        fields = ask("-H", "X-One: 1", "--header", "@fields", "-H", "User-Agent:", "-H", "Accept;")["fields"]
        assert fields["x-one"] == "1" and fields["x-two"] == "2" and fields["authorization"] == "Bearer secret"
        assert "user-agent" not in fields and fields["accept"] == ""
        host = s.url.removeprefix("http://")
        assert json.loads(fetched(f"http://me:pass%20word@{host}/").stdout)["fields"]["authorization"] == \
            "Basic bWU6cGFzcyB3b3Jk"


def test_verbose_tells_what_goes_over_the_line_but_no_secrets(server):
    host = server.url.removeprefix("http://")
    done = fetched("-v", f"http://me:word@{host}/a.txt", "-H", "Cookie: id=1")
    lines = done.stderr.splitlines()
    assert f"* connected to {host}" in lines and "> GET /a.txt HTTP/1.1" in lines and "< HTTP/1.1 200 OK" in lines
    assert "> Authorization: (not shown)" in lines and "> Cookie: (not shown)" in lines
    assert "word" not in done.stderr and "bWU6" not in done.stderr and "id=1" not in done.stderr
    both = [undated(fetched(option, server.url + "/a.txt").stderr) for option in ("--verbose", "-v")]
    assert both[0] == both[1]


def test_json_says_what_happened(server, tmp_path):
    done = fetched("--json", "-O", server.url + "/a.txt", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert report["status"] == 200 and report["bytes"] == 6 and report["file"] == "a.txt"
    assert report["server"] == server.url.removeprefix("http://") and report["requests"] == 1
    took = report["milliseconds"]
    assert set(took) == {"dns", "connect", "tls", "first_byte", "total"} and took["tls"] == 0
    assert 0 < took["connect"] <= took["first_byte"] <= took["total"]
    report = json.loads(get("--json", server.url + "/none").stdout)  # the content is left out
    assert report["status"] == 404 and report["error"]["class"] == "status" and report["error"]["exit_code"] == 4
    reports = [json.loads(line) for line in fetched("--json", server.url + "/a.txt", "-n", "3").stdout.splitlines()]
    assert len(reports) == 3 and len({report["sha256"] for report in reports}) == 1


def test_redirects_are_followed_when_asked():
    def script(peer, request, number):
        to = {"/1": "2", "/2": "/sub/3?x", "/loop": "/loop", "/ftp": "ftp://x/"}.get(request.target)
        if to:
            peer.answer("302 Found", b"elsewhere", Location=to)
        else:
            peer.answer(body=request.target.encode())
        return True

    with serving(script) as s:
        done = get(s.url + "/1")
        assert done.returncode == 3 and done.stdout == "elsewhere" and "add -L" in done.stderr
        assert fetched("-L", s.url + "/1").stdout == "/sub/3?x"
        done = get("--location", "--max-redirects", "1", s.url + "/1")
        assert done.returncode == 3 and "more than 1 times" in done.stderr
        done = get("-L", s.url + "/loop")
        assert done.returncode == 3 and "more than 10 times" in done.stderr
        done = get("-L", s.url + "/ftp")
        assert done.returncode == 3 and "ftp://x/" in done.stderr
        done = fetched("-L", "-i", s.url + "/1")
        assert done.stdout.count("HTTP/1.1 302 Found") == 2 and done.stdout.count("HTTP/1.1 200 OK") == 1


def test_credentials_do_not_follow_to_another_server():
    with serving(echo) as other:
        def script(peer, request, number):
            peer.answer("307 Temporary Redirect", Location=other.url + "/")
            return True
        with serving(script) as s:
            host = s.url.removeprefix("http://")
            done = fetched("-L", f"http://a:b@{host}/", "-H", "Cookie: c", "-H", "Authorization: d", "-H", "X-Y: z",
                           "-d", "data")
    got = json.loads(done.stdout)
    assert "cookie" not in got["fields"] and "authorization" not in got["fields"] and got["fields"]["x-y"] == "z"
    assert got["method"] == "POST" and got["body"] == "data"


def test_a_post_becomes_a_get_at_303():
    def script(peer, request, number):
        if request.target == "/form":
            peer.answer("303 See Other", Location="/done")
            return True
        return echo(peer, request, number)
    with serving(script) as s:
        got = json.loads(fetched("-L", "-d", "x=1", s.url + "/form").stdout)
    assert got["method"] == "GET" and got["body"] == "" and "content-type" not in got["fields"]


CODED = {"gzip": gzip.compress, "deflate": zlib.compress,
         "br": lambda text: subprocess.run(["brotli", "-c"], input=text, stdout=subprocess.PIPE, check=True).stdout,
         "zstd": lambda text: subprocess.run(["zstd", "-qc"], input=text, stdout=subprocess.PIPE, check=True).stdout}


@pytest.mark.parametrize("coding", CODED)
def test_compressed(coding, tmp_path):
    if coding in ("br", "zstd") and not shutil.which({"br": "brotli"}.get(coding, coding)):
        pytest.skip(f"{coding} is not installed")
    text = b"".join(b"line %d\n" % (i * i) for i in range(20_000))
    small = CODED[coding](text)

    def script(peer, request, number):
        if coding in (request["Accept-Encoding"] or ""):
            peer.answer(body=small, Content_Encoding=coding, ETag='"c"')
        else:
            peer.answer(body=text)
        return True

    with serving(script) as s:
        assert fetched("--compressed", s.url).stdout.encode() == text
        assert fetched(s.url).stdout.encode() == text
        report = json.loads(fetched("--compressed", "--json", "-o", "f", s.url, cwd=tmp_path).stdout)
        assert (tmp_path / "f").read_bytes() == text and report["encoding"] == coding
        assert report["bytes"] == len(text) and report["received"] == len(small)


def test_compressed_content_that_is_no_such_thing(tmp_path):
    bodies = {"/broken": b"this is no gzip", "/cut": gzip.compress(b"x" * 10_000)[:-9]}

    def script(peer, request, number):
        peer.answer(body=bodies[request.target], Content_Encoding="gzip")
        return True

    with serving(script) as s:
        for path, word in (("/broken", "broken"), ("/cut", "ends early")):
            done = get("--compressed", "-o", "f", s.url + path, cwd=tmp_path)
            assert done.returncode == 65 and word in done.stderr and os.listdir(tmp_path) == []


def test_a_bomb_does_no_harm(tmp_path):
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packed.compress(bytes(1 << 20)) for _ in range(200)) + packed.flush()

    def script(peer, request, number):
        peer.answer(body=bomb, Content_Encoding="gzip")
        return True

    with serving(script) as s:
        done = get("--compressed", "-o", "f", s.url, cwd=tmp_path)
        assert done.returncode == 65 and "--max-expansion" in done.stderr and os.listdir(tmp_path) == []
        done = get("--compressed", "--max-size", "1M", "-o", "f", s.url, cwd=tmp_path)
        assert done.returncode == 65 and "--max-size 1M" in done.stderr and os.listdir(tmp_path) == []
        fetched("--compressed", "--max-expansion", "5000", "-o", "f", s.url, cwd=tmp_path)
        assert (tmp_path / "f").stat().st_size == 200 << 20


def test_checksums(server, tmp_path):
    sums = {name: hashlib.new(name, b"hello\n").hexdigest() for name in ("md5", "sha1", "sha256", "sha384", "sha512")}
    for name, value in sums.items():
        done = fetched("--checksum", f"{name}:{value}", "-o", "f", server.url + "/a.txt", cwd=tmp_path)
        assert ("accidents, not attackers" in done.stderr) == (name in ("md5", "sha1"))
    os.remove(tmp_path / "f")
    done = get("--checksum", "sha256:" + "0" * 64, "-o", "f", server.url + "/a.txt", cwd=tmp_path)
    assert done.returncode == 65 and sums["sha256"] in done.stderr and os.listdir(tmp_path) == []
    for bad in ("sha256:00", "crc:00", "x"):
        done = get("--checksum", bad, server.url + "/a.txt")
        assert done.returncode == 64 and "--checksum" in done.stderr


def test_repr_digest_is_checked(tmp_path):
    right = "sha-256=:WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=:"

    def script(peer, request, number):
        body = b"hello\n" if request.target == "/right" else b"hellO\n"
        peer.answer(body=body, Repr_Digest=right)
        return True

    with serving(script) as s:
        assert json.loads(fetched("--json", s.url + "/right").stdout)["digest_checked"]
        done = get("-o", "f", s.url + "/wrong", cwd=tmp_path)
        assert done.returncode == 65 and "Repr-Digest" in done.stderr and os.listdir(tmp_path) == []


def test_python(tmp_path):
    content = os.urandom(2_000_000)
    (tmp_path / "file").write_bytes(content)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=tmp_path)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as s:
        thread = threading.Thread(target=s.serve_forever)
        thread.start()
        try:
            fetched("-o", "got", f"http://127.0.0.1:{s.server_port}/file", cwd=tmp_path)
            fetched("-o", "cut", "--segments", "4", f"http://127.0.0.1:{s.server_port}/file", cwd=tmp_path)
        finally:
            s.shutdown()
            thread.join()
    assert (tmp_path / "got").read_bytes() == (tmp_path / "cut").read_bytes() == content


def test_through_a_proxy():
    def proxy(peer, request, number):
        peer.answer(body=f"{request.method} {request.target}".encode())
        return True

    with serving(proxy) as p:
        told = "GET http://pier.test/x"
        assert fetched("http://pier.test/x", env={"http_proxy": p.url}).stdout == told
        assert fetched("http://pier.test/x", env={"all_proxy": p.url}).stdout == told
        assert fetched("http://pier.test/x", "--proxy", p.url).stdout == told
        assert fetched("http://pier.test/x", "-x", f"127.0.0.1:{p.port}").stdout == told
        assert get("http://pier.test/x", "--proxy", "none", env={"http_proxy": p.url}).returncode == 68
        assert get("http://pier.test/x", env={"http_proxy": p.url, "no_proxy": "pier.test"}).returncode == 68
        done = get("http://pier.test/x", "--proxy", "ftp://x")
        assert done.returncode == 64 and "--proxy `ftp://x`" in done.stderr


def test_on_a_terminal_there_is_progress_and_into_a_pipe_there_is_none(server, tmp_path):
    url = server.url + "/sub/b%20c.bin"
    assert fetched("-o", "f", url, cwd=tmp_path).stderr == ""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([binary("pier-get"), "-o", "g", url], cwd=tmp_path, stdin=subprocess.DEVNULL,
                               stdout=theirs, stderr=theirs, env={**PLAIN, "TERM": "xterm"})
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 65536):
            text += piece
    except OSError:
        pass  # the terminal is gone with the last who has it
    os.close(ours)
    assert process.wait(bound(10)) == 0
    assert re.search(rb"g: 2\.86 MiB in \d+ ms", text) and b"\x1b[J" in text
    done = fetched("-o", "h", "--progress", "on", url, cwd=tmp_path)
    assert re.search(r"total +.*B/s\n", done.stderr)
    assert fetched("-o", "h", "--progress", "off", url, cwd=tmp_path).stderr == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(number, tmp_path):
    content = os.urandom(3_000_000)
    served = file_script(content)
    stopped = threading.Event()

    def script(peer, request, count):
        if stopped.is_set():
            return served(peer, request, count)
        peer.send(f"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nAccept-Ranges: bytes\r\nContent-Length: {len(content)}\r\n\r\n")
        peer.send(content[:1_000_000])
        peer.until_closed()

    with serving(script) as s:
        process = subprocess.Popen([binary("pier-get"), "-O", s.url + "/file"], cwd=tmp_path, env=PLAIN,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        part = tmp_path / "file.pier-part"
        until(lambda: part.exists() and part.stat().st_size == 1_000_000, 10, "a part")
        process.send_signal(number)
        out, err = process.communicate(timeout=bound(10))
        assert process.returncode == 128 + number and out == ""
        assert "interrupted: 0 of 1 complete; the same command goes on where this one ended" in err
        assert sorted(os.listdir(tmp_path)) == ["file.pier-part", "file.pier-part-info"]
        stopped.set()
        report = json.loads(fetched("--json", "-O", s.url + "/file", cwd=tmp_path).stdout)
    assert report["resumed_from"] == 1_000_000 and report["received"] == 2_000_000
    assert (tmp_path / "file").read_bytes() == content and os.listdir(tmp_path) == ["file"]


def test_sync(server, tmp_path):
    fetched("--sync", "-o", "f", server.url + "/a.txt", cwd=tmp_path)
    assert (tmp_path / "f").read_text() == "hello\n"


def test_where_nothing_can_be_written(server, tmp_path):
    done = get("-o", "no/such/f", server.url + "/a.txt", cwd=tmp_path)
    assert done.returncode == 73 and "No such file or directory" in done.stderr
    if os.path.exists("/dev/full"):
        done = get("-o", "/dev/full", server.url + "/a.txt", cwd=tmp_path)
        assert done.returncode == 74 and "No space left" in done.stderr
