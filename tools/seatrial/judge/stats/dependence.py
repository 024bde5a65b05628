"""
Dependence: how much a series resembles itself a moment later, and what that leaves of its samples.

Minutes resemble the minutes before. A test that takes them for independent calls half of all equal
series different at autocorrelation 0.9. Block means restore what such a test assumes; the length of
a block grows with the autocorrelation, and too few blocks are no evidence.
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST = 0.97


def autocorrelation(values: "np.ndarray") -> float:
    """Return the lag-1 autocorrelation; 0 of a constant or of fewer than three values."""
    if len(values) < 3:
        return 0.0
    centred = values - values.mean()
    spread = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / spread if spread > 0 else 0.0


def cautious(values: "np.ndarray") -> float:
    """
    Return an autocorrelation that errs upwards: the estimate and one standard error, from 0 to 0.97.

    The estimate is biased towards zero and short series scatter, and what is missed here comes back
    as false alarms.
    """
    if len(values) < 3:
        return MOST
    return min(MOST, max(0.0, autocorrelation(values) + 1.0 / math.sqrt(len(values))))


def inflation(likeness: float) -> float:
    """Return by what factor autocorrelation inflates the variance of a mean: (1 + r) / (1 - r)."""
    return (1.0 + likeness) / (1.0 - likeness)


def effective_samples(values: "np.ndarray") -> float:
    """Return how many independent samples a series is worth: n (1 - r) / (1 + r), at most n."""
    return len(values) / inflation(min(MOST, max(0.0, autocorrelation(values))))


def block_means(values: "np.ndarray") -> tuple["np.ndarray", int]:
    """
    Return (means of consecutive blocks, block length) with blocks as long as dependence asks.

    An incomplete last block is left out. Length: (1 + r) / (1 - r) with the cautious r.
    """
    length = max(1, math.ceil(inflation(cautious(values)) - 1e-9))
    count = len(values) // length
    return values[: count * length].reshape(count, length).mean(axis=1), length
