"""What was asked for on the command line, made into terms and policies; one call a verb."""

from collections.abc import Sequence
from pathlib import Path

from ..model.errors import UsageError
from ..model.outcome import Outcome
from ..store.clock import utc_now_ns
from .compare import Terms, compare, compared
from .direction import Rules, margins_of
from .rollout import STAGES, Policy, advance, evidence_of, release, rollback
from .same import same_against_same
from .series import read_side


def terms_of(
    names: Sequence[str] | None,
    margins: Sequence[str] | None,
    directions: tuple[Sequence[str] | None, Sequence[str] | None],
    alpha: float,
    ratio: float = 1.0,
) -> Terms:
    """Return the terms of a comparison from their texts."""
    higher, lower = (tuple(one or ()) for one in directions)
    both = set(higher) & set(lower)
    if both:
        raise UsageError(f"{', '.join(sorted(both))} cannot be better both ways", fix="--higher or --lower")
    return Terms(tuple(names or ()), Rules(higher, lower, margins_of(margins or ())), alpha, ratio)


def policy_of(stages: str | None, confirm: int, cool_down_s: float) -> Policy:
    """Return a rollout's policy from its texts."""
    try:
        shares = STAGES if stages is None else tuple(float(part) for part in stages.split(","))
    except ValueError as error:
        raise UsageError(f"{stages!r} is no list of shares", fix="--stages 1,5,25,50,100") from error
    return Policy(shares, confirm, cool_down_s)


def compare_sides(control: Path, canary: Path, terms: Terms, runs: int) -> Outcome:
    """Compare, or (with runs) say how often this judge would be wrong on these data."""
    return same_against_same(control, canary, terms, runs) if runs else compare(control, canary, terms)


def advance_on(control: Path, canary: Path, terms: Terms, folder: Path, policy: Policy) -> Outcome:
    """Compare and take the step that the answer allows."""
    first, second = read_side(control, terms.names), read_side(canary, terms.names)
    evidence = evidence_of(first.metrics, second.metrics)
    return advance(folder, compared(first, second, terms), evidence, policy, utc_now_ns())


def by_hand(folder: Path, by: str, reason: str, policy: Policy, *, lift: bool) -> Outcome:
    """Roll back, or release what was rolled back, on a person's word."""
    act = release if lift else rollback
    return act(folder, by, reason, policy, utc_now_ns())
