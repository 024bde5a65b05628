"""
The books of one market as a bot's history tells them: position, cash and fees, in exact decimals.

The position counts from zero, because a history of trades does not say what was held before. A
fee taken in the bought coin changes the position; a fee in a third coin counts as what it was
worth. Where a price, a quantity or a fee's worth is not told, there are no books to close, and
from there on the market has no mark.
"""

from decimal import Context, Decimal, localcontext

from ....model.instrument import Contract
from .telling import ToldFee, ToldFill, ToldMarket

EXACT = Context(prec=60)
_ZERO = Decimal(0)


class Book:
    """Position and money of one market, in its settlement currency."""

    def __init__(self, market: ToldMarket) -> None:
        self.market, self.inverse = market, market.contract is Contract.INVERSE
        self.qty = self.cash = self.cost = self.fees = self.funding = self.turnover = self.held = _ZERO
        self.whole = True
        self.last_price: Decimal | None = None
        self.last_ns: int | None = None

    def value(self, price: Decimal, qty: Decimal) -> Decimal:
        """Return what a signed quantity is worth in cash at a price."""
        size = qty * self.market.contract_size
        return -size / price if self.inverse else size * price

    def notional(self, fill: ToldFill) -> Decimal | None:
        """Return the value of a fill, None when its price or quantity is not told."""
        if fill.price is None or fill.qty is None:
            return None
        with localcontext(EXACT):
            return abs(self.value(fill.price, fill.qty))

    def book(self, fill: ToldFill, fee: ToldFee | None) -> None:
        """Take a fill and its fee (see `fee_of`) into the books."""
        notional = self.notional(fill)
        if notional is None or fill.price is None or fill.qty is None or fee is None or fee.settled is None:
            self.whole = False
        if notional is None or fill.price is None or fill.qty is None:
            return
        with localcontext(EXACT):
            signed = fill.qty if fill.side == "buy" else -fill.qty
            flow = self.value(fill.price, signed)
            self._recost(signed, flow)
            self.cash -= flow
            self.qty += signed
            self.turnover += notional
            self.last_price, self.last_ns = fill.price, fill.ts_ns
            if fee is not None and fee.settled is not None:
                self.fees += fee.settled
                if self.is_inventory(fee):
                    self.qty += fee.amount
                    self.held += fee.settled

    def is_inventory(self, fee: ToldFee) -> bool:
        """Return whether a fee was taken out of what was bought."""
        base = self.market.base
        return self.market.contract is Contract.SPOT and fee.currency == base != self.market.quote

    def fund(self, amount: Decimal) -> None:
        """Take a funding payment in settlement money into the books."""
        self.funding += amount

    def unrealized(self, mark: Decimal | None) -> Decimal:
        """Return the open position's profit at a mark."""
        if not self.qty or mark is None:
            return _ZERO
        with localcontext(EXACT):
            return self.value(mark, self.qty) - self.cost

    def equity(self, mark: Decimal | None) -> Decimal:
        """Return the change of the account since the history began."""
        with localcontext(EXACT):
            worth = self.value(mark, self.qty) if mark is not None and self.qty else _ZERO
            if mark is None:
                worth = self.cost
            # What was taken in coins is in the position already.
            return self.cash + worth + self.fees - self.held + self.funding

    def average(self) -> Decimal | None:
        """Return the average price of the open position (harmonic for inverse), None when flat."""
        if not self.qty or not self.cost:
            return None
        with localcontext(EXACT):
            size = self.qty * self.market.contract_size
            return abs(size / self.cost) if self.inverse else abs(self.cost / size)

    def _recost(self, signed: Decimal, flow: Decimal) -> None:
        """Carry the open position's cost over a fill: add, reduce pro rata, or flip."""
        before, after = self.qty, self.qty + signed
        if before == 0 or (before > 0) == (signed > 0):
            self.cost += flow
        elif after == 0:
            self.cost = _ZERO
        elif (after > 0) == (before > 0):
            self.cost = self.cost * after / before
        else:
            self.cost = flow * after / signed


def fee_of(fill: ToldFill, market: ToldMarket) -> ToldFee | None:
    """
    Return a fill's fees as one, with their worth in settlement money where that can be known.

    None when the file does not say; `settled` is None when a coin has no rate. Several coins
    become one sum in settlement money.
    """
    if fill.fees is None:
        return None
    if not fill.fees:
        return ToldFee(_ZERO, market.settle, _ZERO)
    worth = [_worth(fee, fill, market) for fee in fill.fees]
    assumed = any(fee.assumed for fee in fill.fees)
    known = [value for value in worth if value is not None]
    total = sum(known, _ZERO) if len(known) == len(worth) else None
    currencies = {fee.currency for fee in fill.fees}
    if len(currencies) == 1:
        amount = sum((fee.amount for fee in fill.fees), _ZERO)
        return ToldFee(amount, currencies.pop(), total, assumed)
    return None if total is None else ToldFee(total, market.settle, total, assumed)


def _worth(fee: ToldFee, fill: ToldFill, market: ToldMarket) -> Decimal | None:
    if fee.currency == market.settle:
        return fee.amount
    if fee.settled is not None:
        return fee.settled
    if fill.price is None:
        return None
    with localcontext(EXACT):
        if fee.currency == market.base and market.contract is not Contract.INVERSE:
            return fee.amount * fill.price
        if fee.currency == market.quote and market.contract is Contract.INVERSE:
            return fee.amount / fill.price
    return None
