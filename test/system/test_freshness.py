"""Files that change while they are cached or sent: news within a second, never a mixture, never padding."""

import hashlib
import os
import time

import pytest

from daemon import until
from wire import Connection, Reset, bound, fetch, request

SECOND = 1.0
BIG = 24 << 20  # more than all socket buffers between the two hold


def content(size, seed):
    """Incompressible and different at every offset, so that a mixture of two files shows."""
    return hashlib.shake_128(seed.encode()).digest(size)


OPEN = ("--cache-size", "1")  # too little for any contents, so that files are kept open instead


@pytest.fixture(params=[("--threads", "2"), OPEN, ("--cache-size", "0")], ids=["cache", "open files", "no cache"])
def server(request, httpd):
    return httpd(*request.param)


class Watch:
    """Some connections, so that each shard has one of them, each of which may see a new state only once."""

    def __init__(self, server, target, *fields):
        self.message, self.peers = request(target, *fields), [Connection(server.address) for _ in range(8)]
        for _ in range(3):  # often enough for any cache to have taken the file in
            self.before = [(answer.status, answer.body, answer.get("ETag")) for answer in self.ask(self.peers)]

    def ask(self, peers):
        return [peer.send(self.message).answer() for peer in peers]

    def sees(self, status, body=None):
        """Every connection gets this within a second, and until then what it got before. Returns the new tag."""
        changed, waiting = time.monotonic(), list(self.peers)
        while waiting:
            asked = time.monotonic()
            for peer, answer in zip(list(waiting), self.ask(waiting)):
                if (answer.status, answer.body if body is not None else None) == (status, body):
                    waiting.remove(peer)
                else:
                    assert (answer.status, answer.body, answer.get("ETag")) in self.before, answer
            assert not waiting or asked - changed < bound(SECOND), f"still stale after {asked - changed:.3f} s"
            time.sleep(0.01)
        self.before = [(answer.status, answer.body, answer.get("ETag")) for answer in self.ask(self.peers)]
        assert {(seen[0], seen[1] if body is not None else None) for seen in self.before} == {(status, body)}
        return self.before[0][2]


@pytest.mark.parametrize("size", [10, 4096, 200_000, 3 << 20])
def test_file_rewritten_in_place(site, server, size):
    old, new = content(size, "old"), content(size, "new")  # of one length, so that only the dates tell
    site.write("file.bin", old)
    first = fetch(server.address, "/file.bin")
    with open(site.root / "file.bin", "r+b") as file:
        file.write(new)
    changed = time.monotonic()
    while True:  # a reader of a file that is being rewritten may get a mixture, but never under the tag of the new
        asked = time.monotonic()
        answer = fetch(server.address, "/file.bin")
        if answer["ETag"] != first["ETag"]:
            assert answer.body == new
            break
        assert asked - changed < bound(SECOND), answer


@pytest.mark.parametrize("size", [10, 200_000])
def test_file_replaced_by_rename(site, server, size):
    old, new = content(size, "old"), content(size + 5, "new")
    site.write("file.bin", old)
    watch = Watch(server, "/file.bin")
    tag = watch.before[0][2]
    site.write("next.bin", new)
    os.rename(site.root / "next.bin", site.root / "file.bin")
    assert watch.sees(200, new) != tag


def test_many_replacements_under_load(site, server):
    """Each answer is one version whole, with that version's tag."""
    versions = [content(30_000 + step, f"version {step}") for step in range(6)]
    tags = {}
    site.write("file.bin", versions[0])
    for step, version in enumerate(versions):
        site.write("next.bin", version)
        os.rename(site.root / "next.bin", site.root / "file.bin")
        changed = time.monotonic()
        while True:
            asked = time.monotonic()
            answer = fetch(server.address, "/file.bin")
            assert answer.body in versions[:step + 1]
            assert tags.setdefault(answer["ETag"], answer.body) == answer.body
            if answer.body == version:
                break
            assert asked - changed < bound(SECOND)


def test_removed_and_created(site, server):
    site.write("file.bin", "first life")
    watch = Watch(server, "/file.bin")
    (site.root / "file.bin").unlink()
    watch.sees(404)  # its absence may be cached now
    site.write("file.bin", "second life")
    watch.sees(200, b"second life")


def test_folder_renamed_away(site, server):
    site.write("folder/deep/file.bin", b"content")
    watch = Watch(server, "/folder/deep/file.bin")
    os.rename(site.root / "folder", site.root / "elsewhere")
    watch.sees(404)
    assert fetch(server.address, "/elsewhere/deep/file.bin").body == b"content"


def test_file_that_grows_and_shrinks(site, server):
    path = site.write("log.txt", b"line 1\n")
    watch = Watch(server, "/log.txt")
    with open(path, "ab") as file:
        file.write(b"line 2\n")
    watch.sees(200, b"line 1\nline 2\n")
    os.truncate(path, 3)
    if set(OPEN) <= set(server.arguments):
        until(lambda: fetched(server, "/log.txt") == b"lin", SECOND, "the short file")  # aborts at first, as it must
    else:
        watch.sees(200, b"lin")
        os.truncate(path, 0)
        watch.sees(200, b"")


def fetched(server, target):
    try:
        return fetch(server.address, target).body
    except Reset:
        return None


def test_link_led_elsewhere(site, server):
    site.write("one.txt", "one")
    site.write("two.txt", "two")
    (site.root / "current").symlink_to("one.txt")
    watch = Watch(server, "/current")
    (site.root / "next").symlink_to("two.txt")
    os.rename(site.root / "next", site.root / "current")
    watch.sees(200, b"two")


def test_link_led_outside(site, server):
    (site.outside / "secret.txt").write_bytes(b"secret")
    site.write("one.txt", "one")
    (site.root / "current").symlink_to("one.txt")
    watch = Watch(server, "/current")
    (site.root / "next").symlink_to("../secret.txt")
    os.rename(site.root / "next", site.root / "current")
    watch.sees(404)


def test_variant_that_comes_and_goes(site, httpd):
    server = httpd("--precompressed", "gzip")
    site.write("page.html", b"plain")
    watch = Watch(server, "/page.html", "Accept-Encoding: gzip")
    path = site.write("page.html.gz", b"packed")
    watch.sees(200, b"packed")
    path.unlink()
    watch.sees(200, b"plain")


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


def test_slow_reader_of_a_removed_file_gets_it_whole(site, server):
    old = content(BIG, "old")
    site.write("big.bin", old)
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
    # What was on its way is the old content, or nought where the kernel has cleared pages that sendfile lends to
    # the socket; nothing else may follow.
    sent = old[BIG - length:]
    for at in range(0, len(received), 4096):
        if (block := received[at:at + 4096]) != sent[at:at + len(block)]:
            assert all(byte in (0, sent[at + offset]) for offset, byte in enumerate(block)), at


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
    server = httpd("--cache-size", "0")
    fetch(server.address, "/missing")
    before = server.descriptors()
    for number in range(20):
        path = site.write(f"{number}.bin")
        os.truncate(path, BIG)
        connection, _, _ = begin(server, f"/{number}.bin")
        os.truncate(path, 10)
        connection.remains()
        connection.close()
        path.unlink()
    until(lambda: server.descriptors() <= before, 10, "the release of all descriptors")
