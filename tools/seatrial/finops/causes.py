"""
Causes: one suggestion per cluster of breaks, from what all of its breaks have in common.

A hundred breaks are usually one mistake. A cluster is one class in one market; where its breaks
share a pattern (one offset in time, one ratio, one side of the period) the cause names it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from .breaks import Break, with_cause
from .ledger import EXACT, ZERO
from .matching.rules import BreakClass, charged_on, fill_of
from .saying import amount

QUARTER_HOUR_NS = 900 * 10**9
HOUR_NS = 3_600 * 10**9
SAME_ZONE_NS = 2 * 10**9
SAME_RATE = Decimal("0.02")


@dataclass(frozen=True)
class Period:
    """First and last time of a book, None where it is empty."""

    first_ns: int | None
    last_ns: int | None

    def holds(self, ts_ns: int) -> bool:
        """Return whether a time is inside."""
        return (
            self.first_ns is not None and self.last_ns is not None and self.first_ns <= ts_ns <= self.last_ns
        )


@dataclass(frozen=True)
class Periods:
    """The periods of both books."""

    ours: Period
    theirs: Period


Cluster = Sequence[Break]
Cause = Callable[[Cluster, Periods], str]


def explained(breaks: Sequence[Break], periods: Periods) -> list[Break]:
    """Return the breaks with the cause of their cluster, in their order."""
    clusters: dict[tuple[str, str, str, bool], list[int]] = defaultdict(list)
    for at, one in enumerate(breaks):
        other = periods.theirs if one.ours_row is not None else periods.ours
        clusters[one.kind.value, one.symbol, one.field, other.holds(one.ts_ns)].append(at)
    causes = [""] * len(breaks)
    for places in clusters.values():
        cluster = [breaks[at] for at in places]
        cause = _CAUSES[cluster[0].kind](cluster, periods)
        for at in places:
            causes[at] = cause
    return [with_cause(one, cause) for one, cause in zip(breaks, causes, strict=True)]


def _offset(cluster: Cluster, _: Periods) -> str:
    offsets = [
        one.theirs_row.ts_ns - one.ours_row.ts_ns
        for one in cluster
        if one.ours_row is not None and one.theirs_row is not None
    ]
    nearest = [round(offset / QUARTER_HOUR_NS) * QUARTER_HOUR_NS for offset in offsets]
    zoned = all(abs(offset - whole) <= SAME_ZONE_NS for offset, whole in zip(offsets, nearest, strict=True))
    if offsets and nearest[0] and len(set(nearest)) == 1 and zoned and abs(nearest[0]) <= 14 * HOUR_NS:
        hours = Decimal(nearest[0]) / HOUR_NS
        return f"time zone: the statement's clock is {amount(hours)} h from ours; read it with its zone"
    if offsets and all(offset > 0 for offset in offsets):
        return "the venue booked later than the bot: settlement delay; book by the venue's time"
    if offsets and all(offset < 0 for offset in offsets):
        return "the bot booked later than the venue: late messages; check its clock and its stream"
    return "the two clocks disagree: check the bot's clock and the statement's time zone"


def _rate_bps(fee: Decimal | None, base: Decimal) -> Decimal | None:
    with localcontext(EXACT):
        return None if fee is None or not base else fee / base * 10_000


def _fee(cluster: Cluster, _: Periods) -> str:
    rates = []
    for one in cluster:
        if one.ours_row is None or one.theirs_row is None or one.theirs_row.fill is None:
            return "the fee differs: compare the account's fee tier"
        a, b = one.ours_row.fill, one.theirs_row.fill
        booked = _rate_bps(a.fee if a else None, charged_on(one.ours_row) if a else ZERO)
        rates.append((booked, _rate_bps(b.fee, charged_on(one.theirs_row))))
    known = [(booked, charged) for booked, charged in rates if booked is not None and charged is not None]
    if not known:
        return "a payment differs: compare rate, position and mark at that time"
    booked, charged = known[0]
    words = f"booked {_bps(booked)}, charged {_bps(charged)}"
    if all(a and abs(a + b) <= SAME_RATE for a, b in known):
        return f"opposite sign: one side writes paid fees as positive ({words})"
    if all(a > 0 >= b for a, b in known):
        return f"lost rebate: booked as a maker's rebate, charged as a fee ({words}); claim it"
    if all(abs(a - booked) <= SAME_RATE and abs(b - charged) <= SAME_RATE for a, b in known):
        return f"another fee rate ({words}): the account's tier is not the one the bot assumes"
    return f"the fee differs without a pattern (first: {words}); ask the venue for these trades"


def _bps(rate: Decimal) -> str:
    return f"{amount(round(rate, 4))} bps"


def _fee_currency(cluster: Cluster, _: Periods) -> str:
    names = sorted({(one.theirs or "").rpartition(" ")[2] for one in cluster})
    return f"the fee was taken in {', '.join(names)}: a discount token or the base coin; book it there"


def _quantity(cluster: Cluster, _: Periods) -> str:
    ratios = set()
    for one in cluster:
        if one.ours_row is None or one.theirs_row is None or one.ours_row.fill is None:
            return "the amount differs: compare position and rate at that time"
        ratios.add(fill_of(one.theirs_row).qty / (fill_of(one.ours_row).qty or 1))
    if len(cluster) > 1 and len(ratios) == 1:
        times = amount(round(ratios.pop(), 8))
        return f"another unit of quantity: theirs is {times} times ours (contracts, coins)"
    return "a part of the fill was lost or came twice: compare the order's executions"


def _price(cluster: Cluster, _: Periods) -> str:
    for one in cluster:
        ours, theirs = Decimal(one.ours or 0), Decimal(one.theirs or 0)
        coarse = max(ours, theirs, key=lambda price: int(price.as_tuple().exponent))
        places = Decimal(1).scaleb(int(coarse.as_tuple().exponent))
        if abs(ours - theirs) >= places:
            return "the price differs: an average of the order on one side, or a correction"
    return "rounded prices: one side has fewer digits; set finops.price_tolerance"


def _missing_there(cluster: Cluster, periods: Periods) -> str:
    if not periods.theirs.holds(cluster[0].ts_ns):
        return "outside the statement's period: export a longer one"
    return "the venue does not know this fill: a phantom of the bot, or an incomplete export"


def _missing_here(cluster: Cluster, periods: Periods) -> str:
    if not periods.ours.holds(cluster[0].ts_ns):
        return "outside the record's period: give the record of that time too"
    return "the bot did not book this fill: a lost message, or somebody else trades on the account"


def _duplicate(cluster: Cluster, _: Periods) -> str:
    if cluster[0].ours_row is not None:
        return "booked twice: stream and REST both told it; key fills by trade id"
    return "the statement has it twice: overlapping pages of an export, or a double charge; ask the venue"


def _side(_: Cluster, __: Periods) -> str:
    return "opposite side: the taker's side was taken for ours, or the bot booked it the wrong way"


def _currency(_: Cluster, __: Periods) -> str:
    return "another instrument or currency: a symbol is mapped wrongly"


def _restated(_: Cluster, __: Periods) -> str:
    return "the venue corrected this row after it was booked: book the newer one"


_CAUSES: dict[BreakClass, Cause] = {
    BreakClass.MISSING_HERE: _missing_here,
    BreakClass.MISSING_THERE: _missing_there,
    BreakClass.DUPLICATE: _duplicate,
    BreakClass.QUANTITY: _quantity,
    BreakClass.PRICE: _price,
    BreakClass.FEE_AMOUNT: _fee,
    BreakClass.FEE_CURRENCY: _fee_currency,
    BreakClass.SIDE: _side,
    BreakClass.TIMING: _offset,
    BreakClass.CURRENCY: _currency,
    BreakClass.LATE: _offset,
    BreakClass.RESTATED: _restated,
}
