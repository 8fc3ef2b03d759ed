"""The command line: --help names every option; mistakes are explained and exit with 64 (sysexits.h)."""

import pathlib
import re

import pytest

from daemon import EVERY_PROGRAM, run
from test_config import PROGRAMS, check, in_force, options_of
from tls import Certificate
from wire import fetch

# Of the process and of its file server; what other services have in `pier`, their own programs have too.
FULL_NAMES = {name: {full.rpartition(".")[2]: full for full in options_of(name)
                     if full.rpartition(".")[0] in ("", "httpd")} for name in PROGRAMS}
OPTIONS = sorted(FULL_NAMES["pier-httpd"])
COMMON = {"config", "check-config", "help", "version"}
SWITCHES = {"hidden", "lan"}

# What each option may say, written as --check-config writes it.
VALUES = {"root": "/srv/www", "index": "start.html", "links": "none", "precompressed": "zstd,br", "cache-control": "*.css=x",
          "header": "A: b", "max-ranges": "3", "cache-size": "1G", "listen": "127.0.0.1:81", "threads": "3",
          "accept": "deal", "max-connections": "77", "drain": "3s", "user": "daemon", "log-level": "debug",
          "log-format": "json", "limit-connections-per-address": "5", "limit-requests": "100/s:20", "limit-rate": "2M",
          "limit-rate-total": "8M", "proxy-protocol-from": "10.0.0.0/8", "trust-forwarded-from": "fd00::/8",
          "forwarded-field": "forwarded", "max-header": "16k", "timeout-header": "500ms", "timeout-idle": "90s",
          "timeout-write": "3s", "access-log": "stderr", "access-format": "{client} {status}", "admin": "127.0.0.1:82",
          "admin-host": "ops.example", "admin-interval": "500ms", "admin-auth": "/etc/pier/users",
          "tls": "self", "tls-cert": "FOLDER/server.pem", "tls-key": "FOLDER/server.key", "tls-keylog": "/var/log/pier/keys",
          "timeout-handshake": "3s", "redirect-http": "127.0.0.1:83", "redirect-port": "443", "acme-webroot": "/srv/acme",
          "hsts": "300"}
# What makes sense only beside others. FOLDER has a certificate.
NEEDS = {"tls-cert": ["tls-key"], "tls-key": ["tls-cert"], "tls-keylog": ["tls"], "redirect-http": ["tls"],
         "redirect-port": ["tls", "redirect-http"], "acme-webroot": ["tls", "redirect-http"]}
PIERS_OWN = {"limit-datagrams": "100/s:20"}
DEFAULTS = {"index": "index.html", "links": "inside", "precompressed": "none", "cache-control": "no-cache",
            "max-ranges": "16", "cache-size": "64M", "listen": "127.0.0.1:8080", "port": "8080", "threads": "one per core",
            "accept": "spread", "drain": "10s", "log-level": "info", "log-format": "text",
            "forwarded-field": "x-forwarded-for", "max-header": "32k", "timeout-header": "10s", "timeout-idle": "75s",
            "timeout-write": "60s", "access-log": "off", "access-format": "combined", "admin-interval": "1s",
            "tls": "off", "timeout-handshake": "10s", "hsts": "off"}


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
    listed = re.findall(r"^  (?:-\w, )?--([\w-]+)", done.stdout, re.M)
    assert {*VALUES, *SWITCHES, *COMMON} <= set(listed) and len(set(listed)) == len(listed)
    assert re.search(r"(^|\s)-p\b", done.stdout) and "ROOT" in done.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_help_tells_defaults(name):
    text = run(name, "--help").stdout
    for option, default in {**DEFAULTS, "admin": "127.0.0.1:8600" if name == "pier" else "off"}.items():
        rest = re.split(rf"^  (?:-\w, )?--{re.escape(FULL_NAMES[name][option])}(?=\s)", text, flags=re.M)[1]
        paragraph = re.split(r"\n  -|\n\n", rest, maxsplit=1)[0]
        assert f"({default})" in paragraph, (option, default, paragraph)


@pytest.mark.parametrize("name", EVERY_PROGRAM)
def test_every_option_has_a_test(name):
    """One that sets it, in another file than this one: a new option without it fails here."""
    here = pathlib.Path(__file__)
    tests = "".join(path.read_text() for path in here.parent.glob("*.py") if path != here)
    words = {full.rpartition(".")[2] for full in options_of(name)}
    assert not [word for word in sorted(words) if not re.search(rf"""["'`]--([a-z]+\.)?{word}["'= ]""", tests)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_is_in_force_once_it_is_set(name, tmp_path):
    Certificate(tmp_path)
    full_names = FULL_NAMES[name]
    values = {option: value.replace("FOLDER", str(tmp_path))
              for option, value in (VALUES | (PIERS_OWN if name == "pier" else {})).items()}
    assert set(full_names) == {*values, *SWITCHES, *COMMON, "group", "port"}, "give the new one a value here"
    for option, value in values.items():
        section, _, key = full_names[option].rpartition(".")
        words = [word for each in [option, *NEEDS.get(option, [])] for word in (f"--{full_names[each]}", values[each])]
        done = check(name, *words)
        assert done.returncode == 0, done
        assert in_force(done.stdout)[section, key] == [value]
        assert f"# from --{full_names[option]}:\n{key} = " in done.stdout
    section = full_names["listen"].rpartition(".")[0]
    found = in_force(check(name, f"--{full_names['hidden']}", f"--{full_names['lan']}", f"--{full_names['port']}", "83",
                           "--user", "daemon", "--group", "adm").stdout)
    assert found[section, "hidden"] == ["yes"] and found[section, "listen"] == ["[::]:83"]
    assert found["", "user"] == ["daemon"] and found["", "group"] == ["adm"]


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
                  "::1:80", "[::1]", "[::1:80", "[zz]:80", "256.0.0.1:80", "unix:", "ftp://127.0.0.1:80", "https:127.0.0.1:80", "1.2.3:80"]),
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


@pytest.mark.parametrize("option", [*VALUES, "group", "port", "config"])
def test_missing_value(option, tmp_path):
    assert f"--{option}" in refuses(tmp_path, f"--{option}")


@pytest.mark.parametrize("option", [*sorted(SWITCHES), "check-config", "version"])
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


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("arguments", [
    ["--threads=2"], ["--threads", "2"], ["--timeout-header", "500ms"], ["--timeout-idle", "2m"],
    ["--timeout-write", "0.5m"], ["--drain", "0s"], ["--max-header", "16K"], ["--max-header", "65536"],
    ["--cache-size", "0"], ["--cache-size", "1G"], ["--max-ranges", "1"], ["--log-level", "debug"],
    ["--log-level", "warning"], ["--log-level", "off"], ["--log-format", "json"], ["--links", "none"],
    ["--precompressed", "zstd"], ["--access-log", "off"], ["--access-log", "stderr", "--access-format", "{status}"],
    ["--hidden"], ["--no-hidden"], ["--header", "A: b"], ["--cache-control", "*=x"], ["--index", "small.txt"],
    ["--max-connections", "10"], ["--accept", "spread", "--threads", "3"], ["--accept", "deal", "--threads", "3"],
    ["--limit-connections-per-address", "2"], ["--limit-requests", "100/s"], ["--limit-requests", "600/m:20"],
    ["--limit-rate", "1M"], ["--limit-rate-total", "1M"], ["--proxy-protocol-from", "192.0.2.1"],
    ["--trust-forwarded-from", "unix"], ["--forwarded-field", "Forwarded"], ["--admin-host", "ops.example"],
    ["--admin-interval", "1m"]], ids=" ".join)
def test_good_value(site, httpd, arguments, name):
    """Either program, its options by their full names."""
    def full(word):
        option, equals, value = word.removeprefix("--").partition("=")
        negated = "no-" if option.startswith("no-") else ""
        section, dot, key = FULL_NAMES[name][option.removeprefix("no-")].rpartition(".")
        return f"--{section}{dot}{negated}{key}{equals}{value}"

    site.write("small.txt", "small")
    words = [full(word) if word.startswith("--") else word for word in arguments]
    root = {"root": None} if name == "pier" else {}
    server = httpd(*(["--httpd.root", site.root] if name == "pier" else []), *words, name=name, **root)
    assert fetch(server.address, "/small.txt").body == b"small"


def test_root_behind_a_double_dash(site, httpd):
    site.write("-odd/small.txt", "small")
    assert fetch(httpd("--", "-odd", root=None, cwd=site.root).address, "/small.txt").body == b"small"
