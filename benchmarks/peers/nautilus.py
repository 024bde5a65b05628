"""The quoting rule of `replay.py` in nautilus_trader's backtest engine, on quotes and trades."""

import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import QuoteTick, TradeTick
from nautilus_trader.model.enums import AccountType, AggressorSide, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TradeId, Venue
from nautilus_trader.model.instruments import CryptoPerpetual
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

from seatrial.model import tape as rows_of
from seatrial.model.instrument import Instrument

VENUE = Venue("SIM")


class JoinerConfig(StrategyConfig, frozen=True):
    """What the rule needs."""

    instrument_id: InstrumentId
    qty: str
    cap: str
    interval_ns: int


class Joiner(Strategy):
    """Join the touch with post-only orders and follow it at each interval."""

    def on_start(self) -> None:
        """Subscribe and set the timer."""
        self.subscribe_quote_ticks(self.config.instrument_id)
        self.subscribe_trade_ticks(self.config.instrument_id)
        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.clock.set_timer_ns("quote", self.config.interval_ns, 0, 0, callback=self.on_interval)

    def on_interval(self, _event: object) -> None:
        """Bring both quotes to the touch."""
        quote = self.cache.quote_tick(self.config.instrument_id)
        if quote is None:
            return
        net = self.portfolio.net_position(self.config.instrument_id)
        qty, cap = Decimal(self.config.qty), Decimal(self.config.cap)
        open_orders = self.cache.orders_open(strategy_id=self.id)
        for side, px, lean in (
            (OrderSide.BUY, quote.bid_price, net),
            (OrderSide.SELL, quote.ask_price, -net),
        ):
            mine = [order for order in open_orders if order.side == side]
            if any(order.price == px for order in mine):
                continue
            for order in mine:
                self.cancel_order(order)
            if lean + qty <= cap:
                order = self.order_factory.limit(
                    self.config.instrument_id, side, Quantity.from_str(self.config.qty), px, post_only=True
                )
                self.submit_order(order)


def instrument_of(ours: Instrument) -> CryptoPerpetual:
    """Return our instrument as theirs."""
    step, lot = ours.tick_size, ours.lot_size
    return CryptoPerpetual(
        instrument_id=InstrumentId(Symbol(ours.symbol), VENUE), raw_symbol=Symbol(ours.symbol),
        base_currency=BTC, quote_currency=USDT, settlement_currency=USDT, is_inverse=False,
        price_precision=max(0, -int(step.normalize().as_tuple().exponent)),
        size_precision=max(0, -int(lot.normalize().as_tuple().exponent)),
        price_increment=Price.from_str(str(step.normalize())),
        size_increment=Quantity.from_str(str(lot.normalize())),
        margin_init=Decimal("0.01"), margin_maint=Decimal("0.005"), maker_fee=Decimal("0.0002"),
        taker_fee=Decimal("0.00055"), ts_event=0, ts_init=0,
    )  # fmt: skip


def ticks_of(ours: Instrument, theirs: CryptoPerpetual, tape: rows_of.Tape) -> list[object]:
    """Return the tape's touch changes as quotes and its prints as trades, in time order."""
    step, lot = float(ours.tick_size), float(ours.lot_size)
    book: tuple[dict[int, int], dict[int, int]] = ({}, {})
    found: list[object] = []
    last = (0, 0, 0, 0)
    rows = zip(tape.ts.tolist(), tape.code.tolist(), tape.px.tolist(), tape.qty.tolist(), strict=True)
    for number, (ts, code, px, qty) in enumerate(rows):
        kind = code & rows_of.KIND_MASK
        if kind == rows_of.TRADE:
            side = AggressorSide.SELLER if code & rows_of.SIDE_BIT else AggressorSide.BUYER
            found.append(
                TradeTick(
                    theirs.id,
                    theirs.make_price(px * step),
                    theirs.make_qty(qty * lot),
                    side,
                    TradeId(str(number)),
                    ts,
                    ts,
                )
            )
            continue
        if kind in {rows_of.DELTA, rows_of.SNAPSHOT, rows_of.BBO}:
            levels = book[1 if code & rows_of.SIDE_BIT else 0]
            if qty:
                levels[px] = qty
            else:
                levels.pop(px, None)
        if code & rows_of.LAST and book[0] and book[1]:
            bid, ask = max(book[0]), min(book[1])
            touch = (bid, ask, book[0][bid], book[1][ask])
            if touch != last and bid < ask:
                last = touch
                prices = (theirs.make_price(bid * step), theirs.make_price(ask * step))
                sizes = (theirs.make_qty(touch[2] * lot), theirs.make_qty(touch[3] * lot))
                found.append(QuoteTick(theirs.id, *prices, *sizes, ts, ts))
    return found


def prepare(
    ours: Instrument, tape: rows_of.Tape, interval_ns: int, order_lots: int, cap_lots: int
) -> Callable[[], dict[str, float]]:
    """Return a run over the tape; the rows it is credited with are the tape's, not its ticks."""
    theirs = instrument_of(ours)
    ticks = ticks_of(ours, theirs, tape)
    rows = int(np.count_nonzero(tape.ts))
    config = JoinerConfig(
        instrument_id=theirs.id, qty=str((ours.lot_size * order_lots).normalize()),
        cap=str((ours.lot_size * cap_lots).normalize()), interval_ns=interval_ns,
    )  # fmt: skip

    def run() -> dict[str, float]:
        engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
        engine.add_venue(
            VENUE, OmsType.NETTING, AccountType.MARGIN, [Money(1_000_000_000, USDT)], base_currency=None
        )
        engine.add_instrument(theirs)
        engine.add_data(ticks)
        strategy = Joiner(config)
        engine.add_strategy(strategy)
        begun = time.perf_counter()
        engine.run()
        took = time.perf_counter() - begun
        fills = len(engine.trader.generate_order_fills_report())
        engine.dispose()
        return {"s": took, "fills": fills, "rows": rows}

    return run
