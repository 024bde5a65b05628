"""A stand for risk rules: the real core, a market set by hand, and a gateway that takes everything."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from seatrial.engine.execution.blotter import Blotter
from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.ledger import Fee
from seatrial.engine.execution.order import Order
from seatrial.engine.execution.risk.rule import NS_PER_S, Touch
from seatrial.model.instrument import Contract, Instrument
from seatrial.model.profile import FeeSettings
from seatrial.model.risk import RiskSettings

BUY, SELL = 0, 1
MS = 1_000_000
MIDNIGHT = 20_000 * 86_400 * NS_PER_S
"""A midnight UTC, in ns."""
FREE = FeeSettings(maker_bps=Decimal(0), taker_bps=Decimal(0))


def instrument(symbol: str = "LIN", **more: Any) -> Instrument:
    """Return a linear contract whose tick and lot are one, so that prices and sizes read as they are."""
    values = {"venue": "stand", "base": "COIN", "quote": "USD", "tick_size": 1, "lot_size": 1, **more}
    return Instrument.model_validate({"symbol": symbol, **values})


LINEAR, OTHER, THIRD = instrument(), instrument("OTHER"), instrument("THIRD")
INVERSE = instrument("INV", contract=Contract.INVERSE)


class Market:
    """Books and ages by instrument; what is not set is not there."""

    def __init__(self, mids: Sequence[int | None]) -> None:
        self.touches = [None if mid is None else Touch(mid - 1, mid + 1, 1, 1) for mid in mids]
        self.ages_ns: list[int | None] = [None if mid is None else 0 for mid in mids]

    def set(self, mid: int | None, instrument: int = 0) -> None:
        """Put a touch of two ticks around a mid, or none."""
        self.touches[instrument] = None if mid is None else Touch(mid - 1, mid + 1, 1, 1)

    def book(self, instrument: int) -> Touch | None:
        """Return the touch."""
        return self.touches[instrument]

    def data_age_ns(self, instrument: int) -> int | None:
        """Return the age."""
        return self.ages_ns[instrument]


class Gate:
    """A gateway through which everything leaves."""

    def client_id(self, number: int) -> str:
        """Return an id."""
        return f"c{number}"

    def new(self, _order: Order) -> bool:
        """Take it."""
        return True

    def cancel(self, _order: Order) -> bool:
        """Take it."""
        return True

    def amend(self, _order: Order, _px: int, _qty: int) -> bool:
        """Take it."""
        return True

    def release(self) -> None:
        """Have held nothing back."""


@dataclass
class Told:
    """What was told, in order: (what, fields)."""

    all: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, what: str, _order: Order | None, **fields: Any) -> None:
        """Take note."""
        self.all.append((what, fields))

    def of(self, what: str, *names: str) -> list[Any]:
        """Return some fields of what was told of a kind."""
        return [tuple(fields[name] for name in names) for kind, fields in self.all if kind == what]


class Stand:
    """A core with limits; prices in ticks, sizes in lots, the mid at 1,000 unless it is said."""

    def __init__(
        self,
        risk: RiskSettings | None = None,
        *,
        instruments: Sequence[Instrument] = (LINEAR,),
        mids: Sequence[int | None] | None = None,
        balance: int = 1_000_000,
        fees: FeeSettings = FREE,
        **limits: Any,
    ) -> None:
        # The edge rule is on by default; it is out of the way unless a test asks for it.
        settings = {"edge": {"min_bps": None}, **limits}
        self.market = Market(mids if mids is not None else [1_000] * len(instruments))
        opening = {one.settle: Decimal(balance) for one in instruments}
        self.blotter = Blotter(instruments, fees=fees, opening=opening, trusting=True)
        self.told = Told()
        self.core = Execution(
            self.blotter, Gate(), self.market, risk or RiskSettings.model_validate(settings), self.told
        )
        self.core.now_ns = MIDNIGHT
        self.monitor = self.core.monitor
        self.trades = 0

    # -- acting -----------------------------------------------------------------------------------

    def send(self, side: int, qty: int, px: int = 1_000, *, inst: int = 0, **more: Any) -> Order | None:
        """Send an order; None when it was blocked."""
        return self.core.submit(Order(0, "", inst, side, px, qty, **more))

    def rest(self, side: int, qty: int, px: int = 1_000, *, inst: int = 0, **more: Any) -> Order:
        """Send an order that must pass, and let the venue take it."""
        order = self.send(side, qty, px, inst=inst, **more)
        assert order is not None, self.blocks
        self.core.record("accept", order.order_id)
        return order

    def fill(self, order: Order, qty: int | None = None, px: int | None = None, **more: Any) -> Fill:
        """Fill an order, whole and at its price unless it is said otherwise."""
        self.trades += 1
        ts_ns = more.pop("ts_ns", self.core.now_ns)
        fill = Fill(
            order.order_id, order.instrument, order.side, px or order.px,
            qty or order.leaves, f"{self.trades:06d}", ts_ns, **more,
        )  # fmt: skip
        self.core.filled(fill)
        return fill

    def hold_position(self, lots: int, px: int = 1_000, *, inst: int = 0) -> None:
        """Come to a position whatever the limits are: a fill is a fact and not an intent."""
        self.trades += 1
        side, trade = (BUY if lots > 0 else SELL), f"{self.trades:06d}"
        self.core.filled(
            Fill(
                0, inst, side, px, abs(lots), trade, self.core.now_ns, fee=Fee(Decimal(0), "USD", Decimal(0))
            )
        )

    def wait(self, seconds: float) -> None:
        """Let time go by, and the monitor look."""
        self.core.look(self.core.now_ns + round(seconds * NS_PER_S))

    # -- what came of it --------------------------------------------------------------------------

    @property
    def blocks(self) -> list[tuple[str, Any, Any]]:
        """Return (rule, limit, value) of every block."""
        return self.told.of("risk_block", "rule", "limit", "value")

    @property
    def level(self) -> str:
        """Return the level that holds for all."""
        return self.monitor.level()
