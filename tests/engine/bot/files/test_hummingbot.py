"""Hummingbot: scaling, truncation, fees by kind, and what does not fit together."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.engine.bot.files.making import (
    HB_DATA,
    HB_FILL,
    HB_FUNDING,
    HB_ORDER,
    START_MS,
    hb_fill,
    hb_order,
    hummingbot,
    write,
)

from seatrial.engine.bot.files.hummingbot import claims, tell
from seatrial.engine.bot.files.interface import read_files
from seatrial.engine.bot.told.book import fee_of
from seatrial.model.instrument import Contract


def test_millionths_become_prices_and_amounts(tmp_path: Path) -> None:
    """A price a million times too large would still look like money."""
    path = hummingbot(
        tmp_path / "a.sqlite", [hb_order("So1", "SellOrderCompleted")], [hb_fill(1), hb_fill(2)]
    )

    told = read_files(path, "hummingbot").told

    assert claims(path)
    assert [(fill.price, fill.qty) for fill in told.fills] == [(Decimal("0.5"), Decimal(10))] * 2
    assert told.fills[0].ts_ns == (START_MS + 1_000) * 10**6
    assert told.fills[0].liquidity == "maker"
    assert told.anomalies == []


def test_an_older_database_stores_floats(tmp_path: Path) -> None:
    """Only the declared type tells the two ages apart; the same number means a millionth or the whole."""
    fills, orders = ({**columns, "price": "FLOAT", "amount": "FLOAT"} for columns in (HB_FILL, HB_ORDER))
    rows = [hb_fill(1, price=0.5, amount=20.0)]
    order = hb_order("So1", "SellOrderCompleted", price=0.5, amount=20.0)
    path = write(tmp_path / "old.sqlite", {"Order": (orders, [order]), "TradeFill": (fills, rows)})

    told = read_files(path).told

    assert (told.fills[0].price, told.orders[0].qty) == (Decimal("0.5"), Decimal(20))
    assert told.anomalies == []


def test_what_the_scaling_cut_off_is_listed_and_never_guessed(tmp_path: Path) -> None:
    """4e-7 is stored as 0: a free purchase in the books if anybody believed it."""
    rows = [hb_fill(1, price=0), hb_fill(2, price=12), hb_fill(3, amount=0)]
    path = hummingbot(tmp_path / "a.sqlite", [hb_order("So1", "OrderCancelled")], rows)

    told = read_files(path).told

    assert [fill.price for fill in told.fills] == [None, Decimal("0.000012"), Decimal("0.5")]
    assert told.fills[2].qty is None
    assert told.counts() == {
        "cancelled_with_fills": 1, "coarse_prices": 1, "truncated_values": 2,
    }  # fmt: skip
    assert [(one.source, one.row) for one in told.anomalies if one.kind == "truncated_values"] == [
        ("TradeFill", 1), ("TradeFill", 3),
    ]  # fmt: skip


def test_orders_and_fills_that_do_not_fit_are_listed_with_their_rows(tmp_path: Path) -> None:
    """These are the rows that a reconciliation has to start from."""
    orders = [
        hb_order("So1", "OrderCancelled"), hb_order("Bo2", "BuyOrderCompleted"),
        hb_order("Bo3", "OrderFailure"),
        hb_order("So4", "SellOrderCompleted"), hb_order("So4", "SellOrderCompleted"),
    ]  # fmt: skip
    fills = [
        hb_fill(1), hb_fill(2, order_id="gone"), hb_fill(3, order_id="So4"), hb_fill(4, order_id="So4"),
        hb_fill(4, order_id="So4"), hb_fill(3, order_id="So4", amount=9_000_000),
    ]  # fmt: skip
    statuses = [{"id": 1, "order_id": "gone", "timestamp": START_MS, "status": "SellOrderCreated"}]
    path = hummingbot(tmp_path / "a.sqlite", orders, fills, statuses)

    told = read_files(path).told

    assert {kind: [one.row for one in told.anomalies if one.kind == kind] for kind in told.counts()} == {
        "cancelled_with_fills": [1], "completed_without_fills": [2], "conflicting_fills": [6],
        "duplicate_fills": [5], "duplicate_orders": [5], "failed_orders": [3], "orphan_fills": [2],
        "orphan_statuses": [1], "partially_filled_orders": [1],
    }  # fmt: skip
    assert (len(told.fills), told.orders_count) == (4, 4)


FLAT = '{"percent": "0", "flat_fees": [{"token": "%s", "amount": "0.01"}]}'
DEDUCTED = '{"fee_type": "DeductedFromReturns", "percent": "0.001", "percent_token": null, "flat_fees": []}'


@pytest.mark.parametrize(
    ("fee", "side", "told"),
    [
        ('{"percent": "0.001", "flat_fees": []}', "SELL", ("-0.005", "USDT", "-0.005", True)),
        (DEDUCTED, "BUY", ("-0.01", "ONE", "-0.005", True)),
        (DEDUCTED, "SELL", ("-0.005", "USDT", "-0.005", True)),
        (FLAT % "USDT", "SELL", ("-0.01", "USDT", "-0.01", False)),
        (FLAT % "ONE", "BUY", ("-0.01", "ONE", "-0.005", False)),
        (FLAT % "KCS", "BUY", ("-0.01", "KCS", None, False)),
        ("{'percent': '0', 'percent_token': None, 'flat_fees': []}", "BUY", ("0", "USDT", "0", False)),
    ],
)
def test_a_fee_is_what_its_kind_says(tmp_path: Path, fee: str, side: str, told: tuple[object, ...]) -> None:
    """A fee in the bought coin moves the position; one in a third coin has no worth without a rate."""
    path = hummingbot(tmp_path / "a.sqlite", [], [hb_fill(1, trade_fee=fee, trade_type=side)])

    history = read_files(path).told
    found = fee_of(history.fills[0], history.markets[history.fills[0].market])

    assert found is not None
    settled = None if found.settled is None else f"{found.settled.normalize():f}"
    assert (f"{found.amount.normalize():f}", found.currency, settled, found.assumed) == told


@pytest.mark.parametrize("fee", ["no json", "[1]", '{"percent": "much"}', None])
def test_a_fee_that_nobody_can_read_is_not_zero(tmp_path: Path, fee: str | None) -> None:
    """Costs that are not known must not look like none."""
    path = hummingbot(tmp_path / "a.sqlite", [], [hb_fill(1, trade_fee=fee)])

    assert read_files(path).told.fills[0].fees is None


def test_newer_tables_give_mids_and_funding(tmp_path: Path) -> None:
    """A mid that the bot itself saw is evidence; so is what it was paid for holding."""
    data = [
        {"timestamp": START_MS, "exchange": "binance_perpetual", "trading_pair": "BTC-USDT",
         "mid_price": 30_000_500_000, "best_bid": 30_000_000_000, "best_ask": 30_001_000_000}
    ]  # fmt: skip
    paid = [
        {
            "timestamp": START_MS,
            "market": "binance_perpetual",
            "rate": 0.0001,
            "symbol": "BTC-USDT",
            "amount": -1.5,
        }
    ]
    path = hummingbot(
        tmp_path / "a.sqlite", [], [], MarketData=(HB_DATA, data), FundingPayment=(HB_FUNDING, paid)
    )

    told = read_files(path).told

    assert (told.mids[0].mid, told.mids[0].bid) == (Decimal("30000.5"), Decimal(30_000))
    assert (told.fundings[0].amount, told.fundings[0].currency) == (Decimal("-1.5"), "USDT")
    assert next(iter(told.markets.values())).contract is Contract.LINEAR


def test_an_export_beside_its_database_tells_nothing_twice(tmp_path: Path) -> None:
    """Users hand over the folder; each of its files holds the same fills."""
    row = hb_fill(1)
    hummingbot(tmp_path / "a.sqlite", [hb_order("So1", "OrderCancelled")], [row])
    told_row = {
        **row,
        "price": "0.5",
        "amount": "10.0000000000000000208",
        "trade_fee": f'"{PERCENT_IN_PYTHON}"',
    }
    lines = [",".join(told_row), ",".join(str(value) for value in told_row.values())]
    (tmp_path / "trades_c.csv").write_text("\n".join(lines) + "\n")

    told = tell([tmp_path / "a.sqlite", tmp_path / "trades_c.csv"])
    alone = read_files(tmp_path / "trades_c.csv").told
    both = read_files(tmp_path).told

    assert len(told.fills) == 2
    assert (len(both.fills), both.counts().get("duplicate_fills")) == (1, None)
    assert (alone.fills[0].qty, alone.orders_count, alone.anomalies) == (Decimal(10), 1, [])


PERCENT_IN_PYTHON = "{'percent': '0.001', 'percent_token': None, 'flat_fees': []}"
