"""README.md holds what it promises: its commands work as they stand, its links lead somewhere, its example builds.

Blocks marked `sh` are run, each as one script in an empty folder with Pier's site being served. Only what may not be
shared is put in place: the address of the test's own server, ports, and the build folder under test. Blocks marked
`bash` install, build or test, which is more than a test may do: their scripts must exist.
"""
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

import daemon

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
BUILD = daemon.BIN.parent

# Errors of HTTP fail the script, wrk measures no longer than it takes to be sure that it can, and the tests that ctest
# would run are being run already.
PRELUDE = """
set -eu
curl() { command curl --fail --silent --show-error "$@"; }
wrk() {
  command wrk "$@" > wrk.out
  cat wrk.out
  grep -q '^Requests/sec: *[1-9]' wrk.out
  ! grep -qE 'Non-2xx|Socket errors' wrk.out
}
ctest() { command ctest "$@" -N | tee ctest.out; grep -q '^Total Tests: *[1-9]' ctest.out; }
"""


def blocks(language):
    return [text for mark, text in FENCE.findall(README) if mark == language]


def is_server(block):
    return block.startswith("build/release/bin/")


COMMANDS = [block for block in blocks("sh") if not is_server(block)]
SERVERS = [line for block in blocks("sh") if is_server(block) for line in block.splitlines()]


@pytest.fixture
def pier():
    server = daemon.Daemon("pier", "--listen", "127.0.0.1:0")
    yield server
    server.stop()


@pytest.fixture
def run(pier, tmp_path):
    # ctest keeps notes beside the tests that it lists; these are not to be mixed with those of the ctest at work.
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "CTestTestfile.cmake").write_text(f'subdirs("{BUILD}")\n')
    folder = tmp_path / "here"
    folder.mkdir()

    def run(block):
        for there, here in {"http://127.0.0.1:8080": pier.url, "-d 5s": "-d 1s", "build/release": str(tests)}.items():
            block = block.replace(there, here)
        assert ":80" not in block.replace(pier.url, ""), f"a fixed port is left in: {block}"
        done = subprocess.run(["bash", "-c", PRELUDE + block], cwd=folder, capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"})
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout, folder

    return run


def test_nothing_that_the_readme_owes_has_gone():
    words = {line.split()[0] for block in COMMANDS for line in block.splitlines() if line}
    assert words == {"curl", "wrk", "ctest"}, "a test knows how to run these"
    assert {Path(line.split()[0]).name for line in SERVERS} == {"pier", "pier-httpd"}
    assert {"script/server", "script/test"} <= set("".join(blocks("bash")).split())


@pytest.mark.parametrize("block", COMMANDS)
def test_commands_work(run, block):
    run(block)


def test_the_answer_shown_is_the_coursework_page(run):
    [block] = [b for b in COMMANDS if "HelloWorld.html" in b and "curl -i" in b]
    output, _ = run(block)
    assert output.startswith("HTTP/1.1 200 OK")
    assert "<h1>Hello World!</h1>" in output
    assert output.endswith((ROOT / "static/site/style.css").read_text()[:64]), "the part that was asked for"


def test_the_download_is_whole_after_its_second_half(run):
    [block] = [b for b in COMMANDS if "-C -" in b]
    first, second = block.splitlines()
    _, folder = run(first)
    assert (folder / "style.css").stat().st_size == 1000
    run(second)
    assert (folder / "style.css").read_bytes() == (ROOT / "static/site/style.css").read_bytes()


@pytest.mark.parametrize("line", SERVERS)
def test_servers_start_and_serve(line, tmp_path):
    public = tmp_path / "Public"
    public.mkdir()
    (public / "index.html").write_text("mine")
    program, *arguments = shlex.split(line)
    assert (arguments[-2], arguments[-1].isdigit()) == ("-p", True)
    arguments = [argument.replace("~", str(tmp_path)) for argument in arguments[:-1]] + ["0"]
    server = daemon.Daemon(Path(program).name, *arguments)
    page = subprocess.run(["curl", "--fail", "-sS", server.url + "/"], capture_output=True, text=True, check=True).stdout
    assert page == "mine" if "Public" in line else "<title>Pier</title>" in page
    server.stop()


def test_scripts_named_exist():
    for word in "".join(blocks("bash")).split() + re.findall(r"script/\w+", README):
        assert os.access(ROOT / word, os.X_OK), word


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(page):
    prose = re.sub(r"```.*?```", "", (ROOT / page).read_text(), flags=re.DOTALL)  # a lambda is no link
    for link in LINK.findall(prose):
        if "://" not in link:
            target = link.split("#")[0]
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {link}"


def test_the_example_is_the_one_that_is_built():
    """test/package builds and runs it."""
    [source] = blocks("cpp")
    [recipe] = blocks("cmake")
    hello = ROOT / "test/package/hello"
    assert source.replace("loopback(8080)", "loopback(0)") == (hello / "main.cpp").read_text()
    assert recipe == (hello / "CMakeLists.txt").read_text()
