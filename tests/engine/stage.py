"""A stage for the engine: hand-made markets, bots that follow a script, and what came of it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from seatrial.engine.bot.strategy import OwnFill, Strategy, Trade
from seatrial.engine.desk import Desk, Order
from seatrial.engine.session import Session
from seatrial.model.compile import available
from seatrial.model.instrument import Contract, Instrument
from seatrial.model.profile import Profile
from seatrial.model.tape import (
    BBO,
    CLEAR,
    DELTA,
    FUNDING,
    GAP_CLOSES,
    GAP_OPENS,
    INSTRUMENT_SHIFT,
    LAST,
    NO_FILL,
    RATE_SCALE,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    TRADE,
    Tape,
    tape_of,
)

Row = tuple[int, int, int, int]
Event = tuple[int, str, dict[str, Any]]
Act = Callable[[Desk], object]

BUY, SELL = BID, ASK = 0, 1
T0 = 1_700_000_000_000_000_000
MS, S = 1_000_000, 1_000_000_000
needs_compiler = pytest.mark.skipif(not available(), reason="the compiler (extra 'fast') is not installed")


def instrument(symbol: str = "LIN", **more: Any) -> Instrument:
    """Return a linear contract whose tick and lot are one, so that prices and sizes read as they are."""
    values = {"venue": "stage", "base": "COIN", "quote": "USD", "tick_size": 1, "lot_size": 1, **more}
    return Instrument.model_validate({"symbol": symbol, **values})


LINEAR = instrument()
INVERSE = instrument("INV", contract=Contract.INVERSE)


# -- rows -----------------------------------------------------------------------------------------


def at(ms: float) -> int:
    """Return the moment so many milliseconds into the run."""
    return T0 + round(ms * MS)


def book(ms: float, bids: Mapping[int, int], asks: Mapping[int, int], *, inst: int = 0) -> list[Row]:
    """Return a snapshot."""
    bits = inst << INSTRUMENT_SHIFT
    rows = [(at(ms), CLEAR | bits, 0, 0)]
    for side, levels in ((BID, bids), (ASK, asks)):
        rows += [(at(ms), SNAPSHOT | side * SIDE_BIT | bits, px, qty) for px, qty in levels.items()]
    ts, code, px, qty = rows[-1]
    rows[-1] = (ts, code | LAST, px, qty)
    return rows


def level(ms: float, side: int, px: int, qty: int, *, inst: int = 0, last: bool = True) -> Row:
    """Return a level's new size."""
    return (at(ms), DELTA | side * SIDE_BIT | (LAST if last else 0) | inst << INSTRUMENT_SHIFT, px, qty)


def quote(ms: float, side: int, px: int, qty: int, *, inst: int = 0) -> Row:
    """Return a best quote."""
    return (at(ms), BBO | side * SIDE_BIT | LAST | inst << INSTRUMENT_SHIFT, px, qty)


def printed(ms: float, taker: int, px: int, qty: int, *, inst: int = 0, no_fill: bool = False) -> Row:
    """Return a public trade by the taker's side."""
    bits = (NO_FILL if no_fill else 0) | inst << INSTRUMENT_SHIFT
    return (at(ms), TRADE | taker * SIDE_BIT | LAST | bits, px, qty)


def gap(ms: float, *, opens: bool, inst: int = 0) -> Row:
    """Return the edge of a gap."""
    return (at(ms), STATUS | inst << INSTRUMENT_SHIFT, GAP_OPENS if opens else GAP_CLOSES, 0)


def funding(ms: float, rate: str, mark: int = 0, *, inst: int = 0) -> Row:
    """Return a funding boundary."""
    return (at(ms), FUNDING | inst << INSTRUMENT_SHIFT, mark, int(Decimal(rate) * RATE_SCALE))


# -- bots -----------------------------------------------------------------------------------------


class Script(Strategy):
    """Does what it was told at given milliseconds, and writes down what it hears."""

    def __init__(self, acts: Mapping[float, Act] | None = None) -> None:
        self.acts = sorted((at(ms), act) for ms, act in (acts or {}).items())
        self.done = 0
        self.heard: list[tuple[Any, ...]] = []

    def on_timer(self, desk: Desk) -> None:
        """Do what is due."""
        while self.done < len(self.acts) and self.acts[self.done][0] <= desk.now_ns:
            self.acts[self.done][1](desk)
            self.done += 1

    def on_order(self, desk: Desk, order: Order, event: str, reason: str | None) -> None:
        """Write it down."""
        self.heard.append((desk.now_ns - T0, event, order.order_id, reason))

    def on_fill(self, desk: Desk, fill: OwnFill) -> None:
        """Write it down."""
        self.heard.append((desk.now_ns - T0, "fill", fill.order_id, fill.qty))

    def state(self) -> dict[str, Any]:
        """Return how far it came; what to do is told anew."""
        return {"done": self.done, "heard": self.heard}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self.done, self.heard = state["done"], [tuple(each) for each in state["heard"]]


class Watcher(Script):
    """A script that is also woken by each touch and each trade."""

    def on_book(self, desk: Desk, instrument: int) -> None:
        """Write down the touch as it is shown."""
        touch = desk.book(instrument)
        self.heard.append((desk.now_ns - T0, "book", instrument, touch and (touch.bid, touch.ask)))

    def on_trade(self, desk: Desk, trade: Trade) -> None:
        """Write down the trade as it is shown."""
        self.heard.append((desk.now_ns - T0, "trade", trade.px, trade.qty))


class Wanderer(Strategy):
    """Sends, moves and withdraws orders of every kind, drawn from a number that it keeps."""

    def __init__(self, *, seed: int = 1, spread: int = 4, middle: int = 1_000, qty_max: int = 9) -> None:
        self.number, self.spread, self.middle, self.qty_max = seed * 2 + 1, spread, middle, qty_max
        self.filled: dict[str, int] = {}

    def below(self, bound: int) -> int:
        """Return the next number below a bound (a 64-bit congruential generator's high bits)."""
        self.number = (self.number * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return (self.number >> 33) % bound

    def on_timer(self, desk: Desk) -> None:
        """Do something."""
        for inst in range(len(desk.instruments)):
            kind = self.below(6)
            live = [order.order_id for order in desk.orders.values() if order.instrument == inst]
            if live and kind == 0:
                desk.cancel(live[self.below(len(live))])
            elif live and kind == 1:
                desk.amend(live[self.below(len(live))], px=self.price(), qty=1 + self.below(self.qty_max))
            elif kind < 5 and len(live) < 12:
                self.send(desk, inst)

    def send(self, desk: Desk, inst: int) -> None:
        """Send an order of some kind."""
        tif = ("post_only", "post_only", "gtc", "gtc", "ioc", "fok")[self.below(6)]
        desk.submit(
            self.below(2),
            self.price(),
            1 + self.below(self.qty_max),
            instrument=inst,
            tif=tif,
            kind="market" if tif == "ioc" and self.below(3) == 0 else "limit",
            reduce_only=self.below(8) == 0,
        )

    def price(self) -> int:
        """Return a price around the middle."""
        return self.middle - self.spread + self.below(2 * self.spread + 1)

    def on_fill(self, desk: Desk, fill: OwnFill) -> None:
        """Count what was filled of each order."""
        self.filled[str(fill.order_id)] = self.filled.get(str(fill.order_id), 0) + fill.qty


# -- the run --------------------------------------------------------------------------------------


@dataclass
class Played:
    """What came of a run."""

    events: list[Event] = field(default_factory=list)
    session: Session = None  # type: ignore[assignment]
    bot: Strategy = None  # type: ignore[assignment]

    def of(self, kind: str, *names: str) -> list[Any]:
        """Return one field (or tuples of several) of each event of a kind; `ms` is when."""
        told = [{"ms": (ts - T0) / MS, **fields} for ts, this, fields in self.events if this == kind]
        if not names:
            return told
        if len(names) == 1:
            return [each[names[0]] for each in told]
        return [tuple(each[name] for name in names) for each in told]

    def orders(self, *wanted: str) -> list[tuple[int, str, str | None]]:
        """Return (order, event, reason) of the order events of the wanted kinds."""
        told: list[tuple[int, str, str | None]] = self.of("order", "order_id", "event", "reason")
        return [each for each in told if each[1] in wanted]

    @property
    def text(self) -> str:
        """Everything that was told, as one text."""
        return json.dumps(self.events)


def profile(*, bot_ms: float = 1, stale_ms: float = 3_600_000, **exchange: Any) -> Profile:
    """Return a profile without latency or fees unless they are given."""
    settings = {
        "latency": {"out_ms": 0, "back_ms": 0},
        "fees": {"maker_bps": 0, "taker_bps": 0},
        "off_book_collar_bps": 10_000,
        "balance": 10**9,
        **exchange,
    }
    return Profile.model_validate(
        {"exchange": settings, "bot": {"timer_ms": bot_ms}, "market": {"stale_ms": stale_ms}}
    )


def play(
    rows: Iterable[Row] | Tape,
    acts: Mapping[float, Act] | Strategy | None = None,
    *,
    settings: Profile | None = None,
    instruments: Sequence[Instrument] = (LINEAR,),
    until_ms: float | None = None,
    fast: bool = False,
    cuts: Sequence[int] = (),
    saves: bool = False,
    end: bool = True,
) -> Played:
    """
    Run a bot over rows, which may be cut into several tapes at given indices.

    With `saves`, the session is saved as JSON at each cut and another one goes on from it.
    """
    tape = rows if isinstance(rows, Tape) else tape_of(list(rows))
    settings = settings or profile()
    played = Played(bot=acts if isinstance(acts, Strategy) else Script(acts))
    until_ns = at(until_ms) if until_ms is not None else int(tape.ts[-1]) + S

    def session() -> Session:
        emit = played.events.append
        return Session(
            settings,
            tuple(instruments),
            lambda ts, kind, fields: emit((ts, kind, fields)),
            seed=1,
            fast=fast,
            bot=played.bot,
        )

    played.session = session()
    played.session.start(T0)
    edges = [0, *sorted(cuts), len(tape)]
    for start, stop in pairwise(edges):
        if saves and start:
            saved = json.loads(json.dumps(played.session.state()))
            played.session = session()
            played.session.restore(saved)
        played.session.advance(tape.between(start, stop), until_ns)
    played.session.mark(0, until_ns)
    if end:
        played.session.finish(until_ns)
    return played
