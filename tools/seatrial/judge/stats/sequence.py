"""
Confidence sequences: an interval for a mean that stays valid however often one looks.

A test made for one look and looked at twenty times is wrong a quarter of the time; looked at after
each sample, nearly half of the time. The normal-mixture sequence covers the true mean at all times
at once with the stated confidence, so a canary may be judged whenever somebody wants to know.

    half-width at t = s sqrt( 2 (t q + 1) / (t^2 q) ln( sqrt(t q + 1) / alpha ) )
    q = (-2 ln alpha + ln(-2 ln alpha) + 1) / t*     tightest near the look t*

Sources: Robbins (1970); Howard, Ramdas, McAuliffe and Sekhon (2021); Waudby-Smith et al., the
time-uniform central limit theorem. The samples are block means, and what autocorrelation they keep
goes into their variance.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dependence import block_means, cautious, inflation

if TYPE_CHECKING:
    import numpy as np

FEWEST_BLOCKS = 12
TIGHTEST_AT = 100


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a mean shows: the interval, from `blocks` means of `length` samples each."""

    mean: float
    low: float
    high: float
    blocks: int
    length: int

    @property
    def half(self) -> float:
        """Return the half-width."""
        return (self.high - self.low) / 2


def look(values: "np.ndarray", alpha: float) -> Look | None:
    """Return the interval for the mean of a series in order of time; None of fewer than 12 blocks."""
    blocks, length = block_means(values)
    if len(blocks) < FEWEST_BLOCKS:
        return None
    spread = float(blocks.std(ddof=1)) * math.sqrt(inflation(cautious(blocks)))
    mean, half = float(blocks.mean()), half_width(len(blocks), spread, alpha)
    return Look(mean, mean - half, mean + half, len(blocks), length)


def half_width(count: int, spread: float, alpha: float) -> float:
    """Return the half-width after `count` independent samples of this standard deviation."""
    tightness = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha)) + 1) / TIGHTEST_AT
    mixed = count * tightness + 1
    return spread * math.sqrt(2 * mixed / (count**2 * tightness) * math.log(math.sqrt(mixed) / alpha))
