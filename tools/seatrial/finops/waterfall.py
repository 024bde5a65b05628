"""
The waterfall: from the gross edge to what is left after fees, funding and infrastructure.

For a record the gross edge is the judge's exact decomposition (spread, adverse selection, inventory);
for other books it is the cash of the trades with what is still held at the last price. What was not
measured stays out of the sum and says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from pathlib import Path

from ..judge.components import decompose
from ..judge.history import History
from .breaks import fee_money, in_quote
from .entry import Kind, Row
from .ledger import EXACT, ZERO
from .matching.rules import currencies_of, fill_of, market_of, value_of

UNNAMED = "quote currency"


@dataclass(frozen=True)
class Step:
    """One step; `total` marks the sums, None is not measured."""

    name: str
    amount: Decimal | None
    total: bool = False


@dataclass(frozen=True)
class Waterfall:
    """Steps in one currency over a notional."""

    currency: str
    notional: Decimal
    steps: tuple[Step, ...]

    @property
    def net(self) -> Decimal | None:
        """Return the last sum."""
        return self.steps[-1].amount if self.steps else None

    def bps(self, step: Step) -> Decimal | None:
        """Return a step in basis points of the notional."""
        with localcontext(EXACT):
            return None if step.amount is None or not self.notional else step.amount / self.notional * 10_000


def of_record(record: Path, infrastructure: Decimal | None = None) -> Waterfall | None:
    """Return the waterfall of a record, None where it has no marked fills."""
    money = decompose(History.read(record).slice("whole")).pooled
    if money is None:
        return None
    parts = [
        ("spread captured", money.gross),
        ("adverse selection", money.adverse),
        ("inventory", money.inventory),
    ]
    if money.unattributed:
        parts.append(("unattributed", money.unattributed))
    return _fall(money.currency, money.notional, parts, (money.fees, money.funding, infrastructure))


@dataclass
class _Book:
    """What fills and funding add up to, in quote money; None once a part of it could not be valued."""

    cash: Decimal = ZERO
    notional: Decimal = ZERO
    fees: Decimal | None = ZERO
    funding: Decimal | None = ZERO
    held: dict[str, Decimal] = field(default_factory=dict)
    last: dict[str, Decimal] = field(default_factory=dict)
    quotes: set[str] = field(default_factory=set)
    inverse: bool = False

    def take(self, row: Row, rates: dict[str, Decimal]) -> None:
        for movement in row.movements:
            if movement.kind is Kind.FUNDING:
                self.funding = _plus(self.funding, in_quote(movement.amount, movement.currency, row, rates))
        if row.fill is None:
            return
        fill, sign = fill_of(row), 1 if fill_of(row).side == "buy" else -1
        market = market_of(fill.symbol)
        self.quotes.add(currencies_of(fill.symbol)[1] or UNNAMED)
        self.inverse |= fill.inverse
        self.notional += value_of(row)
        self.cash -= sign * value_of(row)
        self.held[market] = self.held.get(market, ZERO) + sign * fill.qty
        self.last[market] = value_of(row) / fill.qty
        fee = fee_money(row)
        if fee is not None:
            self.fees = _plus(self.fees, in_quote(fee[1], fee[0], row, rates))


def _plus(total: Decimal | None, value: Decimal | None) -> Decimal | None:
    return None if total is None or value is None else total + value


def of_rows(
    rows: Iterable[Row], rates: dict[str, Decimal], infrastructure: Decimal | None = None
) -> Waterfall | None:
    """Return the waterfall of a book's fills and funding, None without a fill."""
    book = _Book()
    with localcontext(EXACT):
        for row in sorted(rows, key=lambda one: one.ts_ns):
            book.take(row, rates)
        # The cash of an inverse contract is no difference of prices: fills alone give it no gross edge.
        if not book.notional or book.inverse:
            return None
        gross = book.cash + sum((book.held[market] * book.last[market] for market in book.held), ZERO)
    currency = book.quotes.pop() if len(book.quotes) == 1 else UNNAMED
    parts = [("trades, held at the last price", gross)]
    return _fall(currency, book.notional, parts, (book.fees, book.funding, infrastructure))


def _fall(
    currency: str,
    notional: Decimal,
    parts: Sequence[tuple[str, Decimal]],
    costs: tuple[Decimal | None, Decimal | None, Decimal | None],
) -> Waterfall:
    fees, funding, infrastructure = costs
    with localcontext(EXACT):
        gross = sum((amount for _, amount in parts), ZERO)
        trading = gross + (fees or ZERO) + (funding or ZERO)
        net = trading + (infrastructure or ZERO)
    steps = [Step(name, amount) for name, amount in parts] if len(parts) > 1 else []
    steps += [Step("gross edge", gross, total=True), Step("fees and rebates", fees), Step("funding", funding)]
    steps += [Step("net of trading", trading, total=True), Step("infrastructure", infrastructure)]
    steps.append(Step("net", net, total=True))
    return Waterfall(currency, notional, tuple(steps))
