"""
How like its source a synthetic market is: the same statistics of both, side by side.

The source's own standard error stands beside each, because a recording of minutes knows its
spread well and its price impact badly.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .calibration import Statistic
from .fidelity_series import PARENT_NS, SECOND_NS, Series

if TYPE_CHECKING:
    import numpy as np

BLOCKS = 8
MIN_SAMPLES = 30
Measure = Callable[["View"], float | None]


@dataclass(frozen=True)
class Row:
    """One statistic of both markets; `distance` is |synthetic - source| / |source|."""

    name: str
    source: float | None
    source_error: float | None
    synthetic: float | None

    @property
    def distance(self) -> float | None:
        """Return the relative distance, None if either side could not be measured."""
        if self.source is None or self.synthetic is None or self.source == 0:
            return None
        return abs(self.synthetic - self.source) / abs(self.source)

    def within(self, relative: float, absolute: float = 0.0, errors: float = 3.0) -> bool:
        """Return whether the two agree to a tolerance, or to so many standard errors of the source."""
        if self.source is None or self.synthetic is None:
            return False
        allowed = max(relative * abs(self.source), absolute, errors * (self.source_error or 0.0))
        return abs(self.synthetic - self.source) <= allowed


class View:
    """A series with what several statistics need of it."""

    def __init__(self, series: Series) -> None:
        import numpy as np

        self.series = series
        touch = series.touch.astype("float64")
        known = touch[:, 1] > 0
        self.times, self.known = series.touch[:, 0], known
        self.held = np.diff(series.touch[:, 0], append=series.end_ns).clip(min=0) * known
        self.ticks = touch[:, 3] - touch[:, 1]
        self.mid = np.where(known, (touch[:, 1] + touch[:, 3]) / 2, np.nan)
        self.depth = touch[:, [2, 4]]
        self.returns = (
            np.diff(np.log(self.mid_at(np.arange(series.start_ns, series.end_ns, SECOND_NS)))) * 1e4
        )

    def mid_at(self, when: "np.ndarray") -> "np.ndarray":
        """Return the mid known at each time, in ticks; NaN when there is none."""
        import numpy as np

        at = np.searchsorted(self.times, when, side="right") - 1
        return np.where(at >= 0, self.mid[at.clip(min=0)], np.nan)

    def orders(self) -> "np.ndarray":
        """Return the row numbers of the first prints of takers' orders."""
        import numpy as np

        trades = self.series.trades
        new = (np.diff(trades[:, 0]) > PARENT_NS) | (np.diff(trades[:, 3]) != 0)
        return (
            np.flatnonzero(np.concatenate([[len(trades) > 0], new])) if len(trades) else np.array([], "int64")
        )


def statistics(series: Series) -> dict[str, Statistic]:
    """Return every statistic of a series with its standard error over eighths of its span."""
    parts = [View(part) for part in _parts(series)]
    whole = View(series)
    result = {}
    for name, measure in MEASURES.items():
        values = [value for value in map(measure, parts) if value is not None]
        result[name] = Statistic(value=_rounded(measure(whole)), error=_rounded(_error(values)))
    return result


def compare(source: Mapping[str, Statistic], synthetic: Mapping[str, Statistic]) -> tuple[Row, ...]:
    """Return the table: one row a statistic, in the order of `MEASURES`."""
    nothing = Statistic(value=None)
    return tuple(
        Row(name, source.get(name, nothing).value, source.get(name, nothing).error, synthetic[name].value)
        for name in MEASURES
    )


def table(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the table as lines for people."""
    head = f"{'statistic':<28} {'source':>12} {'+-':>10} {'synthetic':>12} {'distance':>9}"
    return (head, *(_line(row) for row in rows))


def _line(row: Row) -> str:
    cells = [_cell(row.source, 12), _cell(row.source_error, 10), _cell(row.synthetic, 12)]
    distance = "-" if row.distance is None else f"{row.distance:.0%}"
    return f"{row.name:<28} {' '.join(cells)} {distance:>9}"


def _cell(value: float | None, width: int) -> str:
    return f"{'-' if value is None else format(value, '.4g'):>{width}}"


def _parts(series: Series) -> list[Series]:
    start, length = series.start_ns, (series.end_ns - series.start_ns) // BLOCKS
    parts = [series.between(start + i * length, start + (i + 1) * length) for i in range(BLOCKS)]
    return [part for part in parts if len(part.touch)]


def _error(values: Sequence[float]) -> float | None:
    if len(values) < BLOCKS // 2:
        return None
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))


def _rounded(value: float | None) -> float | None:
    """Keep seven digits, so that another machine's last bit does not change a file."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.7g}")


def _weighted_quantile(values: "np.ndarray", weights: "np.ndarray", share: float) -> float | None:
    import numpy as np

    if not weights.sum() > 0:
        return None
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, share * passed[-1])])


def _spread_bps(share: float) -> Measure:
    def measure(view: View) -> float | None:
        bps = view.ticks[view.known] / view.mid[view.known] * 1e4
        return _weighted_quantile(bps, view.held[view.known], share)

    return measure


def _one_tick_ratio(view: View) -> float | None:
    total = view.held.sum()
    return float(view.held[view.ticks == 1].sum() / total) if total > 0 else None


def _touch_depth(view: View) -> float | None:
    import numpy as np

    return _weighted_quantile(view.depth.ravel(), np.repeat(view.held, 2), 0.5)


def _per_second(count: Callable[[View], int]) -> Measure:
    return lambda view: count(view) / view.series.seconds


def _lots(share: float) -> Measure:
    def measure(view: View) -> float | None:
        import numpy as np

        lots = view.series.trades[:, 2]
        return float(np.quantile(lots, share)) if len(lots) >= MIN_SAMPLES else None

    return measure


def _of_returns(formula: "Callable[[np.ndarray], float]") -> Measure:
    def measure(view: View) -> float | None:
        import numpy as np

        returns = view.returns[np.isfinite(view.returns)]
        return float(formula(returns)) if len(returns) >= MIN_SAMPLES and returns.std() > 0 else None

    return measure


def _kurtosis(returns: "np.ndarray") -> float:
    centred = returns - returns.mean()
    return float((centred**4).mean() / returns.var() ** 2)


def _persistence(lag_s: int) -> Measure:
    def measure(view: View) -> float | None:
        import numpy as np

        size = np.abs(view.returns)
        both = np.isfinite(size[:-lag_s]) & np.isfinite(size[lag_s:])
        return _correlation(size[:-lag_s][both], size[lag_s:][both])

    return measure


def _sign_persistence(view: View) -> float | None:
    signs = view.series.trades[:, 3].astype("float64")
    return _correlation(signs[:-1], signs[1:])


def _correlation(first: "np.ndarray", second: "np.ndarray") -> float | None:
    import numpy as np

    if len(first) < MIN_SAMPLES or first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _impact(horizon_s: float) -> Measure:
    """Measure the mean signed move of the mid from just before an order to `horizon_s` after it, in bps."""

    def measure(view: View) -> float | None:
        import numpy as np

        trades = view.series.trades[view.orders()]
        before = view.mid_at(trades[:, 0] - 1)
        after = view.mid_at(trades[:, 0] + int(horizon_s * SECOND_NS))
        moves = np.log(after / before) * trades[:, 3] * 1e4
        usable = np.isfinite(moves) & (trades[:, 0] + horizon_s * SECOND_NS <= view.series.end_ns)
        return float(moves[usable].mean()) if usable.sum() >= MIN_SAMPLES else None

    return measure


def _effective_half_spread(view: View) -> float | None:
    import numpy as np

    trades = view.series.trades[view.orders()]
    before = view.mid_at(trades[:, 0] - 1)
    bps = (trades[:, 1] - before) / before * trades[:, 3] * 1e4
    usable = np.isfinite(bps)
    return float(bps[usable].mean()) if usable.sum() >= MIN_SAMPLES else None


MEASURES: dict[str, Measure] = {
    "spread_median_bps": _spread_bps(0.5),
    "spread_p99_bps": _spread_bps(0.99),
    "one_tick_ratio": _one_tick_ratio,
    "touch_depth_median_lots": _touch_depth,
    "touch_changes_per_s": _per_second(lambda view: len(view.times)),
    "trades_per_s": _per_second(lambda view: len(view.series.trades)),
    "orders_per_s": _per_second(lambda view: len(view.orders())),
    "trade_size_p50_lots": _lots(0.5),
    "trade_size_p95_lots": _lots(0.95),
    "return_1s_bps": _of_returns(lambda returns: float(returns.std())),
    "still_seconds_ratio": _of_returns(lambda returns: float((returns == 0).mean())),
    "return_kurtosis": _of_returns(_kurtosis),
    "abs_return_acf_1s": _persistence(1),
    "abs_return_acf_10s": _persistence(10),
    "abs_return_acf_60s": _persistence(60),
    "trade_sign_acf": _sign_persistence,
    "effective_half_spread_bps": _effective_half_spread,
    "impact_1s_bps": _impact(1),
    "impact_30s_bps": _impact(30),
}
