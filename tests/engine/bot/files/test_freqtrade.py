"""freqtrade: versions of its schema, rows that lie in the log only, and fees as the bot valued them."""

import sqlite3
from decimal import Decimal
from pathlib import Path

from tests.engine.bot.files.making import freqtrade, ft_order, ft_trade, packed, prints

from seatrial.engine.bot.files.freqtrade import claims
from seatrial.engine.bot.files.interface import read_files
from seatrial.model.instrument import Contract


def test_orders_become_fills_at_their_average(tmp_path: Path) -> None:
    """There is no table of fills; the average is all that the bot kept."""
    orders = [ft_order(1, 1, "buy"), ft_order(2, 1, "sell", price=109.0)]
    path = freqtrade(tmp_path / "tradesv3.sqlite", [ft_trade(1)], orders)

    told = read_files(path).told

    assert claims(path)
    assert [(fill.side, fill.price, fill.qty, fill.liquidity) for fill in told.fills] == [
        ("buy", Decimal(100), Decimal(2), None), ("sell", Decimal(110), Decimal(2), None),
    ]  # fmt: skip
    assert [fill.fees[0].settled for fill in told.fills if fill.fees] == [Decimal("-0.2"), Decimal("-0.22")]
    assert told.fills[0].ts_ns == 1_704_103_205_250_000_000
    assert told.anomalies == []


def test_rows_that_lie_in_the_log_only_are_read_and_nothing_is_touched(tmp_path: Path) -> None:
    """A running bot keeps hours of trades in the write-ahead log; opening it in place would write."""
    there = tmp_path / "bot"
    there.mkdir()
    path = freqtrade(tmp_path / "live.sqlite", [], [])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    for table, row in (("trades", ft_trade(1)), ("orders", ft_order(1, 1, "buy"))):
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    connection.commit()
    for tail in ("", "-wal", "-shm"):
        (there / f"t.sqlite{tail}").write_bytes(path.with_name(f"live.sqlite{tail}").read_bytes())
    connection.close()
    before = prints(there)

    told = read_files(there / "t.sqlite").told
    (there / "t.sqlite-wal").rename(tmp_path / "kept")
    blind = read_files(there / "t.sqlite").told
    (tmp_path / "kept").rename(there / "t.sqlite-wal")

    assert len(told.fills) == 1
    assert blind.fills == []
    assert "copy both" in blind.notes[0]
    assert prints(there) == before


def test_a_packed_database_is_read_as_it_lies(tmp_path: Path) -> None:
    """Backups are gzipped; nobody should have to unpack one to ask."""
    path = freqtrade(tmp_path / "t.sqlite", [ft_trade(1)], [ft_order(1, 1, "buy")])

    assert len(read_files(packed(path)).told.fills) == 1


def test_a_database_from_before_there_were_orders(tmp_path: Path) -> None:
    """Trades alone still say what was bought and sold, and at what."""
    path = freqtrade(
        tmp_path / "t.sqlite", [ft_trade(1), ft_trade(2, close_rate=None, close_date=None)], None
    )

    told = read_files(path).told

    assert [fill.side for fill in told.fills] == ["buy", "buy", "sell"]
    assert told.tells_orders is False


def test_orders_that_cannot_be_are_listed(tmp_path: Path) -> None:
    """A filled order without its trade moved money that no trade accounts for."""
    orders = [
        ft_order(1, 1, "buy"), ft_order(2, 9, "sell"), ft_order(3, 1, "sell", status="canceled", filled=0.5),
        ft_order(4, 1, "sell", filled=0.0), ft_order(5, 1, "sell", filled=None, status="expired"),
        ft_order(6, 1, "sell", average=-3.0),
        ft_order(7, 1, "sell", order_filled_date="never", order_update_date=None, order_date=None),
    ]  # fmt: skip
    path = freqtrade(tmp_path / "t.sqlite", [ft_trade(1)], orders)

    told = read_files(path).told

    assert told.counts() == {
        "cancelled_with_fills": 1, "completed_without_fills": 2, "impossible_values": 2, "orphan_fills": 1,
        "partially_filled_orders": 1, "unplaceable_fills": 1,
    }  # fmt: skip
    assert told.lost_fills == 1


def test_fees_in_coins_keep_coin_and_worth(tmp_path: Path) -> None:
    """What was paid in the bought coin changed the position; BNB is worth what the bot's rate says."""
    trade = ft_trade(
        1, fee_open_currency="ETH", fee_open_cost=0.002, fee_close_currency="BNB", fee_close_cost=0.0007
    )
    path = freqtrade(tmp_path / "t.sqlite", [trade], [ft_order(1, 1, "buy"), ft_order(2, 1, "sell")])

    bought, sold = read_files(path).told.fills

    told = [(fee.amount, fee.currency, fee.settled) for fill in (bought, sold) for fee in fill.fees or ()]
    assert told == [
        (Decimal("-0.002"), "ETH", Decimal("-0.2")), (Decimal("-0.0007"), "BNB", Decimal("-0.22")),
    ]  # fmt: skip


def test_a_short_on_futures_pays_its_funding(tmp_path: Path) -> None:
    """The entry of a short is a sale, and holding it has a price of its own."""
    trade = ft_trade(
        1, pair="ETH/USDC:USDC", is_short=1, trading_mode="FUTURES", funding_fees=-0.4,
        fee_open_currency="USDC", fee_open=0.002, record_version=2,
    )  # fmt: skip
    orders = [ft_order(1, 1, "sell", ft_pair="ETH/USDC:USDC"), ft_order(2, 1, "buy", ft_pair="ETH/USDC:USDC")]
    path = freqtrade(tmp_path / "t.sqlite", [trade], orders)

    told = read_files(path).told

    assert next(iter(told.markets.values())).contract is Contract.LINEAR
    assert {fill.side: fill.fees[0].settled for fill in told.fills if fill.fees} == {
        "sell": Decimal("-0.44"), "buy": Decimal("-0.2"),
    }  # fmt: skip
    assert told.fundings[0].amount == Decimal("-0.4")
