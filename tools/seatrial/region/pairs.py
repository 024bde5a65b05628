"""
Pairs: control and canary on the same stretch of the market.

Both saw the same prices, so the difference of one stretch has lost what the market did to both. What
has no partner says nothing and is counted, never filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from .series import Points, Side

if TYPE_CHECKING:
    import numpy as np

POOLED = "pooled"
_ENOUGH_SHARED = 0.5


@dataclass(frozen=True)
class Pairs:
    """One metric of both sides where both have it, in order of time; `alone` counts the rest."""

    name: str
    region: str
    at_ns: "np.ndarray"
    control: "np.ndarray"
    canary: "np.ndarray"
    alone: tuple[int, int] = (0, 0)

    @property
    def step_s(self) -> float | None:
        """Return the usual distance of two stretches in seconds, None of fewer than two."""
        gaps = (self.at_ns[1:] - self.at_ns[:-1]).tolist()
        return median(gaps) / 1e9 if gaps else None


def paired(control: Side, canary: Side, name: str) -> dict[str, Pairs]:
    """Return one metric's pairs by region, and pooled when there are several regions."""
    first, second = control.metrics.get(name, {}), canary.metrics.get(name, {})
    regions = sorted({*first, *second})
    found = {
        region: _match(name, region, first.get(region, {}), second.get(region, {})) for region in regions
    }
    if len(found) != 1:
        found[POOLED] = _pool(name, found)
    return found


def whole(found: Mapping[str, Pairs]) -> Pairs:
    """Return the pairs that speak for all regions together."""
    return found[POOLED] if POOLED in found else next(iter(found.values()))


def _match(name: str, region: str, first: Points, second: Points) -> Pairs:
    import numpy as np

    if first and second and len(first.keys() & second.keys()) < _ENOUGH_SHARED * min(len(first), len(second)):
        step = _step(first) or _step(second)
        if step:
            first, second = _on_grid(first, step), _on_grid(second, step)
    shared = sorted(first.keys() & second.keys())
    return Pairs(
        name,
        region,
        np.asarray(shared, dtype=np.int64),
        np.asarray([first[at] for at in shared], dtype=np.float64),
        np.asarray([second[at] for at in shared], dtype=np.float64),
        (len(first) - len(shared), len(second) - len(shared)),
    )


def _pool(name: str, found: Mapping[str, Pairs]) -> Pairs:
    """Return the mean over regions of each stretch: regions of one moment are one piece of evidence."""
    import numpy as np

    gathered: dict[int, list[tuple[float, float]]] = {}
    for one in found.values():
        for at, control, canary in zip(one.at_ns.tolist(), one.control, one.canary, strict=True):
            gathered.setdefault(at, []).append((float(control), float(canary)))
    times = sorted(gathered)
    means = np.asarray([np.mean(gathered[at], axis=0) for at in times]).reshape(len(times), 2)
    alone = [sum(one.alone[side] for one in found.values()) for side in (0, 1)]
    stamps = np.asarray(times, dtype=np.int64)
    return Pairs(name, POOLED, stamps, means[:, 0], means[:, 1], (alone[0], alone[1]))


def _step(points: Points) -> int:
    times = sorted(points)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return int(median(gaps)) if gaps else 0


def _on_grid(points: Points, step: int) -> Points:
    cells: dict[int, list[float]] = {}
    for at, value in points.items():
        cells.setdefault(at // step * step, []).append(value)
    return {at: sum(values) / len(values) for at, values in cells.items()}
