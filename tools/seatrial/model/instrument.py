"""
What is traded: its grid of prices and quantities, and how a fill becomes money.

Inside the engine a price is a whole number of ticks and a quantity a whole number of lots; this
is the one place that turns them into `Decimal` money and back.
"""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from .config import Config
from .errors import InputError


class Contract(StrEnum):
    """How profit is counted: `spot` and `linear` in quote, `inverse` in the base coin."""

    SPOT = "spot"
    LINEAR = "linear"
    INVERSE = "inverse"


class Instrument(Config):
    """
    One tradable symbol.

    `lot_size` is the smallest quantity step in the venue's unit (coins, or contracts for an
    inverse contract); `contract_size` is what one unit is worth: base coins for spot and linear,
    quote money for inverse.
    """

    symbol: str = Field(min_length=1)
    venue: str = Field(min_length=1)
    contract: Contract = Contract.LINEAR
    base: str = ""
    quote: str = ""
    tick_size: Decimal = Field(gt=0)
    lot_size: Decimal = Field(gt=0)
    contract_size: Decimal = Field(default=Decimal(1), gt=0)
    min_notional: Decimal = Field(default=Decimal(0), ge=0)

    @property
    def settle(self) -> str:
        """Return the currency in which profit, fees and funding are counted."""
        return self.base if self.contract is Contract.INVERSE else self.quote

    def price(self, ticks: int) -> Decimal:
        """Return the price of that many ticks."""
        return self.tick_size * ticks

    def qty(self, lots: int) -> Decimal:
        """Return the quantity of that many lots."""
        return self.lot_size * lots

    def ticks(self, price: Decimal) -> int:
        """Return the price in ticks; a price off the grid is an error, never rounded."""
        return _whole(price, self.tick_size, f"price {price} is not a multiple of the tick")

    def lots(self, qty: Decimal) -> int:
        """Return the quantity in lots; a quantity off the grid is an error, never rounded."""
        return _whole(qty, self.lot_size, f"quantity {qty} is not a multiple of the lot")

    def notional(self, ticks: int, lots: int) -> Decimal:
        """Return the value of `lots` at `ticks`, in the settlement currency (always >= 0)."""
        size = self.qty(abs(lots)) * self.contract_size
        return size / self.price(ticks) if self.contract is Contract.INVERSE else size * self.price(ticks)


def _whole(value: Decimal, step: Decimal, complaint: str) -> int:
    count = value / step if value.is_finite() else value
    if not count.is_finite() or count != count.to_integral_value():
        raise InputError(f"{complaint} {step}", fix="check the instrument's tick and lot size")
    return int(count)
