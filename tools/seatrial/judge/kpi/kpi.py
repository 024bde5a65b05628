"""
What a KPI is: a named measure of a stretch of a run, whose unit is the last word of its name.

A measure answers with a value or with None and the reason; NaN and infinity are never values. Each
KPI also says which plan of a trial run provokes a given value, so that a gate can be seen to fail.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...model.registry import Registry
from ..slices import Slice


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured value, from `n` samples of which the newest is that old; None says why in `reason`."""

    value: float | None
    n: int
    newest_ts_ns: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """What an interval is estimated from: values in time order, their weights, and the statistic."""

    values: Sequence[float]
    weights: Sequence[float] | None = None
    quantile: float | None = None


Provoke = Callable[[float, int], Mapping[str, float]]


@dataclass(frozen=True)
class Kpi:
    """
    One measure.

    `provoke(value, iterations)` returns the settings of a trial run whose KPI over that many
    iterations has this value; `domain` holds the values that can occur at all. What is measured
    `of_the_machine` (memory) differs between two equal runs; everything else must not.
    """

    name: str
    better: Literal["higher", "lower"]
    doc: str
    measure: Callable[[Slice], Measure]
    provoke: Provoke
    domain: tuple[float, float] = (-math.inf, math.inf)
    samples: Callable[[Slice], Samples] | None = None
    of_the_machine: bool = False
    needs: str | None = None

    @property
    def unit(self) -> str:
        """Return the unit: the last word of the name, a percentile aside."""
        words = self.name.split("_")
        return words[-2] if words[-1].startswith("p") and words[-1][1:].isdigit() else words[-1]

    def look(self, part: Slice) -> Measure:
        """
        Return the measure; one that raises has measured nothing, and says what it raised.

        So has one that `needs` what the record cannot tell: a silence would look like a zero.
        """
        if self.needs and self.needs in part.history.untold:
            return Measure(None, 0, None, f"a bot's own files do not tell {UNTOLD[self.needs]}")
        try:
            return self.measure(part)
        except Exception as error:  # noqa: BLE001 - a stranger's measure may raise anything
            return Measure(None, 0, None, f"the measure raised {type(error).__name__}: {error}")

    def samples_of(self, part: Slice) -> Samples:
        """Return the samples of an interval: its own, or its value in each iteration."""
        return self.samples(part) if self.samples else by_iteration(self.measure, part)


KPIS: Registry[Kpi] = Registry("kpi")
# What a record made from a bot's own files may be silent about, in words.
UNTOLD = {
    "ack": "when orders were answered",
    "freeze": "when the bot stood still",
    "order": "what it ordered",
    "gap": "when the market was not seen",
    "quotes": "how long it quoted",
    "request": "what it asked to cancel or amend",
    "risk_block": "what its limits stopped",
}


def setting(name: str, **others: float) -> Provoke:
    """Return the provocation that puts the wanted value into one setting of a trial run."""

    def plan(value: float, _iterations: int) -> Mapping[str, float]:
        return {**others, name: value}

    return plan


def measured(value: float | None, n: int, newest_ts_ns: int | None, reason: str = "") -> Measure:
    """Return a measure; a value that is no finite number is not measured."""
    if value is None:
        return Measure(None, n, newest_ts_ns, reason or "nothing was measured")
    if not math.isfinite(value):
        return Measure(None, n, newest_ts_ns, f"the measure came out as {value}, which is no value")
    return Measure(value, n, newest_ts_ns)


def ratio(part: float, whole: float, newest_ts_ns: int | None, what: str) -> Measure:
    """Return a share of a count, not measured when there was nothing to share."""
    if whole <= 0:
        return Measure(None, 0, newest_ts_ns, f"no {what}")
    return measured(part / whole, int(whole), newest_ts_ns)


def by_iteration(measure: Callable[[Slice], Measure], part: Slice) -> Samples:
    """Return a KPI's value in each iteration, weighted by its samples; unmeasured ones are left out."""
    found = [measure(piece) for piece in part.parts()]
    kept = [item for item in found if item.value is not None]
    return Samples([item.value or 0.0 for item in kept], [float(item.n) for item in kept])


def no_samples(_part: Slice) -> Samples:
    """Return nothing: a maximum, a total or a statement has no interval to judge."""
    return Samples([])


def quantile(values: Sequence[float], share: float) -> float | None:
    """
    Return a quantile with linear interpolation between order statistics (Hyndman-Fan type 7).

    None of nothing.
    """
    if not len(values):
        return None
    import numpy as np

    ordered = np.sort(np.asarray(values, dtype=np.float64))
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
