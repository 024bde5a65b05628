"""
Multiplicity: what several tests at once may say.

Twenty metrics at two per cent each raise a false alarm in every third run. Holm's step-down keeps
the chance of any false alarm at its level under any dependence; Benjamini and Hochberg's keeps the
share of false ones among the alarms.
"""

from collections.abc import Sequence


def holm(chances: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that rejecting those below alpha errs at all with chance alpha."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    adjusted, highest = [0.0] * len(chances), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, chances[at] * (len(chances) - rank)))
        adjusted[at] = highest
    return adjusted


def benjamini_hochberg(chances: Sequence[float]) -> list[float]:
    """Return p-values adjusted for the share of false alarms among all alarms."""
    order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
    adjusted, lowest = [0.0] * len(chances), 1.0
    for back, at in enumerate(order):
        lowest = min(lowest, chances[at] * len(chances) / (len(chances) - back))
        adjusted[at] = lowest
    return adjusted
