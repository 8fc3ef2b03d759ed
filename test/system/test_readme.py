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
from test_hosted import SERVICES as HOSTED_SERVICES

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
    return re.search(r"build/release/bin/(pier|pier-\w+d) ", block)


def is_client(block):
    return "build/release/bin/" in block and not is_server(block)


COMMANDS = [block for block in blocks("sh") if not is_server(block) and not is_client(block)]
SERVERS = [block for block in blocks("sh") if is_server(block)]
CLIENTS = [line for block in blocks("sh") if is_client(block) for line in block.splitlines()]


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
    assert {Path(block.splitlines()[-1].split()[0]).name for block in SERVERS} == {"pier-httpd"}
    assert {Path(line.split()[0]).name for line in CLIENTS} == {"pier-upper", "pier-ping", "pier-beat"}
    assert {"script/server", "script/test"} <= set("".join(blocks("bash")).split())


@pytest.mark.parametrize("block", COMMANDS)
def test_commands_work(run, block):
    run(block)


def test_clients_find_their_servers(shared_httpd):
    """script/server's addresses, which are everybody's, are replaced by this server's."""
    words = [word for options, _ in HOSTED_SERVICES.values() for word in options]
    server = shared_httpd(*words, name="pier", root=None,
                          listeners=1 + sum(len(names) for _, names in HOSTED_SERVICES.values()))
    ports = {url.partition("://")[0]: url.rpartition(":")[2] for url in server.urls}
    for line in CLIENTS:
        line = line.replace("build/release/bin", str(daemon.BIN)).replace("127.0.0.1 12000", f"127.0.0.1 {ports['tcp']}")
        for program, scheme in (("pier-ping", "stamp"), ("pier-beat", "beat")):
            line = line.replace(f"{program} 127.0.0.1", f"{program} 127.0.0.1:{ports[scheme]}")
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        if "upper" in line:
            assert done.stdout == "HELLO\n"


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


@pytest.mark.parametrize("block", SERVERS)
def test_servers_start_and_serve(block, tmp_path):
    """With a home that nothing is in; the last line is the server's."""
    *before, line = block.splitlines()
    subprocess.run(["bash", "-euc", "\n".join(before)], cwd=tmp_path, timeout=60, check=True,
                   env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    program, *arguments = shlex.split(line.replace("~", str(tmp_path)))
    arguments[arguments.index("-p") + 1] = "0"
    server = daemon.Daemon(Path(program).name, *arguments)
    if Path(program).name == "pier-httpd":
        (tmp_path / "Public/index.html").write_text("mine")
    page = subprocess.run(["curl", "--fail", "-sS", server.url + "/"], capture_output=True, text=True, check=True).stdout
    assert page == "mine" if "Public" in line else "<title>Pier</title>" in page
    server.stop()


def test_servers_do_not_get_in_each_others_way():
    """script/server runs on while its reader goes on: whatever is started beside it has a port of its own."""
    ports = [port for block in SERVERS for port in re.findall(r"-p (\d+)", block)]
    ports += re.findall(r"loopback\((\d+)\)", "".join(blocks("cpp")))
    taken = ["8080", "8600"]  # by script/server
    assert len(ports) == len(SERVERS) + 1 and len({*ports, *taken}) == len(ports) + len(taken), ports
    for block in SERVERS:
        line = block.splitlines()[-1]
        assert Path(line.split()[0]).name != "pier" or "--admin off" in line, "its admin is at 8600, too"


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


def test_every_page_is_linked():
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages and pages <= {link.split("#")[0] for link in LINK.findall(README)}


def test_the_example_is_the_one_that_is_built():
    """test/package builds and runs it."""
    [source] = blocks("cpp")
    [recipe] = blocks("cmake")
    hello = ROOT / "test/package/hello"
    assert re.sub(r"loopback\(\d+\)", "loopback(0)", source) == (hello / "main.cpp").read_text()
    assert recipe == (hello / "CMakeLists.txt").read_text()
