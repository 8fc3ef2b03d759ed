"""The tables of options of the uppercase server and its client: each option is tested, in force once it is set, and in the
manual page and the completion."""

import pathlib
import re
import shutil
import subprocess

import pytest

from daemon import run
from test_config import check, complete, environment, in_force, manual, options_of  # noqa: F401 (a fixture)
from tls import Certificate

COMMON = {"config", "check-config", "help", "version"}
SERVER = {"limit-unchanged": "5/m:7", "timeout-idle": "90s", "timeout-send": "3s", "listen": "127.0.0.1:81", "threads": "3",
          "accept": "deal", "max-connections": "77", "drain": "3s", "user": "daemon", "log-level": "debug", "log-format": "json",
          "limit-connections-per-address": "5", "limit-datagrams": "100/s:20", "limit-rate": "2M", "limit-rate-total": "8M",
          "proxy-protocol-from": "10.0.0.0/8", "admin": "127.0.0.1:82", "admin-host": "ops.example",
          "admin-interval": "500ms", "admin-auth": "/etc/pier/users", "tls": "self", "tls-cert": "FOLDER/server.pem",
          "tls-key": "FOLDER/server.key", "tls-keylog": "/var/log/pier/keys", "timeout-handshake": "3s"}
CLIENT = {"timeout": "250ms", "connect-timeout": "3s", "tries": "1", "from": "5432", "max-text": "1k"}
NEEDS = {"from": ["--udp"], "tls-cert": ["--tls-key", "FOLDER/server.key"], "tls-key": ["--tls-cert", "FOLDER/server.pem"],
         "tls-keylog": ["--tls", "self"]}  # FOLDER has a certificate
SWITCHES = {"pier-upperd": {"lan", "port", "group"}, "pier-upper": {"udp", "json"}}
VALUES = {"pier-upperd": SERVER, "pier-upper": CLIENT}
DEFAULTS = {"pier-upperd": {"listen": "127.0.0.1:12000", "limit-unchanged": "10/s:1000", "timeout-idle": "300s",
                            "timeout-send": "60s", "limit-datagrams": "100000/s"},
            "pier-upper": {"timeout": "1s", "connect-timeout": "5s", "tries": "1", "max-text": "16M", "from": "the system's choice"}}
BOTH = pytest.mark.parametrize("name", VALUES)


@BOTH
def test_every_option_is_in_force_once_it_is_set(name, tmp_path):
    Certificate(tmp_path)

    def real(text):
        return text.replace("FOLDER", str(tmp_path))
    assert options_of(name) == {*VALUES[name], *SWITCHES[name], *COMMON}, "give the new one a value here"
    for option, value in VALUES[name].items():
        done = check(name, f"--{option}", real(value), *map(real, NEEDS.get(option, [])))
        assert done.returncode == 0, done
        assert in_force(done.stdout)["", option] == [real(value)]


@BOTH
def test_every_option_has_a_test(name):
    here = pathlib.Path(__file__)
    tests = "".join(path.read_text() for path in here.parent.glob("*.py") if path != here)
    assert not [option for option in options_of(name) if not re.search(rf"""["'`]--{option}["'=]""", tests)]


@BOTH
def test_help_tells_defaults(name):
    text = run(name, "--help").stdout
    for option, default in DEFAULTS[name].items():
        paragraph = re.split(r"\n  -|\n\n", re.split(rf"^  (?:-\w, )?--{option}(?=\s)", text, flags=re.M)[1], maxsplit=1)[0]
        assert f"({default})" in paragraph, (option, default, paragraph)


@BOTH
def test_manual_page(name):
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    page = manual(name)
    assert f".TH {name.upper()} {8 if name.endswith('d') else 1}".replace("-", "\\-") in page
    done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"], input=page, capture_output=True,
                          text=True, check=True)
    assert done.stderr == "" and "EXIT STATUS" in done.stdout
    for option in options_of(name):
        assert re.search(rf"^ +(-\w, )?--{re.escape(option)}\b", done.stdout, re.M), option


@BOTH
def test_completion(name, complete):  # noqa: F811
    assert {f"--{option}" for option in options_of(name)} <= set(complete(name, "--"))


def test_settings_of_a_client(tmp_path):
    (tmp_path / "upper.ini").write_text("udp = yes\ntimeout = 2s\n")
    found = in_force(check("pier-upper", "--config", tmp_path / "upper.ini", PIER_UPPER_TRIES="3").stdout)
    assert found["", "udp"] == ["yes"] and found["", "timeout"] == ["2s"] and found["", "tries"] == ["3"]
    done = run("pier-upper", "--timeuot", "1s", env=environment())
    assert done.returncode == 64 and "did you mean --timeout?" in done.stderr


@pytest.mark.parametrize("option,values", [
    ("--limit-unchanged", ["", "x", "0/s", "10"]), ("--timeout-idle", ["0", "x"]), ("--timeout-send", ["0", "x"]),
    ("--limit-datagrams", ["x", "0/s"])])
def test_bad_value(option, values):
    for value in values:
        done = run("pier-upperd", "--listen", "127.0.0.1:0", option, value)
        assert done.returncode == 64 and option in done.stderr
