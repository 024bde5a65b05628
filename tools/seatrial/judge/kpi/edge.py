"""
Edge: the components of the profit, in basis points of the traded value.

One rule makes the whole family: the exact decomposition of the window, over its notional.
"""

from functools import partial
from math import isnan

from ..components import decompose
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, Samples, measured, setting

FEW_ITERATIONS = 8
_FORMULA = "over notional times 10^4, from the exact decomposition of the window"
_MEMBERS = (
    ("net_bps", "what the ledger earned, all components together", setting("edge_bps")),
    ("gross_bps", "spread captured: sum s q (m(t) - p)", setting("edge_bps")),
    ("adverse_bps", "what the market knew: sum s q (m(t+5s) - m(t))", setting("adverse_bps")),
    ("inventory_bps", "what holding was worth: sum s q (M - m(t+5s)) + carried", setting("swing_bps")),
    ("fees_bps", "signed cash effect of fees and rebates", setting("fee_bps")),
    ("funding_bps", "signed cash effect of funding", setting("funding_bps")),
    (
        "unattributed_bps",
        "fills without a mid, valued at the mark: sum s q (M - p)",
        setting("edge_bps", lost_ratio=1.0),
    ),
)


def component(name: str, part: Slice) -> Measure:
    """Return one component of the decomposition (`net`, `gross`, ...) in bps."""
    found, count = decompose(part), len(part.rows("fills"))
    if found.pooled is None:
        return Measure(None, count, found.newest_ts_ns, found.reason)
    reason = "no fill has a mid" if found.pooled.notional else "nothing was filled"
    return measured(found.pooled.bps(name), count, found.newest_ts_ns, reason)


def component_samples(name: str, part: Slice) -> Samples:
    """Return one component in bps of each iteration, weighted by its notional."""
    pooled = [decompose(piece).pooled for piece in part.parts()]
    traded = [money for money in pooled if money and money.notional]
    return Samples([money.bps(name) or 0.0 for money in traded], [float(money.notional) for money in traded])


def net_samples(part: Slice) -> Samples:
    """Return net per iteration; of few iterations, per fill against the last mark, fees in."""
    if len(part.parts()) >= FEW_ITERATIONS:
        return component_samples("net", part)
    fills = part.history.fills
    marks = {fact.symbol: float(fact.mark) for fact in part.history.positions if fact.mark is not None}
    edges = [
        (edge_bps(part, row, marks.get(fills.symbol[row], float("nan"))), fills.notional.floats[row], row)
        for row in part.rows("fills")
    ]
    kept = [
        (edge + fills.fee.floats[row] / value * 1e4, value)
        for edge, value, row in edges
        if not isnan(edge + fills.fee.floats[row])
    ]
    return Samples([edge for edge, _ in kept], [value for _, value in kept])


def gross_samples(part: Slice) -> Samples:
    """Return the spread captured by each fill that has a mid, weighted by its notional."""
    fills = part.history.fills
    edges = [
        (edge_bps(part, row, fills.mid.floats[row]), fills.notional.floats[row]) for row in part.rows("fills")
    ]
    kept = [(edge, value) for edge, value in edges if not isnan(edge)]
    return Samples([edge for edge, _ in kept], [value for _, value in kept])


def edge_bps(part: Slice, row: int, price_later: float) -> float:
    """
    Return what one fill gained against a later price, in bps of its notional.

    NaN when that price is missing. The same rate holds in either settlement: s (m/p - 1) for
    linear contracts, s (1 - p/m) for inverse ones.
    """
    fills = part.history.fills
    price, facts = fills.price.floats[row], part.history.instruments.get(fills.symbol[row], {})
    rate = 1 - price / price_later if facts.get("contract") == "inverse" else price_later / price - 1
    return fills.side[row] * rate * 1e4


_SAMPLES = {"net_bps": net_samples, "gross_bps": gross_samples}
for _name, _doc, _provoke in _MEMBERS:
    _part = _name.removesuffix("_bps")
    KPIS.add(
        _name,
        Kpi(
            name=_name,
            better="higher",
            doc=f"{_doc}; {_FORMULA}",
            measure=partial(component, _part),
            provoke=_provoke,
            samples=_SAMPLES.get(_name, partial(component_samples, _part)),
        ),
    )
