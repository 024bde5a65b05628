"""
The trial of one metric: whether the canary is worse than the control by more than matters.

Three questions, each with a confidence sequence, so that they may be asked at any time and again:

- location: the mean of canary minus control; settles PASS and FAIL;
- spread: the mean of the deviations from each side's median; a bot that became erratic at an equal mean
- tail: how much more often the canary is beyond the control's worst twentieth

Spread and tail can only fail a metric: their margins are wide, and a run too short to settle them
must still be able to pass on its location.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..judge.margins import unit
from ..judge.stats.sequence import FEWEST_BLOCKS, Look, look
from ..model.verdict import Verdict
from .direction import Rules
from .pairs import Pairs

if TYPE_CHECKING:
    import numpy as np

TAIL_SHARE, TAIL_MARGIN, SPREAD_MARGIN = 0.05, 0.10, 0.5
LOCATION_PART, OTHER_PART = 0.5, 0.25
MOST_ALONE = 0.2  # beyond this, what is missing may be what was bad


@dataclass(frozen=True)
class Question:
    """One of the three: what was found, against which margin, and the answer."""

    name: str
    found: Look | None
    margin: float
    verdict: Verdict


@dataclass(frozen=True)
class Tried:
    """A metric's answer, with everything that it rests on."""

    pairs: Pairs
    better: str
    questions: tuple[Question, ...]
    verdict: Verdict
    reason: str

    @property
    def location(self) -> Question:
        """Return the question that settles the metric."""
        return self.questions[0]

    @property
    def gained(self) -> bool:
        """Whether the canary is better beyond doubt."""
        found = self.location.found
        return found is not None and (found.low > 0 if self.better == "higher" else found.high < 0)

    def row(self) -> dict[str, Any]:
        """Return the metric for the document: effects are canary minus control, in the metric's unit."""
        found = self.location.found
        return {
            "name": self.pairs.name,
            "effect": self._effect(found),
            "interval": None if found is None else [found.low, found.high],
            "verdict": self.verdict.value,
            "unit": unit(self.pairs.name),
            "better": self.better,
            "margin": self.location.margin,
            "n": len(self.pairs.control),
            "blocks": found.blocks if found else 0,
            "block_length": found.length if found else None,
            "unpaired": list(self.pairs.alone),
            "reason": self.reason,
            "tests": {one.name: _told(one) for one in self.questions},
        }

    def _effect(self, found: Look | None) -> float | None:
        if found is not None:
            return found.mean
        return float((self.pairs.canary - self.pairs.control).mean()) if len(self.pairs.control) else None


def tried(pairs: Pairs, rules: Rules, alpha: float) -> Tried:
    """Try one metric; `alpha` is the chance of a wrong FAIL, over all looks and all three questions."""
    better = rules.better(pairs.name)
    sign = 1.0 if better == "higher" else -1.0
    level, spread = (
        (float(pairs.control.mean()), float(pairs.control.std())) if len(pairs.control) else (0.0, 0.0)
    )
    margin = rules.margin(pairs.name, level, spread)
    questions = (
        _location(pairs, sign, margin, alpha * LOCATION_PART),
        _spread(pairs, alpha * OTHER_PART),
        _tail(pairs, sign, alpha * OTHER_PART),
    )
    verdict, reason = _answer(pairs, questions, better)
    return Tried(pairs, better, questions, verdict, reason)


def _location(pairs: Pairs, sign: float, margin: float, alpha: float) -> Question:
    found = look(pairs.canary - pairs.control, alpha) if len(pairs.control) else None
    if found is None:
        return Question("location", None, margin, Verdict.UNKNOWN)
    least, most = sorted((-sign * found.low, -sign * found.high))
    verdict = Verdict.FAIL if least > margin else Verdict.PASS if most <= margin else Verdict.UNKNOWN
    return Question("location", found, margin, verdict)


def _spread(pairs: Pairs, alpha: float) -> Question:
    import numpy as np

    if not len(pairs.control):
        return Question("spread", None, 0.0, Verdict.UNKNOWN)
    away = [np.abs(side - np.median(side)) for side in (pairs.control, pairs.canary)]
    margin = SPREAD_MARGIN * float(away[0].mean())
    return _veto("spread", away[1] - away[0], margin, alpha)


def _tail(pairs: Pairs, sign: float, alpha: float) -> Question:
    import numpy as np

    if not len(pairs.control):
        return Question("tail", None, TAIL_MARGIN, Verdict.UNKNOWN)
    badness = [-sign * side for side in (pairs.control, pairs.canary)]
    edge = np.quantile(badness[0], 1 - TAIL_SHARE)
    beyond = [(side > edge).astype(np.float64) for side in badness]
    return _veto("tail", beyond[1] - beyond[0], TAIL_MARGIN, alpha)


def _veto(name: str, more: "np.ndarray", margin: float, alpha: float) -> Question:
    found = look(more, alpha)
    if found is None:
        return Question(name, None, margin, Verdict.UNKNOWN)
    verdict = (
        Verdict.FAIL if found.low > margin else Verdict.PASS if found.high <= margin else Verdict.UNKNOWN
    )
    return Question(name, found, margin, verdict)


def _answer(pairs: Pairs, questions: Sequence[Question], better: str) -> tuple[Verdict, str]:
    """Return the metric's verdict and one sentence in its own unit."""
    name, count = pairs.name, len(pairs.control)
    if not count:
        return Verdict.UNKNOWN, f"{name}: control and canary share no stretch of the market"
    failed = [one.name for one in questions if one.verdict is Verdict.FAIL]
    location = questions[0]
    if location.found is None:
        return Verdict.UNKNOWN, (
            f"{name}: {count} pairs make fewer than {FEWEST_BLOCKS} independent blocks, which is no evidence"
        )
    found = location.found
    said = (
        f"{name}: the canary differs by {found.mean:.4g} ({found.low:.4g} to {found.high:.4g};"
        f" {better} is better)"
        f" over {found.blocks} blocks, and {location.margin:.4g} would matter"
    )
    if failed:
        return Verdict.FAIL, f"{said}: worse in {' and '.join(failed)}"
    if max(pairs.alone) > MOST_ALONE * (count + max(pairs.alone)):
        return Verdict.UNKNOWN, f"{said}: but {max(pairs.alone)} stretches have no partner"
    if location.verdict is Verdict.PASS:
        return Verdict.PASS, f"{said}: no harm"
    return Verdict.UNKNOWN, f"{said}: not settled"


def _told(question: Question) -> dict[str, Any]:
    found = question.found
    return {
        "effect": found.mean if found else None,
        "interval": [found.low, found.high] if found else None,
        "margin": question.margin if math.isfinite(question.margin) else None,
        "verdict": question.verdict.value,
    }
