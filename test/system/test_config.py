"""Configuration by file, environment and command line; --check-config, manual pages and completion."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from daemon import binary, run
from wire import bound, fetch

PROGRAMS = ["pier-httpd", "pier"]


def environment(**variables):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIER_")}
    return {**clean, **variables}


def check(name, *arguments, **variables):
    return run(name, "--check-config", *map(str, arguments), env=environment(**variables))


def in_force(text):
    """{(section, key): [values]} of what --check-config prints."""
    found, section = {}, ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            key, value = re.fullmatch(r"([a-z0-9-]+) =(?: (.*))?", line).groups()
            found.setdefault((section, key), []).append(value or "")
    return found


def options_of(name):
    return set(re.findall(r"^  (?:-\w, )?--([\w.-]+)", run(name, "--help").stdout, re.M))


@pytest.fixture
def ini(tmp_path):
    def write(text, name="pier.ini"):
        (tmp_path / name).write_text(text)
        return tmp_path / name
    return write


def test_httpd_from_file(site, httpd, ini):
    site.write("start.html", "from the file")
    file = ini(f"root = {site.root}\nindex = start.html\nheader = X-Note: a # b; c\nlisten = 127.0.0.1:0\n"
               f"access-log = {site.outside}/log\n")
    server = httpd("--config", file, root=None, listen=[])
    answer = fetch(server.address, "/")
    assert answer.body == b"from the file" and answer["X-Note"] == "a # b; c"
    server.stop()
    assert "GET / HTTP/1.1" in (site.outside / "log").read_text()


def test_layers(site, httpd, ini, monkeypatch):
    site.write("a", "a")
    file = ini("header = X-From: file\nhidden = yes\nmax-ranges = 1\nlisten = 127.0.0.1:1\nthreads = 1\n")
    site.write(".hidden", "hidden")
    monkeypatch.setenv("PIER_HTTPD_HEADER", "X-From: environment\nX-Too: environment")
    monkeypatch.setenv("PIER_HTTPD_LAN", "yes")  # replaced by the --listen of the command line
    assert fetch(httpd("--config", file).address, "/a")["X-Too"] == "environment"
    server = httpd("--config", file, "--header", "X-From: line", "--no-hidden")
    answer = fetch(server.address, "/a")
    assert answer["X-From"] == "line" and answer.get("X-Too") is None
    assert fetch(server.address, "/.hidden").status == 404


def test_pier_serves_a_folder_when_its_section_names_one(site, httpd, ini):
    site.write("index.html", "a folder")
    file = ini(f"threads = 2\n[httpd]\nroot = {site.root}\nlisten = 127.0.0.1:0\n"
               f"access-log = {site.outside}/log\n")
    server = httpd("--config", file, root=None, listen=[], name="pier")
    assert fetch(server.address, "/").body == b"a folder"
    server.stop()
    assert "GET / HTTP" in (site.outside / "log").read_text()
    assert b"Pier" in fetch(httpd("--config", ini("[httpd]\nindex = index.html\n"), root=None, name="pier").address,
                            "/").body
    assert fetch(httpd("--httpd.root", site.root, root=None, name="pier").address, "/").body == b"a folder"


def test_pier_from_environment(site, httpd, monkeypatch):
    site.write("index.html", "a folder")
    monkeypatch.setenv("PIER_HTTPD_ROOT", str(site.root))
    monkeypatch.setenv("PIER_THREADS", "1")
    assert fetch(httpd(root=None, name="pier").address, "/").body == b"a folder"


@pytest.mark.parametrize("text,message", [
    ("timeout-idel = 5s", r":1: unknown key `timeout-idel`; did you mean timeout-idle\?"),
    ("\n\ntimeout-idle = soon", r":3: timeout-idle: `soon` is not a time"),
    ("[proxy]\n", r":1: unknown section \[proxy\]"),
    ("threads", r":1: is neither \[SECTION\] nor KEY = VALUE"),
    ("root = \"a", r":1: the closing quote is missing"),
    ("links = all\nlinks = none", r":2: links is given twice"),
    ("lan = perhaps", r":1: lan: `perhaps` is neither yes nor no")])
def test_mistakes_in_the_file(text, message, ini):
    file = ini(text)
    for arguments in (["--config", file], [f"--config={file}", "--check-config"]):
        done = run("pier-httpd", *arguments, env=environment())
        assert done.returncode == 78 and done.stdout == "", done
        assert re.match(f"pier-httpd: {re.escape(str(file))}{message}", done.stderr), done.stderr


def test_mistakes_in_the_environment():
    done = run("pier-httpd", env=environment(PIER_HTTPD_THREDS="1"))
    assert done.returncode == 78 and "did you mean PIER_HTTPD_THREADS?" in done.stderr
    done = run("pier-httpd", env=environment(PIER_HTTPD_THREADS="0"))
    assert done.returncode == 78 and "PIER_HTTPD_THREADS: `0` is less than 1" in done.stderr
    done = run("pier-httpd", env=environment(PIER_HTTPD_CONFIG="/nowhere/pier.ini"))
    assert done.returncode == 66 and "/nowhere/pier.ini" in done.stderr
    done = run("pier", env=environment(PIER_HTTPD_THREADS="1"))
    assert done.returncode == 78 and "did you mean PIER_THREADS?" in done.stderr


def test_what_contradicts_itself(ini):
    done = run("pier-httpd", "--check-config", "--config", ini("listen = 127.0.0.1:0\nlan = yes\n"), env=environment())
    assert done.returncode == 64 and "listen" in done.stderr and done.stdout == ""
    done = check("pier", "--httpd.header", "Date: today")
    assert done.returncode == 64 and "[httpd] header: Date is the server's own" in done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_is_in_what_is_in_force(name):
    text = check(name).stdout
    for option in options_of(name) - {"config", "check-config", "help", "version"}:
        section, _, key = option.rpartition(".")
        part = text.split(f"\n[{section}]\n")[1] if section else text.split("\n[")[0]
        assert re.search(rf"^(# )?{key}( =|:| is not set)", part, re.M), option


def test_derived_limits():
    found = in_force(check("pier-httpd").stdout)
    assert int(found["", "threads"][0]) >= 1
    assert int(found["", "max-connections"][0]) > 10


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("soft", [64, 300])
def test_connections_are_derived_from_the_hard_limit(name, soft):
    limited = subprocess.run(["prlimit", f"--nofile={soft}:300", binary(name), "--check-config", "--threads", "2"],
                             capture_output=True, text=True, env=environment(), timeout=bound(5))
    assert int(in_force(limited.stdout)["", "max-connections"][0]) == (300 - 2 * 8) - 113 - 71
    assert "# derived:\nmax-connections" in limited.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_in_force_read_again_is_in_force(name, ini):
    done = check(name, "--header", "X-A:  # \"b\" ", "--header", "X-B: ;", "--index", " a ", "--index", "#b",
                 "--cache-control", "*.css=max-age=1, x", "--precompressed", "br,gzip", "--hidden", "--lan", "-p", "81",
                 "--threads", "3", "--links", "none", "--timeout-idle", "1500ms", "--access-log", "/tmp/a b")
    assert done.returncode == 0 and done.stderr == ""
    found = in_force(done.stdout)
    section = "httpd" if name == "pier" else ""
    assert found[section, "index"] == ['" a "', "#b"] and found[section, "listen"] == ["[::]:81"]
    assert found["", "threads"] == ["3"] and found[section, "timeout-idle"] == ["1500ms"]
    again = check(name, "--config", ini(done.stdout))
    assert again.returncode == 0 and in_force(again.stdout) == found


def test_origins_are_told(ini):
    file = ini("\ndrain = 1s\nlinks = all\n")
    text = check("pier-httpd", "--config", file, "--threads", "2", "-p", "5", PIER_HTTPD_LINKS="none").stdout
    assert f"# from {file}:2:\ndrain = 1s\n" in text
    assert "# from PIER_HTTPD_LINKS:\nlinks = none\n" in text
    assert "# from --threads:\nthreads = 2\n" in text
    assert "# from --port:\nlisten = 127.0.0.1:5\n" in text


def test_checking_touches_nothing(tmp_path):
    done = check("pier-httpd", "--access-log", tmp_path / "log", "--listen", f"unix:{tmp_path}/socket")
    assert done.returncode == 0 and list(tmp_path.iterdir()) == []


def manual(name):
    page = run(name, "--help=man", env=environment())
    assert page.returncode == 0 and page.stderr == ""
    return page.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_manual_page(name):
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"], input=manual(name),
                          capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    text = done.stdout
    for option in options_of(name):
        assert re.search(rf"^ +(-\w, )?--{re.escape(option)}\b", text, re.M), option
    assert f"{name} - " in text and "EXIT STATUS" in text and "CONFIGURATION" in text


@pytest.mark.parametrize("name", PROGRAMS)
def test_built_files_are_what_the_program_writes(name):
    build = pathlib.Path(os.environ.get("PIER_BUILD") or binary(name).parents[1])
    assert (build / f"man/man8/{name}.8").read_text() == manual(name)
    assert (build / f"completions/{name}").read_text() == run(name, "--help=bash").stdout
    assert f".TH {name.upper()} 8".replace("-", "\\-") in manual(name)


def test_help_has_no_other_format():
    done = run("pier-httpd", "--help=html")
    assert done.returncode == 64 and "text, man, bash" in done.stderr
    assert run("pier-httpd", "--help=text").stdout == run("pier-httpd", "--help").stdout


@pytest.fixture
def complete(tmp_path):
    """complete(name, words...): what bash offers for the last word, as readline has cut the line."""
    def offered(name, *words):
        script = tmp_path / name
        script.write_text(run(name, "--help=bash").stdout)
        function = "_" + name.replace("-", "_")
        done = subprocess.run(
            ["bash", "--norc", "-uc",
             'source "$1"; function=$2; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
             'complete -p "$1" > /dev/null; "$function"; [ ${#COMPREPLY[@]} = 0 ] || printf "%s\\n" "${COMPREPLY[@]}"',
             "bash", script, function, name, *words],
            capture_output=True, text=True, cwd=tmp_path, timeout=30)
        assert done.returncode == 0 and done.stderr == "", done
        return done.stdout.splitlines()
    return offered


@pytest.mark.parametrize("name", PROGRAMS)
def test_completion_of_options(name, complete):
    offered = complete(name, "--")
    assert {f"--{option}" for option in options_of(name)} <= set(offered)
    assert len(set(offered)) == len(offered)
    assert complete(name, "--threads", "3", "--timeout-he") == ["--timeout-header"]
    assert complete(name, "--no-h") == ["--no-hidden"]
    assert complete(name, "--nothing") == []


def test_completion_of_values(complete, tmp_path):
    (tmp_path / "a file").write_text("")
    (tmp_path / "folder").mkdir()
    assert complete("pier-httpd", "--links", "") == ["inside", "all", "none"]
    assert complete("pier-httpd", "--links", "a") == ["all"]
    assert complete("pier-httpd", "--links", "=") == ["inside", "all", "none"]
    assert complete("pier-httpd", "--links", "=", "n") == ["none"]
    assert complete("pier-httpd", "--help", "=", "b") == ["bash"]
    assert complete("pier-httpd", "--log-level", "warn") == ["warning"]
    assert complete("pier-httpd", "--access-log", "a") == ["a file"]
    assert complete("pier-httpd", "--access-log", "st") == ["stderr"]
    assert complete("pier-httpd", "--config", "a") == ["a file"]
    assert complete("pier-httpd", "--root", "") == ["folder"]
    assert complete("pier-httpd", "--hidden", "f") == ["folder"]
    assert complete("pier-httpd", "--threads", "") == []
    assert complete("pier", "--httpd.links", "i") == ["inside"]
    assert complete("pier", "--httpd.access-l") == ["--httpd.access-log"]
    assert complete("pier", "f") == []
