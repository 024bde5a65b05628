"""
`shadow compare`: how truthfully a dry run says what a shadow run did, and why where it does not.

Every difference in money is laid to one cause, and the causes add up to the whole difference: what
no cause explains is said to be unattributed, never spread over the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ..model.errors import UsageError, Where
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from .matching import Matched, match
from .sides import ZERO, Event, Order, Side, config_differences, fee_of, side_of, span_of, worth
from .spans import Span

CAUSES: Final = ("latency", "queue", "fee", "funding", "missing_data", "config", "unattributed")
LEAST_DECISIONS: Final = 20
_ON_ARRIVAL = frozenset({"post_only_would_cross", "too_late", "no_market"})


@dataclass(frozen=True)
class Limits:
    """The accuracy gate: the least share of decisions, orders and fills that must be the same."""

    decisions: float = 0.90
    orders: float = 0.80
    fills: float = 0.70
    within_ms: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Two sides, their pairs, and the money between them by cause."""

    one: Side
    other: Side
    matched: Matched
    within_ns: int
    different: tuple[str, ...]
    divergence: Mapping[str, Decimal]

    @property
    def ratios(self) -> dict[str, float | None]:
        """Return what the gate looks at."""
        matched = self.matched
        return {
            "decisions": matched.agreeing_ratio,
            "orders": matched.orders.ratio,
            "fills": matched.fill_ratio,
        }


def compare(shadow: Path, dryrun: Path, limits: Limits, baseline: Path | None = None) -> Outcome:
    """Compare two records; with a second run of the dry run, differences within its noise are forgiven."""
    span = shared(shadow, dryrun)
    found = compared(shadow, dryrun, span, limits)
    noise = None if baseline is None else compared(dryrun, baseline, span, limits)
    verdict, reasons = _judged(found, noise, limits)
    data = {**_document(found), "noise": None if noise is None else _document(noise)}
    lines = (*_lines(found, noise), *reasons, f"{verdict.value}  {shadow} against {dryrun}")
    return Outcome("shadow.compare", verdict, reasons, data, lines)


def shared(one: Path, other: Path) -> Span:
    """Return the market time that both records saw."""
    (a, b), (c, d) = span_of(one), span_of(other)
    span = (max(a, c), min(b, d))
    if span[0] >= span[1]:
        raise UsageError(
            "the two records share no market time",
            where=Where(str(other)),
            fix="dry-run the data that were recorded while the shadow run went on",
        )
    return span


def compared(one: Path, other: Path, span: Span, limits: Limits) -> Comparison:
    """Compare what two records did within a span."""
    left, right = side_of(one, span), side_of(other, span)
    timer_ms = float(left.manifest.config.get("bot", {}).get("timer_ms", 1_000))
    within_ns = round((timer_ms if limits.within_ms is None else limits.within_ms) * 1e6)
    different = tuple(config_differences(left.manifest, right.manifest))
    matched = match(left, right, within_ns)
    found = Comparison(left, right, matched, within_ns, different, {})
    return Comparison(left, right, matched, within_ns, different, _divergence(found))


# -- why ------------------------------------------------------------------------------------------


def _divergence(found: Comparison) -> dict[str, Decimal]:
    """Return the first side's money less the second's, by cause."""
    money = dict.fromkeys(CAUSES, ZERO)
    for one, other in found.matched.orders.both:
        cause = _pair_cause(found, one, other)
        gross = _gross(found, one) - _gross(found, other)
        fees = _fees(one) - _fees(other)
        money[cause] += gross
        # The same fills at other rates are a matter of fees; other fills bring their own.
        money["fee" if one.filled == other.filled else cause] += fees
    for sign, orders in ((1, found.matched.orders.first), (-1, found.matched.orders.second)):
        for order in orders:
            money[_single_cause(found, order)] += sign * (_gross(found, order) + _fees(order))
    money["funding"] += found.one.funding - found.other.funding
    for sign, side in ((1, found.one), (-1, found.other)):
        # A fill of an order that was sent before the window belongs to nothing in it.
        known = {order.order_id for order in side.orders}
        loose = (fill for fill in side.fills if fill["order_id"] not in known)
        money["unattributed"] += sign * sum((_value(found, fill) + fee_of(fill) for fill in loose), ZERO)
    return money


def _pair_cause(found: Comparison, one: Order, other: Order) -> str:
    """Return why one order, sent by both, went two ways."""
    if _blind(found, one.ts_ns):
        return "missing_data"
    if _ON_ARRIVAL & {*one.reasons, *other.reasons}:
        return "latency"
    if any(path.startswith("exchange.latency") for path in found.different):
        return "latency"
    return "queue"


def _single_cause(found: Comparison, order: Order) -> str:
    """Return why only one run sent an order."""
    if _blind(found, order.ts_ns):
        return "missing_data"
    if any(not path.startswith(("exchange.latency", "exchange.fees")) for path in found.different):
        return "config"
    near = [
        other
        for other in (*found.matched.orders.first, *found.matched.orders.second)
        if other is not order
        and (other.symbol, other.side) == (order.symbol, order.side)
        and abs(other.ts_ns - order.ts_ns) <= found.within_ns
    ]
    # Both quoted that side at that moment, from a market that they saw a moment apart.
    return "latency" if near else "unattributed"


def _blind(found: Comparison, ts_ns: int) -> bool:
    return any(side.in_gap(ts_ns, found.within_ns) for side in (found.one, found.other))


def _gross(found: Comparison, order: Order) -> Decimal:
    return sum((_value(found, fill) for fill in order.fills), ZERO)


def _value(found: Comparison, fill: Event) -> Decimal:
    # One mark for both sides, or a difference of marks would pass for one of fills.
    return worth(fill, {**found.other.marks, **found.one.marks}, found.one.instruments)


def _fees(order: Order) -> Decimal:
    return sum((fee_of(fill) for fill in order.fills), ZERO)


# -- the gate -------------------------------------------------------------------------------------


def _judged(found: Comparison, noise: Comparison | None, limits: Limits) -> tuple[Verdict, tuple[str, ...]]:
    reasons = [f"other settings: {', '.join(found.different)}"] if found.different else []
    seen = min(len(found.one.decisions), len(found.other.decisions))
    if seen < LEAST_DECISIONS:
        said = f"{seen} decisions in the time that both saw, and {LEAST_DECISIONS} are needed"
        return Verdict.UNKNOWN, (said, *reasons)
    failed = unknown = False
    for name, ratio in found.ratios.items():
        least = getattr(limits, name)
        still = None if noise is None else noise.ratios[name]
        if ratio is None:
            unknown = True
            reasons.append(f"{name}: there were none on either side")
        elif ratio < least and (still is None or ratio < still):
            failed = True
            beside = "" if still is None else f"; the same run twice agrees to {still:.1%}"
            reasons.append(f"{name}: {ratio:.1%} the same, {least:.0%} needed{beside}")
    if failed:
        return Verdict.FAIL, tuple(reasons)
    if unknown:
        return Verdict.UNKNOWN, tuple(reasons)
    return (Verdict.WARN if found.different else Verdict.PASS), tuple(reasons)


def _document(found: Comparison) -> dict[str, Any]:
    matched = found.matched
    total = sum(found.divergence.values(), ZERO)
    return {
        "window": {"from_ns": found.one.span[0], "until_ns": found.one.span[1]},
        "decisions": {
            "shadow": len(found.one.decisions),
            "dryrun": len(found.other.decisions),
            "matched": len(matched.decisions.both),
            "agreeing": matched.agreeing,
        },
        "orders": {
            "shadow": len(found.one.orders),
            "dryrun": len(found.other.orders),
            "matched": len(matched.orders.both),
        },
        "fills": {"shadow": len(found.one.fills), "dryrun": len(found.other.fills)},
        "ratios": {name: None if ratio is None else round(ratio, 6) for name, ratio in found.ratios.items()},
        "divergence": {cause: f"{round(money, 8):f}" for cause, money in found.divergence.items()},
        "divergence_total": f"{round(total, 8):f}",
        "config_differences": list(found.different),
    }


def _lines(found: Comparison, noise: Comparison | None) -> list[str]:
    lines = []
    for name, ratio in found.ratios.items():
        still = None if noise is None else noise.ratios[name]
        beside = "" if noise is None else f"   noise {_percent(still)}"
        lines.append(f"{name:10} {_percent(ratio)} the same{beside}")
    for cause, money in found.divergence.items():
        lines.append(f"{cause:13} {round(money, 8):f}")
    return lines


def _percent(ratio: float | None) -> str:
    return "  none" if ratio is None else f"{ratio:6.1%}"
