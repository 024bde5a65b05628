"""What was traded while the machines ran: notional, orders, fees and rebates per UTC day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from ..breaks import fee_money, in_quote
from ..entry import Kind, Row
from ..ledger import EXACT, ZERO
from ..matching.rules import fill_of, value_of
from ..saying import day


@dataclass
class Day:
    """One day's trading, in quote money at par between dollars."""

    notional: Decimal = ZERO
    fees: Decimal = ZERO
    rebates: Decimal = ZERO
    funding: Decimal = ZERO
    fills: int = 0
    orders: set[str] = field(default_factory=set)


@dataclass
class Trading:
    """All days, and the money that no rate could value."""

    days: dict[str, Day] = field(default_factory=dict)
    not_valued: dict[str, Decimal] = field(default_factory=dict)

    def take(self, run: str, rows: Iterable[Row], rates: dict[str, Decimal]) -> None:
        """Add the rows of one run."""
        for row in rows:
            if row.fill is not None:
                self._fill(run, row, rates)
            for movement in row.movements:
                if movement.kind is Kind.FUNDING:
                    self._add("funding", row, movement.currency, movement.amount, rates)

    def _fill(self, run: str, row: Row, rates: dict[str, Decimal]) -> None:
        fill, one = fill_of(row), self.day(row)
        with localcontext(EXACT):
            one.notional += value_of(row)
        one.fills += 1
        one.orders.add(f"{run}:{fill.order_id or fill.trade_id or row.ts_ns}")
        fee = fee_money(row)
        if fee is not None and fee[1]:
            self._add("rebates" if fee[1] > 0 else "fees", row, fee[0], fee[1], rates)

    def day(self, row: Row) -> Day:
        """Return the day of a row."""
        return self.days.setdefault(day(row.ts_ns), Day())

    def _add(self, name: str, row: Row, currency: str, amount: Decimal, rates: dict[str, Decimal]) -> None:
        value = in_quote(amount, currency, row, rates)
        with localcontext(EXACT):
            if value is None:
                self.not_valued[currency] = self.not_valued.get(currency, ZERO) + amount
            else:
                one = self.day(row)
                setattr(one, name, getattr(one, name) + value)
