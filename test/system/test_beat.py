"""pier-beat: beats by itself and as long as a command runs, whose end is its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from daemon import binary, run, until
from heart import new_monitor, new_sender
from wire import bound

# The coursework's, written anew from its description: prints the time difference of each, and those that are missing.
HEARTBEAT_SERVER = """
import socket, sys, time
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", 0))
peer.settimeout(30)
print(peer.getsockname()[1], flush=True)
last = None
for _ in range(int(sys.argv[1])):
    text, _ = peer.recvfrom(1024)
    sequence, sent = text.decode().split()
    if last is not None and int(sequence) != last + 1:
        print("lost", int(sequence) - last - 1, flush=True)
    last = int(sequence)
    print("beat", sequence, time.time() - float(sent), flush=True)
"""


@pytest.fixture
def monitor():
    with new_monitor() as start:
        yield start


@pytest.fixture
def sender():
    with new_sender() as start:
        yield start


@pytest.fixture
def ear():
    """A socket that hears beats."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(bound(10))
        yield peer


def flags_of(packet):
    return packet[3]


def test_it_beats_with_little_jitter(monitor, sender):
    server = monitor()
    sender(server.beat, "--name", "web1", "--interval", "50ms")
    until(lambda: (server.senders().get("web1") or {"received": 0})["received"] > 40, 10, "it beats")
    s = server.shows("web1", "up")
    assert s["lost"] == 0 and s["interval_seconds"] == pytest.approx(0.05, rel=0.1)
    assert abs(s["difference_seconds"]) < 0.1


@pytest.mark.parametrize("command, status", [
    (["true"], 0), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -KILL $$"], 137), (["sh", "-c", "kill -TERM $$"], 143),
    (["/no/such/program"], 127), (["/etc/passwd"], 126)])
def test_the_status_is_the_command_s(ear, command, status):
    where = "127.0.0.1:%d" % ear.getsockname()[1]
    done = run("pier-beat", where, "--name", "job", "--interval", "10ms", "--", *command)
    assert done.returncode == status and done.stdout == ""
    assert bool(done.stderr) == (status in (126, 127))


def test_a_command_that_ends_well_says_goodbye_and_one_that_dies_does_not(monitor, sender):
    server = monitor()
    good = sender(server.beat, "--name", "good", "--interval", "50ms", "--", "sleep", "1")
    bad = sender(server.beat, "--name", "bad", "--interval", "50ms", "--", "sh", "-c", "sleep 1; exit 3")
    assert good.wait() == 0 and bad.wait() == 3
    server.shows("good", "stopped")
    server.shows("bad", "down")


def test_output_and_input_are_the_command_s():
    done = subprocess.run([binary("pier-beat"), "127.0.0.1:9", "--", "tr", "a-z", "A-Z"], input="abc", capture_output=True,
                          text=True, timeout=bound(10))
    assert done.stdout == "ABC" and done.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command(monitor, sender, tmp_path, number):
    server = monitor()
    name = signal.Signals(number).name.removeprefix("SIG")
    ready = tmp_path / "ready"
    script = f"trap 'exit 9' {name}; touch {ready}; while :; do sleep 0.05; done"
    one = sender(server.beat, "--name", "job", "--interval", "50ms", "--", "sh", "-c", script)
    until(lambda: ready.exists() and server.state("job"), 10, "it runs, and is heard")
    one.send_signal(number)
    assert one.wait() == 9
    server.shows("job", "down" if number == signal.SIGUSR1 else "stopped")  # it was asked to stop, or failed by itself


def test_a_command_killed_by_a_signal_that_was_passed_on(monitor, sender):
    server = monitor()
    one = sender(server.beat, "--name", "job", "--interval", "50ms", "--", "sleep", "60")
    server.shows("job", "up")
    one.send_signal(signal.SIGTERM)
    assert one.wait() == 143
    server.shows("job", "stopped")


def test_keys_of_the_terminal_reach_the_command_once(ear, tmp_path):
    """Ctrl-C goes to all of the terminal's foreground: passed on as well, the command would see it twice."""
    import pty
    out = tmp_path / "out"
    script = (f"import signal, time\nsignal.signal(signal.SIGINT, lambda *_: open({str(out)!r}, 'a').write('x'))\n"
              f"open({str(out)!r} + '.ready', 'w')\nend = time.monotonic() + 1\nwhile time.monotonic() < end: time.sleep(0.05)\n")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(binary("pier-beat"), ["pier-beat", "127.0.0.1:%d" % ear.getsockname()[1], "--", sys.executable, "-c", script])
    try:
        until(lambda: (tmp_path / "out.ready").exists(), 10, "it runs")
        os.write(terminal, b"\x03")
        until(out.exists, 10, "it was told")
    finally:
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0 and out.read_text() == "x"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_by_itself_it_says_goodbye(ear, sender, number):
    one = sender(ear.getsockname(), "--name", "web1", "--json")
    assert flags_of(ear.recv(200)) == 0
    one.send_signal(number)
    assert [flags_of(ear.recv(200)) for _ in range(3)] == [1, 1, 1]
    assert one.wait() == 0
    report = json.loads(one.process.stdout.read())
    assert report["name"] == "web1" and report["sent"] == 4 and report["failed"] == 0 and report["seconds"] < 10


def test_without_json_it_says_nothing(ear, sender):
    one = sender(ear.getsockname())
    ear.recv(200)
    one.send_signal(signal.SIGTERM)
    assert one.wait() == 0 and one.process.stdout.read() == b"" and one.log() == ""


def test_the_name_is_the_host_s_unless_said(ear, sender):
    sender(ear.getsockname())
    assert ear.recv(200)[33:] == socket.gethostname().encode()[:64]


def test_signed_beats_and_a_wrong_key(monitor, sender, tmp_path):
    for name in ("key", "other"):
        (tmp_path / name).write_text(os.urandom(32).hex())
        (tmp_path / name).chmod(0o600)
    server = monitor("--key", tmp_path / "key", text="off")
    sender(server.beat, "--name", "good", "--interval", "50ms", "--key", tmp_path / "key")
    sender(server.beat, "--name", "bad", "--interval", "50ms", "--key", tmp_path / "other")
    sender(server.beat, "--name", "none", "--interval", "50ms")
    server.shows("good", "up")
    until(lambda: server.metric("beats_wrongly_signed_total") > 2 and server.metric("beats_unsigned_total") > 2, 10, "both")
    assert set(server.senders()) == {"good"}


def test_the_coursework_server(sender):
    server = subprocess.Popen([sys.executable, "-c", HEARTBEAT_SERVER, "5"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        sender(f"127.0.0.1:{port}", "--text", "--interval", "50ms")
        said = server.communicate(timeout=bound(20))[0].split("\n")[:5]
    finally:
        server.kill()
        server.wait()
    beats = [re.fullmatch(r"beat (\d+) (\S+)", line) for line in said]
    assert [int(b[1]) for b in beats] == [1, 2, 3, 4, 5] and all(abs(float(b[2])) < 1 for b in beats)


def test_text_to_our_own_monitor(monitor, sender):
    server = monitor()
    sender(server.text, "--text", "--interval", "50ms")
    until(lambda: any(s["received"] > 5 for s in server.senders().values()), 10, "it beats")


def test_nobody_there_and_then_somebody(monitor, sender):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    one = sender(f"127.0.0.1:{port}", "--name", "web1", "--interval", "50ms")
    until(lambda: "connection refused: is pier-beatd running there?" in one.log(), 10, "it says so")
    server = monitor(listen=[f"127.0.0.1:{port}"])
    server.shows("web1", "up")
    until(lambda: "no longer refused" in one.log(), 10, "it says so")
    assert len(one.log().splitlines()) == 2, one.log()


def test_a_name_without_an_address_does_not_keep_the_command(sender):
    one = sender("no-such-host.invalid", "--", "sh", "-c", "exit 5")
    assert one.wait() == 5
    one = sender("no-such-host.invalid")
    until(lambda: "no address is known of it" in one.log(), 20, "it says so")
    one.send_signal(signal.SIGINT)
    assert one.wait() == 0


def test_a_name_with_several_addresses(monitor, sender):
    """localhost is ::1 and 127.0.0.1 on most machines; where only one of them hears it is found."""
    server = monitor()
    sender(f"localhost:{server.beat[1]}", "--name", "web1", "--interval", "50ms")
    server.shows("web1", "up")


@pytest.mark.parametrize("arguments", [
    [], ["--name", "x"], [":1"], ["a:0"], ["a", "b"], ["a", "--name", "a b"], ["a", "--name", "x" * 65],
    ["a", "--name", "text:1"], ["a", "--interval", "1ms"], ["a", "--interval", "2d"], ["a", "--interval", "x"],
    ["a", "--text", "--key", "k"], ["a", "--nmae", "x"]], ids=" ".join)
def test_bad_command_lines(arguments):
    done = run("pier-beat", *arguments)
    assert done.returncode == 64 and done.stderr and done.stdout == "", done


def test_options_of_the_command_are_its_own(ear):
    done = run("pier-beat", "127.0.0.1:%d" % ear.getsockname()[1], "--", "echo", "--name", "--", "-x", within=10)
    assert done.stdout == "--name -- -x\n" and done.returncode == 0


def test_beats_missed_while_it_was_stopped_are_not_made_up_for(ear, sender):
    one = sender(ear.getsockname(), "--interval", "100ms")
    for _ in range(3):
        ear.recv(200)
    one.send_signal(signal.SIGSTOP)
    time.sleep(1)  # how long it is stopped is what is tested
    one.send_signal(signal.SIGCONT)
    began, count = time.monotonic(), 0
    while time.monotonic() - began < 0.45:
        ear.recv(200)
        count += 1
    assert count <= 7, count
