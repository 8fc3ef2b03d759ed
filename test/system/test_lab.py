"""docs/lab.md: what it has people type prints what it says, on one machine and between two hosts."""

import os
import shutil
import subprocess

import pytest

from daemon import BIN, HERE, run
from sessions import Terminal, play
from test_listen import needs_ipv6

ROOT = HERE.parents[1]
LAB = ROOT / "script" / "lab"


def can_make_namespaces():
    if os.geteuid() != 0:
        return False
    name = f"pier-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "delete", name], check=False)
    return made.returncode == 0


needs_namespaces = pytest.mark.skipif(not can_make_namespaces(), reason="network namespaces take root")


def environment(**more):
    """Who reads the page is not root on one machine, and is not told that he is."""
    paths = f"{BIN}:{os.environ['PATH']}:/usr/sbin:/sbin"
    return {**os.environ, "PATH": paths, "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8",
            "PIER_UPPERD_LOG_LEVEL": "error", **more}


@pytest.fixture
def alone():
    """A network of its own with loopback alone: the page's ports are fixed."""
    name = f"pier-alone-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    subprocess.run(["ip", "netns", "exec", name, "ip", "link", "set", "lo", "up"], check=True)
    yield ["ip", "netns", "exec", name]
    subprocess.run(["ip", "netns", "delete", name], check=True)


@pytest.fixture
def lab():
    variables = environment(PIER_LAB=f"pier-lab-{os.getpid()}")

    def call(*arguments, **options):
        return subprocess.run([LAB, *arguments], env=variables, capture_output=True, text=True, check=False, **options)
    call.variables = variables
    done = call("up")
    assert done.returncode == 0 and done.stdout == done.stderr == "", done
    yield call
    done = call("down")
    assert done.returncode == 0 and done.stderr == "", done
    assert call("client", "true").returncode == 66


def parts():
    before, between = (ROOT / "docs" / "lab.md").read_text().split("\n## Between two hosts\n")
    return before, between


@needs_namespaces
def test_on_one_machine(alone):
    terminals = {name: Terminal(name, alone, ROOT / "docs", environment()) for name in ("terminal 1", "terminal 2")}
    play(parts()[0], terminals)


@needs_namespaces
def test_between_two_hosts(lab):
    if not shutil.which("tcpdump", path=environment()["PATH"]):
        pytest.skip("tcpdump is not installed: script/bootstrap test")
    terminals = {name: Terminal(name, [LAB, host], ROOT / "docs", lab.variables, name == "packets")
                 for name, host in (("client", "client"), ("server", "server"), ("packets", "client"))}
    terminals["machine"] = Terminal("machine", [], ROOT, lab.variables, waits=True)
    play(parts()[1], terminals)


@needs_namespaces
@needs_ipv6
def test_ipv6_between_two_hosts(lab):
    server = subprocess.Popen([LAB, "server", "pier-upperd", "--lan"], env=lab.variables, stdout=subprocess.PIPE, text=True)
    try:
        assert [server.stdout.readline() for _ in range(2)] == [f"listening on {kind}://[::]:12000\n" for kind in ("tcp", "udp")]
        for address in ("fd00:203::2", "10.203.0.2"):
            for how in ([], ["--udp"]):
                done = lab("client", "pier-upper", address, "12000", *how, "hello")
                assert (done.returncode, done.stdout) == (0, "HELLO\n"), done
    finally:
        server.terminate()
        assert server.wait(15) == 0


@needs_namespaces
def test_the_cable(lab):
    server = subprocess.Popen([LAB, "server", "pier-upperd", "--lan"], env=lab.variables, stdout=subprocess.PIPE, text=True)
    try:
        server.stdout.readline()
        for address in ("10.203.0.2", "fd00:203::2"):
            ask = ("client", "pier-upper", address, "12000", "--udp", "--timeout", "200ms", "hello")
            assert lab(*ask).stdout == "HELLO\n"
            assert lab("cut").returncode == 0
            assert "no answer in 200 ms" in lab(*ask).stderr
            assert lab("mend").returncode == 0
            assert lab(*ask[:5], "--tries", "20", *ask[5:]).stdout == "HELLO\n"
    finally:
        server.terminate()
        server.wait(15)


@needs_namespaces
def test_what_the_script_says(lab):
    assert lab("up").returncode == 73, "it is there already"
    done = lab("server", "sh", "-c", "exit 7")
    assert done.returncode == 7
    for arguments in ([], ["sideways"]):
        done = lab(*arguments)
        assert done.returncode == 64 and "script/lab up" in done.stderr
    assert lab("--help").returncode == 0


def test_the_page_is_about_programs_that_exist():
    for name in ("pier-upper", "pier-upperd"):
        assert run(name, "--version").returncode == 0
