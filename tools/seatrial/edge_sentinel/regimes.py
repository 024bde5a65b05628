"""
Regimes: whether the market was calm, usual or wild when a fill happened.

A maker that earns in calm markets and bleeds in wild ones has a net that says neither. A regime is
the tercile of realised volatility of the fill's five minutes; with a baseline, the baseline's
terciles count, so that the words mean the same on both sides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..judge.shares import Share
from .account import NO_FILL

if TYPE_CHECKING:
    import numpy as np

    from ..judge.history import History

BLOCK_NS = 300 * 10**9
_FEWEST = 6
UNKNOWN = "unknown"
Levels = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Regimes:
    """Realised volatility by symbol and five minutes, and the two levels that part the terciles."""

    volatility: Mapping[str, Mapping[int, float]]
    levels: Levels

    def of(self, row: Share) -> str:
        """Return calm, usual or wild; unknown where too little of the market was seen."""
        if row.ts_ns is None:
            return NO_FILL
        level, bounds = (
            self.volatility.get(row.symbol, {}).get(row.ts_ns // BLOCK_NS),
            self.levels.get(row.symbol),
        )
        if level is None or bounds is None:
            return UNKNOWN
        return "calm" if level <= bounds[0] else "wild" if level > bounds[1] else "usual"


Series = tuple["np.ndarray", "np.ndarray"]


def regimes(mids: Mapping[str, Series], levels: Levels | None = None) -> Regimes:
    """Return the regimes of each symbol's mids (times, values); `levels` are a baseline's."""
    found = {name: _volatility(*series) for name, series in mids.items()}
    own = {name: _terciles(list(blocks.values())) for name, blocks in found.items()}
    kept = {name: pair for name, pair in own.items() if pair is not None}
    return Regimes(found, {**kept, **(levels or {})})


def sampled_mids(history: "History") -> dict[str, Series]:
    """Return the mids that the bot's decisions saw, by symbol."""
    import numpy as np

    rows = history.decisions
    ts, code, mid = (np.asarray(column) for column in (rows.ts, rows.symbol, rows.mid))
    picked = {
        name: (code == history.symbol_code(name)) & np.isfinite(mid) & (mid > 0) for name in history.symbols
    }
    return {name: (ts[mask], mid[mask]) for name, mask in picked.items()}


def _volatility(ts: "np.ndarray", mids: "np.ndarray") -> dict[int, float]:
    import numpy as np

    if len(ts) < 2:
        return {}
    block = ts // BLOCK_NS
    moved = np.diff(np.log(mids)) ** 2
    within = block[1:] == block[:-1]
    names, place = np.unique(block[1:][within], return_inverse=True)
    total = np.bincount(place, weights=moved[within], minlength=len(names))
    return {int(name): float(value) ** 0.5 for name, value in zip(names, total, strict=True)}


def _terciles(values: list[float]) -> tuple[float, float] | None:
    if len(values) < _FEWEST:
        return None
    ordered = sorted(values)
    return ordered[len(ordered) // 3], ordered[len(ordered) * 2 // 3]
