"""
Quotes: the mid at a moment, as it was known then.

The last quote at or before the moment counts, unless it is too old: a mid that nobody renewed is
missing, not unchanged. A crossed or one-sided quote is no mid either, until the next whole one.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from ..judge.tabular import rows

if TYPE_CHECKING:
    import numpy as np

_BID = ("best_bid", "bid", "bid_price", "bidprice", "b")
_ASK = ("best_ask", "ask", "ask_price", "askprice", "a")
SYMBOL = ("symbol", "instrument", "pair", "market", "s")


@dataclass
class Mids:
    """One symbol's mids in order of time; NaN is a quote that is no mid."""

    ts: "array[int]" = field(default_factory=lambda: array("q"))
    mid: "array[float]" = field(default_factory=lambda: array("d"))

    def at(self, ts_ns: int, stale_ns: int) -> Decimal | None:
        """Return the mid known at a moment, None when the last quote is no mid or too old."""
        place = bisect_right(self.ts, ts_ns) - 1
        if place < 0 or ts_ns - self.ts[place] > stale_ns or isnan(self.mid[place]):
            return None
        return Decimal(repr(self.mid[place]))

    def last(self) -> tuple[int, Decimal] | None:
        """Return the last mid there is, with its time."""
        for place in range(len(self.ts) - 1, -1, -1):
            if not isnan(self.mid[place]):
                return self.ts[place], Decimal(repr(self.mid[place]))
        return None

    def series(self) -> "tuple[np.ndarray, np.ndarray]":
        """Return times and mids as arrays, without what is no mid."""
        import numpy as np

        ts, mid = np.asarray(self.ts), np.asarray(self.mid)
        return ts[np.isfinite(mid)], mid[np.isfinite(mid)]


@dataclass(frozen=True)
class Quotes:
    """The mids of every symbol, and what was odd about the file."""

    symbols: dict[str, Mids]
    findings: Counter[str]


def read_quotes(path: Path) -> Quotes:
    """Read a quotes file; times that run backwards are put in order and counted."""
    found, odd = Quotes({}, Counter()), Counter[str]()
    for row in rows(path):
        mids = found.symbols.setdefault(row.text(*SYMBOL), Mids())
        bid, ask, ts = row.decimal(*_BID), row.decimal(*_ASK), row.time_ns()
        whole = bid is not None and ask is not None and bid > 0 and ask > 0
        if bid is not None and ask is not None and whole and bid <= ask:
            mids.mid.append(float((bid + ask) / 2))
        else:
            mids.mid.append(float("nan"))
            odd["crossed_quotes" if whole else "one_sided_quotes"] += 1
        if mids.ts and ts < mids.ts[-1]:
            odd["non_monotonic_quotes"] += 1
        mids.ts.append(ts)
    if odd["non_monotonic_quotes"]:
        for mids in found.symbols.values():
            order = sorted(range(len(mids.ts)), key=mids.ts.__getitem__)
            mids.ts, mids.mid = (
                array("q", [mids.ts[at] for at in order]),
                array("d", [mids.mid[at] for at in order]),
            )
    found.findings.update(odd)
    return found
