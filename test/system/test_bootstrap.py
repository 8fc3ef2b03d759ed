"""script/bootstrap against a stand-in for apt, dpkg and systemctl, in a file system root of its own."""
import os
import re
import select
import signal
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "bootstrap"

STUBS = {
    "id": 'echo "${FAKE_UID-0}"',
    "dpkg-query": """
case $1 in
  -W) sed 's/^/installed /' "$STATE/installed"; echo 'config-files wrk' ;;
  -L) shift; for p; do cat "$STATE/files/$p" 2> /dev/null; done; true ;;
esac""",
    # Records each call; "install" also records what a package's scripts would see of policy-rc.d.
    "apt-get": """
echo "$*" >> "$STATE/apt"
case " $* " in
  *' update '*) exit 0 ;;
  *' -s '*)
    for p; do sed -n "s/^$p removes //p" "$STATE/conflicts"; done | sed 's/.*/Remv & [1.0]/'
    exit 0 ;;
esac
"$DPKG_ROOT/usr/sbin/policy-rc.d" nginx start; echo "$?" >> "$STATE/policy"
if [ -p "$STATE/hold" ]; then echo ready > "$STATE/ready"; read -r _ < "$STATE/hold"; fi
[ ! -e "$STATE/fail" ] || { echo 'E: no such mirror' >&2; exit 100; }
for p; do [ -e "$STATE/files/$p" ] || [ "${p#-}" != "$p" ] || : > "$STATE/files/$p"; done
for p in "$STATE"/files/*; do echo "${p##*/}"; done | sort -u - "$STATE/installed" -o "$STATE/installed"
""",
    "systemctl": 'echo "$*" >> "$STATE/systemctl"',
    "update-rc.d": 'echo "$*" >> "$STATE/update-rc.d"',
    # Without root a user namespace lends the right to mount.
    "unshare": 'exec /usr/bin/unshare ${UNSHARE-} "$@"',
}
GRANT = "" if os.geteuid() == 0 else "--map-root-user"


class Machine:
    def __init__(self, path):
        self.state = path / "state"
        self.policy = path / "root/usr/sbin/policy-rc.d"
        self.bin = path / "bin"
        (self.state / "files").mkdir(parents=True)
        self.policy.parent.mkdir(parents=True)
        self.bin.mkdir()
        self.write("installed", "coreutils\n")
        self.write("conflicts", "")
        for name, text in STUBS.items():
            self.stub(name, text)
        self.env = dict(os.environ, PATH=f"{self.bin}:/usr/sbin:/usr/bin:/sbin:/bin", STATE=str(self.state),
                        DPKG_ROOT=str(path / "root"), UNSHARE=GRANT, LC_ALL="C.UTF-8")
        self.env.pop("PIER_WITHOUT", None)

    def stub(self, name, text):
        (self.bin / name).write_text("#!/bin/sh\n" + text + "\n")
        (self.bin / name).chmod(0o755)

    def write(self, name, text):
        (self.state / name).write_text(text)

    def read(self, name):
        file = self.state / name
        return file.read_text().splitlines() if file.exists() else []

    def own_policy(self, status):
        self.policy.write_text(f"#!/bin/sh\n# the administrator's\nexit {status}\n")
        self.policy.chmod(0o755)
        return self.identity()

    def identity(self):
        stat = self.policy.stat()
        return self.policy.read_bytes(), stat.st_ino, stat.st_mtime_ns, stat.st_mode

    def start(self, *groups, **env):
        return subprocess.Popen([str(SCRIPT), *groups], env={**self.env, **env}, cwd="/", text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def run(self, *groups, **env):
        process = self.start(*groups, **env)
        out, err = process.communicate(timeout=60)
        assert out == "", "standard output belongs to the scripts that call bootstrap"
        return process.returncode, err

    def installs(self):
        return [line for line in self.read("apt") if " install " in line and " -s " not in line]

    def left_behind(self):
        return sorted(p.name for p in self.policy.parent.iterdir())

    def held(self, *groups):
        """Starts a run and returns when its apt-get is at work, and stays there."""
        os.mkfifo(self.state / "hold")
        os.mkfifo(self.state / "ready")
        ready = os.open(self.state / "ready", os.O_RDWR)
        process = self.start(*groups)
        there, _, _ = select.select([ready], [], [], 30)
        os.close(ready)
        if not there:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail("apt-get was never called: " + process.communicate()[1])
        return process


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def namespaces():
    probe = subprocess.run(["unshare", *GRANT.split(), "--mount", "mount", "--bind", "/tmp", "/mnt"],
                           capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"no mount namespace can be had here: {probe.stderr.strip()}")


def test_asks_only_for_what_is_missing_and_only_once(machine):
    machine.write("installed", "g++\ncmake\nninja-build\n")
    status, err = machine.run()
    assert status == 0, err
    [call] = machine.installs()
    names = call.split(" install ")[1].split()
    assert {"libboost1.81-dev", "ccache", "git", "curl"} <= set(names), "README's commands call curl"
    assert not {"g++", "cmake", "ninja-build"} & set(names)
    assert "--no-install-recommends" in call and "--no-remove" in call
    assert sum(line.endswith(" update") for line in machine.read("apt")) == 1

    calls = machine.read("apt")
    assert machine.run() == (0, "")
    assert machine.read("apt") == calls, "nothing is missing now: apt is left alone"


def test_groups_are_added_up_and_removed_packages_count_as_missing(machine):
    status, err = machine.run("test", "bench")
    assert status == 0, err
    names = machine.installs()[0].split(" install ")[1].split()
    assert {"nginx", "lighttpd", "h2o", "chromium", "python3-pytest"} <= set(names)
    assert names.count("wrk") == 1, "named by both groups, and dpkg knows only its leftover settings"
    assert "libboost1.81-dev" not in names and "clang-19" not in names


def test_unknown_group_is_a_usage_error(machine):
    status, err = machine.run("servr")
    assert status == 64 and "server" in err and machine.read("apt") == []


def test_without_root_prints_the_command(machine):
    machine.stub("sudo", "exit 1")
    status, err = machine.run("server", "test", FAKE_UID="1000")
    assert status == 1
    assert f"sudo {SCRIPT} server test\n" in err
    assert "libboost1.81-dev" in err
    assert machine.read("apt") == []


def test_without_root_and_with_nothing_missing_is_content(machine):
    assert machine.run()[0] == 0
    assert machine.run(FAKE_UID="1000") == (0, "")


def test_services_may_not_start_while_apt_runs(machine):
    assert machine.run()[0] == 0
    assert machine.read("policy") == ["101"]
    assert machine.left_behind() == []


def test_what_came_in_is_disabled_and_what_was_there_is_not(machine):
    machine.write("installed", "lighttpd\n")
    machine.write("files/lighttpd", "/lib/systemd/system/lighttpd.service\n/etc/init.d/lighttpd\n")
    machine.write("files/nginx", "/lib/systemd/system/nginx.service\n/etc/init.d/nginx\n/usr/share/doc/nginx\n")
    machine.write("files/nginx-common", "/usr/lib/systemd/system/nginx-common.socket\n/etc/nginx/nginx.conf\n")
    machine.write("files/nginx-timer", "/lib/systemd/system/nginx.timer\n/lib/systemd/system/nginx.target\n")
    status, err = machine.run("bench")
    assert status == 0, err
    assert machine.read("systemctl") == ["--quiet disable nginx.service nginx-common.socket nginx.timer"]
    assert machine.read("update-rc.d") == ["nginx disable"]


def test_a_failed_install_says_so_and_still_disables_what_came_in(machine):
    machine.write("fail", "")
    machine.write("files/nginx", "/lib/systemd/system/nginx.service\n")
    machine.stub("apt-get", STUBS["apt-get"].replace("[ !", 'echo nginx >> "$STATE/installed"; [ !'))
    status, err = machine.run("bench")
    assert status == 1 and "E: no such mirror" in err and "could not install" in err
    assert machine.read("systemctl") == ["--quiet disable nginx.service"]
    assert machine.left_behind() == []


def test_refuses_what_would_remove_a_program(machine):
    machine.write("conflicts", "nginx removes exim4-daemon-light\n")
    status, err = machine.run("bench")
    assert status == 1
    assert re.search(r"nginx would remove exim4-daemon-light from this machine; nothing has been installed", err)
    assert "PIER_WITHOUT='nginx'" in err
    assert machine.installs() == []

    status, err = machine.run("bench", PIER_WITHOUT="nginx")
    assert status == 0, err
    assert " nginx" not in machine.installs()[0] and " h2o" in machine.installs()[0]


@pytest.mark.parametrize("status", [0, 101, 104])
def test_an_existing_policy_is_covered_but_not_touched(machine, namespaces, status):
    before = machine.own_policy(status)
    assert machine.run()[0] == 0
    assert machine.read("policy") == ["101"]
    assert machine.identity() == before
    assert machine.left_behind() == ["policy-rc.d"]


def test_where_mounting_is_forbidden_a_policy_that_denies_will_do(machine):
    machine.stub("unshare", "exit 1")
    before = machine.own_policy(101)
    assert machine.run()[0] == 0
    assert machine.read("policy") == ["101"]
    assert machine.identity() == before


def test_where_mounting_is_forbidden_a_policy_that_allows_is_a_refusal(machine):
    machine.stub("unshare", "exit 1")
    before = machine.own_policy(0)
    status, err = machine.run()
    assert status == 1 and "nothing has been installed" in err
    assert machine.installs() == []
    assert machine.identity() == before
    assert machine.left_behind() == ["policy-rc.d"]


@pytest.mark.parametrize("number,status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interrupted_run_leaves_no_policy(machine, number, status):
    process = machine.held()
    assert machine.policy.exists()
    os.killpg(process.pid, number)
    process.communicate(timeout=60)
    assert process.returncode == status
    assert machine.left_behind() == []


def test_an_interrupted_run_leaves_the_existing_policy(machine, namespaces):
    before = machine.own_policy(0)
    process = machine.held()
    assert machine.identity() == before, "others see the administrator's policy all the while"
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert machine.identity() == before
    assert machine.left_behind() == ["policy-rc.d"]


def test_the_run_after_a_killed_one_clears_up(machine):
    process = machine.held()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert len(machine.left_behind()) == 2

    (machine.state / "hold").unlink()
    assert machine.run()[0] == 0
    assert machine.read("policy") == ["101", "101"]
    assert machine.left_behind() == []


def test_two_runs_take_turns(machine):
    first = machine.held()
    second = machine.start()
    assert "installing" in second.stderr.readline()
    assert "waiting for another" in second.stderr.readline()
    assert len(machine.read("policy")) == 1
    (machine.state / "hold").unlink()
    os.killpg(first.pid, signal.SIGTERM)
    first.communicate(timeout=60)
    assert second.communicate(timeout=60)[1] == "" and second.returncode == 0
    assert machine.read("policy") == ["101", "101"]
    assert machine.left_behind() == []
