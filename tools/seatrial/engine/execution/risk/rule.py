"""
What a risk rule is: a limit with a unit, and a look at what would result.

A rule is asked before an order leaves (`before`), told when one has left (`sent`) and when a fill
was booked (`filled`), and looked at as time goes by (`after`), when it may put a hold on trading.
It judges the value that would result if the order traded whole, together with what is working
already; never the size of a step. What it cannot know it must block: no data is not a small number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from ....model.instrument import Instrument
from ....model.risk import RiskSettings
from ..blotter import Blotter
from ..fills import Fill
from ..ledger import Ledger
from ..order import Order

NS_PER_S = 1_000_000_000
Level = Literal["reduce_only", "frozen"]
Number = int | float | Decimal


class Touch(NamedTuple):
    """Best bid and ask in ticks, their sizes in lots."""

    bid: int
    ask: int
    bid_qty: int
    ask_qty: int


class MarketView(Protocol):
    """What the market shows, as the desk shows it to the bot."""

    def book(self, instrument: int) -> Touch | None:
        """Return the touch, None when there is none that can be used."""

    def data_age_ns(self, instrument: int) -> int | None:
        """Return how old the newest market event is, None when there was none."""


@dataclass(frozen=True, slots=True)
class Block:
    """An order that a rule stops: the rule, its limit and the value that would result."""

    rule: str
    limit: Number
    value: Number | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule's wish to hold trading; `until_ns` None holds until the rule itself takes it back."""

    level: Level
    reason: str


class Situation:
    """Everything that a rule may look at; times in ns."""

    def __init__(self, blotter: Blotter, view: MarketView) -> None:
        self.blotter, self.view = blotter, view
        self.instruments: Sequence[Instrument] = blotter.instruments
        self.ledgers: Sequence[Ledger] = blotter.account.ledgers
        self.last_mids2 = [0] * len(self.instruments)

    def result(self, order: Order) -> int:
        """Return the signed position in lots if this order and all that works on its side traded whole."""
        working = self.blotter.working[order.instrument]
        position = self.ledgers[order.instrument].lots
        if order.side == 0:
            return position + working[0] + order.qty
        return position - working[1] - order.qty

    def mid2(self, instrument: int) -> int:
        """Return the doubled mid in ticks, the last known one when there is none now, 0 before the first."""
        touch = self.view.book(instrument)
        if touch is not None:
            self.last_mids2[instrument] = touch.bid + touch.ask
        return self.last_mids2[instrument]

    def price(self, order: Order) -> int:
        """Return the price in ticks at which an order is to be valued: its own, or the mid's."""
        return order.px if order.px > 0 else (self.mid2(order.instrument) + 1) // 2

    def worth(self, instrument: int, ticks: int, lots: int) -> Decimal:
        """Return the value of `lots` at `ticks` in settlement money, never negative."""
        return abs(self.ledgers[instrument].value(ticks, lots)) if ticks > 0 and lots else Decimal(0)

    def equity(self, currency: str) -> Decimal:
        """Return the equity of a settlement currency at the last known mids."""
        marks = [Decimal(mid) / 2 if mid else None for mid in map(self.mid2, range(len(self.instruments)))]
        return self.blotter.account.equity(currency, marks)


class Rule:
    """One limit. A rule whose limit is not set is not active and costs nothing."""

    name: ClassVar[str]
    unit: ClassVar[str]
    watches: ClassVar[bool] = False
    """Does `after` say anything? Rules that only look at orders are not asked as time goes by."""
    listens: ClassVar[bool] = False
    """Do `sent` and `filled` matter to it?"""

    def __init__(self, settings: RiskSettings, situation: Situation) -> None:
        self.settings, self.situation = settings, situation
        self.active = self.load()

    def load(self) -> bool:
        """Take the limits out of `self.settings`; return whether there is any."""
        return False

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Return why this order must not be sent, or None."""
        return None

    def sent(self, order: Order, now_ns: int) -> None:
        """Take note of an order or an amendment that has left."""

    def filled(self, fill: Fill, now_ns: int) -> None:
        """Take note of a booked fill."""

    def after(self, now_ns: int) -> Hold | None:
        """Return the hold that this rule wants now, or None."""
        return None

    def state(self) -> Any:
        """Return what `restore` needs, JSON-able; None when there is nothing to keep."""
        return None

    def restore(self, state: Any) -> None:
        """Take over a state that `state` returned."""


def per_symbol(settings: RiskSettings, name: str, instruments: Sequence[Instrument]) -> list[Any]:
    """Return a limit for each instrument: its own or the general one, whichever is tighter."""
    limits = []
    for instrument in instruments:
        own = getattr(settings.symbols.get(instrument.symbol), name, None)
        found = [limit for limit in (own, getattr(settings, name)) if limit is not None]
        limits.append(min(found) if found else None)
    return limits
