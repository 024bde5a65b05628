"""
What a fill is, and which messages about fills are the same fill.

A venue tells a fill more than once: over two channels, again after a reconnect, late after a
cancel, and now and then differently. A fill is identified by instrument, the venue's trade id,
side and leg. The same identity with the same content is a replay and changes nothing; with another
content it contradicts, and is kept apart until the venue's own list decides. Another identity with
the same order, price, size and moment looks like one fill told by two channels: it is held back
for one reconciliation, because counting it twice would be a position that does not exist.

A bust takes a fill back, a correction changes it; either may come before the fill itself.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from .ledger import EXACT, Fee

BOOKED: Final = "booked"
REPLAY: Final = "replay"
CONTRADICTS: Final = "contradicts"
SUSPECT: Final = "suspect"
KEPT_MAX: Final = 65_536

Key = tuple[int, str, int, int]


class Fill:
    """One execution: price in ticks, quantity in lots, side 0 buys; `fee` is what the venue charged."""

    __slots__ = ("fee", "instrument", "leg", "maker", "order_id", "px", "qty", "side", "trade_id", "ts_ns")

    def __init__(  # noqa: PLR0913, PLR0917  (an execution report has these fields)
        self,
        order_id: int,
        instrument: int,
        side: int,
        px: int,
        qty: int,
        trade_id: str,
        ts_ns: int,
        maker: bool | None = None,  # noqa: FBT001  (a field of the report)
        fee: Fee | None = None,
        leg: int = 0,
    ) -> None:
        self.order_id, self.instrument, self.side, self.px, self.qty = order_id, instrument, side, px, qty
        self.trade_id, self.ts_ns, self.leg = trade_id, ts_ns, leg
        self.maker: bool | None = maker
        self.fee: Fee | None = fee

    @property
    def key(self) -> Key:
        """Return what identifies this fill."""
        return (self.instrument, self.trade_id, self.side, self.leg)

    def same(self, other: "Fill") -> bool:
        """Tell whether two messages about one fill say the same."""
        return self.px == other.px and self.qty == other.qty and self.order_id == other.order_id

    def changed(self, px: int, qty: int) -> "Fill":
        """Return this fill with corrected numbers; its fee follows the size."""
        fee = self.fee
        if fee is not None and qty != self.qty:
            settled = None if fee.settled is None else _share(fee.settled, qty, self.qty)
            fee = Fee(_share(fee.amount, qty, self.qty), fee.currency, settled)
        changed = Fill(self.order_id, self.instrument, self.side, px, qty, self.trade_id, self.ts_ns)
        changed.maker, changed.fee, changed.leg = self.maker, fee, self.leg
        return changed

    def fields(self) -> list[Any]:
        """Return everything as JSON-able values, for `of`."""
        fee = self.fee and [str(self.fee.amount), self.fee.currency, _text(self.fee.settled)]
        return [
            self.order_id, self.instrument, self.side, self.px, self.qty,
            self.trade_id, self.ts_ns, self.maker, fee, self.leg,
        ]  # fmt: skip

    @classmethod
    def of(cls, fields: list[Any]) -> "Fill":
        """Return the fill that `fields` described."""
        order_id, instrument, side, px, qty, trade_id, ts_ns, maker, fee, leg = fields
        fill = cls(order_id, instrument, side, px, qty, trade_id, ts_ns)
        fill.maker, fill.leg = maker, leg
        if fee is not None:
            amount, currency, settled = fee
            fill.fee = Fee(Decimal(amount), currency, None if settled is None else Decimal(settled))
        return fill


class FillBook:
    """
    Every fill that was heard of, the newest `kept_max` in memory.

    Evicted identities are looked up where `look_back` says; without it a replay that is older than
    everything kept would count as new. `trusting` is for an exchange that never tells a fill twice.
    """

    def __init__(self, *, trusting: bool = False, kept_max: int = KEPT_MAX) -> None:
        self.trusting, self._kept_max = trusting, kept_max
        self._older: Callable[[Key], Fill | None] | None = None
        self.on_evict: Callable[[Iterable[Fill]], object] = _forget
        self.evicted_ns = -1
        """No fill that is younger than this was ever evicted."""
        self.known: dict[Key, Fill] = {}
        self.contradicting: dict[Key, list[Fill]] = {}
        self.suspects: dict[Key, Fill] = {}
        self.corrected: dict[Key, tuple[int, int, int]] = {}
        """key -> (version, price, quantity); quantity 0 is a bust."""
        self._twins: dict[tuple[int, int, int, int], Key] = {}

    def take(self, fill: Fill) -> str:
        """Return what a message about a fill is, keeping it: `booked`, `replay`, `contradicts`, `suspect`."""
        key = (fill.instrument, fill.trade_id, fill.side, fill.leg)
        known = self.known.get(key)
        if known is None and fill.ts_ns <= self.evicted_ns and self._older is not None:
            known = self._older(key)
        if known is not None:
            return self._again(key, known, fill)
        if not self.trusting:
            twin = (fill.order_id, fill.px, fill.qty, fill.ts_ns)
            if self._twins.setdefault(twin, key) is not key:
                return self._suspect(key, fill)
        self.known[key] = fill
        if len(self.known) > self._kept_max:
            self._evict()
        return BOOKED

    def _suspect(self, key: Key, fill: Fill) -> str:
        if key in self.suspects:
            return REPLAY
        self.suspects[key] = fill
        return SUSPECT

    def knows(self, fill: Fill) -> bool:
        """Tell whether this is, word for word, a fill that is in memory and counts."""
        known = self.known.get(fill.key)
        return known is not None and self._told_again(known, fill)

    def _told_again(self, known: Fill, fill: Fill) -> bool:
        if known.order_id and not fill.order_id:
            # Its order has ended and left memory since: naming none is not naming another one.
            fill = fill.of([known.order_id, *fill.fields()[1:]])
        return known.same(fill) or self.effective(known).same(fill)

    def look_back(self, older: Callable[[Key], Fill | None]) -> None:
        """Look identities that are not in memory up elsewhere from now on."""
        self._older = older

    def keep(self, fill: Fill) -> None:
        """Remember a fill that counts."""
        self.known[fill.key] = fill
        if len(self.known) > self._kept_max:
            self._evict()

    def _evict(self) -> None:
        """Let the older half go at once: one by one from the front is slow in a dictionary."""
        gone = [self.known.pop(key) for key in list(islice(self.known, len(self.known) // 2))]
        self.evicted_ns = max(self.evicted_ns, *(old.ts_ns for old in gone))
        self.on_evict(self.effective(old) for old in gone)
        for old in gone:
            self._twins.pop((old.order_id, old.px, old.qty, old.ts_ns), None)
            self.corrected.pop(old.key, None)

    def _again(self, key: Key, known: Fill, fill: Fill) -> str:
        if self._told_again(known, fill):
            return REPLAY
        others = self.contradicting.setdefault(key, [])
        if any(fill.same(other) for other in others):
            return REPLAY
        others.append(fill)
        return CONTRADICTS

    def correction(self, key: Key, version: int, px: int, qty: int) -> bool:
        """
        Note a bust (quantity 0) or a correction; False when a newer one, or the same, is known.

        A bust is final: no correction follows it.
        """
        last = self.corrected.get(key)
        if last is not None and (last[2] == 0 or (qty and version <= last[0])):
            return False
        # A bust is a bust, whatever else the message says.
        self.corrected[key] = (version, px, qty) if qty else (0, 0, 0)
        return True

    def effective(self, fill: Fill) -> Fill:
        """Return a fill as it counts after what was corrected; quantity 0 when it was taken back."""
        last = self.corrected.get(fill.key)
        if last is None:
            return fill
        return fill.changed(last[1] or fill.px, last[2])

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "known": [fill.fields() for fill in self.known.values()],
            "contradicting": [fill.fields() for fills in self.contradicting.values() for fill in fills],
            "suspects": [fill.fields() for fill in self.suspects.values()],
            "evicted_ns": self.evicted_ns,
            "corrected": [[list(key), list(to)] for key, to in self.corrected.items()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.known.clear()
        self._twins.clear()
        self.evicted_ns = state["evicted_ns"]
        for fields in state["known"]:
            fill = Fill.of(fields)
            self.known[fill.key] = fill
            if not self.trusting:
                self._twins[(fill.order_id, fill.px, fill.qty, fill.ts_ns)] = fill.key
        self.contradicting = {}
        for fields in state["contradicting"]:
            fill = Fill.of(fields)
            self.contradicting.setdefault(fill.key, []).append(fill)
        self.suspects = {fill.key: fill for fill in map(Fill.of, state["suspects"])}
        self.corrected = {(k[0], k[1], k[2], k[3]): (to[0], to[1], to[2]) for k, to in state["corrected"]}


def _forget(_: Iterable[Fill]) -> None:
    """Keep no evicted fill anywhere."""


def _share(amount: Decimal, part: int, whole: int) -> Decimal:
    return EXACT.divide(EXACT.multiply(amount, part), Decimal(whole))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
