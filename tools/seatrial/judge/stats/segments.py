"""
Segments: where the level or the slope of a series changed, found afterwards and exactly.

PELT minimises the squared error of piecewise constant (or piecewise linear) fits plus a penalty per
change. What makes it usable on metrics is the penalty: it is scaled by the long-run variance of the
residuals, so that a wandering series does not look like a staircase, and whether the pieces are level
or sloped is decided by what explains the series better. Source: Killick, Fearnhead and Eckley (2012).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dependence import autocorrelation, inflation

if TYPE_CHECKING:
    import numpy as np

PENALTY, SLOPED_PENALTY = 3.0, 4.5
_MOST_LIKENESS = 0.95
_ROUNDS = 4
_SHORTEST_SHARE, _SHORTEST = 40, 5
_TINY = 1e-9


@dataclass(frozen=True)
class Pieces:
    """A fit: where new pieces begin, the fitted values, the scale and dependence of what is left."""

    starts: tuple[int, ...]
    fit: "np.ndarray"
    scale: float
    dependence: float
    sloped: bool
    error: float

    def criterion(self, effective: float) -> float:
        """Return Bayes' criterion for so many independent samples: less is better."""
        numbers = (3 if self.sloped else 2) * (len(self.starts) + 1)
        return effective * math.log(self.error) + numbers * math.log(max(len(self.fit), 2))


def pieces(values: "np.ndarray") -> Pieces:
    """Return the better of a level and a sloped fit of a standardised series (Bayes' criterion)."""
    level, slope = (_refined(values, sloped=sloped) for sloped in (False, True))
    # One count of independent samples for both, or the fit that happens to look rougher would weigh less.
    effective = len(values) / min(level.dependence, slope.dependence)
    return min((level, slope), key=lambda one: one.criterion(effective))


def changes(values: "np.ndarray", penalty: float, shortest: int, *, sloped: bool = False) -> tuple[int, ...]:
    """Return the starts of the pieces (without 0) that minimise squared error + penalty per change."""
    import numpy as np

    cost, count = _Cost(values, sloped=sloped), len(values)
    best, came = np.full(count + 1, np.inf), np.zeros(count + 1, dtype=np.int64)
    best[0], alive = -penalty, np.array([0])
    for end in range(shortest, count + 1):
        ready = alive[alive <= end - shortest]
        totals = best[ready] + cost.of(ready, end)
        least = int(totals.argmin())
        best[end], came[end] = totals[least] + penalty, ready[least]
        young = alive[alive > end - shortest]
        alive = np.concatenate((ready[totals <= best[end]], young, [end - shortest + 1]))
    starts, at = [], int(came[count]) if count >= shortest else 0
    while at > 0:
        starts.append(at)
        at = int(came[at])
    return tuple(reversed(starts))


class _Cost:
    """Squared error of the best constant or straight line over any stretch, from running sums."""

    def __init__(self, values: "np.ndarray", *, sloped: bool) -> None:
        self.sloped = sloped
        place = _places(len(values))
        self.sums = [_running(column) for column in (values, values**2, place, place**2, place * values)]

    def of(self, starts: "np.ndarray", end: int) -> "np.ndarray":
        """Return the cost of every stretch from a start to `end`."""
        import numpy as np

        size = end - starts
        value, square, place, place2, cross = (column[end] - column[starts] for column in self.sums)
        error: np.ndarray = square - value**2 / size
        if self.sloped:
            reach = place2 - place**2 / size
            shared = cross - place * value / size
            error = error - np.where(reach > 0, shared**2 / np.maximum(reach, _TINY), 0.0)
        least: np.ndarray = np.maximum(error, 0.0)
        return least


def _refined(values: "np.ndarray", *, sloped: bool) -> Pieces:
    """Return the fit whose penalty follows from its own residuals: scale and dependence, in four rounds."""
    import numpy as np

    count, factor = len(values), SLOPED_PENALTY if sloped else PENALTY
    scale, dependence = _step_scale(values), 1.0
    shortest = max(_SHORTEST, count // _SHORTEST_SHARE)
    for _ in range(_ROUNDS):
        penalty = factor * math.log(max(count, 2)) * max(scale**2, 1e-6) * dependence
        starts = changes(values, penalty, shortest, sloped=sloped)
        fit = _fitted(values, starts, sloped=sloped)
        left = values - fit
        likeness = max(0.0, autocorrelation(left) + 1 / math.sqrt(max(count, 1)))
        scale, dependence = max(float(left.std()), 1e-3), inflation(min(_MOST_LIKENESS, likeness))
    return Pieces(starts, fit, scale, dependence, sloped, max(float(np.mean(left**2)), _TINY))


def _fitted(values: "np.ndarray", starts: tuple[int, ...], *, sloped: bool) -> "np.ndarray":
    import numpy as np

    fit = np.empty(len(values))
    for low, high in zip((0, *starts), (*starts, len(values)), strict=True):
        piece, place = values[low:high], _places(high - low)
        fit[low:high] = piece.mean()
        spread = float(place @ place)
        if sloped and spread > 0:
            fit[low:high] += place * float(place @ piece) / spread
    return fit


def _step_scale(values: "np.ndarray") -> float:
    """Return the scale of the noise from steps between neighbours, which no change of level inflates."""
    import numpy as np

    steps = np.diff(values)
    if not len(steps):
        return 0.0
    robust = 1.4826 * float(np.median(np.abs(steps - np.median(steps))))
    return (robust or float(steps.std())) / math.sqrt(2)


def _places(count: int) -> "np.ndarray":
    import numpy as np

    return np.arange(count, dtype=np.float64) - (count - 1) / 2


def _running(column: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.concatenate(([0.0], np.cumsum(column)))
