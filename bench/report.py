"""What a run found, as Markdown: the verdicts, then every server's figures."""

from typing import Iterable, Sequence

from bench.rounds import OTHER_LOAD, QUIET, Work
from bench.verdict import Metric, Samples, Spread, Verdict, column, judge

Result = tuple[Work, Samples]


def verdicts(results: Sequence[Result], ours: str) -> list[tuple[Work, Verdict]]:
    return [(work, judge(bar, samples, ours)) for work, samples in results for bar in work.bars]


def verdict_table(found: Sequence[tuple[Work, Verdict]]) -> list[str]:
    rows = []
    for work, verdict in found:
        bar = verdict.bar
        digits, unit = (2, "") if bar.rival else (bar.metric.digits, f" {bar.metric.unit}")
        rows.append(
            (
                work.title,
                bar.metric.name,
                bar.rival or "(none)",
                f"{verdict.figure.median:.{digits}f}{unit}",
                _range(verdict.figure, digits),
                str(bar),
                "met" if verdict.met else "**NOT met**",
            )
        )
    return _table(("work", "measured", "rival", "Pier / rival", "middle half", "bar", ""), rows)


def figure_table(results: Sequence[Result]) -> list[str]:
    rows = []
    for work, samples in results:
        for server in samples:
            metrics = samples[server][0]
            cells = ", ".join(_figure(Spread.of(column(samples, server, metric)), metric) for metric in metrics)
            rows.append((work.title, server, cells))
    return _table(("work", "server", "median (middle half)"), rows)


def summary(found: Sequence[tuple[Work, Verdict]]) -> str:
    lost = [f"{work.title} against {verdict.bar.rival or 'its bar'}" for work, verdict in found if not verdict.met]
    if not lost:
        return "All bars are met."
    return f"{len(found) - len(lost)} of {len(found)} bars are met; not met: {'; '.join(lost)}."


def quietness(results: Sequence[Result]) -> str:
    loads = [
        figures[OTHER_LOAD]
        for _, samples in results
        for taken in samples.values()
        for figures in taken
        if OTHER_LOAD in figures
    ]
    noisy = sum(load > QUIET for load in loads)
    beside = f"{noisy} of {len(loads)} load measurements ran beside other work of more than {QUIET:.0f} % of a core"
    return f"**The machine was not quiet**: {beside}." if noisy else f"{beside}."


def _figure(spread: Spread, metric: Metric) -> str:
    return f"{spread.median:.{metric.digits}f} {metric.unit} ({_range(spread, metric.digits)})"


def _range(spread: Spread, digits: int) -> str:
    return f"{spread.low:.{digits}f}–{spread.high:.{digits}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
