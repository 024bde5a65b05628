"""
Edge sentinel: when did it change, for the worse, and what is to be done.

Of a record it watches the net, its components, each symbol and the signs of life over the steady
iterations. A change is a finding when it is certain, goes to the bad side, lasts to the end and is
larger than what matters; its cause is the component, symbol or sign that changed, and its advice a
named action. Of a file of one series it only says where the series changed: nobody knows which
side of it is bad.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..judge.history import History
from ..judge.stats.cusum import limit_for
from ..judge.tabular import rows
from ..judge.watch.changes import FEWEST, Change, find
from ..judge.watch.watched import NOTHING, Watched, watched
from ..judge.watch.worsening import Worsening, worsenings
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from ..store.clock import iso
from .online import RUN_LENGTH, WARM_UP, alarms

if TYPE_CHECKING:
    import numpy as np

VERB = "edge.sentinel"


def watch_record(record: Path, *, online: bool = False, run_length: float = RUN_LENGTH) -> Outcome:
    """Watch a record's steady iterations: whole, or (online) one after the other as a live watch would."""
    history = History.read(record)
    series = watched(history)
    longest = max((len(one.values) for one in series), default=0)
    findings = _alarmed(series, run_length) if online else worsenings(series)
    fewest = WARM_UP + 2 if online else FEWEST
    verdict, reasons = _verdict(findings, longest, fewest)
    data = {
        "record": str(record),
        "changes": [_row(found, history) for found in findings],
        "advice": _advice(findings),
        "watched": [one.name for one in series],
        "iterations": longest,
        "method": _online_method(run_length * max(1, len(series)))
        if online
        else {"offline": "penalised segments of level or slope", "fewest": FEWEST},
    }
    lines = [f"{found.sentence}  -> {found.of.action}" for found in findings]
    last = f"{verdict}  {len(findings)} changes for the worse in {len(series)} series of {longest} iterations"
    return Outcome(VERB, verdict, reasons, data, (*lines, *(() if findings else reasons), last))


def watch_series(path: Path, *, online: bool = False, run_length: float = RUN_LENGTH) -> Outcome:
    """Watch a file of `timestamp,value`; online sees each value once and states its run length."""
    import numpy as np

    times, values = read_series(path)
    found = [
        {"index": one.index, "direction": one.direction, "score": one.score, **extra}
        for one, extra in (_online(values, run_length) if online else _offline(np.asarray(values)))
    ]
    said = [{**one, "timestamp": iso(times[one["index"]]), "ts_ns": times[one["index"]]} for one in found]
    method: dict[str, Any] = {"offline": "penalised segments and leaps", "fewest": FEWEST}
    if online:
        method = _online_method(run_length)
    fewest = WARM_UP + 1 if online else FEWEST
    verdict, reasons = Verdict.PASS, (f"no change in {len(values)} values",)
    if len(values) < fewest:
        verdict, reasons = Verdict.UNKNOWN, (f"{len(values)} values, and {fewest} are needed",)
    elif said:
        verdict, reasons = Verdict.WARN, (f"{len(said)} changes in {len(values)} values",)
    data = {"series": str(path), "changes": said, "n": len(values), "method": method}
    lines = [f"{one['timestamp']}  {one['direction']:<4} score {one['score']:.2f}" for one in said]
    return Outcome(VERB, verdict, reasons, data, (*lines, f"{verdict}  {reasons[0]}"))


def read_series(path: Path) -> tuple[list[int], list[float]]:
    """Return the times and values of a file, in order of time; rows without a value are left out."""
    points = []
    for row in rows(path):
        given = row.first(("value",))
        text = "" if given is None else str(given[1]).strip().lower()
        if text in {"", "nan", "null", "none"}:
            if "value" not in row.cells:
                raise row.error("the field is missing", "value", "columns timestamp and value")
            continue
        value = row.decimal("value")
        points.append((row.time_ns(), float(value or 0)))
    points.sort(key=lambda point: point[0])
    return [at for at, _ in points], [value for _, value in points]


def _offline(values: "np.ndarray") -> list[tuple[Change, dict[str, Any]]]:
    return [(one, {"kind": one.kind}) for one in find(values)]


def _online(values: Sequence[float], run_length: float) -> list[tuple[Any, dict[str, Any]]]:
    return [(one, {"kind": "cusum", "since": one.since}) for one in alarms(values, run_length)]


def _online_method(run_length: float) -> dict[str, Any]:
    return {
        "online": "cusum",
        "k": 0.5,
        "h": limit_for(run_length),
        "run_length": run_length,
        "warm_up": WARM_UP,
    }


def _alarmed(series: Sequence[Watched], run_length: float) -> list[Worsening]:
    """
    Return each series' first alarm on its bad side, with the level before it and at it.

    The run length is that of all series together: each is watched more patiently, the more there are.
    """
    found = []
    each = run_length * max(1, len(series))
    for one in series:
        bad = "up" if one.bad == "higher" else "down"
        alarm = next((a for a in alarms(one.values.tolist(), each) if a.direction == bad), None)
        if alarm is not None:
            before = float(one.values[: max(1, alarm.since)].mean())
            after = float(one.values[alarm.since : alarm.index + 1].mean())
            change = Change(alarm.index, "up" if bad == "up" else "down", alarm.score, "level")
            found.append(Worsening(one, change, before, after))
    return sorted(found, key=lambda each: each.change.score, reverse=True)


def _verdict(findings: Sequence[Worsening], longest: int, fewest: int) -> tuple[Verdict, tuple[str, ...]]:
    if findings:
        return Verdict.FAIL, tuple(found.sentence for found in findings)
    if longest < fewest:
        return Verdict.UNKNOWN, (f"{longest} steady iterations, and {fewest} are needed to see a change",)
    return Verdict.PASS, (f"nothing changed for the worse over {longest} iterations",)


def _advice(findings: Sequence[Worsening]) -> list[str]:
    """Return the actions, the surest first and each once; nothing to do is to hold."""
    return list(dict.fromkeys(found.of.action for found in findings)) or [NOTHING]


def _row(found: Worsening, history: History) -> dict[str, Any]:
    place = found.of.places[found.change.index]
    at_ns = history.iterations[place].from_ns if place < len(history.iterations) else 0
    return {
        "index": place,
        "timestamp": iso(at_ns),
        "ts_ns": at_ns,
        "direction": found.change.direction,
        "score": found.change.score if math.isfinite(found.change.score) else None,
        "kind": found.change.kind,
        "series": found.of.name,
        "before": found.before,
        "after": found.after,
        "cause": found.of.cause,
        "action": found.of.action,
    }
