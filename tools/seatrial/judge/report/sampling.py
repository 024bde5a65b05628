"""
From a run's history to what its charts show: the lines, dots, bands and bars of a Picture.

Numbers are taken as the journal has them; only how many points are shown is decided here.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .picture import PARTS, Band, Bar, Dots, Histogram, Line, Market, Picture, Step
from .thinning import thin

if TYPE_CHECKING:
    import numpy as np

    from ...model.artifact import IterationSummary
    from ..history import History
    from .thinning import Floats

MAX_MARKETS = 6
LATENCY_BINS = 36
_NS_PER_MS = 1e6
_BPS = 1e4


def picture_of(history: "History", summaries: Sequence["IterationSummary"], max_points: int) -> Picture:
    """Return what to draw of a run, each line thinned to `max_points`."""
    rows = _decisions(history)
    start, end = _span(history)
    last = history.positions[-1] if history.positions else None
    codes = range(len(history.symbols))
    return Picture(
        from_ms=start,
        until_ms=end,
        currency=last.currency if last else "",
        equity=_equity(history, rows, max_points),
        position=_by_symbol(history, rows, "position", max_points),
        markets=tuple(_market(history, rows, code, max_points) for code in codes[:MAX_MARKETS]),
        bars=tuple(_bar(summary) for summary in summaries),
        bands=_bands(history, end),
        markouts=_markouts(history),
        latency=_latency(history),
    )


def _span(history: "History") -> tuple[float, float]:
    first = history.run.start_ns if history.run else history.first_ts_ns or 0
    return first / _NS_PER_MS, max(first, history.last_ts_ns or 0) / _NS_PER_MS


def _decisions(history: "History") -> dict[str, "np.ndarray[Any, Any]"]:
    import numpy as np

    table = history.decisions
    names = ("bid", "ask", "mid", "quote_bid", "quote_ask", "position", "equity", "symbol")
    columns = {name: np.array(getattr(table, name)) for name in names}
    return columns | {"at_ms": np.array(table.ts, np.float64) / _NS_PER_MS}


def _line(label: str, at_ms: "Floats", value: "Floats", max_points: int) -> Line:
    kept = thin(value, max_points)
    return Line(label, at_ms[kept], value[kept])


def _by_symbol(history: "History", rows: dict[str, Any], name: str, max_points: int) -> tuple[Line, ...]:
    lines = []
    for code, symbol in enumerate(history.symbols[:MAX_MARKETS]):
        mine = rows["symbol"] == code
        if mine.any():
            lines.append(_line(symbol, rows["at_ms"][mine], rows[name][mine], max_points))
    return tuple(lines)


def _equity(history: "History", rows: dict[str, Any], max_points: int) -> tuple[Line, ...]:
    """Return the equity; of several instruments its change, or the scale would hide the smaller."""
    lines = _by_symbol(history, rows, "equity", max_points)
    if len(lines) < 2:
        return lines
    return tuple(Line(line.label, line.at_ms, line.value - line.value[0]) for line in lines)


def _market(history: "History", rows: dict[str, Any], code: int, max_points: int) -> Market:
    mine = rows["symbol"] == code
    at_ms, mid = rows["at_ms"][mine], rows["mid"][mine]
    # The market first, so that our own quotes lie on top of it.
    sides = (("market bid", "bid"), ("market ask", "ask"), ("own bid", "quote_bid"), ("own ask", "quote_ask"))
    distances = (
        _line(label, at_ms, (rows[name][mine] - mid) / mid * _BPS, max_points) for label, name in sides
    )  # fmt: skip
    return Market(
        symbol=history.symbols[code],
        mid=_line("mid", at_ms, mid, max_points),
        fills=_fills(history, code, max_points),
        distances=tuple(distances),
    )


def _fills(history: "History", code: int, max_points: int) -> tuple[Dots, ...]:
    import numpy as np

    table = history.fills
    at_ms, price = np.array(table.ts, np.float64) / _NS_PER_MS, np.array(table.price.floats)
    side, symbol = np.array(table.side), np.array(table.symbol)
    dots = []
    for label, sign in (("buy", 1), ("sell", -1)):
        mine = (side == sign) & (symbol == code)
        kept = thin(price[mine], max_points)
        dots.append(Dots(label, at_ms[mine][kept], price[mine][kept]))
    return tuple(dots)


def _bar(summary: "IterationSummary") -> Bar:
    return Bar(
        index=summary.index,
        phase=summary.phase,
        from_ms=summary.from_ts_ns / _NS_PER_MS,
        until_ms=summary.until_ts_ns / _NS_PER_MS,
        parts={part: summary.components.get(part) for part in PARTS},
        net=summary.components.get("net_bps"),
    )


def _bands(history: "History", end_ms: float) -> tuple[Band, ...]:
    bands = [
        Band(
            "gap", gap.from_ns / _NS_PER_MS, gap.to_ns / _NS_PER_MS, f"no data: {history.symbols[gap.symbol]}"
        )
        for gap in history.gaps
    ]
    begun: dict[str, tuple[float, str]] = {}
    for fact in history.freezes:
        at = fact.ts_ns / _NS_PER_MS
        if fact.begins:
            begun.setdefault(fact.scope, (at, f"{fact.level} freeze: {fact.guard}"))
        elif fact.scope in begun:
            since, label = begun.pop(fact.scope)
            bands.append(Band("freeze", since, at, label))
    bands += [Band("freeze", since, end_ms, label) for since, label in begun.values()]
    return tuple(sorted(bands, key=lambda band: (band.from_ms, band.kind, band.label)))


def _markouts(history: "History") -> tuple[Step, ...]:
    """Return the mark-out KPIs of the whole run as a curve."""
    from ..kpi import KPIS
    from ..kpi.markout_bps import MARKOUTS

    if not len(history.fills):
        return ()
    whole = history.slice("whole")
    measures = {horizon: KPIS.get(name).measure(whole) for name, horizon in MARKOUTS.items()}
    return tuple(Step(horizon, measure.value, measure.n) for horizon, measure in measures.items())


def _latency(history: "History") -> Histogram:
    """Return the answers' latencies in bins of equal ratio, because they span decades."""
    import numpy as np

    from ..kpi.kpi import quantile

    latency = np.array(history.acks.latency_ms)
    latency = np.maximum(latency[np.isfinite(latency)], 1e-3)
    if not len(latency):
        return Histogram()
    low, high = float(latency.min()), float(latency.max())
    room = 1.01 if high > low * 1.2 else 1.5  # a constant latency stands in the middle
    edges = np.geomspace(low / room, high * room, LATENCY_BINS + 1)
    edges = np.array([float(f"{edge:.9g}") for edge in edges])
    counts, _ = np.histogram(latency, edges)
    found = {f"p{percent}": quantile(latency.tolist(), percent / 100) for percent in (50, 95, 99)}
    marks = {name: value for name, value in found.items() if value is not None}
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()), marks, len(latency))
