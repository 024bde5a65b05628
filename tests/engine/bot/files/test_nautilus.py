"""NautilusTrader: its reports, alone and together."""

from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.engine.bot.files.interface import read_files
from seatrial.engine.bot.files.nautilus import claims, market_of
from seatrial.model.instrument import Contract

FILLS = """\
client_order_id,trader_id,strategy_id,account_id,instrument_id,venue_order_id,trade_id,position_id,order_side,\
order_type,last_qty,last_px,currency,commission,liquidity_side,event_id,ts_event,ts_init,info,reconciliation
O-1,T,S,A,ETHUSDT-PERP.BINANCE,V-1,E-1,P,BUY,LIMIT,1.5,2000.10,USDT,0.60003 USDT,MAKER,x,1700000001000000001,\
1700000001000000002,{},False
O-1,T,S,A,ETHUSDT-PERP.BINANCE,V-1,E-2,P,BUY,LIMIT,0.5,2000.00,USDT,-0.10 USDT,TAKER,x,\
2023-11-14 22:13:22.000000500+00:00,1700000002000000000,{},False
O-9,T,S,A,ETHUSDT-PERP.BINANCE,V-9,E-3,P,SELL,LIMIT,0.5,2001,USDT,,NO_LIQUIDITY_SIDE,x,1700000003000000000,0,{},False
"""
ORDERS = """\
client_order_id,instrument_id,strategy_id,trader_id,account_id,venue_order_id,side,type,status,quantity,filled_qty,\
price,avg_px,time_in_force,ts_init,ts_last,is_post_only
O-1,ETHUSDT-PERP.BINANCE,S,T,A,V-1,BUY,LIMIT,FILLED,2.0,2.0,2000.10,2000.075,GTC,1700000000000000000,\
1700000002000000000,True
O-2,ETHUSDT-PERP.BINANCE,S,T,A,V-2,SELL,LIMIT,CANCELED,1,0,2001,,GTC,1700000000000000000,1700000005000000000,False
O-3,ETHUSDT-PERP.BINANCE,S,T,A,V-3,SELL,MARKET,FILLED,1,1,,2001.5,IOC,1700000006000000000,1700000006000000000,False
"""


def test_fills_and_orders_are_read_together(tmp_path: Path) -> None:
    """One report says what was wanted, the other what was got; only both show what is missing."""
    (tmp_path / "fills.csv").write_text(FILLS)
    (tmp_path / "orders.csv").write_text(ORDERS)

    told = read_files(tmp_path).told

    assert told.format == "nautilus"
    assert [(fill.key, fill.price, fill.qty, fill.liquidity) for fill in told.fills] == [
        ("E-1", Decimal("2000.10"), Decimal("1.5"), "maker"), ("E-2", Decimal(2000), Decimal("0.5"), "taker"),
        ("E-3", Decimal(2001), Decimal("0.5"), None),
    ]  # fmt: skip
    assert [fill.ts_ns for fill in told.fills[:2]] == [1_700_000_001_000_000_001, 1_700_000_002_000_000_500]
    assert [fee.amount for fill in told.fills for fee in fill.fees or ()] == [
        Decimal("-0.60003"),
        Decimal("0.10"),
    ]
    assert told.fills[2].fees is None
    assert told.counts() == {"completed_without_fills": 1, "orphan_fills": 1}
    assert told.orders[0].tif == "post_only"


def test_orders_alone_give_their_averages(tmp_path: Path) -> None:
    """Many users export one report only; it still says what was traded."""
    (tmp_path / "orders.csv").write_text(ORDERS)

    told = read_files(tmp_path / "orders.csv").told

    assert [(fill.price, fill.qty) for fill in told.fills] == [
        (Decimal("2000.075"), Decimal("2.0")), (Decimal("2001.5"), Decimal(1)),
    ]  # fmt: skip
    assert "one fill an order" in told.notes[0]


@pytest.mark.parametrize(
    ("instrument", "currency", "said"),
    [
        ("BTCUSDT-PERP.BINANCE", "USDT", ("linear", "BTC", "USDT")),
        ("BTCUSD_PERP.BINANCE", "BTC", ("inverse", "BTC", "USD")),
        ("BTCUSD-INVERSE.BYBIT", None, ("inverse", "BTC", "USD")),
        ("ETHUSDC-SPOT.BYBIT", None, ("spot", "ETH", "USDC")),
        ("ETH/USDT.SIM", None, ("spot", "ETH", "USDT")),
        ("SOLUSDT-LINEAR.BYBIT", None, ("linear", "SOL", "USDT")),
    ],
)
def test_an_id_says_the_contract(instrument: str, currency: str | None, said: tuple[str, str, str]) -> None:
    """An inverse contract read as a linear one counts its profit in the wrong money."""
    market = market_of(instrument, currency)

    assert (market.contract, market.base, market.quote) == (Contract(said[0]), *said[1:])


def test_other_tables_are_not_claimed(tmp_path: Path) -> None:
    """A price table beside the reports is no report."""
    (tmp_path / "bars.csv").write_text("ts_event,open,high,low,close\n1,2,3,4,5\n")

    assert not claims(tmp_path / "bars.csv")
