"""The command line: --help names every option; mistakes are explained and exit with 64 (sysexits.h)."""

import re

import pytest

from daemon import run
from wire import fetch

OPTIONS = ["listen", "lan", "index", "hidden", "links", "precompressed", "cache-control", "header", "max-header",
           "max-ranges", "timeout-header", "timeout-idle", "timeout-write", "access-log", "threads", "accept", "drain",
           "max-connections", "user", "group", "cache-size", "log-level", "log-format", "access-format", "help",
           "version"]
DEFAULTS = {"index": "index.html", "links": "inside", "max-header": "32k", "max-ranges": "16", "timeout-header": "10s",
            "timeout-idle": "75s", "timeout-write": "60s", "drain": "10s", "cache-size": "64M", "log-level": "info",
            "access-log": "off", "access-format": "combined", "log-format": "text"}


def refuses(*arguments, code=64):
    """The error message of a command line that must not start a server."""
    done = run("pier-httpd", "--listen", "127.0.0.1:0", *map(str, arguments))
    assert done.returncode == code and done.stdout == "", done
    assert done.stderr.strip() and "terminate" not in done.stderr and len(done.stderr.splitlines()) <= 5, done.stderr
    return done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--help", "--threads", "2"]])
def test_help_lists_every_option(arguments):
    done = run("pier-httpd", *arguments)
    assert done.returncode == 0 and done.stderr == ""
    for option in OPTIONS:
        assert re.search(rf"(^|[\s,])--{option}\b", done.stdout), option
    assert re.search(r"(^|\s)-p\b", done.stdout) and "ROOT" in done.stdout


def test_help_tells_defaults():
    text = run("pier-httpd", "--help").stdout
    for option, default in DEFAULTS.items():
        rest = text.split(f"--{option}", 1)[1]
        paragraph = re.split(r"\n\s*-", rest, maxsplit=1)[0]
        assert default.lower() in paragraph.lower(), (option, default, paragraph)


def test_version():
    done = run("pier-httpd", "--version")
    assert done.returncode == 0 and re.match(r"pier-httpd \d+\.\d+\.\d+", done.stdout) and done.stderr == ""


@pytest.mark.parametrize("option", OPTIONS)
def test_unknown_option_names_the_nearest(option, tmp_path):
    typos = {option + "s", option[:1] + option[2:], option[:2] + option[1] + option[2:] if option != "help" else "hepl"}
    for typo in typos - set(OPTIONS):
        message = refuses(tmp_path, f"--{typo}=1")
        assert re.search(rf"--{option}\b", message), (typo, message)
        assert f"--{typo}" in message, (typo, message)


@pytest.mark.parametrize("option", ["lis", "thread", "timeout", "max", "timeout-h", "cache", "head", "hid"])
def test_no_option_may_be_cut_short(option, tmp_path):
    assert f"--{option}" in refuses(tmp_path, f"--{option}=1")


@pytest.mark.parametrize("arguments", [["-x"], ["-P", "0"], ["--"], ["---listen", "x"], ["--listen=", "x"], ["-"],
                                       ["--no-such-thing-at-all"]])
def test_other_nonsense(arguments, tmp_path):
    if arguments == ["--"]:
        refuses("--", tmp_path, "second root")
    elif arguments == ["-"]:
        assert run("pier-httpd", "--listen", "127.0.0.1:0", "-").returncode in (64, 66)
    else:
        refuses(tmp_path, *arguments)


@pytest.mark.parametrize("option,values", [
    ("--threads", ["0", "-1", "x", "", "1.5", "2x", "99999999999", "1000000"]),
    ("--listen", ["", "nonsense", "127.0.0.1", "127.0.0.1:", ":x", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x",
                  "::1:80", "[::1]", "[::1:80", "[zz]:80", "256.0.0.1:80", "unix:", "http://127.0.0.1:80", "1.2.3:80"]),
    ("-p", ["65536", "-1", "x", "", "80x", "0x50"]),
    ("--links", ["", "outside", "Inside", "inside,all"]),
    ("--precompressed", ["rar", "br,rar", "br;gzip"]),
    ("--max-header", ["0", "x", "-1", "32kk", "", "99999999999999999999G", "k"]),
    ("--max-ranges", ["-1", "x", "", "1k5", "99999999999999999999"]),
    ("--timeout-header", ["x", "-1s", "", "0", "10 parsecs", "s", "1h30", "99999999999999999999s"]),
    ("--timeout-idle", ["x", "-1s", ""]),
    ("--timeout-write", ["x", "-1s", ""]),
    ("--drain", ["x", "-1s", ""]),
    ("--accept", ["", "fair", "Spread"]),
    ("--max-connections", ["-1", "x", ""]),
    ("--cache-size", ["x", "-1", "", "64 bananas"]),
    ("--log-level", ["", "loud"]),
    ("--index", ["", "a/b", "..", "/index.html"])])
def test_bad_value(option, values, tmp_path):
    for value in values:
        message = refuses(tmp_path, option, value)
        assert option in message or option == "-p" and "port" in message, (value, message)


@pytest.mark.parametrize("option", [option for option in OPTIONS if option not in ("lan", "hidden", "help", "version")])
def test_missing_value(option, tmp_path):
    assert f"--{option}" in refuses(tmp_path, f"--{option}")


@pytest.mark.parametrize("option", ["lan", "hidden"])
def test_switch_takes_no_value(option, tmp_path):
    assert f"--{option}" in refuses(tmp_path, f"--{option}=maybe")


@pytest.mark.parametrize("option,value", [("links", "all"), ("threads", "1"), ("max-header", "8k"), ("accept", "deal")])
def test_option_that_has_one_value_is_given_twice(option, value, tmp_path):
    assert f"--{option}" in refuses(tmp_path, f"--{option}", value, f"--{option}", value)


def test_root(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    for root in (tmp_path / "missing", file, file / "x"):
        assert str(root) in refuses(root, code=66)
    refuses(tmp_path, tmp_path)
    refuses("", code=66)


@pytest.mark.parametrize("arguments", [
    ["--threads=2"], ["--threads", "2"], ["--timeout-header", "500ms"], ["--timeout-idle", "2m"], ["--drain", "0s"],
    ["--max-header", "16K"], ["--max-header", "65536"], ["--cache-size", "0"], ["--cache-size", "1G"],
    ["--max-ranges", "1"], ["--log-level", "debug"], ["--log-level", "warning"], ["--links", "none"],
    ["--precompressed", "zstd"], ["--access-log", "off"], ["--hidden"], ["--header", "A: b"],
    ["--cache-control", "*=x"], ["--max-connections", "10"], ["--accept", "spread", "--threads", "3"]])
def test_good_value(site, httpd, arguments):
    site.write("small.txt", "small")
    assert fetch(httpd(*arguments).address, "/small.txt").body == b"small"


def test_root_behind_a_double_dash(site, httpd):
    site.write("-odd/small.txt", "small")
    assert fetch(httpd("--", "-odd", root=None, cwd=site.root).address, "/small.txt").body == b"small"
