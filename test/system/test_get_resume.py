"""pier-get goes on where something ended, and puts a file together of parts: never of two versions, never of what a server
only says."""

import json
import os
import socket
import threading
import time

import pytest

from origin import file_script, serving
from test_get import fetched, get

CONTENT = os.urandom(4_000_000)
TAG = '"v1"'


def cut_after(size, content=CONTENT, tag=TAG, times=1, end="close", **more):
    """Like file_script, but the first `times` answers break off after `size` bytes."""
    whole = file_script(content, tag, **more)

    def script(peer, request, number):
        if number >= times:
            return whole(peer, request, number)
        first = (request.range() or (0, None))[0] if request["If-Range"] in (None, tag) else 0
        if first:
            peer.send(f"HTTP/1.1 206 Partial Content\r\nETag: {tag}\r\nContent-Range: bytes {first}-{len(content) - 1}/"
                      f"{len(content)}\r\nContent-Length: {len(content) - first}\r\n\r\n")
        else:
            peer.send(f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nAccept-Ranges: bytes\r\nContent-Length: {len(content)}\r\n\r\n")
        peer.send(content[first:first + size])
        if end == "reset":
            peer.reset()
        elif end == "stall":
            peer.until_closed()
    return script


def only_file(folder, name="f"):
    return os.listdir(folder) == [name]


@pytest.mark.parametrize("end", ["close", "reset", "stall"])
def test_a_connection_that_breaks_is_gone_on_with(end, tmp_path):
    with serving(cut_after(1_000_000, end=end, times=3)) as s:
        done = fetched("--json", "-o", "f", "--idle-timeout", "300ms", s.url + "/f", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert (tmp_path / "f").read_bytes() == CONTENT and only_file(tmp_path)
    assert report["requests"] == 4 and report["received"] <= len(CONTENT)  # a reset may lose what was under way
    assert "trying again" in done.stderr
    ranges = [request.range() for request in s.requests]
    assert ranges[0] is None and all(r[0] > 0 for r in ranges[1:])
    assert all(request["If-Range"] == TAG for request in s.requests[1:])


def test_standard_output_is_gone_on_with_too():
    text = b"".join(b"%d\n" % i for i in range(200_000))
    with serving(cut_after(500_000, text)) as s:
        assert fetched(s.url).stdout.encode() == text


def test_standard_output_is_not_made_of_two_versions():
    def script(peer, request, number):
        if number == 0:
            return cut_after(1000, b"a" * 5000, '"a"')(peer, request, 0)
        return file_script(b"b" * 5000, '"b"')(peer, request, number)
    with serving(script) as s:
        done = get(s.url)
    assert done.returncode == 76 and done.stdout == "a" * 1000 and "cannot go on where it was" in done.stderr


def left_behind(folder, content=CONTENT, size=1_000_000, tag=TAG, **more):
    """A server's address whose file was begun, and broke off for good."""
    with serving(cut_after(size, content, tag, times=99, **more)) as s:
        done = get("-o", "f", "--retries", "0", s.url + "/f", cwd=folder)
        assert done.returncode == 76 and "goes on where this one ended" in done.stderr
        return s.port


def serve_at(port, script):
    """The same address once more: the record names it."""
    from origin import Server

    class Again(Server):
        def __init__(self):
            original = socket.create_server
            socket.create_server = lambda address: original(("127.0.0.1", port))
            try:
                super().__init__(script)
            finally:
                socket.create_server = original
    return Again()


@pytest.fixture
def again():
    servers = []

    def start(port, script):
        servers.append(serve_at(port, script))
        return servers[-1]
    yield start
    for server in servers:
        server.stop()


def test_the_next_run_goes_on(tmp_path, again):
    port = left_behind(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["f.pier-part", "f.pier-part-info"]
    s = again(port, file_script(CONTENT))
    report = json.loads(fetched("--json", "--resume", "-o", "f", s.url + "/f", cwd=tmp_path).stdout)
    assert report["resumed_from"] == 1_000_000 and report["received"] == len(CONTENT) - 1_000_000
    assert (tmp_path / "f").read_bytes() == CONTENT and only_file(tmp_path)


def test_the_next_run_begins_anew_when_told(tmp_path, again):
    port = left_behind(tmp_path)
    s = again(port, file_script(CONTENT))
    report = json.loads(fetched("--json", "--no-resume", "-o", "f", s.url + "/f", cwd=tmp_path).stdout)
    assert report["resumed_from"] == 0 and s.requests[0].range() is None
    assert (tmp_path / "f").read_bytes() == CONTENT and only_file(tmp_path)


def test_another_version_is_fetched_from_its_start(tmp_path, again):
    port = left_behind(tmp_path)
    new = os.urandom(500_000)  # shorter than what is there
    s = again(port, file_script(new, '"v2"'))
    report = json.loads(fetched("--json", "-o", "f", s.url + "/f", cwd=tmp_path).stdout)
    assert s.requests[0]["If-Range"] == TAG and report["resumed_from"] == 0
    assert (tmp_path / "f").read_bytes() == new and only_file(tmp_path)


def test_a_complete_part_is_asked_for_no_more_than_its_last_byte(tmp_path, again):
    port = left_behind(tmp_path, size=len(CONTENT) - 1)
    with open(tmp_path / "f.pier-part", "ab") as part:
        part.write(CONTENT[-1:])
    s = again(port, file_script(CONTENT))
    report = json.loads(fetched("--json", "-o", "f", s.url + "/f", cwd=tmp_path).stdout)
    assert report["received"] == 1 and (tmp_path / "f").read_bytes() == CONTENT


def test_nothing_is_gone_on_with_without_a_strong_validator(tmp_path):
    def script(peer, request, number):
        peer.send(f"HTTP/1.1 200 OK\r\nETag: W/\"v1\"\r\nContent-Length: {len(CONTENT)}\r\n\r\n")
        peer.send(CONTENT[:1_000_000] if number == 0 else CONTENT)
    with serving(script) as s:
        fetched("-o", "f", s.url + "/f", cwd=tmp_path)
        assert [request.range() for request in s.requests] == [None, None]
    assert (tmp_path / "f").read_bytes() == CONTENT
    with serving(script) as s:
        done = get("-o", "g", "--retries", "0", s.url + "/g", cwd=tmp_path)
    assert done.returncode == 76 and only_file(tmp_path), "what cannot be gone on with is not kept"


def test_a_date_is_a_validator_when_it_is_old_enough(tmp_path):
    modified = "Sun, 06 Nov 1994 08:49:37 GMT"
    content = CONTENT[:100_000]

    def script(peer, request, number):
        first = (request.range() or (0,))[0]
        if number:
            assert request["If-Range"] == modified
            peer.answer("206 Partial Content", content[first:], Content_Range=f"bytes {first}-99999/100000")
            return
        peer.send(f"HTTP/1.1 200 OK\r\nLast-Modified: {modified}\r\nDate: Mon, 07 Nov 1994 08:49:37 GMT\r\n"
                  f"Content-Length: 100000\r\n\r\n")
        peer.send(content[:500])
    with serving(script) as s:
        fetched("-o", "f", s.url + "/f", cwd=tmp_path)
    assert (tmp_path / "f").read_bytes() == content


LIES = {
    "another range": lambda f, l, n: dict(Content_Range=f"bytes {f + 1}-{l}/{n}"),
    "another total": lambda f, l, n: dict(Content_Range=f"bytes {f}-{l}/{n + 1}"),
    "no range": lambda f, l, n: {},
    "a range beyond what was asked": lambda f, l, n: dict(Content_Range=f"bytes 0-{l}/{n}"),
    "another tag": lambda f, l, n: dict(Content_Range=f"bytes {f}-{l}/{n}", ETag='"v2"'),
    "several ranges": lambda f, l, n: dict(Content_Range=f"bytes {f}-{l}/{n}",
                                           Content_Type="multipart/byteranges; boundary=x"),
}


def liar(lie, content=CONTENT):
    """All of it is right when all of it is asked for; parts are wrong in this way."""
    def script(peer, request, number):
        if request.range() is None:
            return file_script(content)(peer, request, number)
        first, last = request.range()
        last = len(content) - 1 if last is None else last
        fields = {"ETag": TAG, **LIES[lie](first, last, len(content))}
        peer.answer("206 Partial Content", content[first:last + 1][::-1], **fields)
    return script


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_about_the_rest(lie, tmp_path, again):
    port = left_behind(tmp_path)
    s = again(port, liar(lie))
    fetched("-o", "f", s.url + "/f", cwd=tmp_path)
    assert (tmp_path / "f").read_bytes() == CONTENT and only_file(tmp_path)


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_about_segments(lie, tmp_path):
    with serving(liar(lie)) as s:
        done = fetched("--segments", "4", "-o", "f", s.url + "/f", cwd=tmp_path)
    assert (tmp_path / "f").read_bytes() == CONTENT and only_file(tmp_path), done


def test_segments(tmp_path):
    with serving(file_script(CONTENT)) as s:
        report = json.loads(fetched("--json", "--segments", "4", "-o", "f", s.url + "/f", cwd=tmp_path).stdout)
        wanted = sorted(request.range() or (0,) for request in s.requests)
    assert (tmp_path / "f").read_bytes() == CONTENT and report["segments"] == 3  # none under 1 MiB
    assert [r[0] for r in wanted] == [0, 1_333_333, 2_666_666] and report["received"] == len(CONTENT)


def test_segments_of_what_a_server_does_not_offer_ranges_for(tmp_path):
    def script(peer, request, number):
        peer.answer(body=CONTENT, ETag=TAG)
        return True
    with serving(script) as s:
        fetched("--segments", "4", "-o", "f", s.url + "/f", cwd=tmp_path)
        assert len(s.requests) == 1
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_file_that_changes_between_segments(tmp_path):
    new = os.urandom(4_000_000)

    def script(peer, request, number):
        return file_script(CONTENT if number == 0 else new, TAG if number == 0 else '"v2"')(peer, request, number)
    with serving(script) as s:
        fetched("--segments", "3", "-o", "f", s.url + "/f", cwd=tmp_path)
    assert (tmp_path / "f").read_bytes() in (CONTENT, new) and only_file(tmp_path)


def test_segments_whose_connections_break(tmp_path):
    broken = set()
    lock = threading.Lock()

    def script(peer, request, number):
        first, last = request.range() or (0, len(CONTENT) - 1)
        with lock:
            breaks = first not in broken and bool(request.range())
            broken.add(first)
        if not breaks:
            return file_script(CONTENT)(peer, request, number)
        peer.send(f"HTTP/1.1 206 Partial Content\r\nETag: {TAG}\r\nContent-Range: bytes {first}-{last}/{len(CONTENT)}\r\n"
                  f"Content-Length: {last - first + 1}\r\n\r\n")
        peer.send(CONTENT[first:first + 10_000])
    with serving(script) as s:
        fetched("--segments", "3", "-o", "f", s.url + "/f", cwd=tmp_path)
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_segments_are_gone_on_with(tmp_path, again):
    def script(peer, request, number):
        if request.range() is None:
            return file_script(CONTENT)(peer, request, number)
        first, last = request.range()
        peer.send(f"HTTP/1.1 206 Partial Content\r\nETag: {TAG}\r\nContent-Range: bytes {first}-{last}/{len(CONTENT)}\r\n"
                  f"Content-Length: {last - first + 1}\r\n\r\n")
        peer.send(CONTENT[first:first + 10_000])
    with serving(script) as s:
        done = get("--segments", "3", "-o", "f", "--retries", "0", s.url + "/f", cwd=tmp_path)
        assert done.returncode == 76 and "goes on" in done.stderr
        port = s.port
    assert (tmp_path / "f.pier-part-info").read_text().count("\ndone ") == 1
    s = again(port, file_script(CONTENT))
    report = json.loads(fetched("--json", "-o", "f", s.url + "/f", cwd=tmp_path).stdout)
    assert report["resumed_from"] > 0 and report["received"] == len(CONTENT) - report["resumed_from"]
    assert (tmp_path / "f").read_bytes() == CONTENT and only_file(tmp_path)


def test_nginx_and_its_ranges(tmp_path, again):
    import nginx_server
    (tmp_path / "www").mkdir()
    (tmp_path / "www/f").write_bytes(CONTENT)
    with nginx_server.serving(tmp_path / "www") as url:
        report = json.loads(fetched("--json", "--segments", "3", "-o", "f", url + "/f", cwd=tmp_path).stdout)
        assert report["segments"] == 3 and report["requests"] == 3
        assert (tmp_path / "f").read_bytes() == CONTENT


def test_two_at_the_same_file(tmp_path):
    begun = threading.Event()

    def script(peer, request, number):
        peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        begun.set()
        peer.until_closed()
    with serving(script) as s:
        first = threading.Thread(target=lambda: get("-o", "f", "--idle-timeout", "2s", "--retries", "0", s.url, cwd=tmp_path))
        first.start()
        assert begun.wait(10)
        deadline = time.monotonic() + 5
        while not (tmp_path / "f.pier-part").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        done = get("-o", "f", s.url, cwd=tmp_path)
        first.join()
    assert done.returncode == 73 and "another pier-get" in done.stderr
