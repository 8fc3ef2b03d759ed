"""The last words of a process that crashes: one line, and then the end that its signal has."""

import re
import resource
import signal
import subprocess

import pytest

from daemon import binary, is_sanitized
from wire import bound

pytestmark = pytest.mark.skipif(is_sanitized(), reason="sanitizers tell of crashes themselves")
LINE = re.compile(r"(?P<name>[\w-]+): crashed: (?P<what>.+?), in(?P<frames>( \S+\+0x[0-9a-f]+)+)\n\Z")


def words(how, *arguments):
    """How pier-crash ends, and its line taken apart."""
    done = subprocess.run([binary("pier-crash"), how, *arguments], capture_output=True, timeout=bound(20), text=True,
                          preexec_fn=no_core)
    line = LINE.match(done.stderr)
    assert line, done.stderr
    assert line["name"] == "pier-crash"
    return done.returncode, line["what"], line["frames"].split()


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.mark.parametrize("thread", [[], ["thread"]], ids=["main thread", "another thread"])
@pytest.mark.parametrize("how,number,what", [
    ("SIGSEGV", signal.SIGSEGV, r"SIGSEGV at 0x10"), ("overflow", signal.SIGSEGV, r"SIGSEGV at 0x[0-9a-f]{6,}"),
    ("SIGBUS", signal.SIGBUS, r"SIGBUS at 0x[0-9a-f]{6,}"), ("SIGFPE", signal.SIGFPE, r"SIGFPE"),
    ("SIGILL", signal.SIGILL, r"SIGILL at 0x[0-9a-f]{6,}"), ("SIGABRT", signal.SIGABRT, r"SIGABRT"),
    ("terminate", signal.SIGABRT, r"std::terminate\(\)"),
    ("exception", signal.SIGABRT, r"std::terminate\(\) for \S+ `said why`")])
def test_crash(how, number, what, thread):
    code, said, frames = words(how, *thread)
    assert code == -number
    assert re.fullmatch(what, said), said
    assert any(frame.startswith("pier-crash+") for frame in frames)


def test_frames_lead_to_the_line():
    _, _, frames = words("SIGBUS")
    offset = frames[0].removeprefix("pier-crash+")
    names = subprocess.run(["nm", "-C", "--defined-only", binary("pier-crash")], capture_output=True, text=True).stdout
    where, = (line.split(" ", 2) for line in names.splitlines() if "beyond_the_end_of_a_file" in line and " t " in line.lower())
    assert 0 <= int(offset, 16) - int(where[0], 16) < 0x200, (offset, where)


@pytest.mark.parametrize("name", ["pier-httpd", "pier"])
def test_servers_do_so_too(site, name):
    """A signal from outside crashes as well; every thread has a stack for its last words."""
    arguments = [site.root] if name == "pier-httpd" else ["--admin", "off"]
    with subprocess.Popen([binary(name), *arguments, "-p", "0", "--threads", "2"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, preexec_fn=no_core) as process:
        assert process.stdout.readline().startswith("listening on")
        process.send_signal(signal.SIGSEGV)
        assert process.wait(bound(10)) == -signal.SIGSEGV
        line = LINE.match(process.stderr.read().splitlines(keepends=True)[-1])
        assert line and line["name"] == name and line["what"] == "SIGSEGV"


def test_a_broken_pipe_is_no_crash(site, httpd):
    server = httpd()
    server.send_signal(signal.SIGPIPE)
    server.stop()
