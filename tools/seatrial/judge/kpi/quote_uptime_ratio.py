"""
Quote uptime: how much of the time both own quotes rested.

A bot that stops quoting loses nothing, so no measure of money ever catches it.
"""

from math import isnan

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, setting


def quote_uptime_ratio(part: Slice) -> Measure:
    """
    Return the share of time with both own quotes out, while there was a market to quote.

    A decision sample speaks for the time until the next one of its symbol; counting samples
    would favour a bot that acts a lot and then falls silent.
    """
    decisions, rows = part.history.decisions, part.rows("decisions")
    quoting: dict[int, tuple[int, bool, bool]] = {}
    seen = both = count = 0
    for row in rows:
        code, now = decisions.symbol[row], decisions.ts[row]
        before = quoting.get(code)
        seen, both = _add(before, now, seen, both)
        mid, bid, ask = decisions.mid[row], decisions.quote_bid[row], decisions.quote_ask[row]
        quoting[code] = (now, not isnan(mid), not (isnan(bid) or isnan(ask)))
        count += not isnan(mid)
    newest = decisions.ts[rows[-1]] if rows else None
    for before in quoting.values():
        seen, both = _add(before, max(part.until_ns, before[0]), seen, both)
    if not seen:
        return Measure(None, count, newest, "no sample of the quotes while there was a market")
    return measured(both / seen, count, newest)


def _add(before: tuple[int, bool, bool] | None, now: int, seen: int, both: int) -> tuple[int, int]:
    if before is None or not before[1]:
        return seen, both
    lasted = now - before[0]
    return seen + lasted, both + (lasted if before[2] else 0)


KPIS.add(
    "quote_uptime_ratio",
    Kpi(
        name="quote_uptime_ratio",
        better="higher",
        doc="time with both own quotes out over time with a market, from the decision samples",
        measure=quote_uptime_ratio,
        provoke=setting("quoting_ratio"),
        needs="quotes",
        domain=(0, 1),
    ),
)
