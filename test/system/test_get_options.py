"""pier-get's table of options: each is in force once it is set, and what contradicts itself is refused."""

import pathlib
import re
import shutil
import subprocess

import pytest

from daemon import run
from test_config import check, complete, environment, in_force, manual, options_of  # noqa: F401 (a fixture)

VALUES = {"method": "PUT", "header": "A: b", "data": "x=1", "data-binary": "y", "data-or-duration": "z", "requests": "3",
          "concurrency": "7", "output": "f", "output-dir": "/tmp/x", "segments": "4", "max-size": "1G",
          "checksum": "sha256:0", "max-redirects": "3", "max-expansion": "7", "connect-timeout": "3s",
          "head-timeout": "250ms", "idle-timeout": "7s", "retries": "9", "retry-delay": "50ms", "retry-max-delay": "2s",
          "retry-max-time": "9s", "proxy": "none", "ca": "/etc/ca.pem", "pin": "sha256//x", "tls-keylog": "/tmp/keys",
          "progress": "off"}
SWITCHES = {"head", "remote-name", "overwrite", "include", "resume", "sync", "location", "compressed",
            "insecure", "json", "verbose"}
DEFAULTS = {"segments": "1", "max-redirects": "10", "max-expansion": "250", "connect-timeout": "10s",
            "head-timeout": "60s", "idle-timeout": "30s", "retries": "3", "retry-delay": "200ms",
            "retry-max-delay": "30s", "retry-max-time": "120s", "progress": "auto"}
LETTERS = {"I": "head", "X": "method", "H": "header", "d": "data-or-duration", "n": "requests", "c": "concurrency",
           "o": "output", "O": "remote-name", "P": "output-dir", "i": "include", "L": "location", "x": "proxy",
           "k": "insecure", "v": "verbose"}


def test_every_option_is_in_force_once_it_is_set():
    known = options_of("pier-get")
    assert {*VALUES, *SWITCHES} <= known
    for option, value in VALUES.items():
        done = check("pier-get", f"--{option}", value)
        assert done.returncode == 0, done
        assert in_force(done.stdout)["", option] == [value]
    for option in SWITCHES:
        assert in_force(check("pier-get", f"--{option}").stdout)["", option] == ["yes"]
        assert in_force(check("pier-get", f"--no-{option}").stdout)["", option] == ["no"]


def test_help():
    text = run("pier-get", "--help").stdout
    for option, default in DEFAULTS.items():
        paragraph = re.split(r"\n  -|\n\n", re.split(rf"^  (?:-\w, )?--{option}(?=\s)", text, flags=re.M)[1], maxsplit=1)[0]
        assert f"({default})" in paragraph, (option, default, paragraph)
    for letter, option in LETTERS.items():
        assert f"-{letter}, --{option}" in text


def test_manual_page_and_completion(complete):  # noqa: F811
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"], input=manual("pier-get"),
                              capture_output=True, text=True, check=True)
        assert done.stderr == ""
        for option in options_of("pier-get"):
            assert re.search(rf"^ +(-\w, )?--{re.escape(option)}\b", done.stdout, re.M), option
    assert {f"--{option}" for option in options_of("pier-get")} <= set(complete("pier-get", "--"))


@pytest.mark.parametrize("arguments,sentence", [
    ([], "URL is missing"),
    (["http://"], "http://"), (["ftp://x/"], "ftp"), (["http://x:99999/"], "URL"),
    (["h", "8080"], "FILE is missing: pier-get h 8080 FILE"), (["h", "0", "f"], "not a port"),
    (["u", "-I", "-d", "x"], "--head"), (["u", "-I", "-X", "PUT"], "--head"), (["u", "-i", "-O"], "--include"),
    (["u", "-I", "-o", "f"], "--head"), (["u", "-o", "f", "-o", "g"], "--output"),
    (["u", "v", "-o", "f"], "add -O"), (["u", "--overwrite"], "--overwrite"),
    (["u", "--segments", "2"], "--segments needs a file"),
    (["u", "-O", "--segments", "2", "--compressed"], "exclude each other"),
    (["u", "-O", "--segments", "2", "-X", "PUT"], "--segments"),
    (["u", "v", "--checksum", "sha256:00"], "--checksum"), (["u", "--checksum", "x"], "ALGORITHM:HEX"),
    (["u", "-H", "no field"], "is not a field"), (["u", "-d", "@/nowhere"], "cannot be read"),
    (["u", "--data", "@/nowhere"], "cannot be read"), (["u", "-X", "GE T"], "is not a method"),
    (["u", "--segments", "65"], "--segments"), (["u", "-n", "0"], "--requests"), (["u", "v", "-n", "600000"], "all together"),
    (["u", "--pin", "x"], "--pin"), (["u", "--proxy", ""], "--proxy"), (["u", "--retires", "1"], "did you mean --retries?"),
])
def test_what_makes_no_sense_is_refused(arguments, sentence):
    done = run("pier-get", *arguments, env=environment())
    assert done.returncode == 64 and sentence in done.stderr and done.stdout == "", done
    assert len(done.stderr.splitlines()) <= 3


def test_a_file_that_is_not_there(tmp_path):
    done = run("pier-get", "https://localhost:1/", "--ca", str(tmp_path / "none"), env=environment())
    assert done.returncode in (64, 66) and "none" in done.stderr


def test_d_is_a_time_for_bench():
    done = check("pier-get", "--bench", "-d", "2s", "--keep-alive", "http://127.0.0.1:1/")
    assert in_force(done.stdout)["", "data-or-duration"] == ["2s"] and in_force(done.stdout)["", "keep-alive"] == ["yes"]
    done = run("pier-get", "--bench", "-d", "soon", "http://127.0.0.1:1/", env=environment())
    assert done.returncode == 64 and "-d `soon`" in done.stderr
    done = run("pier-get", "--bench", "-d", "1s", "-d", "2s", "http://127.0.0.1:1/", env=environment())
    assert done.returncode == 64 and "twice" in done.stderr


def test_every_fetch_option_has_a_test():
    here = pathlib.Path(__file__)
    tests = "".join(path.read_text() for path in here.parent.glob("test_*.py") if path != here)
    assert not [option for option in {*VALUES, *SWITCHES}
                if not re.search(rf"""["'`]--(no-)?{option}["'= ]""", tests)]
