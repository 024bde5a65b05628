"""
`summary.csv`: one row per iteration and one for the whole run, for people with a spreadsheet.

A cell that would start a formula in a spreadsheet is made harmless; what was not measured is empty.
"""

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .form import Report
from .wording import plain, utc

if TYPE_CHECKING:
    from ...model.artifact import IterationSummary
    from .story import Story

LEADING = (
    "iteration",
    "phase",
    "from_utc",
    "until_utc",
    "coverage_ratio",
    "fills",
    "decisions",
    "freeze",
    "guards",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(story: "Story") -> bytes:
    """Return the table as CSV with LF line ends."""
    measured = [one.kpis | one.components for one in story.iterations]
    names = sorted({name for values in measured for name in values} | {kpi.name for kpi in story.kpis})
    sheet = io.StringIO(newline="")
    rows = csv.writer(sheet, lineterminator="\n")
    rows.writerow((*LEADING, *(_safe(name) for name in names)))
    for one, values in zip(story.iterations, measured, strict=True):
        rows.writerow((*_leading(one), *_cells(names, values)))
    totals = {kpi.name: kpi.value for kpi in story.kpis}
    rows.writerow((*_total(story), *_cells(names, totals)))
    return sheet.getvalue().encode()


def _leading(one: "IterationSummary") -> tuple[str, ...]:
    times = (utc(one.from_ts_ns), utc(one.until_ts_ns))
    counts = (plain(one.coverage_ratio), str(one.fills), str(one.decisions))
    return (str(one.index + 1), one.phase, *times, *counts, one.freeze, _safe(" ".join(one.guards)))


def _total(story: "Story") -> tuple[str, ...]:
    ns = (round(story.picture.from_ms * 1e6), round(story.picture.until_ms * 1e6))
    return ("total", "", utc(ns[0]), utc(ns[1]), "", str(story.fills), str(story.decisions), "", "")


def _cells(names: list[str], values: Mapping[str, float | None]) -> list[str]:
    return [plain(values.get(name)) for name in names]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


REPORT = Report("summary.csv", "One row per iteration, and the totals.", render)
