"""The services that `pier` runs beside its pages: each in its section, in the table, on the landing page."""

import re
import socket
import subprocess

import pytest

import looks
from daemon import BIN, HOSTED, run
from test_config import in_force
from test_pier import Page, cells, services

# What each is asked to do, the lines that it prints, and what the landing page's command for a service prints.
SERVICES = {
    "upperd": (["--upperd.serve", "--upperd.listen", "127.0.0.1:0"],
               {"upper-tcp": ("tcp", "HELLO\n"), "upper-udp": ("udp", "HELLO\n")}),
    "pingd": (["--pingd.serve", "--pingd.listen", "127.0.0.1:0", "--pingd.text-listen", "127.0.0.1:0"],
              {"stamp": ("stamp", "seq=9 rtt="), "text-ping": ("text-ping", "seq=9 rtt=")}),
    "beatd": (["--beatd.serve", "--beatd.listen", "127.0.0.1:0", "--beatd.text-listen", "127.0.0.1:0"],
              {"beat": ("beat", ""), "text-beat": ("text-beat", "")}),
}


@pytest.fixture(scope="module")
def everything(shared_httpd):
    words = [word for options, _ in SERVICES.values() for word in options]
    lines = 1 + sum(len(names) for _, names in SERVICES.values())
    return shared_httpd(*words, name="pier", root=None, listeners=lines)


def test_every_hosted_service_is_tested_here():
    assert set(SERVICES) == set(HOSTED)


@pytest.mark.parametrize("section", HOSTED)
def test_it_can_be_left_out(section, shared_httpd):
    server = shared_httpd(name="pier", root=None)  # daemon.py leaves them out
    assert list(services(server.address)) == ["httpd"]
    text = run("pier", "--check-config", f"--no-{section}.serve").stdout
    assert in_force(text)[section, "serve"] == ["no"]
    assert in_force(run("pier", "--check-config").stdout)[section, "serve"] == ["yes"]


@pytest.mark.parametrize("section", HOSTED)
def test_a_taken_port_is_told_of(section, shared_httpd):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        words = [f"--{other}.no-serve" for other in HOSTED if other != section]
        port = taken.getsockname()[1]
        done = run("pier", "-p", "0", "--admin", "off", *words, f"--{section}.listen", f"127.0.0.1:{port}")
    assert done.returncode == 69 and done.stdout == ""
    assert f"pier: {section}: cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr
    assert done.stderr.rstrip().endswith(f"--no-{section}.serve leaves it out")


def test_they_stand_in_the_table_and_in_the_list(everything):
    rows = {name: url for name, url, _ in cells(everything)}
    found = services(everything.address)
    for _, names in SERVICES.values():
        for name, (scheme, _) in names.items():
            assert re.fullmatch(rf"{scheme}://127\.0\.0\.1:\d+", rows[name])
            assert found[name]["urls"] == [rows[name]] and found[name]["what"]


@pytest.mark.parametrize("section", HOSTED)
def test_its_command_on_the_landing_page_works(section, everything, browser):
    looks.look(browser, motion="reduce")
    page = Page(browser, everything.url)
    for name, (scheme, said) in SERVICES[section][1].items():
        row = page.wait_for(name, "it is up", state="up")
        assert row["addresses"][0].startswith(scheme + "://")
        [command] = row["commands"]
        command = command.replace("build/release/bin", str(BIN), 1)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0 and re.search(said, done.stdout), done
    assert looks.complaints(browser) == []


def test_who_is_up_is_a_link_where_there_is_an_admin(shared_httpd, everything, browser):
    looks.look(browser, motion="reduce")
    options, names = SERVICES["beatd"]
    server = shared_httpd(*options, "--admin", "127.0.0.1:0", name="pier", root=None, listeners=2 + len(names))
    row = Page(browser, server.url).wait_for("beat", "it is up", state="up")
    assert row["links"] == [server.urls[-1].removeprefix("admin+") + "/beats/"]
    browser.get(row["links"][0])
    assert "heartbeats" in browser.title.lower()
    assert Page(browser, everything.url).wait_for("beat", "it is up", state="up")["links"] == []
