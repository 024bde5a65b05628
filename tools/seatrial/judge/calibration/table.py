"""
The table: error rates and power of every judge on the same seeded series, as a page of the documents.

Series are stationary with the stated lag-1 autocorrelation, unit variance and level ten, control and
canary independent of each other. A shift is in standard deviations. Our judges keep their level when
no share of wrong answers is beyond it by more than chance; the others are there to compare with.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...model.outcome import Outcome
from ...model.verdict import Verdict
from ..stats.draws import Draws
from .judges import ALPHA, OTHERS, OURS, Judge

LIKENESSES = (0.0, 0.3, 0.5, 0.7, 0.9)
SHIFTS = ((0.3, 0.0), (0.5, 0.0), (0.5, 0.5), (1.0, 0.5), (1.0, 0.9), (2.0, 0.9))
COUNT, RUNS, LEVEL = 240, 200, 10.0
_SEED = 20_000
_Z = 1.96


@dataclass(frozen=True)
class Cell:
    """How often one judge said yes, at one dependence and shift."""

    judge: str
    likeness: float
    shift: float
    share: float


def calibrate(runs: int = RUNS) -> Outcome:
    """Return the table; PASS when our judges keep their level everywhere."""
    judges = {**OURS, **OTHERS}
    cells = [
        Cell(name, likeness, 0.0, share)
        for likeness in LIKENESSES
        for name, share in _shares(judges, likeness, 0.0, runs).items()
    ]
    cells += [
        Cell(name, likeness, shift, share)
        for shift, likeness in SHIFTS
        for name, share in _shares(judges, likeness, shift, runs).items()
    ]
    allowed = ALPHA + _Z * math.sqrt(ALPHA * (1 - ALPHA) / runs)
    over = [cell for cell in cells if cell.judge in OURS and not cell.shift and cell.share > allowed]
    verdict = Verdict.FAIL if over else Verdict.PASS
    reasons = tuple(f"{cell.judge} errs in {cell.share:.1%} at {cell.likeness:g}" for cell in over)
    kept = f"our judges keep their level of {ALPHA:.0%} at every autocorrelation"
    data = {
        "runs": runs,
        "samples": COUNT,
        "level": ALPHA,
        "allowed": allowed,
        "cells": [cell.__dict__ for cell in cells],
    }
    return Outcome(
        "gate.calibrate",
        verdict,
        reasons or (kept,),
        data,
        (*_page(cells, runs), reasons[0] if over else kept),
    )


def _shares(judges: dict[str, Judge], likeness: float, shift: float, runs: int) -> dict[str, float]:
    hits = dict.fromkeys(judges, 0)
    for run in range(runs):
        control, canary = (
            LEVEL + Draws(_SEED + 2 * run + side).autoregressive(COUNT, likeness) for side in (0, 1)
        )
        for name, judge in judges.items():
            hits[name] += judge(control, canary + shift)
    return {name: count / runs for name, count in hits.items()}


def _page(cells: Sequence[Cell], runs: int) -> list[str]:
    wrong = [cell for cell in cells if not cell.shift]
    right = [cell for cell in cells if cell.shift]
    return [
        "# How often the judges are wrong",
        "",
        "Printed by `seatrial gate calibrate`, from fixed seeds; the slow tests print it again and compare.",
        "",
        f"{runs} pairs of series a cell, {COUNT} samples each; the nominal level is {ALPHA:.0%}",
        "(Kayenta's own is 2 %). *Once* is one look at the end; *peeking* is forty looks, stopping at",
        "the first yes. A gate or a canary whose samples are worth too little answers UNKNOWN, which",
        "counts as no.",
        "",
        "Equal series that were called different, by lag-1 autocorrelation:",
        "",
        *_grid(wrong, [(cell.likeness, cell.shift) for cell in wrong], "{0:g}"),
        "",
        "Shifted series that were called different, by shift in standard deviations and autocorrelation:",
        "",
        *_grid(right, [(cell.likeness, cell.shift) for cell in right], "{1:g} sd, {0:g}"),
        "",
        "What cries wolf on half of all equal series has no power worth the name: read the rows of the",
        "z-test and of Kayenta's judge beside those of the first table.",
        "",
    ]


def _grid(cells: Sequence[Cell], places: Sequence[tuple[float, float]], head: str) -> list[str]:
    columns = list(dict.fromkeys(places))
    found: dict[tuple[str, float, float], float] = {
        (cell.judge, cell.likeness, cell.shift): cell.share for cell in cells
    }
    rows: list[Any] = [
        "| judge | " + " | ".join(head.format(*column) for column in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    for name in (*OURS, *OTHERS):
        shares = " | ".join(f"{100 * found[name, *column]:.1f} %" for column in columns)
        rows.append(f"| {name} | {shares} |")
    return rows
