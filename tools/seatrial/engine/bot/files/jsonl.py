"""
Plain JSONL: what any bot can write in a day's work, one JSON object a line.

    {"kind": "order", "order_id": "a1", "symbol": "BTCUSDT", "ts": 1700000000000, "side": "buy",
     "type": "limit", "price": "37000.1", "qty": "0.01", "status": "filled", "ended": 1700000004000}
    {"kind": "fill", "fill_id": "f1", "order_id": "a1", "symbol": "BTCUSDT", "ts": 1700000004000,
     "side": "buy", "price": "37000.1", "qty": "0.01", "liquidity": "maker", "fee": "0.07",
     "fee_currency": "USDT", "mid": "37000.3"}
    {"kind": "mid", "symbol": "BTCUSDT", "ts": 1700000004000, "bid": "37000.1", "ask": "37000.5"}
    {"kind": "funding", "symbol": "BTCUSDT", "ts": 1700006400000, "amount": "-0.02"}

Names that bots commonly use for these fields are understood too. A fee is what was paid (a rebate
is negative); times are of any unit or ISO dates.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ....model.errors import InputError
from ....model.instrument import Contract
from ..told.cells import Cells
from ..told.sheets import json_rows
from ..told.telling import (
    Origin,
    Status,
    Told,
    ToldFee,
    ToldFill,
    ToldFunding,
    ToldMarket,
    ToldMid,
    ToldOrder,
)
from .ccxt import kind_of as ccxt_kind
from .interface import BOT_FILES, BotFiles

_TS = ("ts", "ts_ns", "ts_ms", "timestamp", "time", "datetime", "at")
_PRICE = ("price", "px", "fill_price", "exec_price", "last_px")
_QTY = ("qty", "quantity", "amount", "size", "sz", "exec_qty", "fill_qty", "last_qty")
_FILL_ID = ("fill_id", "trade_id", "exec_id", "execution_id", "match_id", "id")
_ORDER_ID = ("order_id", "client_order_id", "client_id", "clientOrderId", "orderId", "order", "oid")
_SYMBOL = ("symbol", "pair", "market", "instrument", "ticker")
_KINDS = {
    "order": "order", "orders": "order", "fill": "fill", "fills": "fill", "trade": "fill",
    "execution": "fill", "mid": "mid", "quote": "mid", "book": "mid", "funding": "funding",
}  # fmt: skip
_STATUS: dict[str, Status] = {
    "filled": "filled", "closed": "filled", "completed": "filled", "done": "filled",
    "canceled": "canceled", "cancelled": "canceled", "expired": "expired",
    "rejected": "rejected", "failed": "rejected", "denied": "rejected",
    "open": "open", "new": "open", "accepted": "open", "partially_filled": "open", "submitted": "open",
}  # fmt: skip
_QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "USD", "EUR", "BTC", "ETH")
_SNIFF = 20


def kind_of(row: Mapping[str, Any]) -> str | None:
    """Return order, fill, mid or funding: as the line says, or by fields that only one of them has."""
    for name in ("kind", "record", "event"):
        said = _KINDS.get(str(row.get(name, "")).lower())
        if said:
            return said
    if not row.keys() & set(_SYMBOL):
        return None
    if row.keys() & {"mid", "bid", "ask", "best_bid"} and "side" not in row:
        return "mid"
    if "side" not in row or not row.keys() & set(_TS):
        return None
    if row.keys() & {"fill_id", "trade_id", "exec_id", "execution_id", "liquidity", "exec_price"}:
        return "fill"
    return "order" if row.keys() & {"status", "state", "filled"} else "fill"


def claims(path: Path) -> bool:
    """Return whether the first lines of a file are such objects."""
    if not path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson", ".json", ".log")):
        return False
    try:
        for seen, (_, _, row) in enumerate(json_rows(path, Told("jsonl")), 1):
            if kind_of(row) and not ccxt_kind(row):
                return True
            if seen >= _SNIFF:
                return False
    except InputError:
        return False
    return False


def tell(paths: Sequence[Path]) -> Told:
    """Read every line of every file."""
    told = Told("jsonl", tells_orders=False)
    for path in paths:
        for number, _, row in json_rows(path, told):
            cells, kind = Cells(row, Origin(path.name, number), told), kind_of(row)
            if kind == "order":
                told.tells_orders = True
                _order(cells)
            elif kind == "fill":
                _fill(cells)
            elif kind == "mid":
                _mid(cells)
            elif kind == "funding":
                _funding(cells)
            else:
                told.odd(
                    "damaged_rows", cells.origin, "neither an order, a fill, a mid nor a funding payment"
                )
    return told


def _market(cells: Cells) -> str:
    symbol = cells.text(*_SYMBOL) or "?"
    pair, _, settle = symbol.partition(":")
    word = (cells.text("contract", "category") or "").lower()
    for mark in ("/", "-", "_"):
        base, _, quote = pair.partition(mark)
        if quote:
            break
    else:
        quote = next((one for one in _QUOTES if pair.endswith(one) and pair != one), "")
        base = pair.removesuffix(quote)
    base, quote = cells.text("base") or base, cells.text("quote") or quote
    contract = Contract(word) if word in set(Contract) else Contract.SPOT
    if settle and not word:
        contract = Contract.INVERSE if settle == base else Contract.LINEAR
    size = cells.some("contract_size") or Decimal(1)
    return cells.told.market(
        ToldMarket(symbol, cells.text("venue", "exchange") or "", contract, base, quote, size)
    )


def _order(cells: Cells) -> None:
    status = _STATUS.get((cells.text("status", "state") or "").lower(), "unknown")
    created = cells.ts_ns("created", "created_at", "submitted_at", *_TS)
    cells.told.orders.append(
        ToldOrder(
            key=cells.text(*_ORDER_ID, "id") or f"row {cells.origin.row}",
            market=_market(cells),
            origin=cells.origin,
            side=cells.side("side"),
            kind="market" if (cells.text("type", "order_type") or "").lower() == "market" else "limit",
            price=cells.some("price", "px", "limit_price"),
            qty=cells.some("qty", "quantity", "amount", "size"),
            status=status,
            created_ns=created,
            ended_ns=cells.ts_ns("ended", "ended_at", "end_ts", "updated", "updated_at", "closed_at"),
            tif=cells.text("tif", "time_in_force"),
            reduce_only=cells.raw("reduce_only", "reduceOnly") is True,
            reason=cells.text("reason"),
            filled_qty=cells.some("filled", "filled_qty", "cum_qty"),
        )
    )


def _fill(cells: Cells) -> None:
    side, ts_ns = cells.side("side"), cells.ts_ns(*_TS)
    if side is None or ts_ns is None:
        cells.lost_fill()
        return
    market = _market(cells)
    cells.told.fills.append(
        ToldFill(
            key=cells.text(*_FILL_ID),
            order=cells.text(*_ORDER_ID),
            market=market,
            origin=cells.origin,
            side=side,
            ts_ns=ts_ns,
            price=cells.positive(*_PRICE),
            qty=cells.positive(*_QTY),
            liquidity=cells.liquidity("liquidity", "liquidity_side", "maker", "is_maker", "takerOrMaker"),
            fees=_fees(cells, cells.told.markets[market]),
            mid=cells.some("mid", "mid_price"),
        )
    )


def _fees(cells: Cells, market: ToldMarket) -> tuple[ToldFee, ...] | None:
    said = cells.raw("fee", "commission", "fees")
    if isinstance(said, Mapping):
        inner = Cells(said, cells.origin, cells.told)
        cost, currency = inner.number("cost", "amount"), inner.text("currency", "asset")
    else:
        cost, currency = cells.number("fee", "commission"), None
    currency = currency or cells.text("fee_currency", "fee_asset", "commission_asset") or market.settle
    if cost is None:
        return None
    return (ToldFee(-cost, currency),) if cost else ()


def _mid(cells: Cells) -> None:
    ts_ns, bid, ask = cells.ts_ns(*_TS), cells.some("bid", "best_bid"), cells.some("ask", "best_ask")
    mid = cells.some("mid", "mid_price")
    if mid is None and bid is not None and ask is not None:
        mid = (bid + ask) / 2
    if ts_ns is None or mid is None:
        return
    cells.told.mids.append(ToldMid(_market(cells), ts_ns, bid, ask, mid))


def _funding(cells: Cells) -> None:
    ts_ns, amount = cells.ts_ns(*_TS), cells.number("amount", "payment")
    if ts_ns is None or amount is None:
        return
    market = _market(cells)
    currency = cells.text("currency", "code") or cells.told.markets[market].settle
    cells.told.fundings.append(ToldFunding(market, ts_ns, amount, currency, cells.number("rate")))


BOT_FILES.add("jsonl", BotFiles("jsonl", claims, tell))
