"""Files that change while they are cached or sent: news within a second, never a mixture, never padding."""

import hashlib
import os
import time

import pytest

import wire
from wire import Connection, fetch, request

SECOND = 1.0
BIG = 24 << 20  # more than all socket buffers between the two hold


def content(size, seed):
    """Incompressible and different at every offset, so that a mixture of two files shows."""
    return hashlib.shake_128(seed.encode()).digest(size)


@pytest.fixture(params=[(), ("--cache-size", "0"), ("--threads", "2")], ids=["default", "no cache", "two threads"])
def server(request, httpd):
    return httpd(*request.param)


def poll(server, target, expected, *fields, before=(), since=None):
    """Polls until the expected (status, body) arrives; anything else must be among `before`; at most a second passes."""
    start = since or time.monotonic()
    while True:
        asked = time.monotonic()
        answer = fetch(server.address, target, *fields)
        if (answer.status, answer.body) == expected or answer.status == expected[0] == 404:
            return answer
        assert (answer.status, answer.body) in before or answer.status == 404 and 404 in before, answer
        assert asked - start < SECOND, f"still stale after {asked - start:.3f} s: {answer}"
        time.sleep(0.01)


def warm(server, target, *fields):
    """Asks often enough for any cache to have taken the file in."""
    for _ in range(20):
        answer = fetch(server.address, target, *fields)
    return answer


@pytest.mark.parametrize("size", [10, 4096, 200_000, 3 << 20])
def test_file_rewritten_in_place(site, server, size):
    old, new = content(size, "old"), content(size, "new")  # of one length, so that only the dates tell
    site.write("file.bin", old)
    first = warm(server, "/file.bin")
    with open(site.root / "file.bin", "r+b") as file:
        file.write(new)
    since = time.monotonic()
    while True:  # while it is being rewritten or is still cached, the old tag may not stand on new bytes
        asked = time.monotonic()
        answer = fetch(server.address, "/file.bin")
        if answer.body == new and answer["ETag"] != first["ETag"]:
            break
        assert asked - since < SECOND, answer
        assert answer["ETag"] == first["ETag"]
    assert fetch(server.address, "/file.bin", f"If-None-Match: {first['ETag']}").status == 200


@pytest.mark.parametrize("size", [10, 200_000])
def test_file_replaced_by_rename(site, server, size):
    old, new = content(size, "old"), content(size + 5, "new")
    site.write("file.bin", old)
    first = warm(server, "/file.bin")
    site.write("next.bin", new)
    os.rename(site.root / "next.bin", site.root / "file.bin")
    answer = poll(server, "/file.bin", (200, new), before=[(200, old)])
    assert answer["ETag"] != first["ETag"]


def test_many_replacements_under_load(site, server):
    """Each answer is one version whole, with that version's tag."""
    versions = [content(30_000 + step, f"version {step}") for step in range(8)]
    tags = {}
    site.write("file.bin", versions[0])
    warm(server, "/file.bin")
    for step, version in enumerate(versions[1:], 1):
        site.write("next.bin", version)
        os.rename(site.root / "next.bin", site.root / "file.bin")
        since = time.monotonic()
        while True:
            asked = time.monotonic()
            answer = fetch(server.address, "/file.bin")
            assert answer.body in versions[:step + 1]
            assert tags.setdefault(answer["ETag"], answer.body) == answer.body
            if answer.body == version:
                break
            assert asked - since < SECOND


def test_removed_and_created(site, server):
    old, new = b"first life", b"second life"
    site.write("file.bin", old)
    warm(server, "/file.bin")
    (site.root / "file.bin").unlink()
    poll(server, "/file.bin", (404, None), before=[(200, old)])
    warm(server, "/file.bin")  # its absence may be cached now
    site.write("file.bin", new)
    poll(server, "/file.bin", (200, new), before=[404])


def test_folder_renamed_away(site, server):
    site.write("folder/deep/file.bin", b"content")
    warm(server, "/folder/deep/file.bin")
    os.rename(site.root / "folder", site.root / "elsewhere")
    poll(server, "/folder/deep/file.bin", (404, None), before=[(200, b"content")])
    assert fetch(server.address, "/elsewhere/deep/file.bin").body == b"content"


def test_file_that_grows_and_shrinks(site, server):
    path = site.write("log.txt", b"line 1\n")
    warm(server, "/log.txt")
    with open(path, "ab") as file:
        file.write(b"line 2\n")
    poll(server, "/log.txt", (200, b"line 1\nline 2\n"), before=[(200, b"line 1\n")])
    os.truncate(path, 3)
    poll(server, "/log.txt", (200, b"lin"), before=[(200, b"line 1\nline 2\n")])
    os.truncate(path, 0)
    poll(server, "/log.txt", (200, b""), before=[(200, b"lin")])


def test_link_led_elsewhere(site, server):
    site.write("one.txt", "one")
    site.write("two.txt", "two")
    (site.root / "current").symlink_to("one.txt")
    warm(server, "/current")
    (site.root / "next").symlink_to("two.txt")
    os.rename(site.root / "next", site.root / "current")
    poll(server, "/current", (200, b"two"), before=[(200, b"one")])


def test_link_led_outside(site, server):
    (site.outside / "secret.txt").write_bytes(b"secret")
    site.write("one.txt", "one")
    (site.root / "current").symlink_to("one.txt")
    warm(server, "/current")
    (site.root / "next").symlink_to("../secret.txt")
    os.rename(site.root / "next", site.root / "current")
    poll(server, "/current", (404, None), before=[(200, b"one")])


def test_variant_that_comes_and_goes(site, httpd):
    server = httpd("--precompressed", "gzip")
    site.write("page.html", b"plain")
    accept = "Accept-Encoding: gzip"
    warm(server, "/page.html", accept)
    path = site.write("page.html.gz", b"packed")
    poll(server, "/page.html", (200, b"packed"), accept, before=[(200, b"plain")])
    path.unlink()
    poll(server, "/page.html", (200, b"plain"), accept, before=[(200, b"packed")])


def begin(server, target="/big.bin", *fields):
    """A client that has read the head and a little of a big file, and now waits."""
    connection = Connection(server.address, receive_buffer=65536)
    connection.send(request(target, *fields))
    answer = connection.head()
    return connection, answer, connection.read_some(50_000)


def test_slow_reader_of_a_replaced_file_gets_the_old_one_whole(site, server):
    old = content(BIG, "old")
    site.write("big.bin", old)
    connection, answer, received = begin(server)
    with connection:
        site.write("next.bin", content(BIG, "new"))
        os.rename(site.root / "next.bin", site.root / "big.bin")
        assert answer.length == BIG
        while len(received) < BIG:
            received += connection.read_some(1 << 20)
        assert received == old
        connection.finish()
        connection.closed()
    poll(server, "/big.bin", (200, content(BIG, "new")), before=[(200, old)])


def test_slow_reader_of_a_removed_file_gets_it_whole(site, server):
    old = content(BIG, "old")
    site.write("big.bin", old).unlink
    connection, answer, received = begin(server)
    with connection:
        (site.root / "big.bin").unlink()
        while len(received) < BIG:
            received += connection.read_some(1 << 20)
        assert received == old


@pytest.mark.parametrize("fields,length", [((), BIG), (("Range: bytes=1000-",), BIG - 1000)], ids=["whole", "range"])
@pytest.mark.parametrize("left", [0, 1, BIG // 2 + 1234])
def test_file_truncated_while_it_is_sent_aborts_the_connection(site, server, left, fields, length):
    old = content(BIG, "old")
    path = site.write("big.bin", old)
    connection, answer, received = begin(server, "/big.bin", *fields)
    with connection:
        assert answer.length == length
        connection.send(request("/big.bin"))  # must not be answered in the middle of the broken content
        os.truncate(path, left)
        rest, _ = connection.remains()
        received += rest
    assert len(received) < length, "padded"
    # What had left the file before it shrank may be anywhere on its way, but nothing else may follow.
    assert received == old[BIG - length:][:len(received)]
    poll(server, "/big.bin", (200, old[:left]), before=[])


def test_file_truncated_between_parts(site, server):
    old = content(BIG, "old")
    path = site.write("big.bin", old)
    half = BIG // 2
    connection, answer, received = begin(server, "/big.bin", f"Range: bytes=0-{half - 1000},{half}-{BIG - 2}")
    with connection:
        assert answer.status == 206 and answer["Content-Type"].startswith("multipart/byteranges")
        os.truncate(path, half // 2)
        rest, _ = connection.remains()
        assert len(received + rest) < answer.length


def test_file_that_grows_while_it_is_sent_keeps_its_old_length(site, server):
    old = content(BIG, "old")
    path = site.write("big.bin", old)
    connection, answer, received = begin(server)
    with connection:
        with open(path, "ab") as file:
            file.write(b"more" * 1000)
        while len(received) < BIG:
            received += connection.read_some(1 << 20)
        assert answer.length == BIG and received == old
        connection.send(request("/missing"))
        assert connection.answer().status == 404


def test_aborts_leave_nothing_behind(site, httpd):
    server = httpd("--threads", "1")
    path = site.write("big.bin", bytes(BIG))
    fetch(server.address, "/missing")
    before = server.descriptors()
    for _ in range(20):
        os.truncate(path, BIG)
        connection, _, _ = begin(server)
        os.truncate(path, 10)
        connection.remains()
        connection.close()
    path.unlink()
    deadline = time.monotonic() + 3 * SECOND + wire.PATIENCE / 4
    while server.descriptors() > before:
        assert time.monotonic() < deadline, "descriptors leak"
        fetch(server.address, "/missing")
        time.sleep(0.05)
