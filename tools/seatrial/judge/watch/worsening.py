"""
Worsening: a watched series that changed for the worse, for good and by more than matters.

A change that went back has no verdict to give: the level after the last change is held against the one
before the first. What is certain and small is not told either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..margins import margin
from .changes import Change, find
from .watched import NET, Watched

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Worsening:
    """A change for the worse of one watched series."""

    of: Watched
    change: Change
    before: float
    after: float

    @property
    def moved(self) -> float:
        """Return by how much the series moved, in its own unit."""
        return self.after - self.before

    @property
    def sentence(self) -> str:
        """Return the finding in one sentence."""
        how = "drifted" if self.change.kind == "drift" else "went"
        place = self.of.places[self.change.index]
        return (
            f"{self.of.cause}: {self.of.name} {how} from {self.before:.4g} to {self.after:.4g}"
            f" from iteration {place} on"
        )


def worsenings(series: Iterable[Watched]) -> list[Worsening]:
    """Return every change for the worse, the surest first; the net last, because it has a reason."""
    found = (one for of in series for one in _of(of))
    return sorted(found, key=lambda one: (one.of.name != NET, one.change.score), reverse=True)


def _of(series: Watched) -> list[Worsening]:
    """Return the last change of a series when it is for the worse, and large enough to matter."""
    found = find(series.values, spikes=False, drifts=True)
    if not found:
        return []
    before, after = _levels(series.values, found)
    enough = margin(series.name.partition("[")[0], before, float(series.values.std()))
    worse = after - before if series.bad == "higher" else before - after
    return [Worsening(series, found[-1], before, after)] if worse > enough else []


def _levels(values: "np.ndarray", found: Sequence[Change]) -> tuple[float, float]:
    """Return the usual level before the first change and after the last one; of a drift, its ends."""
    import numpy as np

    last = found[-1]
    if last.kind == "drift":
        third = max(1, len(values) // 3)
        return float(np.median(values[:third])), float(np.median(values[-third:]))
    return float(np.median(values[: max(1, found[0].index)])), float(np.median(values[last.index :]))
