"""
Hummingbot's files: the SQLite database of a strategy, and its `trades_*.csv`.

Traps of the format: newer databases store prices and amounts as integers of millionths, older
ones as floats, and only the declared type of the column says which; what was smaller than a
millionth is gone (1.234e-5 became 0.000012, 4e-7 became 0), so a price of few digits is listed and
a price of zero is no price. A percentage without a flat fee is what the bot reckoned with, not
what the venue charged. The CSV writes the digits of a double in full.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ....model.instrument import Contract
from ..told.cells import Cells, decimal_of
from ..told.database import Database, database, is_database
from ..told.sheets import csv_rows, header_of, literal
from ..told.telling import (
    Liquidity,
    Origin,
    Side,
    Status,
    Told,
    ToldFee,
    ToldFill,
    ToldFunding,
    ToldMarket,
    ToldMid,
    ToldOrder,
)
from .interface import BOT_FILES, BotFiles

_SCALE = Decimal(1_000_000)
# Fewer millionths than this: what was cut off may be a basis point or more.
_COARSE = 10_000
_CSV = {"exchange_trade_id", "trade_type", "order_id", "price", "amount"}
_STATUS: dict[str, Status] = {
    "buyordercompleted": "filled", "sellordercompleted": "filled", "completed": "filled", "filled": "filled",
    "ordercancelled": "canceled", "canceled": "canceled", "cancelled": "canceled",
    "orderexpired": "expired", "orderfailure": "rejected", "failed": "rejected",
    "buyordercreated": "open", "sellordercreated": "open", "orderfilled": "open", "pending_create": "open",
    "open": "open", "pending_cancel": "open", "partially_filled": "open", "created": "open",
    "pending_approval": "open", "approved": "open",
}  # fmt: skip
_CODES: tuple[Status, ...] = (
    "open", "open", "open", "canceled", "open", "filled", "rejected", "open", "open", "open", "filled",
)  # fmt: skip
_LIQUIDITY: dict[str, Liquidity] = {"LIMIT_MAKER": "maker", "MARKET": "taker"}
_INVERSE_QUOTES = frozenset({"USD"})


def claims(path: Path) -> bool:
    """Return whether a file is a Hummingbot database or an export of its trades."""
    if is_database(path):
        with database(path) as opened:
            return {"TradeFill", "Order"} <= opened.tables
    return header_of(path) >= _CSV


def tell(paths: Sequence[Path]) -> Told:
    """Read databases first: an export beside one repeats its fills and knows no orders."""
    told = Told("hummingbot", tells_orders=False)
    for path in sorted(paths, key=lambda path: not is_database(path)):
        if is_database(path):
            told.tells_orders = True
            with database(path) as opened:
                _database(opened, told)
        else:
            for line, row in csv_rows(path, told):
                _fill(Cells(row, Origin(path.name, line), told), _Stored())
    return told


def _database(opened: Database, told: Told) -> None:
    ends = _statuses(opened, told)
    for table, take in (("TradeFill", _fill), ("MarketData", _mid)):
        stored = _Stored(opened.columns(table))
        for rowid, row in opened.rows(table):
            take(Cells(row, Origin(table, rowid), told), stored)
    for rowid, row in opened.rows("FundingPayment"):
        _funding(Cells(row, Origin("FundingPayment", rowid), told))
    stored = _Stored(opened.columns("Order"))
    for rowid, row in opened.rows("Order"):
        _order(Cells(row, Origin("Order", rowid), told), stored, ends)
    _orphan_statuses(opened, told)


class _Stored:
    """Reads numbers of a table whose declared types say how they are stored; a CSV declares none."""

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        self._millionths = {name for name, kind in (types or {}).items() if "INT" in kind}

    def number(self, cells: Cells, name: str) -> Decimal | None:
        """Return a number as it was meant."""
        stored = cells.number(name)
        return stored / _SCALE if stored is not None and name in self._millionths else stored

    def above_zero(self, cells: Cells, name: str, *, strict: bool = True) -> Decimal | None:
        """Return a price or an amount, None with an anomaly when it cannot be one (`strict`: nor zero)."""
        value = self.number(cells, name)
        if value is None or value > 0:
            if strict and name == "price" and value is not None:
                self._coarse(cells, value)
            return value
        if value < 0 or (strict and name not in self._millionths):
            cells.impossible(f"{name}: {value} is not above zero")
        elif strict:
            cells.told.odd("truncated_values", cells.origin, f"{name}: below a millionth, stored as 0")
        return None

    def _coarse(self, cells: Cells, price: Decimal) -> None:
        if "price" in self._millionths and price * _SCALE < _COARSE:
            lost = Decimal(10_000) / (price * _SCALE)
            cells.told.odd(
                "coarse_prices", cells.origin, f"{price:f} in millionths, cut by up to {lost:.3g} bps"
            )


def _market(cells: Cells) -> str:
    venue, symbol = cells.text("market", "exchange") or "", cells.text("symbol", "trading_pair") or "?"
    base, _, quote = symbol.partition("-")
    base, quote = cells.text("base_asset") or base, cells.text("quote_asset") or quote
    contract = Contract.SPOT
    if any(word in venue.lower() for word in ("perpetual", "futures", "swap")):
        contract = Contract.INVERSE if quote.upper() in _INVERSE_QUOTES else Contract.LINEAR
    return cells.told.market(ToldMarket(symbol, venue, contract, base, quote))


def _fill(cells: Cells, stored: _Stored) -> None:
    side, ts_ns = cells.side("trade_type"), cells.ts_ns("timestamp")
    if side is None or ts_ns is None:
        cells.lost_fill()
        return
    market = _market(cells)
    price, qty = stored.above_zero(cells, "price"), stored.above_zero(cells, "amount")
    facts = cells.told.markets[market]
    stated = stored.number(cells, "trade_fee_in_quote")
    told_fee = _fee_of(cells)
    fees = None if told_fee is None else tuple(_fees(told_fee, facts, side, (price, qty), stated))
    cells.told.fills.append(
        ToldFill(
            key=cells.text("exchange_trade_id"),
            order=cells.text("order_id"),
            market=market,
            origin=cells.origin,
            side=side,
            ts_ns=ts_ns,
            price=price,
            qty=qty,
            liquidity=_LIQUIDITY.get((cells.text("order_type") or "").upper().rpartition(".")[2]),
            fees=fees,
        )
    )


def _fees(
    fee: Mapping[str, Any],
    market: ToldMarket,
    side: Side,
    traded: tuple[Decimal | None, Decimal | None],
    stated: Decimal | None,
) -> Iterator[ToldFee]:
    """Yield the percentage's fee, then the flat ones; `stated` is what all are worth in quote."""
    percent, (price, qty) = decimal_of(fee.get("percent")) or Decimal(0), traded
    flat = [
        one for one in fee.get("flat_fees") or [] if isinstance(one, dict) and decimal_of(one.get("amount"))
    ]
    if percent and price is not None and qty is not None:
        # What is deducted from a buyer's returns is taken in what he bought.
        deducted = fee.get("fee_type") == "DeductedFromReturns" and side == "buy"
        token = fee.get("percent_token") or (market.base if deducted else market.quote)
        in_quote = -price * qty * percent
        in_base = token == market.base != market.quote
        amount, currency = (-qty * percent, market.base) if in_base else (in_quote, market.quote)
        yield ToldFee(amount, currency, in_quote, assumed=not flat)
    for one in flat:
        amount, token = decimal_of(one["amount"]) or Decimal(0), str(one.get("token"))
        known = token in {market.base, market.quote}
        settled = -stated if stated and len(flat) == 1 and not percent and not known else None
        yield ToldFee(-amount, token, settled)


def _fee_of(cells: Cells) -> dict[str, Any] | None:
    """Return the fee's dictionary: JSON in a database, Python's own notation in an export."""
    text = cells.raw("trade_fee")
    if text is None:
        return None
    found = text if isinstance(text, dict) else literal(str(text))
    if not isinstance(found, dict):
        cells.impossible("trade_fee: neither JSON nor a dictionary")
        return None
    try:
        decimal_of(found.get("percent"))
        for one in found.get("flat_fees") or []:
            decimal_of(one["amount"])
    except (ValueError, TypeError, KeyError) as error:
        cells.impossible(f"trade_fee: {error}")
        return None
    return found


def _order(cells: Cells, stored: _Stored, ends: Mapping[str, tuple[int, str]]) -> None:
    key = cells.text("id", "client_order_id") or f"row {cells.origin.row}"
    word = cells.text("last_status") or ""
    status = _status(word)
    created, updated = cells.ts_ns("creation_timestamp"), cells.ts_ns("last_update_timestamp")
    kind = (cells.text("order_type") or "").upper().rpartition(".")[2]
    last = ends.get(key)
    cells.told.orders.append(
        ToldOrder(
            key=key,
            market=_market(cells),
            origin=cells.origin,
            side=_side_of(key, last),
            kind={"MARKET": "market"}.get(kind, "limit"),
            price=stored.above_zero(cells, "price", strict=False),
            qty=stored.above_zero(cells, "amount", strict=False),
            status=status,
            created_ns=created,
            ended_ns=(last[0] if last and status != "open" else None) or updated,
            tif="post_only" if kind == "LIMIT_MAKER" else None,
            reduce_only=(cells.text("position") or "").upper().endswith("CLOSE"),
        )
    )


def _status(word: str) -> Status:
    if word.isdigit() and int(word) < len(_CODES):
        return _CODES[int(word)]
    return _STATUS.get(word.lower().rpartition(".")[2], "unknown")


def _side_of(key: str, last: tuple[int, str] | None) -> Side | None:
    """Return the side, which the table of orders does not have: events and ids say it."""
    for word in ((last[1] if last else ""), key):
        start = word.lower()
        if start.startswith(("buy", "b")):
            return "buy"
        if start.startswith(("sell", "s")):
            return "sell"
    return None


def _statuses(opened: Database, told: Told) -> dict[str, tuple[int, str]]:
    """Return of each order when it ended, and an event that names its side."""
    ends: dict[str, tuple[int, str]] = {}
    for rowid, row in opened.rows("OrderStatus"):
        cells = Cells(row, Origin("OrderStatus", rowid), told)
        key, word, ts_ns = cells.text("order_id"), cells.text("status") or "", cells.ts_ns("timestamp")
        if key is None or ts_ns is None:
            continue
        side = word if word.lower().startswith(("buy", "sell")) else ends.get(key, (0, ""))[1]
        ends[key] = (ts_ns, side)
    return ends


def _orphan_statuses(opened: Database, told: Told) -> None:
    known = {order.key for order in told.orders}
    for rowid, row in opened.rows("OrderStatus"):
        if str(row.get("order_id")) not in known:
            told.odd(
                "orphan_statuses", Origin("OrderStatus", rowid), f"its order {row.get('order_id')} is missing"
            )


def _mid(cells: Cells, stored: _Stored) -> None:
    ts_ns, mid = cells.ts_ns("timestamp"), stored.above_zero(cells, "mid_price", strict=False)
    if ts_ns is None or mid is None:
        return
    bid, ask = (stored.above_zero(cells, name, strict=False) for name in ("best_bid", "best_ask"))
    cells.told.mids.append(ToldMid(_market(cells), ts_ns, bid, ask, mid))


def _funding(cells: Cells) -> None:
    ts_ns, amount = cells.ts_ns("timestamp"), cells.number("amount")
    if ts_ns is None or amount is None:
        return
    market = _market(cells)
    settle = cells.told.markets[market].settle
    cells.told.fundings.append(ToldFunding(market, ts_ns, amount, settle, cells.number("rate")))


BOT_FILES.add("hummingbot", BotFiles("hummingbot", claims, tell))
