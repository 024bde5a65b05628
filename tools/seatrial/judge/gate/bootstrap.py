"""
Intervals of a measure by the moving-block bootstrap, for samples that depend on their neighbours.

Fills cluster and minutes resemble the minutes before; treating them as independent makes every
interval too narrow (a flat series at autocorrelation 0.9 looks changed half of the time). Blocks
keep neighbours together; their length follows the autocorrelation found in the samples. Blocks alone
are too few where dependence is strong, so the interval of a mean is never narrower than its long-run
variance and Student's t for the effective samples ask for; fewer than six of these have no interval.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from ..kpi.kpi import Samples
from ..stats import student
from ..stats.dependence import cautious, effective_samples, inflation

if TYPE_CHECKING:
    import numpy as np

FEWEST_SAMPLES = 6
_ROUNDS = 1_000
_QUANTILE_ROUNDS = 400
_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the measure may lie, and the smallest shift this run would have shown (80 % power)."""

    low: float
    high: float
    detectable: float
    n: int
    effective: float


def interval(samples: Samples, confidence: float, seed: int) -> Interval | None:
    """
    Return the percentile interval of a weighted mean or a quantile; None of too few samples.

    Draws are `random_raw` of numpy's PCG64, a stream that numpy promises to keep.
    """
    import numpy as np

    values = np.asarray(samples.values, dtype=np.float64)
    weights = (
        np.ones_like(values) if samples.weights is None else np.asarray(samples.weights, dtype=np.float64)
    )
    if len(values) < FEWEST_SAMPLES or not weights.sum() > 0:
        return None
    effective = effective_samples(values)
    if effective < FEWEST_SAMPLES:
        return None
    length = block_length(values)
    draw = _quantiles if samples.quantile is not None else _means
    results = np.sort(draw(samples, values, weights, length, np.random.PCG64(seed)))
    tail = (1 - confidence) / 2
    low, high = (float(np.quantile(results, share)) for share in (tail, 1 - tail))
    spread = float(results.std())
    if samples.quantile is None:
        mean, error = _long_run(values, weights)
        half = student.quantile(1 - tail, effective - 1) * error
        low, high, spread = min(low, mean - half), max(high, mean + half), max(spread, error)
    needed = NormalDist().inv_cdf(1 - tail) + NormalDist().inv_cdf(_POWER)
    return Interval(low, high, needed * spread, len(values), effective)


def _long_run(values: "np.ndarray", weights: "np.ndarray") -> tuple[float, float]:
    """Return the weighted mean and its standard error, dependence and its uncertainty included."""
    total = float(weights.sum())
    mean = float(weights @ values) / total
    independent = math.sqrt(float((weights**2) @ (values - mean) ** 2)) / total
    return mean, independent * math.sqrt(inflation(cautious(values)))


def block_length(values: "np.ndarray") -> int:
    """
    Return the block length for a first-order autocorrelation: (2 r / (1 - r^2))^(2/3) n^(1/3).

    At least 1, at most a quarter of the samples. Source: Carlstein (1986).
    """
    count = len(values)
    centred = values - values.mean()
    spread = float((centred**2).sum())
    found = float((centred[1:] * centred[:-1]).sum()) / spread if spread > 0 else 0.0
    likeness = min(max(found, 0.0), 0.97)
    length = math.ceil((2 * likeness / (1 - likeness**2)) ** (2 / 3) * count ** (1 / 3))
    return int(max(1, min(length, count // 4)))


def _means(_samples: Samples, values: Any, weights: Any, length: int, bits: Any) -> Any:
    import numpy as np

    starts, blocks = len(values) - length + 1, math.ceil(len(values) / length)
    heavy = np.concatenate(([0.0], np.cumsum(values * weights)))
    weight = np.concatenate(([0.0], np.cumsum(weights)))
    results = np.empty(_ROUNDS)
    for turn in range(_ROUNDS):
        at = (bits.random_raw(blocks) % np.uint64(starts)).astype(np.int64)
        total = (weight[at + length] - weight[at]).sum()
        results[turn] = (heavy[at + length] - heavy[at]).sum() / total if total > 0 else np.nan
    return results[np.isfinite(results)]


def _quantiles(samples: Samples, values: Any, _weights: Any, length: int, bits: Any) -> Any:
    import numpy as np

    starts, blocks = len(values) - length + 1, math.ceil(len(values) / length)
    reach = np.arange(length)
    results = np.empty(_QUANTILE_ROUNDS)
    for turn in range(_QUANTILE_ROUNDS):
        at = (bits.random_raw(blocks) % np.uint64(starts)).astype(np.int64)
        results[turn] = np.quantile(
            values[(at[:, None] + reach).ravel()[: len(values)]], samples.quantile or 0.0
        )
    return results
