"""Large files go from the page cache to the socket by sendfile(2): elsewhere this has been lost, and unnoticed."""

import os
import re
import shutil
import subprocess

import pytest

from daemon import until
from wire import fetch

SIZE = 10 << 20
CONTENT = bytes(range(256)) * (SIZE // 256)

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("large.bin", CONTENT)
    shared_site.write("large.bin.gz", CONTENT[::-1])
    return shared_httpd("--precompressed", "gzip")


def trace(server, tmp_path, *fields):
    """The system calls that move bytes while one answer is sent, as (name, result) pairs, and the answer."""
    output = tmp_path / "trace"
    tracer = subprocess.Popen(["strace", "-f", "-p", str(server.pid), "-o", output, "-e",
                               "trace=sendfile,read,pread64,readv,preadv,preadv2,write,writev,sendto,sendmsg,mmap"],
                              stderr=subprocess.PIPE, text=True)
    try:
        attached = tracer.stderr.readline()
        if "ttach" in attached and "attached" not in attached:
            pytest.skip(f"strace may not attach here: {attached.strip()}")
        until(lambda: all(is_traced(server.pid, task, tracer.pid) for task in tasks(server.pid)), 5, "strace attached")
        answer = fetch(server.address, "/large.bin", *fields)
    finally:
        tracer.terminate()
        tracer.wait()
        tracer.stderr.close()
    calls = re.findall(r"(\w+)\(.*\) += (-?\d+)|<\.\.\. (\w+) resumed>.* = (-?\d+)", output.read_text())
    return [(name or resumed, int(result or later)) for name, result, resumed, later in calls], answer


def tasks(pid):
    return os.listdir(f"/proc/{pid}/task")


def is_traced(pid, task, tracer):
    with open(f"/proc/{pid}/task/{task}/status") as status:
        return f"TracerPid:\t{tracer}\n" in status.read()


@pytest.mark.parametrize("fields,expected", [
    ((), CONTENT), (("Range: bytes=1000000-9999999",), CONTENT[1_000_000:10_000_000]),
    (("Accept-Encoding: gzip",), CONTENT[::-1])], ids=["whole", "range", "variant"])
def test_content_is_sent_by_sendfile(server, tmp_path, fields, expected):
    calls, answer = trace(server, tmp_path, *fields)
    assert answer.body == expected
    moved = sum(result for name, result in calls if name == "sendfile" and result > 0)
    assert moved == len(expected), f"sendfile moved {moved} of {len(expected)} bytes"
    copied = sum(result for name, result in calls if name not in ("sendfile", "mmap") and result > 0)
    assert copied < 100_000
