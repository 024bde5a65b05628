"""
Direction and margin: which way of a metric is harm, and how much of it would matter.

A KPI says itself which way is better. A stranger's metric is read by its words, and the answer says
how it was read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..judge.kpi import KPIS
from ..judge.margins import margin as usual_margin
from ..model.errors import UsageError

Better = Literal["higher", "lower"]
_WORSE_WHEN_HIGHER = re.compile(
    r"latency|lag|age|errors?|risk|drawdown|cancels?|rejects?|taker|slippage|cost|loss|residual|rss|memory|cpu"
    r"|bytes|replace|timeouts?|failures|failed|miss|misses"
)


@dataclass(frozen=True)
class Rules:
    """What somebody said about metrics: the directions and margins that are not to be guessed."""

    higher: Sequence[str] = ()
    lower: Sequence[str] = ()
    margins: Mapping[str, float] | None = None

    def better(self, name: str) -> Better:
        """Return which way of a metric is better."""
        if name in self.lower:
            return "lower"
        if name in self.higher:
            return "higher"
        for known, kpi in KPIS:
            if known == name:
                return kpi.better
        words = name.lower().split("_")
        return "lower" if any(_WORSE_WHEN_HIGHER.fullmatch(word) for word in words) else "higher"

    def margin(self, name: str, level: float, spread: float) -> float:
        """Return the harm that would matter, in the metric's unit, for a control of this level and spread."""
        given = (self.margins or {}).get(name)
        if given is not None:
            return given
        return usual_margin(name, level, spread)


def margins_of(texts: Sequence[str]) -> dict[str, float]:
    """Return the margins given as NAME=VALUE."""
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError as error:
            raise UsageError(f"{text!r} is no margin", fix="write it like net_bps=0.5") from error
        if not 0 <= found[name.strip()] < float("inf"):
            raise UsageError(f"the margin of {name} must be a finite number from 0", fix="net_bps=0.5")
    return found
