"""What `finops reconcile` says: matched rows, breaks with their weight and cause, one verdict."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from ..model.outcome import Outcome
from ..model.profile import FinopsSettings
from ..model.verdict import Verdict
from .breaks import Break
from .ledger import EXACT, ZERO
from .reconcile import Reconciliation
from .saying import DAY_NS, amount, maybe

AGES = ((1, "0-1 d"), (3, "2-3 d"), (7, "4-7 d"))
OLDEST = "over 7 d"
SHOWN = 20


@dataclass(frozen=True)
class Judged:
    """A reconciliation with its verdict and the reasons for it, the worst first."""

    found: Reconciliation
    verdict: Verdict
    reasons: tuple[str, ...]
    materiality: Decimal


def judge(found: Reconciliation, settings: FinopsSettings) -> Judged:
    """
    Return the verdict of a reconciliation.

    A break that nobody has accepted fails, unless it is known to be worth less than is material;
    an empty book is no evidence.
    """
    open_breaks = [one for one in found.breaks if one.accepted is None]
    heavy = [one for one in open_breaks if material(one, settings.materiality)]
    light = [one for one in open_breaks if not material(one, settings.materiality)]
    off = [
        f"{amount(value)} {code} is not explained by any break" for code, value in found.unexplained.items()
    ]
    empty = [
        f"{whose} book has nothing to compare"
        for whose, book in (("our", found.ours), ("their", found.theirs))
        if book.rows == sum(book.not_compared.values())
    ]
    verdict = Verdict.PASS
    if heavy or off:
        verdict = Verdict.FAIL
    elif empty:
        verdict = Verdict.UNKNOWN
    elif light or _has_not_checked_fees(found):
        verdict = Verdict.WARN if light else Verdict.UNKNOWN
    reasons = [*off, *_told(heavy), *(f"{one}: no evidence" for one in empty)]
    reasons += [f"immaterial: {text}" for text in _told(light)]
    reasons += _side_notes(found)
    if verdict is Verdict.PASS:
        reasons.insert(0, f"all {found.matched:,} fills and {found.matched_payments:,} payments agree")
    return Judged(found, verdict, tuple(reasons), settings.materiality)


def material(one: Break, materiality: Decimal) -> bool:
    """Return whether a break counts; one whose value nobody knows always does."""
    return one.value_quote is None or one.value_quote >= materiality


def _has_not_checked_fees(found: Reconciliation) -> bool:
    return found.fees is not None and found.fees.checked == 0


def _told(breaks: Iterable[Break]) -> list[str]:
    """Return one line per class and cause, the costliest first."""
    groups: dict[tuple[str, str], list[Break]] = defaultdict(list)
    for one in breaks:
        groups[one.kind.value, one.cause].append(one)
    ranked = sorted(groups.items(), key=lambda item: (-worth(item[1])[0], item[0]))
    lines = []
    for (kind, cause), members in ranked:
        value, unvalued = worth(members)
        more = f" and {unvalued} not valued" if unvalued else ""
        lines.append(f"{len(members):,} {kind} ({amount(round(value, 8))} in quote currency{more}): {cause}")
    return lines


def worth(breaks: Iterable[Break]) -> tuple[Decimal, int]:
    """Return the sum of the known values, and how many are not known."""
    members = list(breaks)
    known = [one.value_quote for one in members if one.value_quote is not None]
    with localcontext(EXACT):
        return sum(known, ZERO), len(members) - len(known)


def _side_notes(found: Reconciliation) -> Iterator[str]:
    accepted = sum(one.accepted is not None for one in found.breaks)
    if accepted:
        yield f"{accepted:,} breaks are accepted by their owners"
    for one in found.expired:
        yield f"the acceptance of {one.kind.value} {one.key} by {one.owner} expired on {one.expires}"
    for one in found.idle:
        yield f"line {one.line}: the acceptance of {one.kind.value} {one.key} fits no break"
    if found.fees is not None:
        for code, lost in sorted(found.fees.lost_rebates.items()):
            yield f"lost rebates: {amount(round(lost, 8))} {code}"
        if found.fees.unchecked:
            yield f"{found.fees.unchecked:,} fees could not be compared with the schedule: no role, no rate"


def age_of(one: Break, as_of_ns: int) -> tuple[int, str]:
    """Return a break's age in whole days and its bucket."""
    days = max(0, (as_of_ns - one.ts_ns) // DAY_NS)
    return days, next((name for most, name in AGES if days <= most), OLDEST)


def answer(judged: Judged, files: Sequence[str] = ()) -> Outcome:
    """Return the outcome of the command; `files` are the reports that were written."""
    return Outcome(
        name="finops.reconcile",
        verdict=judged.verdict,
        reasons=judged.reasons,
        data=document(judged) | {"files": list(files)},
        lines=tuple(_lines(judged, files)),
    )


def document(judged: Judged) -> dict[str, Any]:
    """Return everything that is known, as JSON-able values."""
    found = judged.found
    return {
        "matched": found.matched,
        "matched_payments": found.matched_payments,
        "matched_by": dict(sorted(found.tiers.items())),
        "rows": {"ours": found.ours.rows, "theirs": found.theirs.rows},
        "breaks": [break_data(one, judged) for one in found.breaks],
        "by_class": by_class(found.breaks),
        "by_age": dict(sorted(Counter(age_of(one, found.as_of_ns)[1] for one in found.breaks).items())),
        "residuals": {code: amount(value) for code, value in found.residuals.items()},
        "rounding": {code: amount(value) for code, value in sorted(found.rounding.items()) if value},
        "unexplained": {code: amount(value) for code, value in sorted(found.unexplained.items())},
        "not_compared": {
            "ours": dict(sorted(found.ours.not_compared.items())),
            "theirs": dict(sorted(found.theirs.not_compared.items())),
        },
        "copies": found.copies,
        "restated": found.restated,
        "as_of_ns": found.as_of_ns,
        "fees": fees_data(found),
    }


def by_class(breaks: Iterable[Break]) -> dict[str, dict[str, Any]]:
    """Return count and value of each class that occurs."""
    groups: dict[str, list[Break]] = defaultdict(list)
    for one in breaks:
        groups[one.kind.value].append(one)
    return {
        kind: {
            "count": len(members),
            "accepted": sum(one.accepted is not None for one in members),
            "value_quote": amount(worth(members)[0]),
            "not_valued": worth(members)[1],
        }
        for kind, members in sorted(groups.items())
    }


def break_data(one: Break, judged: Judged) -> dict[str, Any]:
    """Return one break as JSON-able values."""
    days, bucket = age_of(one, judged.found.as_of_ns)
    accepted = one.accepted
    return {
        "class": one.kind.value,
        "key": one.key,
        "field": one.field,
        "ours": one.ours,
        "theirs": one.theirs,
        "value_quote": maybe(one.value_quote),
        "cause": one.cause,
        "symbol": one.symbol,
        "ts_ns": one.ts_ns,
        "age_days": days,
        "age": bucket,
        "source": one.source,
        "effect": {code: amount(value) for code, value in sorted(one.effect.items())},
        "material": material(one, judged.materiality),
        "accepted": None
        if accepted is None
        else {"owner": accepted.owner, "reason": accepted.reason, "expires": accepted.expires.isoformat()},
    }


def fees_data(found: Reconciliation) -> dict[str, Any] | None:
    """Return charged against published fees, None when no schedule was chosen."""
    fees = found.fees
    if fees is None:
        return None
    return {
        "tier": fees.schedule.rates[-1].tier,
        "source": fees.schedule.rates[-1].source,
        "checked": fees.checked,
        "unchecked": fees.unchecked,
        "expected": {code: amount(round(value, 12)) for code, value in sorted(fees.expected.items())},
        "charged": {code: amount(value) for code, value in sorted(fees.charged.items())},
        "lost_rebates": {code: amount(round(value, 12)) for code, value in sorted(fees.lost_rebates.items())},
    }


def _lines(judged: Judged, files: Sequence[str]) -> Iterator[str]:
    found = judged.found
    yield (
        f"ours {found.ours.rows:,} rows, theirs {found.theirs.rows:,}: {found.matched:,} fills and "
        f"{found.matched_payments:,} payments matched, {len(found.breaks):,} breaks"
    )
    for kind, facts in by_class(found.breaks).items():
        yield f"  {kind}: {facts['count']:,}, worth {facts['value_quote']}"
    for code, value in found.residuals.items():
        yield f"  residual {code}: {amount(value)}"
    yield from (f"- {reason}" for reason in judged.reasons[:SHOWN])
    where = f" \u00b7 {files[-1]}" if files else ""
    yield f"{judged.verdict.value}: {judged.reasons[0]}{where}"
