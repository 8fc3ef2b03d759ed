"""The command line of pier-ping."""

import pathlib
import re
import shutil
import subprocess

import pytest

from daemon import run
from test_config import check, in_force, options_of

VALUES = {"count": "7", "interval": "20ms", "rate": "5", "duration": "1m", "wait": "1500ms", "size": "100",
          "key": "/etc/pier/key", "ssid": "9", "dscp": "46", "ttl": "64", "html": "page.html", "window": "10s",
          "admin": "127.0.0.1:82", "max-loss": "0.5%", "max-rtt": "250us", "max-median": "1ms", "max-p99": "2ms",
          "max-jitter": "3us"}
SWITCHES = {"spin", "text", "tcp", "icmp", "ipv4", "ipv6", "stateful", "json", "quiet", "plot"}
COMMON = {"config", "check-config", "help", "version"}


def test_every_option_is_in_force_once_it_is_set():
    assert options_of("pier-ping") == {*VALUES, *SWITCHES, *COMMON}, "give the new one a value here"
    for option, value in VALUES.items():
        more = ["--size", "120"] if option == "key" else []
        done = check("pier-ping", "host:1", f"--{option}", value, *more)
        assert done.returncode == 0 and in_force(done.stdout)["", option] == [value], done
    for option in SWITCHES:
        assert in_force(check("pier-ping", "host:1" if option == "tcp" else "host", f"--{option}").stdout)["", option] == ["yes"]


def test_every_option_has_a_test():
    here = pathlib.Path(__file__)
    tests = "".join(path.read_text() for path in here.parent.glob("test_ping*.py") if path != here)
    letters = {"count": "-c", "interval": "-i", "duration": "-d", "wait": "-W", "size": "-s", "quiet": "-q", "ipv4": "-4",
               "ipv6": "-6"}
    for option in {*VALUES, *SWITCHES}:
        spelled = f"--{option}|{letters[option]}" if option in letters else f"--{option}"
        assert re.search(rf"""["'`]({spelled})["'=]""", tests), option


def test_help_tells_defaults():
    text = run("pier-ping", "--help").stdout
    assert text.startswith("Usage: pier-ping HOST[:PORT]... [OPTION]...\n")
    for option, default in {"count": "10", "interval": "1s", "wait": "1s", "window": "1m", "admin": "off"}.items():
        assert re.search(rf"--{option} [^\n]*(\n {{10,}}[^\n]*)*\({default}\)", text), option


def test_manual_page_and_completion():
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    page = run("pier-ping", "--help=man").stdout
    done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"], input=page, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "" and "PIER-PING(1)" in done.stdout
    assert all(re.search(rf"^ +(-\w, )?--{option}\b", done.stdout, re.M) for option in {*VALUES, *SWITCHES})
    assert "1 when one has not, or was" in " ".join(done.stdout.split())
    assert "--max-jitter" in run("pier-ping", "--help=bash").stdout
