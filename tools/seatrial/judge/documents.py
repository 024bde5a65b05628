"""
Documents: the files in which a judgement stays with its record, as plain objects.

Each carries the hashes of what it was judged from, so that a reader can tell whether they belong
together.
"""

from statistics import median
from typing import Any

from ..model.artifact import VerdictFile
from .components import HORIZON, decompose
from .history import History
from .kpi import KPIS
from .kpi.markout_bps import MARKOUTS
from .measures import figures, kpis_of
from .money import Money
from .slices import Slice
from .trend.resources import attribution, leaks, told

_SCHEMA = 1


def documents(verdict: VerdictFile, history: History) -> dict[str, dict[str, Any]]:
    """Return the contents of verdict.json, KPI_GATE.json, EDGE_REPORT.json and RESOURCES.json."""
    head = {"schema_version": _SCHEMA, "run_id": verdict.run_id, "inputs": verdict.inputs}
    judged = verdict.model_dump(mode="json")
    return {
        "verdict.json": judged,
        "KPI_GATE.json": {
            **head,
            "verdict": verdict.verdict.value,
            "gates": judged["gates"],
            "whole": verdict.kpis,
            "steady": kpis_of(history.slice("steady")),
        },
        "EDGE_REPORT.json": {**head, **edge_report(history)},
        "RESOURCES.json": {**head, **resources(history)},
    }


def edge_report(history: History) -> dict[str, Any]:
    """Return the decomposition of the whole, of each symbol and of each iteration, and the mark-outs."""
    whole = history.slice("whole")
    found = decompose(whole)
    return {
        "horizon_s": float(HORIZON),
        "reason": found.reason,
        "total": _edge(found.pooled),
        "symbols": {name: _edge(money) for name, money in sorted(found.symbols.items())},
        "markouts": {horizon: _markout(whole, name) for name, horizon in MARKOUTS.items()},
        "iterations": [
            {"index": fact.index, "phase": fact.phase, **figures(decompose(piece).pooled)}
            for fact, piece in zip(history.iterations, whole.parts(), strict=False)
        ],
    }


def resources(history: History) -> dict[str, Any]:
    """Return what the process used: first, last, median and largest of each measured field."""
    fields: dict[str, list[float]] = {}
    for row in history.resources:
        for name, value in row.items():
            if name not in {"iteration", "ts_ns"} and isinstance(value, int | float):
                fields.setdefault(name, []).append(float(value))
    growth = KPIS.get("rss_growth_ratio").measure(history.slice("whole"))
    warm = [fact.until_ns for fact in history.iterations if fact.phase == "warmup"]
    found = leaks(history.resources, warm_until_ns=max(warm, default=None))
    return {
        "samples": len(history.resources),
        "rss_growth_ratio": growth.value,
        "reason": growth.reason,
        "leaks": told(found),
        "attribution": attribution(found),
        "fields": {
            name: {"first": held[0], "last": held[-1], "median": median(held), "largest": max(held)}
            for name, held in sorted(fields.items())
        },
    }


def _edge(money: Money | None) -> dict[str, Any]:
    if money is None:
        return {**figures(None), "currency": None, "n": 0}
    return {**figures(money), "currency": money.currency, "n": money.fills, "notional": f"{money.notional:f}"}


def _markout(whole: Slice, name: str) -> dict[str, Any]:
    measure = KPIS.get(name).measure(whole)
    return {"bps": measure.value, "n": measure.n}
