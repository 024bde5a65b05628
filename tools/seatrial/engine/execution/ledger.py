"""
The ledger of one instrument: cash, position and fees as exact decimals.

Netting with average cost; the average of an inverse contract is harmonic, because its value is
size over price. Equity is opening balance plus realised, unrealised, fees and funding, and the
sum is exact: unrealised follows from the average, realised from what is left of the cash flow.
"""

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

from ...model.instrument import Contract, Instrument
from ...model.profile import FeeSettings

EXACT = Context(prec=50)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Fee:
    """A fee's signed cash effect in the currency it was charged in, and in settlement money."""

    amount: Decimal
    currency: str
    settled: Decimal


class Ledger:
    """Position and money of one instrument, in its settlement currency."""

    def __init__(self, instrument: Instrument, fees: FeeSettings, opening: Decimal) -> None:
        self.instrument, self.rates, self.opening = instrument, fees, opening
        self.inverse = instrument.contract is Contract.INVERSE
        self.lots = 0
        self.cash = self.cost = self.fees = self.funding = self.turnover = ZERO
        self.peak = opening

    def value(self, ticks: Decimal | int, lots: int) -> Decimal:
        """Return the signed value of `lots` at `ticks`: what a long of that size is worth in cash."""
        size = self.instrument.lot_size * lots * self.instrument.contract_size
        price = self.instrument.tick_size * ticks
        return -size / price if self.inverse else size * price

    def fill(self, side: int, ticks: int, lots: int, *, maker: bool) -> tuple[Decimal, Fee]:
        """Book a fill (side 0 buys); return its notional and its fee."""
        with localcontext(EXACT):
            signed = lots if side == 0 else -lots
            flow = self.value(ticks, signed)
            notional = abs(flow)
            self._recost(signed, flow)
            self.cash -= flow
            self.lots += signed
            self.turnover += notional
            fee = self.fee(notional, ticks, maker=maker)
            self.fees += fee.settled
            return notional, fee

    def _recost(self, signed: int, flow: Decimal) -> None:
        """Carry the open position's cost over a fill: add, reduce pro rata, or flip."""
        before, after = self.lots, self.lots + signed
        if before == 0 or (before > 0) == (signed > 0):
            self.cost += flow
        elif after == 0:
            self.cost = ZERO
        elif (after > 0) == (before > 0):
            self.cost = self.cost * after / before
        else:
            self.cost = flow * after / signed

    def fee(self, notional: Decimal, ticks: int, *, maker: bool) -> Fee:
        """Return the fee of a fill; paid is negative, a rebate is positive."""
        rate = self.rates.maker_bps if maker else self.rates.taker_bps
        settled = -notional * rate / 10_000
        if self.rates.charged_in == "token" and self.rates.token and self.rates.token_rate:
            return Fee(settled / self.rates.token_rate, self.rates.token, settled)
        if self.rates.charged_in == "base" and not self.inverse:
            return Fee(settled / (self.instrument.tick_size * ticks), self.instrument.base, settled)
        return Fee(settled, self.instrument.settle, settled)

    def fund(self, rate: Decimal, mark: Decimal) -> Decimal:
        """Settle funding on the position held; longs pay shorts when the rate is positive."""
        with localcontext(EXACT):
            worth = abs(self.value(mark, self.lots)) if mark else ZERO
            amount = -worth * rate * (1 if self.lots > 0 else -1) if self.lots else ZERO
            self.funding += amount
            return amount

    def unrealized(self, mark: Decimal | None) -> Decimal:
        """Return the open position's profit at `mark` (in ticks)."""
        if self.lots == 0 or mark is None:
            return ZERO
        with localcontext(EXACT):
            return self.value(mark, self.lots) - self.cost

    def realized(self) -> Decimal:
        """Return the profit of what was closed, before fees and funding."""
        with localcontext(EXACT):
            return self.cash + self.cost

    def equity(self, mark: Decimal | None) -> Decimal:
        """Return opening balance, realised, unrealised, fees and funding in one sum."""
        with localcontext(EXACT):
            return self.opening + self.realized() + self.unrealized(mark) + self.fees + self.funding

    def average(self) -> Decimal | None:
        """Return the average entry price of the open position (harmonic for inverse), or None."""
        if self.lots == 0:
            return None
        with localcontext(EXACT):
            size = self.instrument.lot_size * self.lots * self.instrument.contract_size
            return -size / self.cost if self.inverse else self.cost / size

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        money = {
            name: str(getattr(self, name)) for name in ("cash", "cost", "fees", "funding", "turnover", "peak")
        }
        return {"lots": self.lots, **money}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.lots = state["lots"]
        for name in ("cash", "cost", "fees", "funding", "turnover", "peak"):
            setattr(self, name, Decimal(state[name]))
