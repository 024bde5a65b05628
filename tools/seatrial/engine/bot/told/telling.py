"""
The form in which any bot's history reaches a record, whatever file it came from.

Each adapter turns rows into these facts and lists what is odd; it repairs nothing. None is what
the file does not say, and a fill that does not say whether it was maker stays unsaid.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ....model.instrument import Contract

Side = Literal["buy", "sell"]
Liquidity = Literal["maker", "taker"]
Status = Literal["open", "filled", "canceled", "expired", "rejected", "unknown"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact stands: the file or table, and its row from 1 (of a CSV: the line)."""

    source: str
    row: int


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that cannot be right, or that no sum should swallow in silence."""

    kind: str
    source: str
    row: int
    detail: str


@dataclass(frozen=True, slots=True)
class ToldMarket:
    """What was traded, as far as a symbol and its columns say."""

    symbol: str
    venue: str
    contract: Contract
    base: str
    quote: str
    contract_size: Decimal = Decimal(1)

    @property
    def settle(self) -> str:
        """Return the currency in which profit is counted."""
        return self.base if self.contract is Contract.INVERSE else self.quote

    @property
    def key(self) -> str:
        """Return what tells this market from one of the same symbol elsewhere."""
        return f"{self.venue}:{self.symbol}"


@dataclass(frozen=True, slots=True)
class ToldFee:
    """
    One fee as its signed cash effect (paid is negative).

    `settled` is its worth in settlement money when the file states one; `assumed` when the bot
    reckoned with a rate and the venue said nothing.
    """

    amount: Decimal
    currency: str
    settled: Decimal | None = None
    assumed: bool = False


@dataclass(slots=True)
class ToldOrder:
    """One order; `filled_qty` is what the order's own row claims, not the sum of its fills."""

    key: str
    market: str
    origin: Origin
    side: Side | None
    kind: str | None
    price: Decimal | None
    qty: Decimal | None
    status: Status
    created_ns: int | None
    ended_ns: int | None = None
    tif: str | None = None
    reduce_only: bool = False
    reason: str | None = None
    filled_qty: Decimal | None = None


@dataclass(slots=True)
class ToldFill:
    """
    One execution; `key` is the venue's id of it, None when the file has none.

    `fees` is empty when nothing was charged, and None when the file does not say what was.
    """

    key: str | None
    order: str | None
    market: str
    origin: Origin
    side: Side
    ts_ns: int
    price: Decimal | None
    qty: Decimal | None
    liquidity: Liquidity | None = None
    fees: tuple[ToldFee, ...] | None = ()
    mid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ToldMid:
    """The market as the bot saw it at one moment."""

    market: str
    ts_ns: int
    bid: Decimal | None
    ask: Decimal | None
    mid: Decimal


@dataclass(frozen=True, slots=True)
class ToldFunding:
    """A funding payment, as its signed cash effect."""

    market: str
    ts_ns: int
    amount: Decimal
    currency: str
    rate: Decimal | None = None


@dataclass(slots=True)
class Told:
    """
    Everything one adapter read.

    `lost_fills` counts executions that have no place in a record, because their side or their
    time is missing: the books of such a history cannot be whole. `tells_orders` says whether the
    files list orders at all, so that their absence is not taken for a fault.
    """

    format: str
    markets: dict[str, ToldMarket] = field(default_factory=dict)
    orders: list[ToldOrder] = field(default_factory=list)
    fills: list[ToldFill] = field(default_factory=list)
    mids: list[ToldMid] = field(default_factory=list)
    fundings: list[ToldFunding] = field(default_factory=list)
    anomalies: list[Anomaly] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lost_fills: int = 0
    tells_orders: bool = True
    tells_fills: bool = True

    def odd(self, kind: str, origin: Origin, detail: str) -> None:
        """List one anomaly."""
        self.anomalies.append(Anomaly(kind, origin.source, origin.row, detail))

    def market(self, market: ToldMarket) -> str:
        """Return the key of a market, having noted it."""
        self.markets.setdefault(market.key, market)
        return market.key

    def counts(self) -> dict[str, int]:
        """Return how many anomalies there are of each kind, by name."""
        return dict(sorted(Counter(one.kind for one in self.anomalies).items()))

    @property
    def orders_count(self) -> int:
        """Return how many orders are known: rows of orders, or else the orders that fills name."""
        if self.tells_orders:
            return len(self.orders)
        return len({fill.order for fill in self.fills if fill.order is not None})
