"""
The ledger of one instrument: cash, position and fees as exact decimals.

Netting with average cost; the average of an inverse contract is harmonic, because its value is
size over price. Equity is opening balance plus realised, unrealised, fees and funding, and the
sum is exact: unrealised follows from the average, realised from what is left of the cash flow.
Cash and cost are kept in units of a tick times a lot, where a linear contract's are whole numbers,
and become money when they are asked for.

A fee in the base currency of a spot pair comes out of the inventory: 1.0 bought with a fee of 0.001
leaves 0.999. It is booked as a fee at the fill's price and a sale of that much at the same price,
so that both the wallet and the profit are right. A fee in a third currency moves that currency's
wallet and is valued at a dated rate; without a rate it is kept and counted as not valued.
"""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from ...model.instrument import Contract, Instrument
from ...model.profile import FeeSettings

EXACT: Final = Context(prec=50)
ZERO: Final = Decimal(0)
Lots = int | Decimal
_MONEY: Final = ("fees", "funding", "peak", "drawn")
_UNITS: Final = ("_cash", "_cost", "_turnover", "_swapped")
_BPS: Final = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee's signed cash effect in the currency it was charged in, and in settlement money."""

    amount: Decimal
    currency: str
    settled: Decimal | None


class Ledger:
    """Position and money of one instrument, in its settlement currency."""

    def __init__(self, instrument: Instrument, fees: FeeSettings, opening: Decimal) -> None:
        self.instrument, self.rates, self.opening = instrument, fees, opening
        self.inverse = instrument.contract is Contract.INVERSE
        self.spot = instrument.contract is Contract.SPOT
        # An int on the grid; only a fee in base coins leaves a spot inventory between two lots.
        self.lots: int = 0
        self.fees = self.funding = self.drawn = ZERO
        self._cash: Lots = 0
        self._cost: Lots = 0
        self._turnover: Lots = 0
        self._swapped: Lots = 0
        self.peak = opening
        self.charged: dict[str, Decimal] = {}
        self.unvalued: dict[str, Decimal] = {}
        self._size = EXACT.multiply(instrument.lot_size, instrument.contract_size)
        self._unit = EXACT.multiply(self._size, instrument.tick_size)
        if self.inverse:
            self._unit = EXACT.divide(self._size, instrument.tick_size)

    @property
    def cash(self) -> Decimal:
        """Return what the fills have brought in, fees aside."""
        return EXACT.multiply(self._unit, self._cash)

    @property
    def cost(self) -> Decimal:
        """Return what the open position was bought for."""
        return EXACT.multiply(self._unit, self._cost)

    @property
    def turnover(self) -> Decimal:
        """Return the value of everything that was traded."""
        return EXACT.multiply(self._unit, self._turnover)

    @property
    def swapped(self) -> Decimal:
        """Return what base fees were booked at: cash on paper, that never moved."""
        return EXACT.multiply(self._unit, self._swapped)

    def value(self, ticks: Decimal | int, lots: Lots) -> Decimal:
        """Return the signed value of `lots` at `ticks`: what a long of that size is worth in cash."""
        return EXACT.multiply(self._unit, self._units(ticks, lots))

    def _units(self, ticks: Decimal | int, lots: Lots) -> Lots:
        """Return the same in units."""
        if self.inverse:
            return EXACT.divide(Decimal(lots).copy_negate(), Decimal(ticks))
        return (
            ticks * lots
            if type(ticks) is type(lots) is int
            else EXACT.multiply(Decimal(ticks), Decimal(lots))
        )

    def fill(self, side: int, ticks: int, lots: int, *, maker: bool) -> tuple[Decimal, Fee]:
        """Book a fill (side 0 buys) at our own fee rates; return its notional and its fee."""
        notional = self.book(side, ticks, lots)
        fee = self.fee(notional, ticks, maker=maker)
        self._note(fee)
        return notional, fee

    def book(self, side: int, ticks: int, lots: Lots) -> Decimal:
        """Book an execution without its fee (side 0 buys); return its notional."""
        return EXACT.multiply(self._unit, self.take(side, ticks, lots))

    def take(self, side: int, ticks: int, lots: Lots) -> Lots:
        """Book an execution without its fee; return its notional in units, which costs less than money."""
        signed: Lots = lots if side == 0 else -lots
        flow = self._units(ticks, signed)
        before = self.lots
        after: Lots = before + signed
        if before == 0 or (before > 0) == (signed > 0):
            self._cost = _sum(self._cost, flow)
        elif after == 0:
            self._cost = 0
        elif (after > 0) == (before > 0):
            self._cost = EXACT.divide(EXACT.multiply(Decimal(self._cost), Decimal(after)), Decimal(before))
        else:
            self._cost = self._units(ticks, after)
        # Unary minus and abs() would round a Decimal to the default context's digits.
        self._cash = _sum(self._cash, -flow if isinstance(flow, int) else flow.copy_negate())
        self.lots = after  # type: ignore[assignment]  # an int but for base fees
        notional = abs(flow) if isinstance(flow, int) else flow.copy_abs()
        self._turnover = _sum(self._turnover, notional)
        return notional

    def charge(self, fee: Fee, ticks: int) -> None:
        """Book a fee that the venue charged on a fill at `ticks`; in base coins it leaves the inventory."""
        self._note(fee)
        if self.spot and fee.currency == self.instrument.base and fee.amount:
            cash, turnover = self._cash, self._turnover
            self.take(0 if fee.amount > 0 else 1, ticks, EXACT.divide(fee.amount.copy_abs(), self._size))
            self._swapped = _sum(self._swapped, EXACT.subtract(Decimal(self._cash), Decimal(cash)))
            self._turnover = turnover
            self.drawn = EXACT.add(self.drawn, fee.amount)
            self._trim()

    def _note(self, fee: Fee) -> None:
        charged, currency, settled = self.charged, fee.currency, fee.settled
        charged[currency] = EXACT.add(charged[currency], fee.amount) if currency in charged else fee.amount
        if settled is None:
            self.unvalued[currency] = EXACT.add(self.unvalued.get(currency, ZERO), fee.amount)
        else:
            self.fees = EXACT.add(self.fees, settled)

    def _trim(self) -> None:
        """Keep a whole number of lots an int: the grid and the wire speak in ints."""
        if self.lots == int(self.lots):
            self.lots = int(self.lots)

    def fee(self, notional: Decimal, ticks: int, *, maker: bool) -> Fee:
        """Return the fee of a fill; paid is negative, a rebate is positive."""
        rate = self.rates.maker_bps if maker else self.rates.taker_bps
        settled = EXACT.divide(EXACT.multiply(notional.copy_negate(), rate), _BPS)
        if self.rates.charged_in == "token" and self.rates.token and self.rates.token_rate:
            return Fee(EXACT.divide(settled, self.rates.token_rate), self.rates.token, settled)
        if self.rates.charged_in == "base" and not self.inverse:
            price = EXACT.multiply(self.instrument.tick_size, ticks)
            return Fee(EXACT.divide(settled, price), self.instrument.base, settled)
        return Fee(settled, self.instrument.settle, settled)

    def fund(self, rate: Decimal, mark: Decimal) -> Decimal:
        """Settle funding on the position held; longs pay shorts when the rate is positive."""
        worth = self.value(mark, self.lots).copy_abs() if mark else ZERO
        due = EXACT.multiply(worth, rate)
        amount = (due.copy_negate() if self.lots > 0 else due) if self.lots else ZERO
        self.receive(amount)
        return amount

    def receive(self, funding: Decimal) -> None:
        """Book a funding payment that the venue made: received is positive."""
        self.funding = EXACT.add(self.funding, funding)

    def unrealized(self, mark: Decimal | None) -> Decimal:
        """Return the open position's profit at `mark` (in ticks)."""
        if self.lots == 0 or mark is None:
            return ZERO
        return EXACT.subtract(self.value(mark, self.lots), self.cost)

    def realized(self) -> Decimal:
        """Return the profit of what was closed, before fees and funding."""
        return EXACT.add(self.cash, self.cost)

    def profit(self, mark: Decimal | None) -> Decimal:
        """Return realised, unrealised, fees and funding in one sum."""
        booked = EXACT.add(self.realized(), self.unrealized(mark))
        return EXACT.add(EXACT.add(booked, self.fees), self.funding)

    def equity(self, mark: Decimal | None) -> Decimal:
        """Return opening balance, realised, unrealised, fees and funding in one sum."""
        return EXACT.add(self.opening, self.profit(mark))

    def average(self) -> Decimal | None:
        """Return the average entry price of the open position (harmonic for inverse), or None."""
        if self.lots == 0:
            return None
        size = EXACT.multiply(self._size, self.lots)
        average = EXACT.divide(size, self.cost) if self.inverse else EXACT.divide(self.cost, size)
        return average.copy_negate() if self.inverse else average

    def movements(self) -> dict[str, dict[str, Decimal]]:
        """
        Return what moved each wallet: currency -> kind -> signed amount.

        A contract moves its settlement wallet by what was realised; a spot pair moves both its
        wallets by what changed hands. Their sum is the wallets' change, whatever the position.
        """
        moved: dict[str, dict[str, Decimal]] = {}
        settle, base = self.instrument.settle, self.instrument.base
        if self.spot:
            held = EXACT.multiply(self._size, self.lots)
            moved[base] = {"trade": EXACT.subtract(held, self.drawn)}
            # What base fees were booked at never was cash.
            moved.setdefault(settle, {})["trade"] = EXACT.subtract(self.cash, self.swapped)
        else:
            moved[settle] = {"realized": self.realized()}
        for currency, amount in self.charged.items():
            moved.setdefault(currency, {})["fee"] = amount
        if self.funding:
            moved.setdefault(settle, {})["funding"] = self.funding
        return moved

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        money = {name: str(getattr(self, name)) for name in _MONEY}
        units = {name[1:]: _text(getattr(self, name)) for name in _UNITS}
        wallets = {
            name: {currency: str(amount) for currency, amount in getattr(self, name).items()}
            for name in ("charged", "unvalued")
        }
        return {"lots": _text(self.lots), **units, **money, **wallets}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.lots = _number(state["lots"])  # type: ignore[assignment]  # an int but for base fees
        for name in _UNITS:
            setattr(self, name, _number(state[name[1:]]))
        for name in _MONEY:
            setattr(self, name, Decimal(state[name]))
        for name in ("charged", "unvalued"):
            setattr(self, name, {currency: Decimal(text) for currency, text in state[name].items()})


def _sum(one: Lots, other: Lots) -> Lots:
    """Return the exact sum: of whole numbers a whole number, else to 50 digits."""
    if type(one) is type(other) is int:
        return one + other
    return EXACT.add(Decimal(one), Decimal(other))


def _text(value: Lots) -> int | str:
    return value if isinstance(value, int) else str(value)


def _number(value: int | str) -> Lots:
    return value if isinstance(value, int) else Decimal(value)
