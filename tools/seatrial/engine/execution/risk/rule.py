"""
What a risk rule is: a limit with a unit, and a look at what would result.

A rule is asked before an order leaves (`before`), told when one has left (`sent`) and when a fill
was booked (`filled`), and looked at as time goes by (`after`), when it may put a hold on trading.
It judges the value that would result if the order traded whole, together with what is working
already; never the size of a step. What it cannot know it must block: no data is not a small number.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final, Literal, NamedTuple, Protocol

from ....model.instrument import Contract, Instrument
from ....model.risk import RiskSettings
from ..blotter import Blotter
from ..fills import Fill
from ..ledger import EXACT, Ledger
from ..order import Order

NS_PER_S = 1_000_000_000
ATOM_DIGITS: Final = 24
ATOM: Final = Fraction(1, 10**ATOM_DIGITS)
"""The smallest amount of money that a rule tells apart."""
SURELY: Final = 1 - 1e-9
"""So much of a limit is surely within it, whatever a few roundings of floats have done."""
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
    """
    Everything that a rule may look at; times in ns.

    Money that is compared with a limit is a whole number of atoms (`ATOM`), exact at the limit. As
    nearly every order is far from it, a float decides first (`rough`), with a margin (`SURELY`).
    """

    def __init__(self, blotter: Blotter, view: MarketView) -> None:
        self.blotter, self.view = blotter, view
        self.instruments: Sequence[Instrument] = blotter.instruments
        self.ledgers: Sequence[Ledger] = blotter.account.ledgers
        self.currencies = tuple(dict.fromkeys(instrument.settle for instrument in self.instruments))
        self.last_mids2 = [0] * len(self.instruments)
        self.inverse = [instrument.contract is Contract.INVERSE for instrument in self.instruments]
        self._factors = [_factor(instrument) for instrument in self.instruments]
        self.rough_factors = [above / below / 10**ATOM_DIGITS for above, below in self._factors]
        self._equities: dict[str, Decimal] = {}
        self._seen: tuple[int, list[int]] | None = None
        # What `show` found out about the order that the rules are asked about.
        self.touch: Touch | None = None
        self.ticks2 = self.reached = 0
        self.rough = math.inf

    def show(self, order: Order) -> None:
        """
        Look once at what several rules want to know of an order, before they are asked.

        `touch` is its book; `reached` the position in lots, without its sign, if the order and all
        that works on its side traded whole; `ticks2` twice the price at which a lot may be worth
        most: its own or the mid, because a market order, and a sell below the market, trade at the
        market whatever price they carry. Without any mid so far `ticks2` is 0 and `rough`, a lot's
        worth as a float, infinite: what cannot be valued is not small.
        """
        at = order.instrument
        touch = self.touch = self.view.book(at)
        if touch is not None:
            self.last_mids2[at] = touch[0] + touch[1]
        mid2 = ticks2 = self.last_mids2[at]
        own2, inverse, factor = 2 * order.px, self.inverse[at], self.rough_factors[at]
        if own2 > 0 and order.kind != "market" and (own2 < mid2 if inverse else own2 > mid2):
            ticks2 = own2
        if mid2 <= 0:
            self.ticks2, self.rough = 0, math.inf
        else:
            self.ticks2, self.rough = ticks2, (factor / ticks2 if inverse else factor * ticks2)
        position, working = self.ledgers[at].lots, self.blotter.working[at]
        lots = position + working[0] + order.qty if order.side == 0 else position - working[1] - order.qty
        self.reached = abs(lots) if type(lots) is int else math.ceil(abs(lots))

    def exactly(self, order: Order, lots: int) -> int | None:
        """Return what `lots` of the order shown may be worth in atoms, None when nobody can say."""
        return self.worth(order.instrument, self.ticks2, lots) if self.ticks2 else None

    def mid2(self, instrument: int) -> int:
        """Return the doubled mid in ticks, the last known one when there is none now, 0 before the first."""
        touch = self.view.book(instrument)
        if touch is not None:
            self.last_mids2[instrument] = touch[0] + touch[1]
        return self.last_mids2[instrument]

    def worth(self, instrument: int, ticks2: int, lots: int) -> int:
        """Return the value in atoms of so many lots (not negative) at half of `ticks2`, rounded up."""
        above, below = self._factors[instrument]
        if self.inverse[instrument]:
            return -(-above * lots // (below * ticks2))
        return -(-above * ticks2 * lots // below)

    def largest(self, instrument: int) -> int:
        """Return the largest position in lots, long or short, that what works now could lead to."""
        position, (buys, sells) = self.ledgers[instrument].lots, self.blotter.working[instrument]
        long, short = abs(position + buys), abs(position - sells)
        most = long if long > short else short  # noqa: FURB136  (asked for each instrument before each order)
        # A fee in coins may leave a spot position between two lots.
        return most if type(most) is int else math.ceil(most)

    def equities(self) -> dict[str, Decimal]:
        """Return the equity of each settlement currency at the last known mids."""
        # A flat instrument's equity does not move with its mid.
        mids = [self.mid2(at) if ledger.lots else 0 for at, ledger in enumerate(self.ledgers)]
        seen = (self.blotter.count, mids)
        # The same mapping as long as nothing has changed: whoever has judged it need not do it again.
        if seen != self._seen:
            marks = [Decimal(mid) / 2 if mid else None for mid in mids]
            account = self.blotter.account
            self._equities = {currency: account.equity(currency, marks) for currency in self.currencies}
            self._seen = seen
        return self._equities


def atoms(amount: Decimal) -> int:
    """Return an amount in atoms, rounded down."""
    return math.floor(Fraction(amount) / ATOM)


def money(value: int) -> Decimal:
    """Return an amount in atoms as a decimal."""
    return Decimal(value).scaleb(-ATOM_DIGITS, EXACT)


def _factor(instrument: Instrument) -> tuple[int, int]:
    """Return (a, b): worth in atoms is a * ticks2 * lots / b, or a * lots / (b * ticks2) when inverse."""
    size = Fraction(instrument.lot_size) * Fraction(instrument.contract_size)
    tick = Fraction(instrument.tick_size)
    factor = (2 * size / tick if instrument.contract is Contract.INVERSE else size * tick / 2) / ATOM
    return factor.numerator, factor.denominator


class Rule:
    """One limit. A rule whose limit is not set is not active and costs nothing."""

    name: ClassVar[str]
    limits_of: ClassVar[tuple[str, ...]] = ()
    """The settings of `risk` that it enforces; its own name when there is nothing else to say."""
    does: ClassVar[Literal["block", "hold", "block and hold"]] = "block"
    ends: ClassVar[str] = "with the next order that stays within the limit"
    """When trading goes on: for the documents."""
    wants_market: ClassVar[bool] = False
    """Does `before` look at what `Situation.show` finds out?"""
    watches: ClassVar[bool] = False
    """Does `after` say anything? Rules that only look at orders are not asked as time goes by."""

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

    def release(self) -> None:
        """Forget what a person has looked at; a rule that ends by itself has nothing to forget."""

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
