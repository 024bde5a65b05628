"""
The order path in nautilus_trader: submit, risk engine, execution engine, accepted, filled.

A strategy-less set-up of its own parts: the client answers at once, in process, as the gateway of
our side does. There is no journal.
"""

import time
from decimal import Decimal

from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import LiveClock, MessageBus, TestClock
from nautilus_trader.common.factories import OrderFactory
from nautilus_trader.config import RiskEngineConfig
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.execution.client import ExecutionClient
from nautilus_trader.execution.engine import ExecutionEngine
from nautilus_trader.execution.messages import SubmitOrder
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.enums import AccountType, LiquiditySide, OmsType, OrderSide
from nautilus_trader.model.events import AccountState
from nautilus_trader.model.identifiers import (
    AccountId,
    ClientId,
    InstrumentId,
    StrategyId,
    Symbol,
    TradeId,
    TraderId,
    Venue,
    VenueOrderId,
)
from nautilus_trader.model.instruments import CryptoPerpetual
from nautilus_trader.model.objects import AccountBalance, Money, Price, Quantity
from nautilus_trader.portfolio.portfolio import Portfolio
from nautilus_trader.risk.engine import RiskEngine

TRADER, STRATEGY, VENUE = TraderId("BENCH-001"), StrategyId("S-001"), Venue("SIM")
ACCOUNT = AccountId("SIM-001")


class Client(ExecutionClient):
    """Accepts and fills each order at once."""

    def submit_order(self, command: SubmitOrder) -> None:
        """Answer."""
        order, now = command.order, self._clock.timestamp_ns()
        self.count = getattr(self, "count", 0) + 1
        venue_id = VenueOrderId(f"V-{self.count}")
        self.generate_order_submitted(STRATEGY, order.instrument_id, order.client_order_id, now)
        self.generate_order_accepted(STRATEGY, order.instrument_id, order.client_order_id, venue_id, now)
        self.generate_order_filled(
            STRATEGY, order.instrument_id, order.client_order_id, venue_id, None, TradeId(f"T-{self.count}"),
            order.side, order.order_type, order.quantity, order.price, USDT, Money("0.01", USDT),
            LiquiditySide.MAKER, now,
        )  # fmt: skip


def perpetual() -> CryptoPerpetual:
    """Return the instrument that both sides trade."""
    zero = Decimal(0)
    return CryptoPerpetual(
        instrument_id=InstrumentId(Symbol("BTCUSDT-PERP"), VENUE), raw_symbol=Symbol("BTCUSDT"),
        base_currency=BTC, quote_currency=USDT, settlement_currency=USDT, is_inverse=False,
        price_precision=1, size_precision=3, price_increment=Price.from_str("0.1"),
        size_increment=Quantity.from_str("0.001"), max_quantity=Quantity.from_str("100"),
        min_quantity=Quantity.from_str("0.001"), max_notional=None, min_notional=Money(1, USDT),
        max_price=Price.from_str("1000000.0"), min_price=Price.from_str("0.1"), margin_init=zero,
        margin_maint=zero, maker_fee=zero, taker_fee=zero, ts_event=0, ts_init=0,
    )  # fmt: skip


def orders_per_s(count: int) -> float:
    """Return how many orders a second pass risk and execution and are filled."""
    clock = LiveClock()
    bus = MessageBus(trader_id=TRADER, clock=clock)
    cache = Cache()
    portfolio = Portfolio(msgbus=bus, cache=cache, clock=clock)
    execution = ExecutionEngine(msgbus=bus, cache=cache, clock=clock)
    limits = RiskEngineConfig(
        max_order_submit_rate="1000000/00:00:01", max_notional_per_order={"BTCUSDT-PERP.SIM": 10_000_000}
    )
    RiskEngine(portfolio=portfolio, msgbus=bus, cache=cache, clock=clock, config=limits)
    instrument = perpetual()
    cache.add_instrument(instrument)
    client = Client(
        client_id=ClientId("SIM"), venue=VENUE, oms_type=OmsType.NETTING, account_type=AccountType.MARGIN,
        base_currency=None, msgbus=bus, cache=cache, clock=clock,
    )  # fmt: skip
    execution.register_client(client)
    balance = AccountBalance(Money(10**9, USDT), Money(0, USDT), Money(10**9, USDT))
    portfolio.update_account(
        AccountState(
            account_id=ACCOUNT, account_type=AccountType.MARGIN, base_currency=None, reported=True,
            balances=[balance], margins=[], info={}, event_id=UUID4(), ts_event=0, ts_init=0,
        )
    )  # fmt: skip
    client._set_account_id(ACCOUNT)  # noqa: SLF001  (what its live client does)
    execution.start()
    factory = OrderFactory(trader_id=TRADER, strategy_id=STRATEGY, clock=TestClock(), cache=cache)
    price, qty = Price.from_str("100.0"), Quantity.from_str("0.010")
    start = time.perf_counter()
    for number in range(count):
        side = OrderSide.SELL if number % 2 else OrderSide.BUY
        order = factory.limit(instrument.id, side, qty, price)
        bus.send(
            "RiskEngine.execute",
            SubmitOrder(TRADER, STRATEGY, order, UUID4(), clock.timestamp_ns()),
        )
    took = time.perf_counter() - start
    filled = sum(order.is_closed for order in cache.orders())
    assert filled == count, f"{filled} of {count} orders were filled"
    return count / took
