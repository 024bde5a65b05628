"""
The life of an order, as data: every state, everything that can happen, and every move allowed.

The table is what the program runs and what the documents show. A cell lists the states that a
happening may lead to; which of them it is follows from the evidence that the order holds (what was
filled, whether the venue took it, what it still waits for). What has no cell is an illegal move:
it is refused, the order stays as it is, and the refusal is told.

Two states stand for honest ignorance. UNKNOWN: a request was sent and no answer came, so the venue
may or may not have acted. LOST: the venue's complete snapshots have not shown the order several
times in a row, and a question about it alone found nothing either; it still takes fills.

An end that was concluded from absence can be wrong: a request may spend longer on the wire than
anybody waited. So a "rejected" order that the venue shows as resting is resting.

The states are those of FIX 5.0 SP2 (appendix D) and of NautilusTrader's table, joined; where the
two disagree about fills after an end, the fill is taken, because it has happened.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

LOCAL: Final = 0
DENIED: Final = 1
PENDING_NEW: Final = 2
OPEN: Final = 3
PARTIAL: Final = 4
PENDING_REPLACE: Final = 5
PENDING_CANCEL: Final = 6
UNKNOWN: Final = 7
LOST: Final = 8
FILLED: Final = 9
CANCELED: Final = 10
EXPIRED: Final = 11
REJECTED: Final = 12

STATES: Final = (
    "local",
    "denied",
    "pending_new",
    "open",
    "partial",
    "pending_replace",
    "pending_cancel",
    "unknown",
    "lost",
    "filled",
    "canceled",
    "expired",
    "rejected",
)

DENY: Final = 0
SUBMIT: Final = 1
ACCEPT: Final = 2
REJECT: Final = 3
FILL: Final = 4
ASK_REPLACE: Final = 5
REPLACED: Final = 6
REPLACE_REJECTED: Final = 7
ASK_CANCEL: Final = 8
CANCEL: Final = 9
CANCEL_REJECTED: Final = 10
EXPIRE: Final = 11
TIMEOUT: Final = 12
SEEN: Final = 13
MISSING: Final = 14
CORRECT: Final = 15

HAPPENINGS: Final = (
    "deny",
    "submit",
    "accept",
    "reject",
    "fill",
    "ask_replace",
    "replaced",
    "replace_rejected",
    "ask_cancel",
    "cancel",
    "cancel_rejected",
    "expire",
    "timeout",
    "seen",
    "missing",
    "correct",
)

WORKING: Final = frozenset({PENDING_NEW, OPEN, PARTIAL, PENDING_REPLACE, PENDING_CANCEL, UNKNOWN, LOST})
"""May still trade, as far as we know: counts as exposure, and is to be canceled."""

IN_FLIGHT: Final = frozenset({PENDING_NEW, PENDING_REPLACE, PENDING_CANCEL, UNKNOWN})
"""Waits for an answer of the venue."""

ENDED: Final = frozenset({DENIED, FILLED, CANCELED, EXPIRED, REJECTED})
"""Over, as far as the venue has said; all but DENIED still take a late fill, because it has happened."""

_OPENISH = ("open", "partial", "pending_replace", "pending_cancel")
_RESTING = ("pending_new", "open", "partial")

# From each state: what may happen -> where it may lead.
TABLE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "local": {"deny": ("denied",), "submit": ("pending_new",)},
        "denied": {},
        "pending_new": {
            "accept": ("open",),
            "reject": ("rejected",),
            "fill": ("partial", "filled"),
            "ask_replace": ("pending_replace",),
            "replaced": ("open",),
            "ask_cancel": ("pending_cancel",),
            "cancel": ("canceled",),
            "expire": ("expired",),
            "timeout": ("unknown",),
            "seen": ("open",),
            "missing": ("lost",),
        },
        "open": {
            "accept": ("open",),
            "reject": ("rejected",),
            "fill": ("partial", "filled"),
            "ask_replace": ("pending_replace",),
            "replaced": ("open",),
            "replace_rejected": ("open",),
            "ask_cancel": ("pending_cancel",),
            "cancel": ("canceled",),
            "cancel_rejected": ("open",),
            "expire": ("expired",),
            "timeout": ("open",),
            "seen": ("open",),
            "missing": ("lost",),
        },
        "partial": {
            "accept": ("partial",),
            "reject": ("canceled",),
            "fill": ("partial", "filled"),
            "ask_replace": ("pending_replace",),
            "replaced": ("partial", "filled"),
            "replace_rejected": ("partial",),
            "ask_cancel": ("pending_cancel",),
            "cancel": ("canceled",),
            "cancel_rejected": ("partial",),
            "expire": ("expired",),
            "timeout": ("partial",),
            "seen": ("partial",),
            "missing": ("lost",),
            "correct": ("partial", "filled"),
        },
        "pending_replace": {
            "accept": ("pending_replace",),
            "reject": ("rejected", "canceled"),
            "fill": ("pending_replace", "filled"),
            "ask_replace": ("pending_replace",),
            "replaced": ("open", "partial", "filled"),
            "replace_rejected": _RESTING,
            "ask_cancel": ("pending_cancel",),
            "cancel": ("canceled",),
            "cancel_rejected": ("pending_replace",),
            "expire": ("expired",),
            "timeout": ("unknown",),
            "seen": ("pending_replace",),
            "missing": ("lost",),
            "correct": ("pending_replace", "filled"),
        },
        "pending_cancel": {
            "accept": ("pending_cancel",),
            "reject": ("rejected", "canceled"),
            "fill": ("pending_cancel", "filled"),
            "ask_cancel": ("pending_cancel",),
            "replaced": ("pending_cancel", "filled"),
            "replace_rejected": ("pending_cancel",),
            "cancel": ("canceled",),
            "cancel_rejected": (*_RESTING, "pending_replace"),
            "expire": ("expired",),
            "timeout": ("unknown",),
            "seen": ("pending_cancel",),
            "missing": ("lost",),
            "correct": ("pending_cancel", "filled"),
        },
        "unknown": {
            "accept": ("open", "pending_cancel", "unknown"),
            "reject": ("rejected", "canceled"),
            "fill": ("partial", "pending_cancel", "unknown", "filled"),
            "ask_cancel": ("pending_cancel", "unknown"),
            "replaced": ("open", "partial", "pending_cancel", "unknown", "filled"),
            "replace_rejected": ("open", "partial", "pending_cancel", "unknown"),
            "cancel": ("canceled",),
            "cancel_rejected": ("open", "partial", "unknown"),
            "expire": ("expired",),
            "timeout": ("unknown",),
            "seen": ("open", "partial", "pending_cancel"),
            "missing": ("lost",),
            "correct": ("unknown", "filled"),
        },
        "lost": {
            "accept": ("lost",),
            "reject": ("rejected", "canceled"),
            "fill": ("lost", "filled"),
            "ask_cancel": ("lost",),
            "replaced": ("lost", "filled"),
            "replace_rejected": ("lost",),
            "cancel": ("canceled",),
            "cancel_rejected": ("lost",),
            "expire": ("expired",),
            "timeout": ("lost",),
            "seen": _OPENISH,
            "missing": ("lost",),
            "correct": ("lost", "filled"),
        },
        "filled": {
            "accept": ("filled",),
            "reject": ("filled",),
            "fill": ("filled",),
            "replaced": ("partial", "pending_cancel", "unknown", "lost", "filled", "canceled", "expired"),
            "replace_rejected": ("filled",),
            "cancel": ("filled",),
            "cancel_rejected": ("filled",),
            "expire": ("filled",),
            "timeout": ("filled",),
            "missing": ("filled",),
            "correct": (
                "partial",
                "pending_replace",
                "pending_cancel",
                "unknown",
                "lost",
                "filled",
                "canceled",
                "expired",
            ),
        },
        "canceled": {
            "accept": ("canceled",),
            "reject": ("canceled",),
            "fill": ("canceled", "filled"),
            "replaced": ("canceled", "filled"),
            "replace_rejected": ("canceled",),
            "cancel": ("canceled",),
            "cancel_rejected": ("canceled",),
            "expire": ("canceled", "expired"),
            "timeout": ("canceled",),
            "missing": ("canceled",),
            "correct": ("canceled", "filled"),
            "seen": ("partial", "canceled"),
        },
        "expired": {
            "accept": ("expired",),
            "reject": ("expired",),
            "fill": ("expired", "filled"),
            "replaced": ("expired", "filled"),
            "replace_rejected": ("expired",),
            "cancel": ("canceled",),
            "cancel_rejected": ("expired",),
            "expire": ("expired",),
            "timeout": ("expired",),
            "missing": ("expired",),
            "correct": ("expired", "filled"),
        },
        "rejected": {
            "accept": ("rejected",),
            "reject": ("rejected",),
            "fill": ("canceled", "filled"),
            "replaced": ("rejected",),
            "replace_rejected": ("rejected",),
            "cancel": ("canceled",),
            "cancel_rejected": ("rejected",),
            "expire": ("expired",),
            "timeout": ("rejected",),
            "missing": ("rejected",),
            "seen": ("open",),
        },
    }
)


def _compiled() -> tuple[int, ...]:
    """Return the table as one bit mask of target states per state and happening."""
    return tuple(
        sum(1 << STATES.index(to) for to in TABLE[state].get(happening, ()))
        for state in STATES
        for happening in HAPPENINGS
    )


MASKS: Final = _compiled()
WIDTH: Final = len(HAPPENINGS)


def allows(state: int, happening: int, to: int) -> bool:
    """Tell whether the table has this move."""
    return bool(MASKS[state * WIDTH + happening] >> to & 1)


def moves() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield every row of the table: from, happening, where it may lead."""
    for state, row in TABLE.items():
        for happening, to in row.items():
            yield state, happening, to
