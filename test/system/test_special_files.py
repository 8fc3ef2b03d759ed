"""What is no regular file, or may not be read: never served, and never opened."""

import os
import socket
import stat
import subprocess
import sys
import time

import pytest

from wire import fetch, is_readable


class BlockedWriter:
    """A process that opens a FIFO for writing and so sleeps until somebody opens it for reading, be it for a moment."""

    def __init__(self, path):
        code = ("import os, sys; print('opening', flush=True); os.open(sys.argv[1], os.O_WRONLY);"
                "print('opened', flush=True)")
        self.path = path
        self.process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        assert self.process.stdout.readline() == b"opening\n"
        while stat.S_ISFIFO(os.stat(path).st_mode) and self.state() != "S":
            time.sleep(0.001)

    def state(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0]

    def is_blocked(self):
        return not is_readable(self.process.stdout, 0.3)

    def release(self):
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        assert self.process.stdout.readline() == b"opened\n"
        os.close(reader)
        self.process.wait()
        self.process.stdout.close()


@pytest.mark.parametrize("policy", ["inside", "all", "none"])
def test_fifo_is_never_opened(site, httpd, policy):
    os.mkfifo(site.root / "fifo.txt")
    os.mkfifo(site.outside / "outside")
    (site.root / "link").symlink_to("fifo.txt")
    (site.root / "far").symlink_to("../outside")
    server = httpd("--links", policy, "--precompressed", "gzip")
    writers = [BlockedWriter(site.root / "fifo.txt"), BlockedWriter(site.outside / "outside")]
    try:
        for target in ("/fifo.txt", "/link", "/far", "/fifo.txt/"):
            for method in ("GET", "HEAD"):
                answer = fetch(server.address, target, "Accept-Encoding: gzip", method=method)
                assert answer.status == 404, answer
        assert all(writer.is_blocked() for writer in writers)
    finally:
        for writer in writers:
            writer.release()  # which also shows that a reader would have woken it


def test_sockets_and_devices_are_not_served(site, httpd):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(site.root / "socket"))
    listener.listen()
    targets = ["/socket", "/zero", "/dev/zero", "/dev/tty"]
    (site.root / "zero").symlink_to("/dev/zero")
    (site.root / "dev").symlink_to("/dev")
    if os.geteuid() == 0:
        os.mknod(site.root / "device", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        targets.append("/device")
    server = httpd("--links", "all")
    for target in targets:
        assert fetch(server.address, target).status == 404, target
    listener.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as another user")
def test_file_that_may_not_be_read(site, httpd):
    os.chmod(site.write("private.txt", "private"), 0o600)
    site.write("open.txt", "open")
    (site.root / "closed").mkdir(mode=0o700)
    site.write("closed/file.txt", "closed")
    server = httpd(user=65534)
    assert fetch(server.address, "/open.txt").body == b"open"
    for target in ("/private.txt", "/closed/file.txt", "/closed/"):
        assert fetch(server.address, target, closes=False).status in (403, 404)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as another user")
def test_encoding_that_may_not_be_read_is_none(site, httpd):
    site.write("page.html", "page")
    os.chmod(site.write("page.html.br", "encoded"), 0o600)
    server = httpd("--precompressed", "br", user=65534)
    for fields in ((), ("Accept-Encoding: br",)):
        answer = fetch(server.address, "/page.html", *fields)
        assert (answer.status, answer.body) == (200, b"page")
