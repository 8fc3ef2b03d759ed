"""Bad disks: a file that stalls delays its own reader and nobody else; one that fails is a 500, or an abort once the
head has gone."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest

import sampler
import stallfs
from daemon import is_sanitized, until
from tls import Certificate, shown
from wire import Connection, Reset, fetch, request

STALL = 5.0
FILES = 500 if not is_sanitized() else 100
FLOOR = 0.025 if not is_sanitized() else 0.25  # below it, a p99 says more about this machine than about the server


def why_not():
    try:
        stallfs.load()
    except ImportError:
        return "python3-fusepy is not installed"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened here"
    return "mounting needs root" if os.geteuid() else None


pytestmark = pytest.mark.skipif(bool(why_not()), reason=str(why_not()))


@pytest.fixture(scope="module")
def disk(shared_site, tmp_path_factory):
    mountpoint = shared_site.root / "disk"
    mountpoint.mkdir()
    program, log = pathlib.Path(stallfs.__file__), tmp_path_factory.mktemp("disk") / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen([sys.executable, program, mountpoint, str(STALL)], stderr=output)
    try:
        until(lambda: os.path.ismount(mountpoint) or process.poll() is not None, 10, "the mount")
        assert process.poll() is None, log.read_text()
        yield mountpoint
    finally:
        # Lazily: who is about to end may still hold it. With the program gone all that hangs there returns.
        subprocess.run(["umount", "-l", mountpoint], check=False)
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server(shared_site, disk, shared_httpd):  # stopped before the disk goes
    shared_site.write("small.txt", "small")
    for number in range(FILES):
        shared_site.write(f"many/{number}.txt", f"file {number}")
    return shared_httpd("--threads", "2")


def test_fine_file_of_that_disk(server):
    assert fetch(server.address, "/disk/fine.bin").body == stallfs.CONTENT


@pytest.fixture(scope="module")
def baseline(server):
    return sampler.quietest_p99(server.address)


@pytest.mark.parametrize("kind,count", [("stalls", 1), ("stalls", 8), ("stalls", 64), ("looks", 2), ("opens", 4)])
def test_stalling_files_move_nobody_elses_p99(server, baseline, kind, count):
    peers = [Connection(server.address) for _ in range(count)]
    started = time.monotonic()
    for number, peer in enumerate(peers):
        peer.send(request(f"/disk/{kind}-{count}-{number}.bin"))
    rounds = [sampler.latencies(server.address, seconds=1) for _ in range(3)]
    assert time.monotonic() - started < STALL
    worst, p99 = max(values[-1] for values in rounds), min(map(sampler.p99, rounds))
    print(f"p99 {p99 * 1000:.2f} ms, worst {worst * 1000:.2f} ms; without stalls p99 {baseline * 1000:.2f} ms")
    for peer in peers:
        assert peer.answer(patience=20 * STALL).body == stallfs.CONTENT
        peer.close()
        assert time.monotonic() - started > STALL  # it had been stalled all the while
    assert worst < 0.5 and p99 < max(2 * baseline, FLOOR)


def test_closing_a_stalling_file_moves_nobody_elses_p99(shared_httpd, server, baseline):
    """close(2) waits for the file system as well (FUSE_FLUSH); without a cache it follows each answer."""
    bare = shared_httpd("--threads", "2", "--cache-size", "0")
    fetch(bare.address, "/small.txt")
    with Connection(bare.address) as peer:
        assert peer.send(request("/disk/closes-1.bin")).answer().body == stallfs.CONTENT
    latencies = sampler.latencies(bare.address, seconds=2)
    print(f"worst {latencies[-1] * 1000:.2f} ms; without stalls p99 {baseline * 1000:.2f} ms")
    assert latencies[-1] < 0.5


def test_files_seen_for_the_first_time_are_served_beside_a_stall(shared_site, server):
    for number in range(FILES):
        (shared_site.root / f"many/{number}.txt").read_bytes()  # this machine's own disk may be slow, too
    with Connection(server.address) as stalled:
        stalled.send(request("/disk/stalls-cold.bin"))
        started = time.monotonic()
        for number in range(FILES):
            assert fetch(server.address, f"/many/{number}.txt").body == b"file %d" % number
        assert time.monotonic() - started < STALL - 1
        assert stalled.answer(patience=3 * STALL).body == stallfs.CONTENT


def test_stalled_reader_that_goes_away(server):
    fetch(server.address, "/small.txt")
    before = server.sockets()
    for number in range(10):
        with Connection(server.address) as peer:
            peer.send(request(f"/disk/stalls-gone-{number}.bin"))
            peer.reset() if number % 2 else peer.close()
    assert fetch(server.address, "/small.txt").body == b"small"
    until(lambda: server.sockets() <= before, 4 * STALL, "the end of their connections")


def test_other_requests_of_a_stalled_connection_wait_their_turn(server):
    with Connection(server.address) as peer:
        peer.send(request("/disk/stalls-pipelined.bin") + request("/small.txt"))
        assert peer.answer(patience=3 * STALL).body == stallfs.CONTENT
        assert peer.answer().body == b"small"


def test_more_stalls_than_threads_leave_room_for_others(server):
    """Those on one path wait together; those on many have threads of their own after a second."""
    peers = [Connection(server.address).send(request(f"/disk/stalls-many-{number}.bin")) for number in range(100)]
    peers += [Connection(server.address).send(request("/disk/opens-one.bin")) for _ in range(100)]
    started = time.monotonic()
    assert fetch(server.address, "/many/never-seen.txt").status == 404
    assert time.monotonic() - started < STALL - 1
    for peer in peers[100:]:
        assert peer.head(patience=3 * STALL).status == 200
    for peer in peers:
        peer.close()


def test_hung_disk_does_not_hold_a_drain_up(disk, server, shared_httpd):
    server = shared_httpd("--drain", "1s")
    with Connection(server.address) as peer:
        peer.send(request("/disk/opens-drain.bin"))
        assert fetch(server.address, "/small.txt").body == b"small"
        server.send_signal(signal.SIGTERM)
        # The kernel holds what is left of the process until the FUSE program has answered.
        until(lambda: "leaving without waiting" in server.log(), STALL - 1, "the end")
        code = server.wait(3 * STALL)
        server.check(code, expected=0)


@pytest.mark.parametrize("target", ["/disk/fails-small.bin", "/disk/unknown.bin"])
def test_disk_that_fails_before_the_head_is_a_500(server, target):
    answer = fetch(server.address, target)
    assert answer.status == 500 and b"500 Internal Server Error" in answer.body
    assert fetch(server.address, "/small.txt").body == b"small"


@pytest.mark.parametrize("target,most", [("/disk/fails.bin", 0), ("/disk/breaks.bin", stallfs.BREAK)])
@pytest.mark.parametrize("fields", [(), ("Range: bytes=10-",)], ids=["whole", "range"])
def test_disk_that_fails_later_aborts_the_connection(server, target, most, fields):
    with Connection(server.address) as connection:
        connection.send(request(target, *fields) + request("/small.txt"))
        try:
            answer = connection.head()
        except (Reset, AssertionError) as failure:
            assert "read so far: b''" in str(failure)  # nothing at all, instead of a 500, would do as well
            return
        if answer.status == 500:
            return
        assert answer.status in (200, 206)
        received, _ = connection.remains()
        assert len(received) <= most < answer.length and received == stallfs.CONTENT[10 * len(fields):][:len(received)]
    assert fetch(server.address, "/small.txt").body == b"small"


def test_clients_hear_of_a_failure_at_once(server):
    failures = []

    def ask():
        started = time.monotonic()
        fetch(server.address, "/disk/fails-small.bin")
        failures.append(time.monotonic() - started)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 16 and max(failures) < STALL / 2


def test_a_certificate_that_stalls_holds_up_nobody(shared_site, disk, tmp_path, httpd):
    """Neither those who connect nor, longer than a moment, the end of the server."""
    certificate, link = Certificate(tmp_path), tmp_path / "link.pem"
    link.symlink_to(certificate.path)
    server = httpd("--tls-cert", link, "--tls-key", certificate.key, root=shared_site.root)
    (tmp_path / "other").symlink_to(disk / "looks-certificate.bin")
    os.replace(tmp_path / "other", link)

    def waits_for_the_disk():
        tasks = pathlib.Path(f"/proc/{server.pid}/task").iterdir()
        return any("fuse" in (task / "wchan").read_text() or "wait_answer" in (task / "wchan").read_text() for task in tasks)
    until(waits_for_the_disk, STALL, "a look at the certificate's file")
    began = time.monotonic()
    for _ in range(20):
        assert shown(server.address) == certificate.fingerprint()
    assert time.monotonic() - began < STALL / 2
    server.process.terminate()
    # the kernel may still wait for the disk before it lets go of the process
    until(lambda: "some files hang: leaving without waiting" in server.log(), STALL, "a server that does not wait")
    server.check(server.wait(2 * STALL))
