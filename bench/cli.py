"""The command line: which benchmark, how long, and where its findings go."""

import argparse
import datetime
import importlib
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from typing import Optional, Sequence

from bench import machine, record, report, rounds
from bench.errors import BenchError

BENCHES = {
    "http": "the file server beside nginx, lighttpd, h2o and a bare responder",
    "get": "pier-get's load beside wrk, and a large file beside curl",
    "tls": "the file server over HTTPS beside nginx and h2o, handshakes, idle connections",
    "ping": "reflector and sender beside irtt, sockperf and a bare datagram loop",
    "upper": "the uppercase echo beside bare loops, Asio, Python, socat and ncat",
    "beat": "the heartbeat monitor with a hundred thousand senders",
}
ROUNDS_TO_RECORD = 5


def main(arguments: Optional[Sequence[str]] = None) -> int:
    options = _options(sys.argv[1:] if arguments is None else arguments)
    # Ended from outside, the servers must end as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return _run(options)
    except BenchError as error:
        print(f"script/bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    names = "\n".join(f"  {name:8} {what}" for name, what in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Measures Pier beside its rivals and keeps the findings in docs/performance.md.",
        epilog=f"benchmarks:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", metavar="NAME", choices=BENCHES, help="the benchmark, see below")
    parser.add_argument("--rounds", type=_positive, default=5, metavar="N", help="measurements of each server (5)")
    parser.add_argument("--seconds", type=_positive, default=3, metavar="S", help="length of each measurement (3)")
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="WORK[,WORK]", help="some works only")
    parser.add_argument("--pier", type=Path, metavar="PATH", help="Pier's binary (that of build/release)")
    parser.add_argument("--without-pier", action="store_true", help="measure the rivals alone; nothing is recorded")
    parser.add_argument("--congestion", metavar="NAME", help="TCP congestion control for this run, in a network apart")
    parser.add_argument("--no-record", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args(arguments)
    options.command = shlex.join(["script/bench", *arguments])
    options.record = not (options.no_record or options.without_pier)
    if options.record and options.rounds < ROUNDS_TO_RECORD:
        parser.error(f"fewer than {ROUNDS_TO_RECORD} rounds are not worth recording: add --no-record")
    return options


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, not {text!r}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    bench = importlib.import_module(f"bench.{options.name}")
    pier = (options.pier or machine.ROOT / "build" / "release" / "bin" / bench.BINARY).absolute()
    if not options.without_pier and not pier.is_file():
        raise BenchError(f"no binary at {pier}; build it (cmake --preset release), or say --pier or --without-pier")
    if options.congestion:
        machine.use_congestion_control(options.congestion)
    machine.make_ready()
    with tempfile.TemporaryDirectory(prefix="pier-bench-") as folder:
        installation = bench.prepare(Path(folder), pier)
        works = _chosen(bench.works(installation, options.seconds), options.only)
        taking_part = {work.name: _servers(work, bench.OURS, options.without_pier) for work in works}
        works = [work for work in works if taking_part[work.name]]
        everyone = dict.fromkeys(name for servers in taking_part.values() for name in servers)
        versions = bench.versions(list(everyone), pier)
        for work in works:
            work.verify(taking_part[work.name])
        results = [(work, rounds.run(work, taking_part[work.name], options.rounds, _say)) for work in works]
    return _report(options, bench, results, versions)


def _servers(work: rounds.Work, ours: str, without_ours: bool) -> Sequence[str]:
    return [name for name in work.servers if not (without_ours and name == ours)]


def _chosen(works: Sequence[rounds.Work], names: Optional[Sequence[str]]) -> Sequence[rounds.Work]:
    if names is None:
        return works
    known = [work.name for work in works]
    for name in names:
        if name not in known:
            raise BenchError(f"no work named {name}; there are {', '.join(known)}")
    return [work for work in works if work.name in names]


def _report(options: argparse.Namespace, bench, results: Sequence[report.Result], versions: Sequence[str]) -> int:
    lines = [f"{machine.description()}. {'; '.join(versions)}.", ""]
    lines += [f"`{options.command}`: {options.rounds} rounds, {options.seconds} s of load for each measurement.", ""]
    met = True
    if not options.without_pier:
        found = report.verdicts(results, bench.OURS)
        met = all(verdict.met for _, verdict in found)
        lines += [report.summary(found), "", *report.verdict_table(found), ""]
    lines += [*report.figure_table(results), "", report.quietness(results)]
    title = f"{options.name}, {datetime.date.today()}, commit {machine.commit() or 'unknown'}"
    print("\n".join([f"## {title}", "", *lines]))
    if options.record:
        print(f"\nRecorded in {record.append(title, lines).relative_to(machine.ROOT)}.")
    return 0 if met else 2


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
