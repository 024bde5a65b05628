"""
Anomaly radar: which measure of which iteration is out of line, ranked over all KPIs at once.

Each value is compared with the others of its series and never with itself: the robust z against the
median and the median deviation of the rest, of the same hour of the day where there are enough days.
Where the rest hardly varies, what matters of the KPI takes the place of the noise. Only the bad side
counts for the verdict; a good surprise is listed too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ..judge.history import History
from ..judge.kpi import KPIS
from ..judge.margins import margin
from ..judge.slices import steady_iterations
from ..judge.tabular import TIME_FIELDS, rows
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from ..region.direction import Rules
from ..store.clock import iso

VERB = "edge.radar"
FEWEST, MANY_DAYS = 4, 5
STRANGE = 5.0
_HOUR_NS = 3_600_000_000_000


@dataclass(frozen=True)
class Blip:
    """One value that is out of line: how far, which way, and what would have been usual."""

    name: str
    place: int
    value: float
    usual: float
    score: float
    better: str

    @property
    def bad(self) -> bool:
        """Whether it is on the side where less is earned or more is risked."""
        return (self.value < self.usual) == (self.better == "higher")


Points = Sequence[tuple[int, int | None, float]]


def radar_record(record: Path, most: int) -> Outcome:
    """Rank a record's strange iterations."""
    history = History.read(record)
    pieces = steady_iterations(history)
    series: dict[str, Points] = {}
    for name, kpi in sorted(KPIS):
        if not kpi.of_the_machine:
            looks = [(piece.first, piece.from_ns, kpi.look(piece).value) for piece in pieces]
            series[name] = [(place, at, value) for place, at, value in looks if value is not None]
    starts = {piece.first: piece.from_ns for piece in pieces}
    return _outcome(series, {"record": str(record)}, starts, most)


def radar_file(path: Path, most: int) -> Outcome:
    """Rank the strange rows of a file with a column per metric."""
    series: dict[str, list[tuple[int, int | None, float]]] = {}
    starts: dict[int, int] = {}
    for place, row in enumerate(rows(path)):
        at = row.time_ns() if row.first(tuple(TIME_FIELDS)) else None
        if at is not None:
            starts[place] = at
        for name, value in row.numbers().items():
            series.setdefault(name, []).append((place, at, value))
    return _outcome(series, {"series": str(path)}, starts, most)


def blips(name: str, points: Points) -> list[Blip]:
    """Return every value of a series with its robust z against the others; none of too few."""
    better = Rules().better(name)
    found = []
    for at, (place, _, value) in enumerate(points):
        others = _others(points, at)
        if len(others) < FEWEST:
            continue
        usual = median(others)
        noise = 1.4826 * median(abs(other - usual) for other in others)
        spread = median(abs(other - usual) for other in others) or max(abs(other - usual) for other in others)
        scale = max(noise, margin(name, usual, spread) / STRANGE)
        score = abs(value - usual) / scale if scale > 0 else (0.0 if value == usual else float("inf"))
        found.append(Blip(name, place, value, usual, min(score, 1e6), better))
    return found


def _others(points: Points, at: int) -> list[float]:
    """Return the values to compare with: of the same hour of the day where there are five, or all others."""
    hour = points[at][1]
    if hour is not None:
        same = [
            value
            for place, (_, then, value) in enumerate(points)
            if place != at and then is not None and then // _HOUR_NS % 24 == hour // _HOUR_NS % 24
        ]
        days = {then // (24 * _HOUR_NS) for _, then, _ in points if then is not None}
        if len(days) > MANY_DAYS and len(same) >= MANY_DAYS:
            return same
    return [value for place, (_, _, value) in enumerate(points) if place != at]


def _outcome(
    series: Mapping[str, Points], about: dict[str, Any], starts: Mapping[int, int], most: int
) -> Outcome:
    ranked = sorted(
        (blip for name, points in series.items() for blip in blips(name, points)),
        key=lambda blip: (-blip.score, blip.name, blip.place),
    )
    strange = [blip for blip in ranked if blip.score >= STRANGE]
    longest = max((len(points) for points in series.values()), default=0)
    bad = [blip for blip in strange if blip.bad]
    if longest <= FEWEST:
        verdict, reason = Verdict.UNKNOWN, f"{longest} values a series, and more than {FEWEST} are needed"
    elif bad:
        verdict, reason = Verdict.WARN, f"{len(bad)} values are out of line on the bad side, {_words(bad[0])}"
    else:
        verdict, reason = Verdict.PASS, f"nothing is out of line on the bad side in {len(series)} series"
    shown = strange[:most]
    data = {
        **about,
        "anomalies": [_row(blip, starts) for blip in shown],
        "found": len(strange),
        "series": len(series),
        "threshold": STRANGE,
    }
    lines = [f"{blip.score:8.1f}  {'bad ' if blip.bad else 'good'}  {_words(blip)}" for blip in shown]
    return Outcome(VERB, verdict, (reason,), data, (*lines, f"{verdict}  {reason}"))


def _row(blip: Blip, starts: Mapping[int, int]) -> dict[str, Any]:
    at = starts.get(blip.place)
    return {
        "kpi": blip.name,
        "index": blip.place,
        "timestamp": None if at is None else iso(at),
        "value": blip.value,
        "usual": blip.usual,
        "score": blip.score,
        "bad": blip.bad,
    }


def _words(blip: Blip) -> str:
    return f"{blip.name} is {blip.value:.5g} at {blip.place} where {blip.usual:.5g} is usual"
