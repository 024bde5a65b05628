"""
What a statement says, in one form: cash movements, fills, and the line that each came from.

A venue's row becomes one `Row`: the movements of each wallet that it caused, and the fill when it
is one. Amounts are signed cash effects (paid is negative, a rebate is positive), exactly as many
digits as the statement has.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """Why a wallet moved; what no importer knows is `other`, kept and reported, never dropped."""

    TRADE = "trade"
    REALIZED = "realized"
    FEE = "fee"
    REBATE = "rebate"
    FUNDING = "funding"
    CONVERSION = "conversion"
    TRANSFER = "transfer"
    LIQUIDATION = "liquidation"
    INSURANCE = "insurance"
    REFERRAL = "referral"
    INTEREST = "interest"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row stands: the file's name and the line (from 1) or the row of its array."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of one wallet; `balance` is the wallet after it where the statement says so."""

    currency: str
    amount: Decimal
    kind: Kind
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FillRow:
    """
    One execution as the statement has it; side is `buy` or `sell`, liquidity `maker`, `taker` or None.

    `notional` is what the fee is charged on, in settlement money, where that is not price x qty
    (inverse contracts, contract multipliers); `inverse` says that it is in the base coin.
    """

    symbol: str
    side: str
    price: Decimal
    qty: Decimal
    trade_id: str | None = None
    order_id: str | None = None
    fee: Decimal | None = None
    fee_currency: str | None = None
    liquidity: str | None = None
    notional: Decimal | None = None
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """
    One row of a statement: when (nanoseconds UTC), whose, what moved, and the venue's own word for it.

    `ref` is the venue's own id of this row where it has one, `symbol` the instrument where a row
    without a fill names one (funding). A row that moved nothing (canceled, pending) has no movements.
    """

    ts_ns: int
    source: Source
    movements: tuple[Movement, ...] = ()
    fill: FillRow | None = None
    ref: str | None = None
    account: str = ""
    word: str = ""
    symbol: str = ""
