"""
Tables of facts: what the journal says, one row a fact, in the order in which it happened.

Columns of one table have equal lengths. Symbols, causes and events are small codes; the names
are in the lists beside them. Times are nanoseconds UTC, NaN and None are not measured.
"""

from array import array
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .columns import ExactColumn, Floats, Ints

HORIZONS = ("0.1", "1", "5", "15", "60", "300")
CAUSES = ("trade_through", "queue_cleared", "book_cross", "marketable", "other")
ORDER_EVENTS = (
    "submitted",
    "accepted",
    "rejected",
    "cancel_requested",
    "cancel_rejected",
    "canceled",
    "amend_requested",
    "amend_rejected",
    "amended",
    "expired",
    "filled",
    "partially_filled",
    "unknown",
)
EVENT_CODE = {name: code for code, name in enumerate(ORDER_EVENTS)}
CAUSE_CODE = {name: code for code, name in enumerate(CAUSES)}


def _ints() -> Ints:
    return array("q")


def _codes() -> Ints:
    return array("h")


def _floats() -> Floats:
    return array("d")


@dataclass(slots=True)
class Fills:
    """
    Own fills; `side` is +1 for a buy and -1 for a sell, `fee` the signed cash effect in settle.

    Where a bot's files do not say whether a fill was maker, `unsaid` is 1 and `maker` is 0.
    """

    ts: Ints = field(default_factory=_ints)
    fill_id: Ints = field(default_factory=_ints)
    order_id: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    side: Ints = field(default_factory=_codes)
    maker: Ints = field(default_factory=_codes)
    unsaid: Ints = field(default_factory=_codes)
    cause: Ints = field(default_factory=_codes)
    iteration: Ints = field(default_factory=_ints)
    price: ExactColumn = field(default_factory=ExactColumn)
    qty: ExactColumn = field(default_factory=ExactColumn)
    notional: ExactColumn = field(default_factory=ExactColumn)
    fee: ExactColumn = field(default_factory=ExactColumn)
    base_fee: ExactColumn = field(default_factory=ExactColumn)
    mid: ExactColumn = field(default_factory=ExactColumn)
    decision_mid: ExactColumn = field(default_factory=ExactColumn)
    age_ms: Floats = field(default_factory=_floats)
    position: Floats = field(default_factory=_floats)
    matured: Ints = field(default_factory=_codes)
    later: dict[str, ExactColumn] = field(default_factory=lambda: {h: ExactColumn() for h in HORIZONS})

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(slots=True)
class Decisions:
    """Samples of the bot's state: touch, own quotes, position and equity (one symbol's)."""

    ts: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    bid: Floats = field(default_factory=_floats)
    ask: Floats = field(default_factory=_floats)
    mid: Floats = field(default_factory=_floats)
    quote_bid: Floats = field(default_factory=_floats)
    quote_ask: Floats = field(default_factory=_floats)
    position: Floats = field(default_factory=_floats)
    equity: Floats = field(default_factory=_floats)
    actions: Ints = field(default_factory=_ints)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(slots=True)
class Orders:
    """Events in the life of own orders; `event` is a code of ORDER_EVENTS."""

    ts: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    event: Ints = field(default_factory=_codes)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(slots=True)
class Acks:
    """Answers to submissions and amendments: from the intended time to the answer."""

    ts: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    accepted: Ints = field(default_factory=_codes)
    latency_ms: Floats = field(default_factory=_floats)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(slots=True)
class Ends:
    """Ends of resting orders: how old they became, how they ended, whether they ever filled."""

    ts: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    event: Ints = field(default_factory=_codes)
    filled: Ints = field(default_factory=_codes)
    age_ms: Floats = field(default_factory=_floats)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(slots=True)
class Fundings:
    """Funding payments, signed cash effect in settle."""

    ts: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    amount: ExactColumn = field(default_factory=ExactColumn)
    rate: Floats = field(default_factory=_floats)
    position: Floats = field(default_factory=_floats)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(slots=True)
class RiskBlocks:
    """Intents that risk refused."""

    ts: Ints = field(default_factory=_ints)
    symbol: Ints = field(default_factory=_codes)
    rule: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)


@dataclass(frozen=True, slots=True)
class PositionFact:
    """The ledger of one symbol at the end of an iteration, in its settlement currency."""

    ts_ns: int
    symbol: int
    iteration: int
    final: bool
    qty: Decimal
    mark: Decimal | None
    mark_stale: bool
    realized: Decimal
    unrealized: Decimal
    fees: Decimal
    funding: Decimal
    equity: Decimal
    turnover: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class IterationFact:
    """One window of the run; `rows` says how long each table was when it ended."""

    index: int
    phase: str
    from_ns: int
    until_ns: int
    covered_ns: int | None
    freeze: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class GapFact:
    """A stretch in which one symbol's market was not seen."""

    symbol: int
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class FreezeFact:
    """A freeze (or its end): `scope` is `all` or a symbol, `level` partial or full."""

    ts_ns: int
    begins: bool
    scope: str
    level: str
    guard: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What `run_started` says."""

    run_id: str
    mode: str
    seed: int
    start_ns: int
    planned_iterations: int
    window_ns: int
    profile: str
    instruments: tuple[dict[str, Any], ...]
    provenance: dict[str, Any]
