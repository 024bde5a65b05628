"""Measure the tables and rates of a calibration from what a market did."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..model.errors import InputError
from .calibration import ALWAYS, ENTRIES, REGIMES, Behaviour, Regimes, Tables
from .fidelity import View
from .fidelity_series import SECOND_NS, Series

if TYPE_CHECKING:
    import numpy as np

STEP_NS = 200_000_000
STEPS_PER_S = SECOND_NS // STEP_NS
ACTIVITY_S = 5  # activity is smoothed over this, or a regime would last one order
REGIME_SHARES = (0.5, 0.8, 0.95)  # calm below the first, wild above the last
REVERSAL_HALF_LIFE_S = 5.0
GAP_TICKS_MAX = 1 << 20
LEVELS_MIN = 8
BANDS = ((0, 1), (1, 3), (3, 7), (7, 24))
MIN_ORDERS = 100
REACTION_NS = (1e5, 1e10)
WIDENINGS_MAX, CHANGES_MAX = 5_000, 500


@dataclass(frozen=True)
class Density:
    """How much of the book is kept: rows a second, the share of changes of the touch, levels a side."""

    rows_per_s: float = 60.0
    touch: float = 1.0
    levels: int = 20


@dataclass(frozen=True)
class Measured:
    """What calibration needs of one recording."""

    tables: Tables
    regimes: Regimes
    behaviour: Behaviour


def measure(series: Series, *, density: "Density", funding: bool) -> Measured:
    """
    Return tables, regimes and behaviour as the recording shows them.

    A recording without a book or with too few trades is an `InputError`.
    """
    view = View(series)
    orders = view.orders()
    if len(orders) < MIN_ORDERS or not series.levels:
        raise InputError(
            f"a calibration needs a book and {MIN_ORDERS} orders; the recording has {len(orders)}",
            fix="use a recording with depth and trades",
        )
    states = _states(view)
    moves = _moves(view)
    return Measured(
        _tables(view, orders, moves, states),
        _regimes(view, orders, moves, states, density),
        _behaviour(view, orders, moves, density, funding=funding),
    )


def chance(ratio: float) -> int:
    """Return a chance in 1/2^32."""
    return round(min(max(ratio, 0.0), 1.0) * ALWAYS)


def of_means(values: "np.ndarray", *, lowest: int = 0) -> tuple[int, ...]:
    """Return 256 entries, each the mean of its share of the sorted values: median and mean survive."""
    import numpy as np

    ordered = np.sort(np.asarray(values, "float64"))
    edges = np.linspace(0, len(ordered), ENTRIES + 1)
    total = np.concatenate([[0.0], np.cumsum(ordered)])
    means = np.diff(np.interp(edges, np.arange(len(total)), total)) / np.diff(edges)
    return tuple(max(lowest, round(value)) for value in means.tolist())


def of_quantiles(values: "np.ndarray", weights: "np.ndarray") -> tuple[int, ...]:
    """Return 256 entries, each the middle of its share of the weight: for what is counted in ticks."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(passed, (np.arange(ENTRIES) + 0.5) / ENTRIES).clip(max=len(order) - 1)
    return tuple(max(1, round(value)) for value in values[order][at].tolist())


@dataclass(frozen=True)
class _Moves:
    """Moves of the mid over steps: half-ticks per step, NaN when unknown, and the step's start."""

    starts: "np.ndarray"
    ticks: "np.ndarray"

    @property
    def sizes(self) -> "np.ndarray":
        import numpy as np

        sizes: np.ndarray = np.abs(self.ticks[np.isfinite(self.ticks)])
        return sizes[sizes > 0]


def _moves(view: View) -> _Moves:
    import numpy as np

    grid = np.arange(view.series.start_ns, view.series.end_ns, STEP_NS)
    return _Moves(grid[:-1], np.diff(view.mid_at(grid)))


def _states(view: View) -> "np.ndarray":
    """Return the regime of each second."""
    import numpy as np

    seconds = max(int(view.series.seconds), ACTIVITY_S)
    activity = np.zeros(seconds)
    for times, weight in ((view.times, 1.0), (view.series.trades[:, 0], 3.0)):
        at = ((times - view.series.start_ns) // SECOND_NS).clip(0, seconds - 1)
        activity += weight * np.bincount(at, minlength=seconds)
    smooth = np.convolve(activity, np.ones(ACTIVITY_S) / ACTIVITY_S, "same")
    # Ties are broken by the order in time, or a quiet market would have a single regime.
    ranks = np.argsort(np.argsort(smooth, kind="stable"), kind="stable") / seconds
    states: np.ndarray = np.searchsorted(REGIME_SHARES, ranks, side="right")
    return states


def _state_at(view: View, states: "np.ndarray", when: "np.ndarray") -> "np.ndarray":
    found: np.ndarray = states[((when - view.series.start_ns) // SECOND_NS).clip(0, len(states) - 1)]
    return found


def _tables(view: View, orders: "np.ndarray", moves: _Moves, states: "np.ndarray") -> Tables:
    import numpy as np

    trades = view.series.trades
    touch_gap, level_gap = _level_gaps(view.series)
    bands = [_band(view.series, low, high) for low, high in BANDS]
    sizes = moves.sizes if len(moves.sizes) else np.array([1.0])
    return Tables(
        trade_gap=_relative_gaps(view, trades[orders, 0], states),
        book_gap=_relative_gaps(view, view.times, states),
        prints=of_means(np.diff(orders, append=len(trades)).clip(max=64), lowest=1),
        print_lots=of_means(trades[:, 2], lowest=1),
        touch_lots=bands[0],
        near_lots=bands[1],
        middle_lots=bands[2],
        far_lots=bands[3],
        touch_gap=touch_gap,
        level_gap=level_gap,
        spread=of_quantiles(view.ticks[view.known], view.held[view.known]),
        move_q8=of_means(sizes * 256),
    )


def _relative_gaps(view: View, times: "np.ndarray", states: "np.ndarray") -> tuple[int, ...]:
    """Return gaps between messages relative to the mean of their regime, as a table of mean 1024."""
    import numpy as np

    gaps = np.diff(times).astype("float64")
    state = _state_at(view, states, times[:-1])
    relative = np.ones(len(gaps))
    for regime in range(REGIMES):
        mine = state == regime
        if mine.any() and gaps[mine].mean() > 0:
            relative[mine] = gaps[mine] / gaps[mine].mean()
    return of_means(relative / relative.mean() * 1024)


def _band(series: Series, low: int, high: int) -> tuple[int, ...]:
    import numpy as np

    lots = [lots for side in series.levels for _, lots in side[low:high]]
    if not lots:
        return _band(series, 0, 1)
    return of_means(np.array(lots), lowest=1)


def _level_gaps(series: Series) -> tuple[tuple[int, ...], tuple[int, ...]]:
    import numpy as np

    first = [abs(side[1][0] - side[0][0]) for side in series.levels if len(side) > 1] or [1]
    deeper = [abs(far[0] - near[0]) for side in series.levels for near, far in pairwise(side[1:])] or [1]
    tables = [np.array(gaps).clip(1, GAP_TICKS_MAX) for gaps in (first, deeper)]
    return (of_quantiles(tables[0], np.ones(len(first))), of_quantiles(tables[1], np.ones(len(deeper))))


def _regimes(
    view: View, orders: "np.ndarray", moves: _Moves, states: "np.ndarray", density: "Density"
) -> Regimes:
    import numpy as np

    seconds = np.bincount(states, minlength=REGIMES).clip(min=1)
    order_state = _state_at(view, states, view.series.trades[orders, 0])
    touch_state = _state_at(view, states, view.times)
    touches = np.bincount(touch_state, minlength=REGIMES) / seconds
    books = touches * _book_messages_per_s(view, density) / (len(view.times) / view.series.seconds)
    known = np.isfinite(moves.ticks)
    moved_state = _state_at(view, states, moves.starts)
    moved = [(moves.ticks[known & (moved_state == regime)] != 0) for regime in range(REGIMES)]
    shares = [float(part.mean()) if len(part) else 0.0 for part in moved]
    return Regimes(
        trade_mean_ns=_mean_times(np.bincount(order_state, minlength=REGIMES) / seconds),
        book_mean_ns=_mean_times(books),
        move_chance=_four(shares),
        change=_changes(states),
    )


def _mean_times(rates: "np.ndarray") -> tuple[int, int, int, int]:
    """Return mean gaps of rates per second; a regime is never quieter than 1/50 of the mean."""
    floor = max(float(rates.mean()) / 50, 1e-3)
    times = [round(SECOND_NS / max(rate, floor)) for rate in rates.tolist()]
    return times[0], times[1], times[2], times[3]


def _changes(states: "np.ndarray") -> tuple[tuple[int, int, int, int], ...]:
    import numpy as np

    counts = np.zeros((REGIMES, REGIMES))
    np.add.at(counts, (states[:-1], states[1:]), 1)
    counts += np.eye(REGIMES) * (counts.sum(1) == 0)[:, None]
    cumulated = np.cumsum(counts / counts.sum(1, keepdims=True), axis=1)
    return tuple(_four(row) for row in cumulated.tolist())


def _four(ratios: list[float]) -> tuple[int, int, int, int]:
    first, second, third, fourth = map(chance, ratios)
    return first, second, third, fourth


def _book_messages_per_s(view: View, density: "Density") -> float:
    """Return messages of the book: those about the touch, and deeper ones as the rows allow."""
    touches = len(view.times) / view.series.seconds * density.touch
    return touches + max((density.rows_per_s - touches) / 2.2, touches / 4)


def _behaviour(
    view: View, orders: "np.ndarray", moves: _Moves, density: "Density", *, funding: bool
) -> Behaviour:
    import numpy as np

    trades = view.series.trades
    gaps = np.diff(trades[orders, 0])
    same, soon = np.diff(trades[orders, 3]) == 0, gaps < np.quantile(gaps, 0.25)
    ways = np.sign(moves.ticks[np.isfinite(moves.ticks) & (moves.ticks != 0)])
    lots = np.add.reduceat(trades[:, 2], orders)
    spread_changes = int((np.diff(view.ticks) != 0).sum()) / view.series.seconds
    touches = len(view.times) / view.series.seconds * density.touch
    reaction_ns, messages_ns = _reaction_ns(view), SECOND_NS / _book_messages_per_s(view, density)
    kept = int(np.median([len(side) for side in view.series.levels]))
    return Behaviour(
        levels=min(max(kept, LEVELS_MIN), density.levels),
        step_ns=STEP_NS,
        repeat_sign=_repeating(same, ~soon),
        repeat_short=_repeating(same, soon),
        gap_memory=_gap_memory(trades[orders, 0]),
        follow=_following(moves),
        momentum=chance(2 * _same(ways) - 1),
        impact=chance(0.01),
        rush=chance(0.3),
        rush_orders=_rush_orders(view, orders),
        transient=chance(0.3),
        reversal=chance(1 - 0.5 ** (1 / STEPS_PER_S / REVERSAL_HALF_LIFE_S)),
        respread=chance(min(max(spread_changes / STEPS_PER_S / 2, 0.01), 0.5)),
        refill=chance(min(max(messages_ns / reaction_ns, 0.02), 0.98)),
        touch_share=chance(touches / _book_messages_per_s(view, density)),
        redraw=chance(0.125),
        beyond=chance(_beyond(view)),
        reaction_ns=reaction_ns,
        parent_lots=max(1, int(np.median(lots))),
        funding_rate=10**8 if funding else 0,
        funding_span=10**8 if funding else 0,
    )


def _beyond(view: View) -> float:
    """Return the share of prints that are larger than the touch they met, as it was shown."""
    import numpy as np

    trades = view.series.trades
    at = (np.searchsorted(view.times, trades[:, 0] - 1, side="right") - 1).clip(min=0)
    shown = np.where(trades[:, 3] > 0, view.depth[at, 1], view.depth[at, 0])
    return float((trades[:, 2] > shown).mean())


def _repeating(same: "np.ndarray", which: "np.ndarray") -> int:
    """Return the chance of copying the last sign, else drawing it, that gives this share of equals."""
    return chance(2 * float(same[which].mean()) - 1) if which.any() else 0


def _gap_memory(times: "np.ndarray") -> int:
    """Return the chance of staying in a quarter, else drawing it, that gives this share of equals."""
    import numpy as np

    gaps = np.diff(times)
    quarter = np.argsort(np.argsort(gaps, kind="stable"), kind="stable") * 4 // len(gaps)
    return chance((_same(quarter) - 0.25) / 0.75)


def _following(moves: _Moves) -> int:
    """Return the share of steps after a move that brought one too."""
    import numpy as np

    known = np.isfinite(moves.ticks[:-1]) & np.isfinite(moves.ticks[1:])
    moved = moves.ticks != 0
    after = known & moved[:-1]
    return chance(float(moved[1:][after].mean()) if after.any() else 0.0)


def _rush_orders(view: View, orders: "np.ndarray") -> int:
    """Return how many more orders a second with a move has than one without."""
    import numpy as np

    moved = np.nan_to_num(view.returns) != 0
    at = (view.series.trades[orders, 0] - view.series.start_ns) // SECOND_NS
    counts = np.bincount(at.clip(0, len(moved)), minlength=len(moved) + 1)[: len(moved)]
    if moved.all() or not moved.any():
        return 1
    return int(np.clip(round(counts[moved].mean() - counts[~moved].mean()), 1, 64))


def _same(values: "np.ndarray") -> float:
    return float((values[1:] == values[:-1]).mean()) if len(values) > 1 else 0.5


def _reaction_ns(view: View) -> int:
    """Return how long a widened spread stays wide: the median time until it is back where it was."""
    import numpy as np

    ticks, times = view.ticks.tolist(), view.times.tolist()
    wider = np.flatnonzero((np.diff(view.ticks) > 0) & view.known[1:] & view.known[:-1]) + 1
    waits = []
    for at in wider[:: len(wider) // WIDENINGS_MAX + 1].tolist():
        back = at
        while back < min(len(ticks), at + CHANGES_MAX) - 1 and ticks[back] > ticks[at - 1]:
            back += 1
        waits.append(times[back] - times[at])
    return int(np.clip(np.median(waits) if waits else 5e7, *REACTION_NS))
