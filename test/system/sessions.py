"""Sessions in several terminals, as a page of docs/ shows them: run, and compared with what the page says they print.

A block begins with `# NAME`, the terminal. `$ COMMAND` runs there; the lines after it are its output, also in later blocks.
`...` is anything, alone any number of lines; 40000 is any port. `^C` interrupts what runs."""

import os
import re
import signal
import subprocess
import time

from daemon import until
from wire import bound, is_readable

PATIENCE = 10.0


def blocks_of(text):
    """(terminal, lines) of each console block."""
    for block in re.findall(r"^```console\n# (.+?)\n(.*?)^```$", text, re.M | re.S):
        yield block[0], block[1].splitlines()


def pattern_of(line):
    return re.compile(re.escape(line).replace(r"\.\.\.", ".*").replace("40000", r"\d+"))


class Terminal:
    """`prefix` runs a command where this terminal is. `loose`: further lines may come between those that are
    shown. `waits`: nobody goes on before what runs here has ended."""

    def __init__(self, name, prefix, cwd, environment, loose=False, waits=False):
        self.name, self.waits = name, waits
        self._prefix, self._cwd, self._environment, self._loose = prefix, cwd, environment, loose
        self._process, self._skips = None, False

    def start(self, command):
        self.must_have_ended()
        self._process = subprocess.Popen([*self._prefix, "bash", "-c", command], cwd=self._cwd, env=self._environment,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         start_new_session=True)
        self._command, self._unread, self._skips = command, b"", self._loose

    def _line(self, within):
        output = self._process.stdout.fileno()
        deadline = time.monotonic() + within
        while b"\n" not in self._unread:
            piece = os.read(output, 4096) if is_readable(output, deadline - time.monotonic()) else b""
            if not piece:
                rest, self._unread = self._unread, b""
                return rest.decode(errors="replace") or None
            self._unread += piece
        line, self._unread = self._unread.split(b"\n", 1)
        return line.decode(errors="replace")

    def expect(self, line):
        if line == "...":
            self._skips = True
            return
        wanted, seen = pattern_of(line), []
        while True:
            got = self._line(bound(PATIENCE))
            assert got is not None, f"{self.name}, `{self._command}`: {line!r} does not come, but {seen}"
            if wanted.fullmatch(got):
                break
            seen.append(got)
            assert self._skips, f"{self.name}, `{self._command}`: {got!r} where {line!r} was due"
        self._skips = self._loose

    def interrupt(self):
        """When it waits: not in the middle of its start."""
        group = self._process.pid
        until(lambda: _sleeping(group), PATIENCE, f"`{self._command}` waits")
        assert self._process.poll() is None, f"`{self._command}` has ended where it should wait"
        os.killpg(group, signal.SIGINT)
        self._process.communicate(timeout=bound(PATIENCE))
        self._process = None

    def must_have_ended(self):
        if self._process is None:
            return
        more = self._line(bound(PATIENCE))
        assert more is None or self._skips, f"{self.name}, `{self._command}`: also says {more!r}"
        self._process.wait(bound(PATIENCE))
        self._process.stdout.close()
        self._process = None

    def close(self):
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.communicate()
            self._process = None


def _sleeping(group):
    """All of a session's processes sleep, and go on sleeping for a moment."""
    def states():
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == group:
                found.append((pid, fields[0], fields[11], fields[12]))
        return found
    before = states()
    time.sleep(0.2)
    return before == states() and all(state == "S" for _, state, _, _ in before) and before


def play(text, terminals):
    """Runs all that `text` shows; terminals by their names."""
    try:
        for name, lines in blocks_of(text):
            terminal = terminals[name]
            for line in lines:
                if line.startswith("$ "):
                    terminal.start(line[2:])
                elif line == "^C":
                    terminal.interrupt()
                else:
                    terminal.expect(line)
            if terminal.waits:
                terminal.must_have_ended()
        for terminal in terminals.values():
            terminal.must_have_ended()
    finally:
        for terminal in terminals.values():
            terminal.close()
