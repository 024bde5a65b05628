"""
Compare two soaks: which KPI moved, by how much, and whether that is more than chance.

Runs on the same market are compared iteration by iteration, others as two samples. Errors are held
over all KPIs (Holm), and a difference that is certain but smaller than what matters is no change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..judge.history import History
from ..judge.kpi import KPIS
from ..judge.margins import margin, unit
from ..judge.slices import steady_iterations
from ..judge.stats.multiplicity import holm
from ..judge.stats.twosample import Difference, difference
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from .place import record_at

VERB = "soak.compare"
NAMES = (
    "net_bps", "gross_bps", "adverse_bps", "inventory_bps", "fees_bps", "maker_share_ratio", "risk_ratio",
    "ack_latency_ms_p95", "order_age_ms_p95", "fills_per_h", "quote_uptime_ratio",
)  # fmt: skip
ALPHA = 0.05


@dataclass(frozen=True)
class Moved:
    """One KPI in both runs; `found` is None where there is too little to compare."""

    name: str
    values: tuple[float | None, float | None]
    found: Difference | None
    n: tuple[int, int]


def compare(first: Path, second: Path) -> Outcome:
    """Compare two records' steady states: B against A."""
    histories = [History.read(record_at(path).path) for path in (first, second)]
    paired = _same_market(histories)
    moved = [_moved(name, histories, paired=paired) for name in NAMES]
    known = [one for one in moved if one.found]
    chances = dict(
        zip([one.name for one in known], holm([one.found.chance for one in known if one.found]), strict=True)
    )
    rows = [_row(one, chances.get(one.name)) for one in moved]
    worse = [row for row in rows if row["verdict"] == "worse"]
    if worse:
        verdict, reasons = Verdict.FAIL, tuple(_words(row) for row in worse)
    elif not known or rows[0]["verdict"] == "unknown":
        verdict, reasons = Verdict.UNKNOWN, ("too few steady iterations to compare the net",)
    else:
        verdict, reasons = Verdict.PASS, (f"none of {len(known)} KPIs became worse",)
    data = {"a": str(first), "b": str(second), "paired": paired, "metrics": rows}
    lines = [f"{row['verdict']:<8} {_words(row)}" for row in rows]
    return Outcome(VERB, verdict, reasons, data, (*lines, f"{verdict}  {reasons[0]}"))


def _same_market(histories: Sequence[History]) -> bool:
    """Whether both runs saw the same stretches of the same market."""
    runs = [history.run for history in histories]
    if runs[0] is None or runs[1] is None:
        return False
    facts = [
        (run.provenance.get("kind"), run.provenance.get("sha256"), run.start_ns, run.window_ns)
        for run in runs
        if run
    ]
    return facts[0] == facts[1]


def _moved(name: str, histories: Sequence[History], *, paired: bool) -> Moved:
    import numpy as np

    kpi = KPIS.get(name)
    found: list[dict[int, float]] = []
    for history in histories:
        looks = [(piece.from_ns, kpi.look(piece).value) for piece in steady_iterations(history)]
        found.append({at: value for at, value in looks if value is not None})
    whole = [kpi.look(history.slice("whole")).value for history in histories]
    keys = [sorted(found[0].keys() & found[1].keys())] * 2 if paired else [sorted(one) for one in found]
    series = [np.asarray([one[at] for at in wanted]) for one, wanted in zip(found, keys, strict=True)]
    return Moved(
        name,
        (whole[0], whole[1]),
        difference(series[0], series[1], paired=paired),
        (len(series[0]), len(series[1])),
    )


def _row(one: Moved, chance: float | None) -> dict[str, Any]:
    found, better = one.found, KPIS.get(one.name).better
    said: dict[str, Any] = {
        "name": one.name, "unit": unit(one.name), "better": better, "a": one.values[0], "b": one.values[1],
        "n": list(one.n), "effect": None, "interval": None, "chance": chance, "margin": None,
        "verdict": "unknown",
    }  # fmt: skip
    if found is None:
        return said
    level = abs(one.values[0] or 0.0)
    matters = margin(one.name, level, (found.high - found.low) / 2)
    gain = found.effect if better == "higher" else -found.effect
    certain = chance is not None and chance < ALPHA and abs(gain) > matters
    verdict = ("better" if gain > 0 else "worse") if certain else "same"
    span = [found.low, found.high]
    return {**said, "effect": found.effect, "interval": span, "margin": matters, "verdict": verdict}


def _words(row: dict[str, Any]) -> str:
    if row["effect"] is None:
        return f"{row['name']}: too few iterations to compare"
    low, high = row["interval"]
    return (
        f"{row['name']}: {row['effect']:+.4g} ({low:.4g} to {high:.4g}), and {row['margin']:.4g} would matter"
    )
