"""
Plan: how long a canary has to run until an effect of a given size cannot hide.

Said before the run, because afterwards every length looks like enough. It uses the control's own
spread and dependence; differences of pairs are narrower than assumed here when the two sides share
their market, so the plan errs on the long side.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..judge.stats.dependence import MOST, autocorrelation, inflation
from ..judge.stats.sequence import FEWEST_BLOCKS, half_width
from ..model.errors import InputError, UsageError, Where
from ..model.outcome import Outcome
from .compare import Terms
from .pairs import paired, whole
from .series import read_side
from .trial import LOCATION_PART

_POWER_Z = 0.8416
_MOST_SAMPLES = 10_000_000


@dataclass(frozen=True)
class Noise:
    """What a difference of one stretch scatters by, and how much it resembles the one before."""

    spread: float
    likeness: float

    def blocks(self, samples: int) -> int:
        """Return how many blocks a run of so many samples will be cut into, caution included."""
        return samples // math.ceil(inflation(min(MOST, self.likeness + 1 / math.sqrt(samples))) - 1e-9)

    def reach(self, samples: int, alpha: float) -> float:
        """Return the distance that a run of so many samples shows in four of five cases."""
        count = self.blocks(samples)
        if count < FEWEST_BLOCKS:
            return math.inf
        error = self.spread * math.sqrt(inflation(self.likeness) / samples)
        of_block = min(self.spread, error * math.sqrt(count)) * math.sqrt(inflation(1 / math.sqrt(count)))
        return half_width(count, of_block, alpha) + _POWER_Z * error


def plan(control: Path, effect: float, terms: Terms, pilot: Path | None = None) -> Outcome:
    """Return the blocks and hours to show a harm of `effect`, and to show that there is none."""
    first = read_side(control, terms.names)
    second = first if pilot is None else read_side(pilot, terms.names)
    name = terms.names[0] if terms.names else next(iter(first.metrics), "")
    pairs = whole(paired(first, second, name)) if name in first.metrics else None
    if pairs is None or len(pairs.control) < FEWEST_BLOCKS:
        raise InputError(
            f"{name or 'a metric'} has fewer than {FEWEST_BLOCKS} samples: nothing can be planned from it",
            where=Where(str(control)),
            fix="give a longer record of the control",
        )
    # Without a pilot the two sides are taken for independent: the variance of a difference is twice one's.
    values = (pairs.canary - pairs.control) if pilot is not None else pairs.control * math.sqrt(2)
    noise = Noise(float(values.std(ddof=1)), max(0.0, autocorrelation(values)))
    margin = terms.rules.margin(name, float(pairs.control.mean()), float(pairs.control.std()))
    if effect <= margin:
        raise UsageError(
            f"an effect of {effect:g} is within the margin of {margin:g}", fix="--margin NAME=VALUE"
        )
    alpha = terms.alpha * LOCATION_PART
    times = {
        "detect_harm": _needed(effect - margin, noise, alpha),
        "show_no_harm": _needed(margin, noise, alpha),
    }
    step_s = pairs.step_s or 0.0
    said = {what: _length(count, noise, step_s) for what, count in times.items()}
    data: dict[str, Any] = {
        "metric": name,
        "effect": effect,
        "margin": margin,
        "alpha": terms.alpha,
        "power": 0.8,
        "paired": pilot is not None,
        "spread": noise.spread,
        "autocorrelation": noise.likeness,
        **said,
    }
    lines = [f"{what.replace('_', ' ')}: {_words(one)}" for what, one in said.items()]
    last = (
        f"{name}: an effect of {effect:g} beyond a margin of {margin:g} takes {_words(said['detect_harm'])}"
    )
    return Outcome("canary.plan", data=data, lines=(*lines, last))


def _needed(distance: float, noise: Noise, alpha: float) -> int | None:
    """Return the samples after which the sequence clears a distance with 80 % power; None if never."""
    if distance <= 0:
        return None
    low = high = FEWEST_BLOCKS
    while noise.reach(high, alpha) > distance:
        low, high = high, high * 2
        if high > _MOST_SAMPLES:
            return None
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if noise.reach(middle, alpha) > distance else (low, middle)
    return high


def _length(samples: int | None, noise: Noise, step_s: float) -> dict[str, Any]:
    blocks = None if samples is None else noise.blocks(samples)
    hours = None if samples is None or not step_s else samples * step_s / 3_600
    return {"blocks": blocks, "samples": samples, "hours": hours}


def _words(found: dict[str, Any]) -> str:
    if found["samples"] is None:
        return "longer than can be run"
    hours = "" if found["hours"] is None else f", {found['hours']:.1f} h"
    return f"{found['samples']} samples ({found['blocks']} blocks{hours})"
