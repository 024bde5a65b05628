"""
Compare: a canary against its control, metric by metric and region by region, into one answer.

The winner is the canary only when every metric is shown harmless and the first one is better beyond
doubt; the control when any harm is shown; otherwise nobody. Without a control or without data
nobody wins: there is no champion to beat.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model.outcome import Outcome
from ..model.verdict import Verdict, worst
from .direction import Rules
from .pairs import POOLED, paired, whole
from .series import Side, read_side
from .trial import Tried, tried

ALPHA = 0.05
_SPLIT_ALPHA = 0.001
Winner = str


@dataclass(frozen=True)
class Compared:
    """The answer, and what it rests on."""

    verdict: Verdict
    winner: Winner
    reasons: tuple[str, ...]
    metrics: tuple[Tried, ...]
    regions: Mapping[str, tuple[Tried, ...]]
    split: dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """On which terms two sides are compared: metrics, directions and margins, error rate, planned split."""

    names: Sequence[str] = ()
    rules: Rules = field(default_factory=Rules)
    alpha: float = ALPHA
    ratio: float = 1.0


def compare(control: Path, canary: Path, terms: Terms) -> Outcome:
    """Compare two records, folders of records by region, or files of series."""
    found = compared(read_side(control, terms.names), read_side(canary, terms.names), terms)
    return outcome_of(found, {"control": str(control), "canary": str(canary), "alpha": terms.alpha})


def compared(control: Side, canary: Side, terms: Terms) -> Compared:
    """Return the answer for two sides; errors are held over all metrics, regions and looks."""
    names = list(terms.names) or [name for name in control.metrics if name in canary.metrics]
    pairs = {name: paired(control, canary, name) for name in names}
    tests = sum(len(found) for found in pairs.values())
    each = terms.alpha / max(1, tests)
    metrics = tuple(tried(whole(found), terms.rules, each) for found in pairs.values())
    regions: dict[str, list[Tried]] = {}
    for found in pairs.values():
        for region, one in found.items():
            if region != POOLED and len(found) > 1:
                regions.setdefault(region, []).append(tried(one, terms.rules, each))
    split = _split(control, canary, terms.ratio)
    findings = [*_about_the_sides(control, canary, split), *((one.verdict, one.reason) for one in metrics)]
    findings += [
        (one.verdict, f"in {region}, {one.reason}")
        for region, rows in regions.items()
        for one in rows
        if one.verdict is Verdict.FAIL
    ]
    if not metrics:
        findings.append((Verdict.UNKNOWN, "the two sides have no metric in common"))
    verdict = worst(one for one, _ in findings)
    kept = {region: tuple(rows) for region, rows in sorted(regions.items())}
    return Compared(verdict, _winner(verdict, metrics), _reasons(findings, metrics), metrics, kept, split)


def outcome_of(found: Compared, about: Mapping[str, Any], verb: str = "canary.compare") -> Outcome:
    """Return the answer as a document and as lines."""
    data = {
        **about,
        "winner": found.winner,
        "metrics": [one.row() for one in found.metrics],
        "regions": {region: [one.row() for one in rows] for region, rows in found.regions.items()},
        "split": found.split,
    }
    rows = [f"{one.verdict:<8} {one.reason}" for one in found.metrics]
    rows += [
        f"{one.verdict:<8} {region}: {one.reason}" for region, inner in found.regions.items() for one in inner
    ]
    told = {one.reason for one in found.metrics}
    others = [reason for reason in found.reasons if reason not in told and not reason.startswith("in ")]
    last = f"{found.verdict}  winner: {found.winner}"
    return Outcome(verb, found.verdict, found.reasons, data, (*rows, *others, last))


def _winner(verdict: Verdict, metrics: Sequence[Tried]) -> Winner:
    if any(one.verdict is Verdict.FAIL for one in metrics) or verdict is Verdict.FAIL:
        return "control"
    return "canary" if verdict is Verdict.PASS and metrics and metrics[0].gained else "none"


def _about_the_sides(control: Side, canary: Side, split: Mapping[str, Any]) -> list[tuple[Verdict, str]]:
    findings = []
    if control.empty:
        findings.append((Verdict.UNKNOWN, f"there is no champion: nothing was measured in {control.where}"))
    if canary.empty:
        findings.append((Verdict.UNKNOWN, f"there is no canary: nothing was measured in {canary.where}"))
    if split["mismatch"]:
        sizes = f"{split['control']:g} to {split['canary']:g} samples (chance {split['chance']:.1g})"
        findings.append(
            (Verdict.UNKNOWN, f"the sides did not see the same: {sizes} is not the planned split")
        )
    for region in sorted(control.market.keys() & canary.market.keys()):
        if control.market[region] != canary.market[region]:
            where = "" if len(control.market) == 1 else f" in {region}"
            findings.append((Verdict.UNKNOWN, f"control and canary saw different markets{where}"))
    return findings


def _split(control: Side, canary: Side, ratio: float) -> dict[str, Any]:
    """
    Return whether the sides' sizes fit the planned ratio (canary to control): chi-square, 1 degree.

    What makes one side lose samples makes its remaining samples special.
    """
    sizes = [sum(side.exposure.values()) for side in (control, canary)]
    total = sum(sizes)
    said = {"control": sizes[0], "canary": sizes[1], "ratio": ratio, "chance": None, "mismatch": False}
    if total <= 0 or min(sizes) <= 0:
        return said
    wanted = (total / (1 + ratio), total * ratio / (1 + ratio))
    statistic = sum((size - due) ** 2 / due for size, due in zip(sizes, wanted, strict=True))
    chance = math.erfc(math.sqrt(statistic / 2))
    return {**said, "chance": chance, "mismatch": chance < _SPLIT_ALPHA}


def _reasons(findings: Sequence[tuple[Verdict, str]], metrics: Sequence[Tried]) -> tuple[str, ...]:
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN)
    off = tuple(text for wanted in order for verdict, text in findings if verdict is wanted)
    return off or (f"no harm in {len(metrics)} metrics",)
