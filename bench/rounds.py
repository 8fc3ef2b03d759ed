"""Rounds: every round measures every server once, and the next round starts with another one.

What drifts on the machine (its clock, its neighbours) then touches all servers alike.
"""

from typing import Callable, Protocol, Sequence

from bench.verdict import Bar, Metric, Samples


# What ran on the two cores beside the server and its load, in hundredths of a core.
OTHER_LOAD = Metric("other load", "% of a core", 0)
QUIET = 10.0  # up to here the machine counts as quiet
ATTEMPTS = 3


class Work(Protocol):
    """One row of a benchmark: a job that every one of its servers is given."""

    name: str
    title: str
    servers: Sequence[str]
    bars: Sequence[Bar]

    def verify(self, servers: Sequence[str]) -> None:
        """Raises BenchError unless every server does the job correctly."""

    def measure(self, server: str) -> dict[Metric, float]:
        """Starts the server, gives it the job, stops it, returns the figures, with OTHER_LOAD where it matters."""


def run(work: Work, servers: Sequence[str], rounds: int, say: Callable[[str], None]) -> Samples:
    samples: dict[str, list[dict[Metric, float]]] = {server: [] for server in servers}
    for number in range(rounds):
        first = number % len(servers)
        for server in [*servers[first:], *servers[:first]]:
            figures = _measure_in_quiet(work, server)
            samples[server].append(figures)
            shown = ", ".join(f"{value:.{metric.digits}f} {metric.unit}" for metric, value in figures.items())
            say(f"{work.name}, round {number + 1} of {rounds}, {server}: {shown}")
    return samples


def _measure_in_quiet(work: Work, server: str) -> dict[Metric, float]:
    """Measures again while the machine has other things to do, a few times; the least disturbed attempt counts."""
    best = work.measure(server)
    for _ in range(ATTEMPTS - 1):
        if best.get(OTHER_LOAD, 0.0) <= QUIET:
            break
        best = min(best, work.measure(server), key=lambda figures: figures[OTHER_LOAD])
    return best
