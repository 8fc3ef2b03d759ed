"""docs/performance.md: where runs are kept, the newest last."""

from pathlib import Path
from typing import Sequence

from bench.machine import ROOT

PAGE = ROOT / "docs" / "performance.md"

INTRODUCTION = """\
# Performance

Written by `script/bench`, one section for each run, the newest last. Figures hold for the machine and the day they
were taken on; what carries over are the ratios to the rivals of the same run.

How they are taken, and what counts as a bar met, is told in [bench/README.md](../bench/README.md); the rivals'
configurations are in [bench/rivals](../bench/rivals).
"""


def append(title: str, lines: Sequence[str]) -> Path:
    if not PAGE.exists():
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(INTRODUCTION)
    with PAGE.open("a") as page:
        page.write("\n".join(["", f"## {title}", "", *lines, ""]))
    return PAGE
