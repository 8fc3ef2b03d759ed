"""--user: root binds, and is root no more."""

import grp
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import tempfile

import pytest

from daemon import binary, run, until
from wire import fetch

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
USER = "daemon"  # Debian's base-passwd: on every system
OTHER_GROUP = "adm"


@pytest.fixture(autouse=True)
def small(site):
    site.write("small.txt", "small")


def statuses(server):
    """What the kernel says of each thread."""
    for thread in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{thread}/status") as status:
            yield dict(line.split(":\t", 1) for line in status.read().splitlines() if ":\t" in line)


def free_low_port():
    """A port that only root may bind, and nobody uses; the kernel's bound may be lower here."""
    for port in range(1023, 500, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    pytest.skip("no low port is free")


@needs_root
@pytest.mark.parametrize("group", [[], [OTHER_GROUP]], ids=["own groups", "one group"])
def test_all_threads_are_that_user_for_good(site, httpd, group):
    users = site.outside / "users"  # an admin that warns: no thread may be there before the change
    users.write_text("anna:$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6\n")
    server = httpd("--threads", "2", "--user", ":".join([USER, *group]), "--access-log", "stderr",
                   "--admin", "0.0.0.0:0", "--admin-auth", users,
                   listen=[f"127.0.0.1:{free_low_port()}"], listeners=2)
    assert fetch(server.address, "/small.txt").body == b"small"
    user = pwd.getpwnam(USER)
    gid = grp.getgrnam(group[0]).gr_gid if group else user.pw_gid
    groups = {gid} if group else set(os.getgrouplist(USER, gid))
    seen = list(statuses(server))
    assert len(seen) >= 3
    for status in seen:
        assert status["Uid"].split() == [str(user.pw_uid)] * 4
        assert status["Gid"].split() == [str(gid)] * 4
        assert set(map(int, status["Groups"].split())) == groups
        assert status["NoNewPrivs"] == "1"
        assert all(int(status[kind], 16) == 0 for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"))
    assert "running as root" not in server.log()


@needs_root
def test_group_option(httpd):
    server = httpd("--user", USER, "--group", OTHER_GROUP)
    gid = str(grp.getgrnam(OTHER_GROUP).gr_gid)
    assert all(status["Gid"].split() == [gid] * 4 and status["Groups"].split() == [gid] for status in statuses(server))


@needs_root
def test_files_are_read_as_that_user(site, httpd):
    private = site.write("private.txt", "private")
    private.chmod(0o600)
    assert fetch(httpd().address, "/private.txt").status == 200
    assert fetch(httpd("--user", USER).address, "/private.txt").status in (403, 404)


@needs_root
def test_descriptors_are_raised_first(httpd):
    server = httpd("--user", USER, descriptors=(64, 4096))
    with open(f"/proc/{server.pid}/limits") as limits:
        assert re.search(r"Max open files\s+4096\s+4096", limits.read())


@needs_root
def test_root_is_warned(httpd):
    server = httpd()
    until(lambda: "warning running as root" in server.log(), 5, "the event")


def test_others_are_not(httpd):
    assert "running as root" not in httpd(user=65534 if os.geteuid() == 0 else None).log()


@needs_root
def test_access_log_that_root_would_make(site, httpd):
    """In a folder of the user's: what root has made of it is the user's."""
    folder = site.outside / "logs"
    folder.mkdir()
    user = pwd.getpwnam(USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    server = httpd("--access-log", folder / "access.log", "--user", USER)
    fetch(server.address, "/small.txt")
    until(lambda: b"small.txt" in (folder / "access.log").read_bytes(), 5, "the line")
    made = os.stat(folder / "access.log")
    assert (made.st_uid, made.st_gid) == (user.pw_uid, user.pw_gid) and not stat.S_IMODE(made.st_mode) & 0o022


@needs_root
def test_access_log_that_the_user_cannot_write(site):
    log = site.outside / "access.log"
    log.write_text("")
    log.chmod(0o600)
    done = run("pier-httpd", site.root, "-p", "0", "--access-log", log, "--user", USER)
    assert done.returncode == 73 and str(log) in done.stderr and done.stdout == ""


@needs_root
def test_passwords_that_the_user_cannot_read(site):
    """Rather an error now than at the first SIGHUP."""
    users = site.outside / "users"
    users.write_text("anna:$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6\n")
    users.chmod(0o600)
    done = run("pier-httpd", site.root, "-p", "0", "--admin", "127.0.0.1:0", "--admin-auth", users, "--user", USER)
    assert done.returncode == 66 and str(users) in done.stderr and done.stdout == ""


@needs_root
def test_capabilities_do_not_survive_securebits(site):
    """A container may start root with capabilities that are to outlive a change of user."""
    keep = 'exec setpriv --securebits +no_setuid_fixup "$0" "$@"'
    process = subprocess.Popen(["/bin/sh", "-c", keep, binary("pier-httpd"), site.root, "-p", "0", "--user", USER],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().startswith("listening on"), process.stderr.read()
        with open(f"/proc/{process.pid}/status") as status:
            text = status.read()
        assert re.search(r"^CapPrm:\s0+$", text, re.M) and re.search(r"^CapEff:\s0+$", text, re.M), text
    finally:
        process.terminate()
        process.wait(15)


@pytest.mark.parametrize("arguments,code,said", [
    (["--user", "no-such-user"], 67, "no user `no-such-user`"),
    (["--user", f"{USER}:no-such-group"], 67, "no group `no-such-group`"),
    (["--user", USER, "--group", "no-such-group"], 67, "no group `no-such-group`"),
    (["--user", "root"], 64, "root"),
    (["--user", ""], 64, "NAME"), (["--user", f":{OTHER_GROUP}"], 64, "NAME"), (["--user", f"{USER}:"], 64, "NAME"),
    (["--user", f"{USER}:{OTHER_GROUP}", "--group", OTHER_GROUP], 64, "--group"),
    (["--group", OTHER_GROUP], 64, "--user"), (["--group", ""], 64, "group")])
def test_refused(site, arguments, code, said):
    done = run("pier-httpd", site.root, "-p", "0", *arguments)
    assert done.returncode == code and said in done.stderr and done.stdout == "", done


@needs_root
def test_only_root_can(site):
    with tempfile.TemporaryDirectory() as folder:  # the folder of the build may be closed to others
        os.chmod(folder, 0o755)
        program = shutil.copy(binary("pier-httpd"), folder)
        done = run(program, site.root, "-p", "0", "--user", USER, user=pwd.getpwnam("nobody").pw_uid)
    assert done.returncode == 77 and "only root" in done.stderr and done.stdout == ""


@needs_root
def test_who_is_that_user_already(httpd):
    user = pwd.getpwnam("nobody")
    server = httpd("--user", "nobody", user=user.pw_uid, group=user.pw_gid)
    assert fetch(server.address, "/small.txt").body == b"small"
    assert all(status["NoNewPrivs"] == "1" for status in statuses(server))
