"""
Breaks: each disagreement of the two books by its class, with what it is worth and what it moves.

`value_quote` is the money at stake, never negative, None where no rate is known to value it;
`effect` is the signed cash that theirs has and ours has not, in the currency that moved.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from .entry import FillRow, Row
from .ledger import EXACT, ZERO
from .matching.pairing import Group, Matching, Pair, Surplus
from .matching.rules import (
    BreakClass,
    Difference,
    currencies_of,
    differences,
    fill_of,
    market_of,
    money_of,
    value_of,
)
from .matching.tolerance import Tolerance
from .saying import amount, utc

if TYPE_CHECKING:
    from .acceptance import Acceptance

Effect = Mapping[str, Decimal]
Rates = Mapping[str, Decimal]


@dataclass(frozen=True)
class Break:
    """One disagreement."""

    kind: BreakClass
    key: str
    field: str
    ours: str | None
    theirs: str | None
    value_quote: Decimal | None
    symbol: str
    ts_ns: int
    source: str
    effect: Effect = dataclasses.field(default_factory=dict)
    ours_row: Row | None = None
    theirs_row: Row | None = None
    cause: str = ""
    accepted: "Acceptance | None" = None

    @property
    def order(self) -> tuple[object, ...]:
        """Return what breaks are sorted by: time, then everything else that is said."""
        return (
            self.ts_ns,
            self.key,
            self.kind.value,
            self.field,
            self.ours or "",
            self.theirs or "",
            self.source,
        )


def key_of(row: Row) -> str:
    """Return how people find a row again: its trade id, its order id, or market and time."""
    fill = row.fill
    if fill is None:
        return row.ref or f"{row.symbol or row.word}@{utc(row.ts_ns)}"
    return fill.trade_id or fill.order_id or f"{fill.symbol}@{utc(row.ts_ns)}"


def source_of(row: Row) -> str:
    """Return the file and line of a row."""
    return f"{row.source.file}:{row.source.line}"


@dataclass(frozen=True)
class Classifier:
    """Turns a matching into breaks; `restated` holds what an older edition said of an id."""

    tolerance: Tolerance
    rates: Rates
    restated: Mapping[tuple[str, str], Row]

    def breaks(self, matching: Matching) -> Iterator[Break]:
        """Yield every break of a matching."""
        for pair in matching.pairs:
            yield from self.of_pair(pair)
        for group in matching.groups:
            yield from self.of_group(group)
        for surplus in matching.surplus:
            yield self.of_surplus(surplus)
        for row in matching.left_ours:
            yield self.alone(row, here=True)
        for row in matching.left_theirs:
            yield self.alone(row, here=False)

    def of_pair(self, pair: Pair) -> Iterator[Break]:
        """Yield one break per field in which a pair differs."""
        found = differences(pair.ours, pair.theirs, self.tolerance)
        old = self._older(pair.theirs)
        # What we booked is what the venue said first: the difference is the venue's correction.
        corrected = old is not None and not differences(pair.ours, old, self.tolerance)
        for one in found:
            kind = BreakClass.RESTATED if corrected else one.kind
            yield Break(
                kind, key_of(pair.theirs), one.field, one.ours, one.theirs,
                self._worth(one, pair), fill_of(pair.ours).symbol, pair.theirs.ts_ns, source_of(pair.theirs),
                _effect(one, pair), pair.ours, pair.theirs,
            )  # fmt: skip

    def of_group(self, group: Group) -> Iterator[Break]:
        """Yield the differences of the fees of rows that add up."""
        ours, theirs = _fees(group.ours), _fees(group.theirs)
        if ours is None or theirs is None:
            return
        first = group.theirs[0]
        with localcontext(EXACT):
            moved = {
                currency: theirs.get(currency, ZERO) - ours.get(currency, ZERO)
                for currency in sorted(ours.keys() | theirs.keys())
            }
            room = self.tolerance.fee * max(len(group.ours), len(group.theirs))
            off = {
                currency: value
                for currency, value in moved.items()
                if abs(value) > max(room, self.tolerance.of_fee(ours.get(currency, ZERO)))
            }
        for currency, value in off.items():
            yield Break(
                BreakClass.FEE_AMOUNT if len(off) == 1 else BreakClass.FEE_CURRENCY,
                key_of(first),
                "fee",
                _fee_text(ours, currency),
                _fee_text(theirs, currency),
                self._quote(abs(value), currency, first),
                fill_of(first).symbol,
                first.ts_ns,
                source_of(first),
                {currency: value},
                group.ours[0],
                first,
            )

    def of_surplus(self, surplus: Surplus) -> Break:
        """Return the break of a row whose id is matched already."""
        row, fill, other = surplus.row, fill_of(surplus.row), surplus.other
        told, first = _fill_text(fill), _fill_text(fill_of(other))
        with localcontext(EXACT):
            value = value_of(row) if surplus.equal else abs(value_of(row) - value_of(other))
        return Break(
            BreakClass.DUPLICATE if surplus.equal else BreakClass.RESTATED,
            key_of(row), "row", told if surplus.here else first, first if surplus.here else told,
            value, fill.symbol, row.ts_ns, source_of(row), _fee_effect(row, -1 if surplus.here else 1),
            row if surplus.here else None, None if surplus.here else row,
        )  # fmt: skip

    def alone(self, row: Row, *, here: bool) -> Break:
        """Return the break of a row that has no partner."""
        fill = fill_of(row)
        kind = BreakClass.MISSING_THERE if here else BreakClass.MISSING_HERE
        if here and self._older(row) is not None:
            kind = BreakClass.RESTATED
        told = _fill_text(fill)
        return Break(
            kind,
            key_of(row),
            "row",
            told if here else None,
            None if here else told,
            value_of(row),
            fill.symbol,
            row.ts_ns,
            source_of(row),
            _fee_effect(row, -1 if here else 1),
            row if here else None,
            None if here else row,
        )

    def _older(self, row: Row) -> Row | None:
        fill = fill_of(row)
        return self.restated.get((market_of(fill.symbol), fill.trade_id)) if fill.trade_id else None

    def _worth(self, one: Difference, pair: Pair) -> Decimal | None:
        """Return the money at stake in one difference, in quote currency."""
        fill, value = fill_of(pair.theirs), value_of(pair.theirs)
        with localcontext(EXACT):
            if one.field == "qty":
                return abs(one.amount) * value / fill.qty if fill.qty else value_of(pair.ours)
            if one.field == "price":
                return abs(one.amount) * value / fill.price if fill.price else value_of(pair.ours)
            if one.field == "fee":
                return self._quote(abs(one.amount), fill.fee_currency, pair.theirs)
            if one.field == "fee_currency":
                return self._quote(abs(fill.fee or ZERO), fill.fee_currency, pair.theirs)
            return {"side": 2 * value, "symbol": value}.get(
                one.field, value if one.kind is BreakClass.LATE else ZERO
            )

    def _quote(self, money: Decimal, currency: str | None, row: Row) -> Decimal | None:
        """Return money in quote currency: as it is, at the fill's price, at a given rate, or None."""
        return in_quote(money, currency, row, self.rates)


def in_quote(money: Decimal, currency: str | None, row: Row, rates: Rates) -> Decimal | None:
    """Return an amount in the quote currency of a row's market, None where no rate is known."""
    code, fill = money_of(currency), row.fill
    base, quote = currencies_of(fill.symbol if fill else row.symbol)
    with localcontext(EXACT):
        if not money or not code or code == quote:
            return money
        if fill is not None and code == base:
            return money * fill.price
        rate = rates.get(code)
        return None if rate is None else money * rate


def residuals(breaks: Sequence[Break], currencies: Sequence[str]) -> dict[str, Decimal]:
    """Return what theirs has and ours has not, per currency, over all breaks."""
    with localcontext(EXACT):
        totals = dict.fromkeys(currencies, ZERO)
        for one in breaks:
            for currency, value in one.effect.items():
                totals[currency] = totals.get(currency, ZERO) + value
        return dict(sorted(totals.items()))


def fee_money(row: Row) -> tuple[str, Decimal] | None:
    """Return currency and amount of a fill's fee, None when it was not measured."""
    fill = row.fill
    if fill is None or fill.fee is None:
        return None
    currency = fill.fee_currency or (currencies_of(fill.symbol)[0 if fill.inverse else 1])
    return money_of(currency), fill.fee


def _fee_effect(row: Row, sign: int) -> Effect:
    fee = fee_money(row)
    return {} if fee is None or not fee[1] else {fee[0]: sign * fee[1]}


def _effect(one: Difference, pair: Pair) -> Effect:
    if one.field not in {"fee", "fee_currency"}:
        return {}
    ours, theirs = fee_money(pair.ours), fee_money(pair.theirs)
    assert ours is not None, "a fee that was not measured is not compared"
    assert theirs is not None, "a fee that was not measured is not compared"
    if ours[0] == theirs[0] or one.field == "fee":
        return {theirs[0]: theirs[1] - ours[1]}
    return {ours[0]: -ours[1], theirs[0]: theirs[1]}


def _fees(rows: Sequence[Row]) -> dict[str, Decimal] | None:
    sums: dict[str, Decimal] = {}
    for row in rows:
        fee = fee_money(row)
        if fee is None:
            return None
        sums[fee[0]] = sums.get(fee[0], ZERO) + fee[1]
    return sums


def _fee_text(fees: Mapping[str, Decimal], currency: str) -> str:
    return f"{amount(fees.get(currency, ZERO))} {currency}".strip()


def _fill_text(fill: FillRow) -> str:
    return f"{fill.side} {amount(fill.qty)} {fill.symbol} @ {amount(fill.price)}"


def with_cause(one: Break, cause: str) -> Break:
    """Return the break with its suggested cause."""
    return replace(one, cause=cause)
