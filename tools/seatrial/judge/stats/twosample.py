"""
Two samples: by how much two series differ, with what certainty, dependence included.

For one look at two finished runs. Pairs of the same stretches of a market are differenced first; what
dependence is left inflates the variance, and Student's t for the effective samples does the rest.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dependence import cautious, effective_samples, inflation
from .student import quantile, two_sided

if TYPE_CHECKING:
    import numpy as np

FEWEST_EFFECTIVE = 6.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Second minus first: the estimate, its 95 % interval, and the chance of as much without any."""

    effect: float
    low: float
    high: float
    chance: float
    effective: float


def difference(first: "np.ndarray", second: "np.ndarray", *, paired: bool) -> Difference | None:
    """Return how the second series differs from the first; None of samples worth fewer than six."""
    if paired:
        found = _mean(second - first)
        return None if found is None else _told(*found)
    parts = [_mean(first), _mean(second)]
    if parts[0] is None or parts[1] is None:
        return None
    (before, error, worth), (after, other, much) = parts[0], parts[1]
    return _told(after - before, math.hypot(error, other), min(worth, much))


def _mean(values: "np.ndarray") -> tuple[float, float, float] | None:
    """Return mean, standard error and effective samples."""
    if len(values) < 2:
        return None
    effective = effective_samples(values)
    if effective < FEWEST_EFFECTIVE:
        return None
    error = float(values.std(ddof=1)) * math.sqrt(inflation(cautious(values)) / len(values))
    return float(values.mean()), error, effective


def _told(effect: float, error: float, effective: float) -> Difference:
    degrees = effective - 1
    if error == 0:
        return Difference(effect, effect, effect, 0.0 if effect else 1.0, effective)
    reach = quantile(0.975, degrees) * error
    return Difference(effect, effect - reach, effect + reach, two_sided(effect / error, degrees), effective)
