"""Statistics of a benchmark: medians, middle halves, ratios to a rival, and whether a bar is met.

Figures of different servers are compared within a round, where the machine was in the same mood, and
only then summed up: the median of the ratios, not the ratio of the medians.
"""

import statistics
from dataclasses import dataclass
from typing import Mapping, Optional, Sequence

# A bar of 1.0 says "no worse than the rival". Two equal servers would miss it every second time,
# so this much of a difference, or middle halves that overlap, still counts as equal.
EQUAL_WITHIN = 1.03


@dataclass(frozen=True)
class Metric:
    """Something that is measured. Values are in `unit`, printed with `digits` decimals."""

    name: str
    unit: str
    digits: int = 2


@dataclass(frozen=True)
class Spread:
    """Median and quartiles; the middle half lies between `low` and `high`."""

    low: float
    median: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> "Spread":
        if len(values) == 1:
            return Spread(values[0], values[0], values[0])
        return Spread(*statistics.quantiles(values, n=4, method="inclusive"))

    def overlaps(self, other: "Spread") -> bool:
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Bar:
    """What Pier's figure must reach: as a ratio to a rival's or, without a rival, by itself."""

    metric: Metric
    limit: float
    rival: Optional[str] = None
    at_least: bool = False

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.limit:.2f}" if self.rival else f"{sign} {self.limit:g} {self.metric.unit}"


@dataclass(frozen=True)
class Verdict:
    bar: Bar
    figure: Spread
    met: bool


Samples = Mapping[str, Sequence[Mapping[Metric, float]]]  # server -> one set of figures for each round


def column(samples: Samples, server: str, metric: Metric) -> list[float]:
    return [figures[metric] for figures in samples[server]]


def ratios(samples: Samples, ours: str, rival: str, metric: Metric) -> Spread:
    pairs = zip(column(samples, ours, metric), column(samples, rival, metric))
    return Spread.of([mine / theirs for mine, theirs in pairs])


def judge(bar: Bar, samples: Samples, ours: str) -> Verdict:
    mine = Spread.of(column(samples, ours, bar.metric))
    if bar.rival is None:
        return Verdict(bar, mine, _reaches(bar, mine.median, bar.limit))
    theirs = Spread.of(column(samples, bar.rival, bar.metric))
    ratio = ratios(samples, ours, bar.rival, bar.metric)
    met = _reaches(bar, ratio.median, bar.limit)
    if bar.limit == 1.0 and not met:
        allowed = 1 / EQUAL_WITHIN if bar.at_least else EQUAL_WITHIN
        met = _reaches(bar, ratio.median, allowed) or mine.overlaps(theirs)
    return Verdict(bar, ratio, met)


def _reaches(bar: Bar, value: float, limit: float) -> bool:
    return value >= limit if bar.at_least else value <= limit
