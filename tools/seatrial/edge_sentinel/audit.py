"""
Edge audit: where the money of a run came from, cut every way that somebody can act on.

By symbol, hour, regime, side and order age; each cut adds up to the whole. An audit has no bound of
its own, so it never says PASS: it says UNKNOWN where there was nothing to account for, FAIL where
the account does not close, and otherwise only what is the case.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..judge.components import decompose
from ..judge.history import History
from ..judge.judgement import BOOKS_CLOSE
from ..judge.money import PARTS
from ..judge.shares import Share, shares
from ..judge.tables import HORIZONS
from ..model.errors import UsageError
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from .account import KEYS, Sums, figures, grouped, sums
from .change import change
from .markouts import CONFIDENCE, Curve, lines, record_markouts, tape_markouts, weighted_interval
from .quotes import read_quotes
from .regimes import Levels, Regimes, regimes, sampled_mids
from .trades import Tape, read_trades, tape_shares

VERB = "edge.audit"
_MOST_LINES = 12


@dataclass(frozen=True)
class Account:
    """A whole edge, cut every way; `residual` is None where there is no ledger to compare with."""

    rows: tuple[Share, ...]
    total: Sums
    cuts: Mapping[str, Mapping[str, Sums]]
    curve: Curve
    levels: Levels
    residual: float | None = None
    reason: str = ""


def audit_record(record: Path, horizon_s: float, baseline: Path | None = None) -> Outcome:
    """Audit a record, and against a baseline record say what changed."""
    horizon = _journalled(horizon_s)
    before = None if baseline is None else account_of(History.read(baseline), horizon)
    after = account_of(History.read(record), horizon, before.levels if before else None)
    about = {"record": str(record), "baseline": None if baseline is None else str(baseline)}
    return _outcome(after, before, {**about, "horizon_s": horizon_s, "findings": {}})


def audit_files(fills: Path, quotes: Path, horizon_s: float, stale_s: float) -> Outcome:
    """Audit a file of own trades against a file of quotes."""
    tape, horizon_ns = (
        Tape(read_trades(fills), read_quotes(quotes), round(stale_s * 1e9)),
        round(horizon_s * 1e9),
    )
    rows, reason = tape_shares(tape, horizon_ns)
    moods = regimes({name: mids.series() for name, mids in tape.quotes.symbols.items()})
    found = _account(rows, moods, tape_markouts(tape, horizon_ns), reason=reason)
    findings = Counter(tape.trades.findings) + tape.quotes.findings
    findings["stated_mids_unlike_quotes"] = tape.disagreements()
    about = {"fills": str(fills), "quotes": str(quotes), "stale_s": stale_s, "baseline": None}
    return _outcome(
        found, None, {**about, "horizon_s": horizon_s, "findings": dict(sorted((+findings).items()))}
    )


def account_of(history: History, horizon: str, levels: Levels | None = None) -> Account:
    """Return the account of a whole record; `levels` part the regimes as a baseline does."""
    whole = history.slice("whole")
    found, pooled = shares(whole, horizon), decompose(whole, horizon).pooled
    moods = regimes(sampled_mids(history), levels)
    residual = pooled.residual if pooled else None
    return _account(found.rows, moods, record_markouts(whole), residual=residual, reason=found.reason)


def _account(
    rows: Sequence[Share], moods: Regimes, curve: Curve, *, residual: float | None = None, reason: str = ""
) -> Account:
    keys = {**KEYS, "regimes": moods.of}
    cuts = {name: grouped(rows, key) for name, key in keys.items()}
    return Account(tuple(rows), sums(rows), cuts, curve, moods.levels, residual, reason)


def _journalled(horizon_s: float) -> str:
    for horizon in HORIZONS:
        if float(horizon) == horizon_s:
            return horizon
    raise UsageError(
        f"a record keeps no mid {horizon_s:g} s after a fill", fix=f"one of {', '.join(HORIZONS)} s"
    )


def _outcome(found: Account, before: Account | None, about: dict[str, Any]) -> Outcome:
    verdict, reasons = _verdict(found)
    moved = change(before.total, found.total, before.cuts, found.cuts) if before else None
    if before and moved is None:
        verdict, reasons = (
            _unknown(verdict),
            (*reasons, "the baseline or the record traded nothing: no change to explain"),
        )
    data = {
        **about,
        "total": {
            **figures(found.total),
            "residual_ratio": found.residual,
            "intervals": _intervals(found.rows),
        },
        **{
            name: {group: figures(part, found.total) for group, part in groups.items()}
            for name, groups in found.cuts.items()
        },
        "markouts": found.curve,
        "change": moved,
    }
    return Outcome(VERB, verdict, reasons, data, tuple(_lines(data, verdict, reasons)))


def _verdict(found: Account) -> tuple[Verdict | None, tuple[str, ...]]:
    if found.residual is not None and found.residual > BOOKS_CLOSE:
        return Verdict.FAIL, (
            f"the account does not close: {found.residual:.3g} of the notional is left over",
        )
    if found.reason:
        return Verdict.UNKNOWN, (found.reason,)
    if not found.total.n:
        return Verdict.UNKNOWN, ("there is no fill to account for",)
    if found.total.missing == found.total.n:
        return Verdict.UNKNOWN, (f"all {found.total.n} fills lack a mid: nothing can be attributed",)
    return None, ()


def _unknown(verdict: Verdict | None) -> Verdict:
    return Verdict.FAIL if verdict is Verdict.FAIL else Verdict.UNKNOWN


def _intervals(rows: Sequence[Share]) -> dict[str, list[float] | None]:
    """Return where each part (and the net) may lie, from its fills; payments have no interval."""
    fills = sorted(
        (row for row in rows if row.side is not None and row.notional), key=lambda row: row.ts_ns or 0
    )
    weights = [float(row.notional) for row in fills]
    said: dict[str, list[float] | None] = {}
    for at, name in enumerate((*PARTS, "net")):
        values = [float((row.net if name == "net" else row.parts[at]) / row.notional) * 1e4 for row in fills]
        span = weighted_interval(values, weights) if len(set(values)) > 1 else None
        said[f"{name}_bps"] = None if span is None else list(span)
    return said


def _lines(data: dict[str, Any], verdict: Verdict | None, reasons: Sequence[str]) -> list[str]:
    total = data["total"]
    said = [f"{name:<14} {_number(total[f'{name}_bps'])} bps" for name in (*PARTS, "net")]
    said.append(f"{total['n']} fills, {total['missing']} of them without a mid")
    for name in ("symbols", "hours", "regimes", "sides", "ages"):
        said.append(f"by {name}: contribution to the net, of n fills")
        ranked = sorted(data[name].items(), key=lambda item: item[1]["contribution_bps"] or 0.0)
        said += [
            f"  {group:<16} {_number(part['contribution_bps'])} bps  n={part['n']}"
            for group, part in ranked[:_MOST_LINES]
        ]
    said += [f"mark-outs ({CONFIDENCE:.0%} intervals)", *lines(data["markouts"]), *_changed(data["change"])]
    said += [f"{count} {kind.replace('_', ' ')}" for kind, count in data["findings"].items()]
    last = f"net {_number(total['net_bps']).strip()} bps over {total['n']} fills"
    return [*said, *reasons, last if verdict is None else f"{verdict}  {last}"]


def _changed(moved: dict[str, Any] | None) -> list[str]:
    if moved is None:
        return []
    parts = sorted(moved["components"].items(), key=lambda item: item[1])
    said = [f"change of the net against the baseline: {moved['net_bps']:.3f} bps"]
    said += [f"  {name.removesuffix('_bps'):<16} {value:8.3f} bps" for name, value in parts if value]
    for cut in ("symbols", "regimes", "ages"):
        ranked = sorted(moved[cut].items(), key=lambda item: -abs(item[1]["total_bps"]))
        said += [
            f"  {cut} {group:<16} {one['total_bps']:8.3f} bps"
            f" ({one['mix_bps']:.3f} mix, {one['rate_bps']:.3f} rate)"
            for group, one in ranked[:3]
        ]
    return said


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:8.3f}"
