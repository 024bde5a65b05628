"""Databases and exports as the bots write them, in the schemas of several of their versions."""

import gzip
import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HB_FILL = {
    "config_file_path": "TEXT", "strategy": "TEXT", "market": "TEXT", "symbol": "TEXT", "base_asset": "TEXT",
    "quote_asset": "TEXT", "timestamp": "BIGINT", "order_id": "TEXT", "trade_type": "TEXT",
    "order_type": "TEXT", "price": "BIGINT", "amount": "BIGINT", "leverage": "INTEGER", "trade_fee": "JSON",
    "exchange_trade_id": "TEXT", "position": "TEXT",
}  # fmt: skip
HB_ORDER = {
    "id": "TEXT", "config_file_path": "TEXT", "strategy": "TEXT", "market": "TEXT", "symbol": "TEXT",
    "base_asset": "TEXT", "quote_asset": "TEXT", "creation_timestamp": "BIGINT", "order_type": "TEXT",
    "amount": "BIGINT", "leverage": "INTEGER", "price": "BIGINT", "last_status": "TEXT",
    "last_update_timestamp": "BIGINT", "exchange_order_id": "TEXT", "position": "TEXT",
}  # fmt: skip
HB_STATUS = {"id": "INTEGER", "order_id": "TEXT", "timestamp": "BIGINT", "status": "TEXT"}
HB_DATA = {
    "timestamp": "BIGINT", "exchange": "TEXT", "trading_pair": "TEXT", "mid_price": "BIGINT",
    "best_bid": "BIGINT", "best_ask": "BIGINT", "order_book": "JSON",
}  # fmt: skip
HB_FUNDING = {
    "timestamp": "BIGINT", "config_file_path": "TEXT", "market": "TEXT", "rate": "FLOAT", "symbol": "TEXT",
    "amount": "FLOAT",
}  # fmt: skip
FT_TRADES = {
    "id": "INTEGER", "exchange": "VARCHAR(25)", "pair": "VARCHAR(25)", "is_open": "BOOLEAN",
    "fee_open": "FLOAT", "fee_open_cost": "FLOAT", "fee_open_currency": "VARCHAR(25)", "fee_close": "FLOAT",
    "fee_close_cost": "FLOAT", "fee_close_currency": "VARCHAR(25)", "open_rate": "FLOAT",
    "close_rate": "FLOAT", "amount": "FLOAT", "open_date": "DATETIME", "close_date": "DATETIME",
}  # fmt: skip
FT_NEW = {
    "trading_mode": "VARCHAR(7)",
    "is_short": "BOOLEAN",
    "funding_fees": "FLOAT",
    "record_version": "INTEGER",
}
FT_ORDERS = {
    "id": "INTEGER", "ft_trade_id": "INTEGER", "ft_order_side": "VARCHAR(25)", "ft_pair": "VARCHAR(25)",
    "order_id": "VARCHAR(255)", "status": "VARCHAR(255)", "order_type": "VARCHAR(50)", "side": "VARCHAR(25)",
    "price": "FLOAT", "average": "FLOAT", "amount": "FLOAT", "filled": "FLOAT", "order_date": "DATETIME",
    "order_filled_date": "DATETIME", "order_update_date": "DATETIME",
}  # fmt: skip
PERCENT = '{"fee_type": "AddedToCost", "percent": "0.001", "percent_token": null, "flat_fees": []}'
START_MS = 1_700_000_000_000


def write(path: Path, tables: Mapping[str, tuple[Mapping[str, str], Sequence[Mapping[str, Any]]]]) -> Path:
    """Write a database: table -> (columns, rows)."""
    connection = sqlite3.connect(path)
    for name, (columns, rows) in tables.items():
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        connection.execute(f'CREATE TABLE "{name}" ({listed})')
        for row in rows:
            names = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join("?" * len(row))
            connection.execute(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', tuple(row.values()))
    connection.commit()
    connection.close()
    return path


def hb_fill(number: int, **others: Any) -> dict[str, Any]:
    """A fill of order o1: a sale of 10 at 0.5, a second after the last."""
    row = {
        "config_file_path": "c.yml", "strategy": "pmm", "market": "kucoin", "symbol": "ONE-USDT",
        "base_asset": "ONE", "quote_asset": "USDT", "timestamp": START_MS + 1_000 * number, "order_id": "So1",
        "trade_type": "SELL", "order_type": "LIMIT_MAKER", "price": 500_000, "amount": 10_000_000,
        "leverage": 1, "trade_fee": PERCENT, "exchange_trade_id": f"t{number}", "position": "NIL",
    }  # fmt: skip
    return row | others


def hb_order(key: str, status: str, **others: Any) -> dict[str, Any]:
    """An order of 20 at 0.5."""
    row = {
        "id": key, "market": "kucoin", "symbol": "ONE-USDT", "base_asset": "ONE", "quote_asset": "USDT",
        "creation_timestamp": START_MS, "order_type": "LIMIT_MAKER", "amount": 20_000_000, "price": 500_000,
        "last_status": status, "last_update_timestamp": START_MS + 9_000,
    }  # fmt: skip
    return row | others


def hummingbot(
    path: Path,
    orders: Sequence[Mapping[str, Any]],
    fills: Sequence[Mapping[str, Any]],
    statuses: Sequence[Mapping[str, Any]] = (),
    **others: tuple[Mapping[str, str], Sequence[Mapping[str, Any]]],
) -> Path:
    """A database of the schema of 2022, with further tables as given."""
    tables = {
        "Order": (HB_ORDER, orders),
        "TradeFill": (HB_FILL, fills),
        "OrderStatus": (HB_STATUS, statuses),
    }
    return write(path, {**tables, **others})


def ft_trade(number: int, **others: Any) -> dict[str, Any]:
    """A closed spot trade: 2 bought at 100, sold at 110, 0.1 % each way in USDT."""
    row = {
        "id": number, "exchange": "binance", "pair": "ETH/USDT", "is_open": 0, "fee_open": 0.001,
        "fee_open_cost": 0.2, "fee_open_currency": "USDT", "fee_close": 0.001, "fee_close_cost": 0.22,
        "fee_close_currency": "USDT", "open_rate": 100.0, "close_rate": 110.0, "amount": 2.0,
        "open_date": "2024-01-01 10:00:00.000000", "close_date": "2024-01-01 11:00:00.000000",
    }  # fmt: skip
    return row | others


def ft_order(number: int, trade: int | None, side: str, **others: Any) -> dict[str, Any]:
    """A filled order of 2 at 100 (buy) or 110 (sell)."""
    price, hour = (100.0, 10) if side == "buy" else (110.0, 11)
    row = {
        "id": number, "ft_trade_id": trade, "ft_order_side": side, "ft_pair": "ETH/USDT",
        "order_id": f"x{number}", "status": "closed", "order_type": "limit", "side": side, "price": price,
        "average": price, "amount": 2.0, "filled": 2.0, "order_date": f"2024-01-01 {hour}:00:00.000000",
        "order_filled_date": f"2024-01-01 {hour}:00:05.250000",
        "order_update_date": f"2024-01-01 {hour}:00:06.000000",
    }  # fmt: skip
    return row | others


def freqtrade(
    path: Path, trades: Sequence[Mapping[str, Any]], orders: Sequence[Mapping[str, Any]] | None
) -> Path:
    """A database with or without orders, with the columns of the version that its rows know."""
    columns = {**FT_TRADES, **(FT_NEW if any("is_short" in row for row in trades) else {})}
    tables: dict[str, tuple[Mapping[str, str], Sequence[Mapping[str, Any]]]] = {"trades": (columns, trades)}
    if orders is not None:
        tables["orders"] = (FT_ORDERS, orders)
    return write(path, tables)


def packed(path: Path) -> Path:
    """The same file gzipped, beside it."""
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def prints(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file of a folder: its hash and when it was changed."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
