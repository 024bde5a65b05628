"""
How the keys stand: there or not, how old, due or not.

The rule is the one every exchange and auditor asks for: replace a key before it is 90 days old. An
age that nobody knows is UNKNOWN and no green light; one that is only known to be at least so much
can fail, but never pass. Nothing that is computed from a value is shown, not even a fingerprint:
it would confirm a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...model.errors import InputError, OutsideError, SeatrialError
from ...model.outcome import Outcome
from ...model.secret_settings import SecretsSettings
from ...model.verdict import Verdict, worst
from .opening import Access, hold, place_of
from .provider.interface import Held
from .refusals import DeniedSecretError, MissingSecretError

DAY_NS = 86_400 * 10**9
SKEW_NS = 300 * 10**9
PURPOSE = "status"


@dataclass(frozen=True)
class Standing:
    """One secret's row; `present` and the age are None when they are not known."""

    name: str
    provider: str
    place: str
    verdict: Verdict
    reason: str
    present: bool | None = None
    age_days: float | None = None
    age_exact: bool | None = None
    due_in_days: float | None = None
    version: str | None = None
    unreachable: bool = False

    def document(self) -> dict[str, Any]:
        """Return the row for a program."""
        return {
            "name": self.name,
            "provider": self.provider,
            "place": self.place,
            "present": self.present,
            "age_days": self.age_days,
            "age_exact": self.age_exact,
            "due_in_days": self.due_in_days,
            "version": self.version,
            "verdict": self.verdict.value,
            "reason": self.reason,
        }


def status(settings: SecretsSettings, access: Access, names: Sequence[str] | None = None) -> Outcome:
    """Return how every configured secret stands, or those in `names`; the worst one counts."""
    rows = [standing(settings, name, access) for name in (settings.names if names is None else names)]
    verdict = worst(row.verdict for row in rows)
    reasons = tuple(f"{row.name}: {row.reason}" for row in rows if row.verdict is not Verdict.PASS)
    if not rows:
        reasons = ("no secret is configured: name them under secrets.names",)
    # UNKNOWN because a keeper did not answer is its fault and not a lack of evidence.
    let_down = verdict is Verdict.UNKNOWN and any(row.unreachable for row in rows)
    return Outcome(
        "secrets.status" if names is None else "secrets.get",
        verdict,
        reasons,
        {"rotation_days": settings.rotation_days, "secrets": [row.document() for row in rows]},
        (*(_line(row) for row in rows), _last_line(verdict, rows, settings)),
        exit_code_forced=OutsideError.exit_code if let_down else None,
    )


def standing(settings: SecretsSettings, name: str, access: Access) -> Standing:
    """Return the row of one secret."""
    place = place_of(settings, name)
    about = (name, place.provider, str(place))
    try:
        held = hold(settings, name, PURPOSE, access, dated=True)
    except MissingSecretError as error:
        return Standing(*about, Verdict.FAIL, _told(error), present=False)
    except (DeniedSecretError, InputError) as error:
        return Standing(*about, Verdict.FAIL, _told(error))
    except OutsideError as error:
        if access.log.path.as_posix() == error.where.file:
            # Without its log nothing may be looked at, so there is no table to show.
            raise
        return Standing(*about, Verdict.UNKNOWN, _told(error), unreachable=True)
    return _judged(about, held, settings.rotation_days, access.now_ns())


def age_verdict(age_ns: int | None, *, exact: bool, limit_days: int) -> tuple[Verdict, str]:
    """Return the verdict on an age: FAIL above the limit, WARN from 80 % of it, UNKNOWN without evidence."""
    if age_ns is None:
        return Verdict.UNKNOWN, "its age is not known: this provider keeps no date"
    if age_ns < -SKEW_NS:
        return Verdict.UNKNOWN, "its date lies in the future: one of two clocks is wrong"
    days = _days(max(age_ns, 0))
    if age_ns > limit_days * DAY_NS:
        return (
            Verdict.FAIL,
            f"{'' if exact else 'at least '}{days} days old, the limit is {limit_days}: rotate it",
        )
    if not exact:
        return Verdict.UNKNOWN, f"at least {days} days old; when it last changed is not known"
    if age_ns * 10 >= limit_days * DAY_NS * 8:
        return Verdict.WARN, f"{days} days old, due in {_days(limit_days * DAY_NS - age_ns)}"
    return Verdict.PASS, f"{days} days old"


def _judged(about: tuple[str, str, str], held: Held, limit_days: int, now_ns: int) -> Standing:
    age_ns = None if held.changed_ns is None else now_ns - held.changed_ns
    verdict, reason = age_verdict(age_ns, exact=held.exact, limit_days=limit_days)
    known = age_ns is not None and age_ns >= -SKEW_NS
    return Standing(
        *about,
        verdict,
        reason,
        present=True,
        age_days=_days(max(age_ns, 0)) if age_ns is not None and known else None,
        age_exact=held.exact if known else None,
        due_in_days=_days(limit_days * DAY_NS - age_ns)
        if age_ns is not None and known and held.exact
        else None,
        version=held.version,
    )


def _days(ns: int) -> float:
    return round(ns / DAY_NS, 1)


def _told(error: SeatrialError) -> str:
    return error.line


def _line(row: Standing) -> str:
    return f"{row.verdict.value:<8} {row.name:<20} {row.place}  {row.reason}"


def _last_line(verdict: Verdict, rows: Sequence[Standing], settings: SecretsSettings) -> str:
    if not rows:
        return f"{verdict.value}: no secret is configured: name them under secrets.names"
    count = "1 secret" if len(rows) == 1 else f"{len(rows)} secrets"
    return f"{verdict.value}: {count}, to be rotated every {settings.rotation_days} days"
