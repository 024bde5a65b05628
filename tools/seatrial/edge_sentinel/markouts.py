"""
Mark-outs: the curve of what a fill was worth a moment later, with its uncertainty.

Quantity-weighted, at six horizons and any other that was asked for. The interval is the moving-block
bootstrap's, because fills cluster. A later mid that fell into a gap is missing and counted; one
beyond the end of the data is pending, which is no fault of the market's.
"""

from collections.abc import Iterable, Sequence
from math import isnan
from typing import Any

from ..judge.gate.bootstrap import interval
from ..judge.kpi.kpi import Samples
from ..judge.kpi.markout_bps import markout_samples
from ..judge.slices import Slice
from ..judge.tables import HORIZONS
from .trades import Tape

CONFIDENCE = 0.95
_SEED = 7
Curve = dict[str, dict[str, Any]]


def record_markouts(part: Slice) -> Curve:
    """Return the curve of a record's fills, at the horizons that a journal keeps."""
    fills, curve = part.history.fills, {}
    for horizon in HORIZONS:
        later, reach_ns = fills.later[horizon].floats, int(float(horizon) * 1e9)
        absent = [row for row in part.rows("fills") if isnan(later[row])]
        pending = sum(fills.ts[row] + reach_ns > part.until_ns for row in absent)
        found = markout_samples(horizon, part)
        curve[horizon] = _point(
            found.values, found.weights or (), missing=len(absent) - pending, pending=pending
        )
    return curve


def tape_markouts(tape: Tape, extra_ns: int) -> Curve:
    """Return the curve of a file's trades, at the usual horizons and at the one that was asked for."""
    wanted = {int(float(horizon) * 1e9): horizon for horizon in HORIZONS}
    wanted.setdefault(extra_ns, f"{extra_ns / 1e9:g}")
    ends = {name: found[0] for name, mids in tape.quotes.symbols.items() if (found := mids.last())}
    curve = {}
    for horizon_ns in sorted(wanted):
        values, weights, missing, pending = [], [], 0, 0
        for trade in tape.trades.rows:
            later = tape.later(trade, horizon_ns)
            if later is not None:
                values.append(float(trade.side * (later / trade.price - 1) * 10_000))
                weights.append(float(trade.price * trade.qty))
            elif trade.ts_ns + horizon_ns > ends.get(trade.symbol, trade.ts_ns):
                pending += 1
            else:
                missing += 1
        curve[wanted[horizon_ns]] = _point(values, weights, missing=missing, pending=pending)
    return curve


def weighted_interval(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float] | None:
    """Return the interval of a weighted mean of values in order of time, None of too few."""
    found = interval(Samples(values, weights), CONFIDENCE, _SEED)
    return (found.low, found.high) if found else None


def lines(curve: Curve) -> Iterable[str]:
    """Return the curve for people."""
    for horizon, point in curve.items():
        head, missing = f"  after {horizon:>4} s", point["missing"]
        if point["bps"] is None:
            yield f"{head}  not measured ({missing} missing, {point['pending']} pending)"
            continue
        span = point["interval"]
        said = f"  [{span[0]:.3f}, {span[1]:.3f}]" if span else ""
        yield f"{head}  {point['bps']:8.3f} bps{said}  n={point['n']} missing={missing}"


def _point(
    values: Sequence[float], weights: Sequence[float], *, missing: int, pending: int
) -> dict[str, Any]:
    total = sum(weights)
    mean = (
        sum(value * weight for value, weight in zip(values, weights, strict=True)) / total if total else None
    )
    span = weighted_interval(values, weights)
    return {
        "bps": mean,
        "n": len(values),
        "missing": missing,
        "pending": pending,
        "interval": None if span is None else list(span),
    }
