"""
A/A: the same against the same, many times, to see how often this very judge cries wolf on these data.

Pseudo-canaries are made by drawing blocks of the real differences, centred, so that they keep their
spread and their dependence and lose their effect. Each is looked at again and again, as an
impatient release manager would; a FAIL in any of them is a false alarm.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..judge.stats.dependence import cautious, inflation
from ..judge.stats.draws import Draws
from ..judge.stats.sequence import look
from ..model.outcome import Outcome
from ..model.verdict import Verdict, worst
from .compare import Terms
from .pairs import paired, whole
from .series import read_side
from .trial import LOCATION_PART

if TYPE_CHECKING:
    import numpy as np

LOOKS = 40
_SEED = 7


def same_against_same(control: Path, canary: Path, terms: Terms, runs: int) -> Outcome:
    """Return this judge's own false-positive rate on these data; PASS when it keeps its level."""
    first, second = read_side(control, terms.names), read_side(canary, terms.names)
    names = list(terms.names) or [name for name in first.metrics if name in second.metrics]
    found = []
    for at, name in enumerate(names):
        pairs = whole(paired(first, second, name))
        each = terms.alpha / len(names)
        found.append(_rate(name, pairs.canary - pairs.control, each, (runs, _SEED + at)))
    verdict = worst(Verdict(one["verdict"]) for one in found)
    lines = [f"{one['verdict']:<8} {one['reason']}" for one in found]
    said = tuple(one["reason"] for one in found if one["verdict"] != "PASS") or (
        f"{len(found)} metrics keep their error rate",
    )
    data = {
        "control": str(control),
        "canary": str(canary),
        "winner": "none",
        "alpha": terms.alpha,
        "runs": runs,
        "metrics": found,
    }
    return Outcome(
        "canary.compare", verdict, said, data, (*lines, f"{verdict}  A/A over {runs} runs a metric")
    )


def _rate(name: str, differences: "np.ndarray", alpha: float, plan: tuple[int, int]) -> dict[str, Any]:
    runs, seed = plan
    row = {"name": name, "effect": 0.0, "interval": None, "runs": runs, "nominal": alpha * LOCATION_PART}
    alarms = [_alarms(series, alpha * LOCATION_PART) for series in _null(differences, runs, seed)]
    judged = [one for one in alarms if one is not None]
    if not judged:
        reason = f"{name}: {len(differences)} pairs are too few for a single look"
        return {**row, "verdict": "UNKNOWN", "false_positive_rate": None, "reason": reason}
    rate = sum(judged) / len(judged)
    low, high = _wilson(sum(judged), len(judged))
    keeps = low <= alpha * LOCATION_PART
    reason = (
        f"{name}: {sum(judged)} of {len(judged)} equal pairs were called different"
        f" ({low:.1%} to {high:.1%}), and {alpha * LOCATION_PART:.1%} are allowed"
    )
    verdict = "PASS" if keeps else "FAIL"
    said = {"verdict": verdict, "false_positive_rate": rate, "interval": [low, high], "reason": reason}
    return {**row, **said}


def _null(differences: "np.ndarray", runs: int, seed: int) -> "Sequence[np.ndarray]":
    """Return series of the same length and dependence whose true mean is zero: circular blocks."""
    import numpy as np

    count = len(differences)
    if count < 2:
        return []
    centred, draws = differences - differences.mean(), Draws(seed)
    length = min(count, max(1, math.ceil(5 * inflation(cautious(differences)))))
    reach = np.arange(length)
    series = []
    for _ in range(runs):
        starts = draws.whole(math.ceil(count / length), count)
        series.append(centred[(starts[:, None] + reach).ravel()[:count] % count])
    return series


def _alarms(series: "np.ndarray", alpha: float) -> bool | None:
    """Return whether any look called the series different from zero; None when none could."""
    step, seen = max(1, len(series) // LOOKS), False
    for size in range(step, len(series) + 1, step):
        found = look(series[:size], alpha)
        if found is not None:
            seen = True
            if found.low > 0 or found.high < 0:
                return True
    return False if seen else None


def _wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    z, share = 1.959964, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
