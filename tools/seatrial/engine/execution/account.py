"""
The account: positions and money of every instrument, from fills in the order in which they happened.

Cash and position do not depend on the order of fills, but what was realised does: a fill that
arrives late belongs before those that overtook it. So the newest fills are kept with a snapshot of
the ledger now and then, and a late, busted or corrected one is booked where it belongs. What is
older than the trail is booked at its end, which keeps cash, position and total exact.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from ...model.instrument import Instrument
from ...model.profile import FeeSettings
from .fills import Fill
from .ledger import EXACT, ZERO, Fee, Ledger

TRAIL_MAX: Final = 4_096
SNAPSHOT_EVERY: Final = 64
Place = tuple[int, str, int, int]


class Trail:
    """One instrument's ledger with its newest fills, so that any of them can be booked anew."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._fills: list[Fill] = []
        self._snapshots: list[dict[str, Any]] = [ledger.state()]
        self._last_ns = -1
        self._cut = False

    def add(self, fill: Fill) -> None:
        """Book a fill where it belongs."""
        if fill.ts_ns > self._last_ns:
            # Nearly every fill comes in time: its path has no detours.
            fills, ledger = self._fills, self.ledger
            if fill.qty:
                ledger.take(fill.side, fill.px, fill.qty)
            if fill.fee is not None:
                ledger.charge(fill.fee, fill.px)
            fills.append(fill)
            self._last_ns = fill.ts_ns
            if len(fills) % SNAPSHOT_EVERY == 0:
                self._snap()
            return
        at = bisect_right(self._fills, _place(fill), key=_place)
        if at == len(self._fills) or (at == 0 and self._cut):
            self._append(fill)
            return
        self._fills.insert(at, fill)
        self._replay(at)

    def change(self, was: Fill, now: Fill) -> None:
        """Book a fill with other numbers (quantity 0: not at all)."""
        at = bisect_left(self._fills, _place(was), key=_place)
        if at < len(self._fills) and _place(self._fills[at]) == _place(was):
            self._fills[at] = now
            self._replay(at)
            return
        # Older than the trail: turned around at its end.
        back = was.changed(was.px, was.qty)
        back.side = 1 - was.side
        back.fee = was.fee and Fee(was.fee.amount.copy_negate(), was.fee.currency, _negative(was.fee.settled))
        for late in (back, now.changed(now.px, now.qty)):
            late.ts_ns = max(late.ts_ns, self._last_ns)
            self._append(late)

    def _append(self, fill: Fill) -> None:
        book(self.ledger, fill)
        self._fills.append(fill)
        self._last_ns = max(self._last_ns, fill.ts_ns)
        if len(self._fills) % SNAPSHOT_EVERY == 0:
            self._snap()

    def _snap(self) -> None:
        self._snapshots.append(self.ledger.state())
        if len(self._fills) >= TRAIL_MAX:
            self._forget(TRAIL_MAX // 2)

    def _replay(self, start: int) -> None:
        """Book every fill from `start` on again, from the last snapshot before it."""
        ledger = self.ledger
        funding = ledger.funding
        whole = start // SNAPSHOT_EVERY
        del self._snapshots[whole + 1 :]
        ledger.restore(self._snapshots[whole])
        for at in range(whole * SNAPSHOT_EVERY, len(self._fills)):
            book(ledger, self._fills[at])
            if (at + 1) % SNAPSHOT_EVERY == 0:
                self._snapshots.append(ledger.state())
        ledger.funding = funding

    def _forget(self, count: int) -> None:
        """Let the oldest `count` fills go (a multiple of the snapshots' distance); their effect stays."""
        del self._fills[:count], self._snapshots[: count // SNAPSHOT_EVERY]
        self._cut = True

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "ledger": self.ledger.state(),
            "fills": [fill.fields() for fill in self._fills],
            "base": self._snapshots[0],
            "cut": self._cut,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self._snapshots, self._cut = [state["base"]], state["cut"]
        self._fills = [Fill.of(fields) for fields in state["fills"]]
        self._last_ns = max((fill.ts_ns for fill in self._fills), default=-1)
        self._replay(0)
        self.ledger.restore(state["ledger"])


def _place(fill: Fill) -> Place:
    """Return where a fill stands among others: by its moment, then by its identity."""
    return (fill.ts_ns, fill.trade_id, fill.side, fill.leg)


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.copy_negate()


def book(ledger: Ledger, fill: Fill) -> None:
    """Book one fill and its fee."""
    if fill.qty:
        ledger.take(fill.side, fill.px, fill.qty)
    if fill.fee is not None:
        ledger.charge(fill.fee, fill.px)


class Account:
    """Every instrument's ledger, and the wallets that they move."""

    def __init__(
        self, instruments: Sequence[Instrument], fees: FeeSettings, opening: Mapping[str, Decimal]
    ) -> None:
        self.opening = dict(opening)
        self.ledgers = [Ledger(instrument, fees, ZERO) for instrument in instruments]
        self.trails = [Trail(ledger) for ledger in self.ledgers]

    def add(self, fill: Fill) -> None:
        """Book a fill."""
        self.trails[fill.instrument].add(fill)

    def change(self, was: Fill, now: Fill) -> None:
        """Book a fill with other numbers."""
        self.trails[was.instrument].change(was, now)

    def fund(self, instrument: int, amount: Decimal) -> None:
        """Book a funding payment; received is positive."""
        self.ledgers[instrument].receive(amount)

    def equity(self, currency: str, marks: Sequence[Decimal | None]) -> Decimal:
        """Return opening balance and all profit of one settlement currency; `marks` in ticks."""
        total = self.opening.get(currency, ZERO)
        for ledger, mark in zip(self.ledgers, marks, strict=True):
            if ledger.instrument.settle == currency:
                total = EXACT.add(total, ledger.profit(mark))
        return total

    def wallets(self) -> dict[str, dict[str, Decimal]]:
        """
        Return each wallet: currency -> opening, every kind of movement, and closing.

        Closing is opening plus what is explained, to the last digit; unrealised profit is in no
        wallet.
        """
        return wallets(self.opening, self.ledgers)

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        opening = {currency: str(amount) for currency, amount in self.opening.items()}
        return {"opening": opening, "trails": [trail.state() for trail in self.trails]}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.opening = {currency: Decimal(text) for currency, text in state["opening"].items()}
        for trail, saved in zip(self.trails, state["trails"], strict=True):
            trail.restore(saved)


def wallets(opening: Mapping[str, Decimal], ledgers: Sequence[Ledger]) -> dict[str, dict[str, Decimal]]:
    """Return each wallet that some ledgers move: opening, every kind of movement, closing."""
    kinds: dict[str, dict[str, Decimal]] = {currency: {} for currency in opening}
    for ledger in ledgers:
        for currency, moved in ledger.movements().items():
            held = kinds.setdefault(currency, {})
            for kind, amount in moved.items():
                held[kind] = EXACT.add(held.get(kind, ZERO), amount)
    told = {}
    for currency, moved in kinds.items():
        closing = opening.get(currency, ZERO)
        for amount in moved.values():
            closing = EXACT.add(closing, amount)
        told[currency] = {"opening": opening.get(currency, ZERO), **moved, "closing": closing}
    return told
