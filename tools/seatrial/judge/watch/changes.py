"""
Changes of a finished series: levels and slopes that moved, and values that leapt out.

Without any setting per series: the season is taken out, the noise is measured and so is its
dependence, and how far a series usually leaps is learnt from its own blocks, so that a spiky metric
is not called strange for being spiky.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from ..stats.seasons import deseasoned, period
from ..stats.segments import Pieces, pieces

if TYPE_CHECKING:
    import numpy as np

Kind = Literal["level", "slope", "spike", "drift"]
_MOST_POINTS = 400
_HELD = 6.0
_BLOCKS, _BLOCK_SHORTEST, _LEAP, _LEAST_SCALE = 50, 8, 5.0, 0.25
_APART_SHARE, _APART = 50, 5
_DRIFT = 4.0  # standard errors
_REGULAR, _FEWEST_REGULAR = 0.1, 5
FEWEST = 12


@dataclass(frozen=True, slots=True)
class Change:
    """Where something changed, which way, and by how many times the noise."""

    index: int
    direction: Literal["up", "down"]
    score: float
    kind: Kind


def find(values: "np.ndarray", *, spikes: bool = True, drifts: bool = False) -> list[Change]:
    """
    Return the changes of a finite series in order; of neighbours the first one counts.

    With `drifts`, a series that only ever leans one way has changed too, where it has left the noise.
    """
    if len(values) < FEWEST:
        return []
    calm = deseasoned(values, period(values))
    found = _steps(calm, drifts=drifts) + (_leaps(calm) if spikes else [])
    apart = max(_APART, len(values) // _APART_SHARE)
    kept: list[Change] = []
    for one in sorted(found, key=lambda change: (change.index, -change.score)):
        if not kept or one.index - kept[-1].index > apart:
            kept.append(one)
    return kept


def _steps(values: "np.ndarray", *, drifts: bool) -> list[Change]:
    """Return changes of level or slope, of medians of blocks so that at most 400 points are fitted."""
    import numpy as np

    width = max(1, len(values) // _MOST_POINTS)
    count = len(values) // width
    points = np.median(values[: count * width].reshape(count, width), axis=1)
    scale = _scale(points)
    if scale == 0:
        return []
    found = pieces(np.clip((points - np.median(points)) / scale, -_HELD, _HELD))
    if drifts and not found.starts:
        return _drift(found, width)
    bounds = (0, *found.starts, count)
    return [
        _step(found, (bounds[at], bounds[at + 1], bounds[at + 2]), width) for at in range(len(found.starts))
    ]


def _step(found: Pieces, bounds: tuple[int, int, int], width: int) -> Change:
    before, after = found.fit[bounds[0] : bounds[1]], found.fit[bounds[1] : bounds[2]]
    moved = float(after.mean() - before.mean())
    if found.sloped:
        # A kink keeps the level: what turned is the slope.
        jump = float(after[0] - before[-1])
        turned = float((after[-1] - after[0]) / len(after) - (before[-1] - before[0]) / len(before))
        moved = jump if abs(jump) > abs(turned) * len(after) else turned * len(after)
    kind: Kind = "slope" if found.sloped else "level"
    return Change(bounds[1] * width, "up" if moved > 0 else "down", abs(moved) / found.scale, kind)


def _drift(found: Pieces, width: int) -> list[Change]:
    """Return the drift of a single straight line that leads further than its noise can."""
    count, moved = len(found.fit), float(found.fit[-1] - found.fit[0])
    error = found.scale * math.sqrt(12 * found.dependence / count)
    if not found.sloped or abs(moved) < _DRIFT * error:
        return []
    left = next(
        at for at in range(count) if abs(found.fit[at] - found.fit[0]) >= min(found.scale, abs(moved))
    )
    return [Change(left * width, "up" if moved > 0 else "down", abs(moved) / error, "drift")]


def _leaps(values: "np.ndarray") -> list[Change]:
    """
    Return where values leave their usual range: beyond what the maxima of equal blocks usually reach.

    Leaps that come at regular intervals are a rhythm and none.
    """
    import numpy as np

    scale = _scale(values)
    count = min(_BLOCKS, len(values) // _BLOCK_SHORTEST)
    if scale == 0 or count < 2:
        return []
    width, found = len(values) // count, []
    for sign, direction in ((1.0, "up"), (-1.0, "down")):
        away = sign * (values - np.median(values)) / scale
        tops = away[: count * width].reshape(count, width).max(axis=1)
        usual, spread = float(np.median(tops)), max(_LEAST_SCALE, _scale(tops))
        beyond = np.nonzero(away > usual + _LEAP * spread)[0].tolist()
        starts = _irregular(_onsets(beyond, 2 * width))
        kind: Kind = "spike"
        found += [
            Change(at, "up" if direction == "up" else "down", float(away[at] - usual) / spread, kind)
            for at in starts
        ]
    return found


def _onsets(beyond: Sequence[int], apart: int) -> list[int]:
    """Return where each group of leaps begins."""
    return [at for place, at in enumerate(beyond) if not place or at - beyond[place - 1] > apart]


def _irregular(starts: Sequence[int]) -> list[int]:
    """Return the leaps that are not part of a rhythm."""
    if len(starts) <= _FEWEST_REGULAR:
        return list(starts)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    usual = sorted(gaps)[len(gaps) // 2]
    regular = [abs(gap - usual) <= _REGULAR * usual for gap in gaps]
    if sum(regular) * 2 < len(gaps):
        return list(starts)
    rhythm = {near for at, fits in enumerate(regular) if fits for near in (at, at + 1)}
    return [start for at, start in enumerate(starts) if at not in rhythm]


def _scale(values: "np.ndarray") -> float:
    """Return the median absolute deviation as a standard deviation; of mostly equal values, the latter."""
    import numpy as np

    robust = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    return robust or float(values.std())
