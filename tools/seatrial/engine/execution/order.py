"""
One order: the evidence that it has gathered, and the state that follows from it.

The state is never set, it is derived: from what was filled, from what the venue has said, and from
what we still wait for. Evidence only grows, so messages that come twice, late or out of order end
in the same state as messages that come well.

- A fill counts once and stays, even when it is reversed later: `gross` is all that was ever filled,
  `busted` what was taken back. FILLED means that nothing is left to fill.
- Of several ends the strongest holds: a cancellation over an expiry over a rejection; a fill proves
  that a "rejected" order was not.
- Price and size are those of the newest confirmation, by the venue's own stamp.
- `unsure` remembers which request stayed without an answer, so that only its own answer clears it.
"""

from typing import Any, Final

from ...model.errors import BugError
from .states import (
    ACCEPT,
    ASK_CANCEL,
    ASK_REPLACE,
    CANCEL,
    CANCEL_REJECTED,
    CANCELED,
    CORRECT,
    DENIED,
    DENY,
    EXPIRE,
    EXPIRED,
    FILL,
    FILLED,
    HAPPENINGS,
    LOCAL,
    LOST,
    MASKS,
    MISSING,
    OPEN,
    PARTIAL,
    PENDING_CANCEL,
    PENDING_NEW,
    PENDING_REPLACE,
    REJECT,
    REJECTED,
    REPLACE_REJECTED,
    REPLACED,
    SEEN,
    STATES,
    SUBMIT,
    TIMEOUT,
    UNKNOWN,
    WIDTH,
)

NEW: Final = 1
REPLACE: Final = 2
WITHDRAW: Final = 4
_PLAIN_STATES: Final = frozenset({PENDING_NEW, OPEN, PARTIAL})
_ENDS: Final = {REJECT: 1, EXPIRE: 2, CANCEL: 3, DENY: 4}
_END_STATES: Final = (LOCAL, REJECTED, EXPIRED, CANCELED, DENIED)


class Order:
    """
    One order as far as we know; prices in ticks, quantities in lots, side 0 buys, times in ns.

    `order_id` is our number, `client_id` the idempotent id that the venue gets, `venue_id` its own.
    """

    # Defaults stand on the class: an order that only rests and fills never sets most of them. What
    # every order changes is set at birth, because a new attribute later costs a larger dictionary.
    busted = end = unsure = waits = version = asked = asked_px = asked_qty = 0
    lost = False

    def __init__(  # noqa: PLR0913, PLR0917  (an order ticket has these fields)
        self,
        order_id: int,
        client_id: str,
        instrument: int,
        side: int,
        px: int,
        qty: int,
        tif: str = "post_only",
        kind: str = "limit",
        reduce_only: bool = False,  # noqa: FBT001, FBT002  (a field of the ticket)
        sent_ns: int = 0,
        intended_ns: int = 0,
    ) -> None:
        self.order_id = order_id
        self.client_id = client_id
        self.instrument = instrument
        self.side = side
        self.px = px
        self.qty = qty
        self.tif = tif
        self.kind = kind
        self.reduce_only = reduce_only
        self.sent_ns = sent_ns
        self.intended_ns = intended_ns
        self.venue_id: str | None = None
        self.slot = -1
        self.state = LOCAL
        self.gross = 0
        self.counted = 0
        self.acked = False

    @property
    def status(self) -> str:
        """Return the state's name."""
        return STATES[self.state]

    @property
    def leaves(self) -> int:
        """Return what is left to fill: zero once it has ended, and never below zero."""
        return 0 if self.state >= FILLED or self.state == DENIED else max(0, self.qty - self.gross)

    @property
    def filled(self) -> int:
        """Return what was filled and not reversed."""
        return self.gross - self.busted

    @property
    def overfill(self) -> int:
        """Return what was filled beyond the order's size: it has happened, and it is to be explained."""
        return max(0, self.gross - self.qty)

    @property
    def thought_rejected(self) -> bool:
        """Tell whether the only end we know of is a rejection, which better evidence takes back."""
        return self.end == _ENDS[REJECT]

    def happen(self, happening: int) -> bool:
        """
        Take note of what happened; False when that is an illegal move, which changes nothing.

        Fills, busts and replacements carry numbers and have methods of their own.
        """
        # Birth and the first answer are what nearly every order has: their moves need no derivation.
        state = self.state
        if state == PENDING_NEW and happening == ACCEPT and not self.busted:
            self.acked = True
            self.state = OPEN
            return True
        if state == LOCAL and happening == SUBMIT:
            self.state = PENDING_NEW
            return True
        mask = MASKS[self.state * WIDTH + happening]
        if not mask:
            return False
        _NOTE[happening](self, happening)
        self._derive(mask, happening)
        return True

    def fill(self, qty: int) -> bool:
        """Count a fill; False when there is no such order to fill (never sent)."""
        mask = MASKS[self.state * WIDTH + FILL]
        if not mask:
            return False
        self.gross += qty
        if self.state in _PLAIN_STATES and not self.busted:
            # Nearly every fill meets an order that only rests: what follows needs no derivation.
            self.state = FILLED if self.gross >= self.qty else PARTIAL
            return True
        self.unsure &= ~NEW
        self._derive(mask, FILL)
        return True

    def correct(self, qty: int) -> bool:
        """Take back so much of what was filled (negative: more was); what it has closed stays closed."""
        mask = MASKS[self.state * WIDTH + CORRECT]
        if not mask:
            return False
        self.busted += qty
        self._derive(mask, CORRECT)
        return True

    def replaced(self, px: int, qty: int, version: int) -> bool:
        """Take the price and size of a confirmed replacement; an older one than the last is old news."""
        mask = MASKS[self.state * WIDTH + REPLACED]
        if not mask:
            return False
        if version >= self.version:
            self.px, self.qty, self.version = px, qty, version
        self.acked = True
        self.waits &= ~REPLACE
        self.unsure &= ~(REPLACE | NEW)
        self._derive(mask, REPLACED)
        return True

    def _derive(self, mask: int, happening: int) -> None:
        if self.gross and max(self.gross, self.gross - self.busted) >= self.qty:
            state = FILLED
        elif self.end:
            state = CANCELED if self.end == 1 and self.gross else _END_STATES[self.end]
        elif self.lost:
            state = LOST
        elif self.unsure:
            state = UNKNOWN
        elif self.waits:
            state = PENDING_CANCEL if self.waits & WITHDRAW else PENDING_REPLACE
        elif self.gross:
            state = PARTIAL
        else:
            state = OPEN if self.acked else PENDING_NEW
        if not mask >> state & 1:
            raise BugError(
                f"order {self.client_id}: {HAPPENINGS[happening]} led from {STATES[self.state]}"
                f" to {STATES[state]}, which the table does not have"
            )
        self.state = state

    def fields(self) -> list[Any]:
        """Return everything as a list of JSON-able values, for `of`."""
        return [getattr(self, name) for name in _SAVED]

    @classmethod
    def of(cls, fields: list[Any]) -> "Order":
        """Return the order that `fields` described."""
        order = cls(0, "", 0, 0, 0, 0)
        for name, value in zip(_SAVED, fields, strict=True):
            setattr(order, name, value)
        return order


_SAVED: Final = (
    "acked", "asked", "asked_px", "asked_qty", "busted", "client_id", "counted", "end", "gross", "instrument",
    "intended_ns", "kind", "lost", "order_id", "px", "qty", "reduce_only", "sent_ns", "side", "slot", "state",
    "tif", "unsure", "venue_id", "version", "waits",
)  # fmt: skip


def _note_end(order: Order, happening: int) -> None:
    order.end = max(order.end, _ENDS[happening])
    order.waits = order.unsure = 0


def _note_accept(order: Order, _: int) -> None:
    order.acked = True
    order.unsure &= ~NEW


def _note_ask(order: Order, happening: int) -> None:
    bit = WITHDRAW if happening == ASK_CANCEL else REPLACE
    order.waits |= bit
    order.unsure &= ~bit
    order.asked += 1


def _note_refusal(order: Order, happening: int) -> None:
    bit = WITHDRAW if happening == CANCEL_REJECTED else REPLACE
    order.waits &= ~bit
    order.unsure &= ~bit


def _note_timeout(order: Order, _: int) -> None:
    if not (order.acked or order.gross):
        order.unsure |= NEW
    order.unsure |= order.waits


def _note_seen(order: Order, _: int) -> None:
    """Take it as resting at the venue: a request that timed out before has not taken effect."""
    order.acked, order.lost = True, False
    if order.thought_rejected:
        order.end = 0
    order.waits &= ~order.unsure
    order.unsure = 0


def _note_missing(order: Order, _: int) -> None:
    order.lost = True


def _note_nothing(order: Order, _: int) -> None:
    """Gather no evidence: the new state follows from what there is."""


_NOTE: Final = {
    DENY: _note_end,
    SUBMIT: _note_nothing,
    ACCEPT: _note_accept,
    REJECT: _note_end,
    CANCEL: _note_end,
    EXPIRE: _note_end,
    ASK_REPLACE: _note_ask,
    ASK_CANCEL: _note_ask,
    REPLACE_REJECTED: _note_refusal,
    CANCEL_REJECTED: _note_refusal,
    TIMEOUT: _note_timeout,
    SEEN: _note_seen,
    MISSING: _note_missing,
}
