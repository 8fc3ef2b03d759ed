"""What is packed beside the programs: units that systemd understands and that leave a server little to abuse, and
configuration in words that the programs know."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import pytest

import daemon
from daemon import binary, run, until
from test_hosted import SERVICES as HOSTED_WORDS
from wire import Connection, fetch, request

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"
SERVICES = sorted(path.name for path in PACKAGING.glob("systemd/*.service"))
MOST_EXPOSED = 2.0  # of 10, as systemd counts

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
LOGROTATE = shutil.which("logrotate", path=os.environ["PATH"] + ":/usr/sbin")
needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


def values(unit, key):
    return re.findall(rf"^{key}=(.*)$", (PACKAGING / "systemd" / unit).read_text(), re.M)


def program(unit):
    return values(unit, "ExecStart")[0].split()[0]


@pytest.fixture
def units(tmp_path):
    """The units, with the programs of this build."""
    for path in PACKAGING.glob("systemd/*"):
        text = re.sub(r"^ExecStart=(\S+)", lambda found: f"ExecStart={binary(found[1])}", path.read_text(), flags=re.M)
        (tmp_path / path.name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_understands_the_units(units):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted(units.iterdir())], capture_output=True, text=True)
    # It reads other units of the machine as well, and says what it thinks of those.
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "pier" in line]
    assert done.returncode == 0 and not ours, done


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_exposure(units, unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", units / unit],
                          capture_output=True, text=True)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found and float(found[1]) <= MOST_EXPOSED, done.stdout + done.stderr


def expand(name, sets):
    """All system calls of a set, or the one of that name."""
    if not name.startswith("@"):
        return {name}
    if name not in sets:
        listing = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], capture_output=True, text=True,
                                 check=True).stdout
        members = [line.strip() for line in listing.splitlines()[1:] if line.strip() and "#" not in line]
        sets[name] = set().union(*(expand(member, sets) for member in members))
    return sets[name]


def allowed(unit):
    """What is left when the lines of SystemCallFilter are read from top to bottom, systemd.exec(5)."""
    sets, result = {}, set()
    for line in values(unit, "SystemCallFilter"):
        named = set().union(*(expand(name, sets) for name in line.removeprefix("~").split()))
        result = result - named if line.startswith("~") else result | named
    return result | expand("@default", sets)


def ask_by_datagram(url):
    """Anything: that it is looked at is enough."""
    scheme, _, host = url.partition("://")
    if scheme != "tcp":
        address, _, port = host.rpartition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.sendto(bytes(44), (address, int(port)))


@needs_systemd
@needs_strace
@pytest.mark.skipif(daemon.is_sanitized(), reason="a sanitizer makes calls of its own")
@pytest.mark.parametrize("unit", [unit for unit in SERVICES if program(unit) in ("pier", "pier-httpd")])
def test_the_filter_lets_pass_what_the_server_calls(site, unit, tmp_path):
    site.write("small.txt", "small")
    site.write("big.bin", bytes(4 << 20))
    trace, log = tmp_path / "trace", site.outside / "access.log"
    root, services = [site.root], 0
    if program(unit) == "pier":
        root = ["--httpd.root", site.root, *(word for words, _ in HOSTED_WORDS.values() for word in words)]
        services = sum(len(names) for _, names in HOSTED_WORDS.values())
    with subprocess.Popen(["strace", "-f", "-qq", "-o", trace, binary(program(unit)), *root, "-p", "0", "--threads", "2",
                           "--access-log", log, "--drain", "1s", "--admin", "127.0.0.1:0"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tracer:
        lines = [tracer.stdout.readline().removeprefix("listening on ").strip() for _ in range(2 + services)]
        address, admin = daemon.to_address(lines[0]), daemon.to_address(lines[-1])
        for url in lines[1:-1]:
            ask_by_datagram(url)
        for name in ("/small.txt", "/big.bin", "/missing"):
            fetch(address, name)
        for name in ("/", "/metrics", "/api/stats"):
            assert fetch(admin, name).status == 200
        with Connection(address) as pipelining:
            pipelining.send(request("/small.txt") * 3)
            for _ in range(3):
                pipelining.answer()
        server = int(trace.read_text().split()[0])
        os.rename(log, f"{log}.1")
        os.kill(server, signal.SIGHUP)
        until(log.exists, 10, "the log to be opened anew")
        os.kill(server, signal.SIGTERM)
        assert tracer.wait(20) == 0
    made = set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", trace.read_text(), re.M))
    assert len(made) > 20 and not made - allowed(unit), made - allowed(unit)


@pytest.mark.parametrize("unit", SERVICES)
def test_units_fit_the_programs(unit):
    assert values(unit, "Type") == ["notify"]
    drain = re.search(r"--drain .*?\((\d+)s\)", run(program(unit), "--help").stdout, re.S)
    assert int(values(unit, "TimeoutStopSec")[0].removesuffix("s")) > int(drain[1])
    configuration = values(unit, "ExecStart")[0].split("--config ")[1]
    assert (PACKAGING / "etc" / os.path.basename(configuration)).is_file()
    assert configuration in (PACKAGING / "debian/conffiles").read_text().split()


def test_who_shares_a_folder_is_one_user():
    """systemd gives it to the user of whichever it starts last; the other one's log could then not be opened anew."""
    owners = {}
    for unit in SERVICES:
        for key in ("LogsDirectory", "StateDirectory", "CacheDirectory", "RuntimeDirectory"):
            for folder in " ".join(values(unit, key)).split():
                owners.setdefault((key, folder), set()).add(" ".join(values(unit, "User")) or f"that of {unit} alone")
    assert ("LogsDirectory", "pier") in owners
    assert {folder: users for folder, users in owners.items() if len(users) > 1} == {}


@pytest.mark.parametrize("file,name", [("httpd.ini", "pier-httpd"), ("pier.ini", "pier"), ("pingd.ini", "pier-pingd"),
                                       ("beatd.ini", "pier-beatd")])
def test_configuration_names_options(file, name):
    """Also the lines that are commented out, which are there to be tried."""
    words = re.findall(r"--([\w.-]+)", run(name, "--help").stdout)
    keys = re.findall(r"^#?([\w-]+) = ", (PACKAGING / "etc" / file).read_text(), re.M)
    assert len(keys) >= 3 and not [key for key in keys if not {key, f"httpd.{key}", f"upperd.{key}"} & set(words)
                                   and key != "root"], keys


@pytest.mark.skipif(not LOGROTATE, reason="logrotate is not installed")
def test_logrotate_understands(tmp_path):
    configuration = tmp_path / "pier"
    configuration.write_text((PACKAGING / "etc/logrotate").read_text().replace("/var/log/pier", str(tmp_path)))
    done = subprocess.run([LOGROTATE, "--debug", "--state", tmp_path / "state", configuration], capture_output=True, text=True)
    assert done.returncode == 0 and "error" not in done.stderr.lower(), done.stderr


@pytest.mark.parametrize("script", ["postinst", "prerm", "postrm"])
def test_scripts_are_shell(script):
    assert subprocess.run(["/bin/sh", "-n", PACKAGING / "debian" / script]).returncode == 0
    assert os.access(PACKAGING / "debian" / script, os.X_OK)
