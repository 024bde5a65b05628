"""
The leak procedure: does a resource grow by more than its margin per day, and was it watched long enough.

Trim the warm-up, take block medians, then demand three things at once: Mann-Kendall says that it
rises, the whole interval of the Theil-Sen slope is beyond the margin, and the second half still
grows. `ok` is demanded as strictly: the interval must lie below the margin. Everything between is
`inconclusive`, and less than 12 h is too short for either, because a warm-up looks like a leak
for hours. Thresholds: robust leak test of the operations reference, where they are measured (at
24 h, 1 MB/h is found always and a plateau never accused).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .blocks import Point, blocks, trimmed
from .mann_kendall import corrected, mann_kendall
from .theil_sen import Slope, theil_sen

HORIZON_H = 24.0
LEAST_H = 12.0
FEWEST = 8
_RISES_Z = 2.33
_CONFIDENCE, _LATE_CONFIDENCE = 0.98, 0.80
_ABOVE_IN_LAST = 6
_LONGEST_H = 24.0 * 365


@dataclass(frozen=True)
class Margin:
    """What a resource may grow in `HORIZON_H` hours: a share of its size, and never less than `least`."""

    least: float
    share: float = 0.0
    counts: bool = False

    def of(self, base: float) -> float:
        """Return the margin of a resource of that size."""
        return max(self.least, self.share * base)


@dataclass(frozen=True)
class Leak:
    """
    The answer about one resource; slopes are per hour.

    `needs_h` is how long it has to be watched for an answer, None when the answer is there (or no
    length would bring it, which the reason says).
    """

    verdict: Literal["ok", "leak", "inconclusive", "too_short"]
    reason: str
    samples: int
    span_h: float
    needs_h: float | None = None
    margin: float | None = None
    base: float | None = None
    slope_per_h: float | None = None
    low_per_h: float | None = None
    high_per_h: float | None = None
    late_low_per_h: float | None = None
    z: float | None = None
    z_corrected: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return growth per horizon over the margin; None without a verdict."""
        if self.verdict not in {"ok", "leak"} or self.slope_per_h is None or not self.margin:
            return None
        return self.slope_per_h * HORIZON_H / self.margin


def judge_leak(points: Sequence[Point], margin: Margin, *, warm_up_h: float = 0.0) -> Leak:
    """Judge a resource by its samples (hours, size), in order; after `warm_up_h` it was warm for certain."""
    span_h = points[-1][0] - points[0][0] if points else 0.0
    kept = trimmed(points, warm_up_h)
    medians = blocks(kept)
    if span_h < LEAST_H or len(medians) < FEWEST:
        return _too_short(len(points), len(medians), span_h, warm_up_h)
    xs, ys = [at for at, _ in medians], [value for _, value in medians]
    slope = theil_sen(xs, ys, _CONFIDENCE)
    half = medians[len(medians) // 2 :]
    late = theil_sen([at for at, _ in half], [value for _, value in half], _LATE_CONFIDENCE)
    if slope is None or late is None:
        return Leak("inconclusive", "all samples are of one moment", len(points), span_h)
    plain, aware = mann_kendall(ys).z, corrected(ys).z
    base = sum(ys[: max(1, len(ys) // 4)]) / max(1, len(ys) // 4)
    found = margin.of(base)
    rises = min(plain, aware) > _RISES_Z and late.low * HORIZON_H > found / 2
    if margin.counts:
        rises = rises and all(value > ys[0] for value in ys[-_ABOVE_IN_LAST:])
    verdict, reason, needs_h = _verdict(slope, found, span_h, rises=rises)
    return Leak(
        verdict,
        reason,
        len(points),
        span_h,
        needs_h,
        found,
        base,
        slope.slope,
        slope.low,
        slope.high,
        late.low,
        plain,
        aware,
    )


def _verdict(
    slope: Slope, margin: float, span_h: float, *, rises: bool
) -> tuple[Literal["ok", "leak", "inconclusive"], str, float | None]:
    low, high = slope.low * HORIZON_H, slope.high * HORIZON_H
    said = f"{low:.4g} to {high:.4g} per {HORIZON_H:g} h against a margin of {margin:.4g}"
    if high < margin:
        return "ok", said, None
    if rises and low > margin:
        return "leak", said, None
    needs_h = _needed(slope, margin, span_h)
    if needs_h is None:
        return "inconclusive", f"{said}: no length of this noise would settle it", None
    return "inconclusive", f"{said}: about {needs_h:.0f} h would settle it", needs_h


def _needed(slope: Slope, margin: float, span_h: float) -> float | None:
    """
    Return how long it would take: the interval narrows as the length grows.

    None when the slope is too near the margin for any length within a year, or when the interval
    says enough already and it is the trend that does not hold.
    """
    apart = abs(margin / HORIZON_H - slope.slope)
    half_width = (slope.high - slope.low) / 2
    if apart <= 0:
        return None
    needs_h = span_h * max(half_width / apart, 1.0) * 1.1
    return needs_h if needs_h <= _LONGEST_H else None


def _too_short(samples: int, medians: int, span_h: float, warm_up_h: float) -> Leak:
    by_count = span_h * (FEWEST + 1) / max(1, medians) if medians else 0.0
    needs_h = max(LEAST_H, 2 * warm_up_h, by_count if medians < FEWEST else 0.0)
    reason = (
        f"watched for {span_h:.3g} h with {samples} samples: needs {needs_h:.3g} h and {FEWEST} after warm-up"
    )
    return Leak("too_short", reason, samples, span_h, needs_h)
