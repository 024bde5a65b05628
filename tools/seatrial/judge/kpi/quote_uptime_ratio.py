"""
Quote uptime: how much of the time both own quotes rested.

A bot that stops quoting loses nothing, so no measure of money ever catches it.
"""

from ..columns import part as cells
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, setting


def quote_uptime_ratio(part: Slice) -> Measure:
    """
    Return the share of time with both own quotes out, while there was a market to quote.

    A decision sample speaks for the time until the next one of its symbol; counting samples
    would favour a bot that acts a lot and then falls silent.
    """
    import numpy as np

    decisions, rows = part.history.decisions, part.rows("decisions")
    if not rows:
        return Measure(None, 0, None, "no sample of the quotes while there was a market")
    columns = (decisions.ts, decisions.symbol, decisions.mid, decisions.quote_bid, decisions.quote_ask)
    ts, code, mid, bid, ask = (np.asarray(cells(column, rows)) for column in columns)
    market = ~np.isnan(mid)
    quoted = market & ~np.isnan(bid) & ~np.isnan(ask)
    seen = both = 0
    for one in np.unique(code):
        own = np.nonzero(code == one)[0]
        times = ts[own]
        lasted = np.diff(np.append(times, max(part.until_ns, int(times[-1]))))
        seen += int(lasted[market[own]].sum())
        both += int(lasted[quoted[own]].sum())
    count, newest = int(market.sum()), decisions.ts[rows[-1]]
    if not seen:
        return Measure(None, count, newest, "no sample of the quotes while there was a market")
    return measured(both / seen, count, newest)


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
