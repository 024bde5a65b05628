"""
Exports of ccxt's unified answers: what `fetch_orders`, `fetch_my_trades`, `fetch_funding_history` return.

A JSON list, an object of lists, a line an object, or a table made of one. Each element says by its
own fields what it is. Where there are no trades at all, an order's own average is told as one fill;
where there are, an order without its trades is a finding.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ....model.errors import InputError
from ....model.instrument import Contract
from ..told.cells import Cells
from ..told.sheets import csv_rows, header_of, json_rows, literal
from ..told.telling import Origin, Status, Told, ToldFee, ToldFill, ToldFunding, ToldMarket, ToldOrder
from .interface import BOT_FILES, BotFiles

_STATUS: dict[str, Status] = {
    "open": "open", "closed": "filled", "canceled": "canceled", "cancelled": "canceled",
    "canceling": "open", "expired": "expired", "rejected": "rejected",
}  # fmt: skip
_SNIFF = 20
_TABLE = {"symbol", "side", "price", "amount", "timestamp"}
_LEAST_SIZE, _SIZE_NOISE = Decimal("0.000001"), Decimal("0.001")


def kind_of(row: Mapping[str, Any]) -> str | None:
    """Return trade, order, funding or ledger by the fields that only such an answer has."""
    if "/" not in str(row.get("symbol") or "/") or not row.keys() & {"info", "datetime", "timestamp"}:
        return None
    if row.keys() & {"filled", "remaining", "clientOrderId", "lastTradeTimestamp"}:
        return "order"
    if row.get("side") and "price" in row and row.keys() & {"takerOrMaker", "order", "cost", "fee"}:
        return "trade"
    if "direction" in row and "referenceId" in row:
        return "ledger"
    return "funding" if {"amount", "code"} <= row.keys() and "side" not in row else None


def claims(path: Path) -> bool:
    """Return whether a file holds unified answers."""
    if _is_table(path):
        header = header_of(path)
        return header >= _TABLE and bool(header & {"takerOrMaker", "remaining", "lastTradeTimestamp"})
    if not path.name.removesuffix(".gz").endswith((".json", ".jsonl", ".ndjson")):
        return False
    scratch = Told("ccxt")
    try:
        for seen, (_, _, row) in enumerate(json_rows(path, scratch), 1):
            if kind_of(row):
                return True
            if seen >= _SNIFF:
                return False
    except InputError:
        return False
    return False


def tell(paths: Sequence[Path]) -> Told:
    """Read every list of every file."""
    told = Told("ccxt", tells_orders=False, tells_fills=False)
    alone: list[tuple[ToldOrder, Cells]] = []
    for path in paths:
        venue = path.name.partition("_")[0].partition(".")[0]
        for number, section, row in _rows(path, told):
            origin = Origin(f"{path.name}:{section}" if section else path.name, number)
            _row(Cells(row, origin, told), _venue(row, venue), alone)
    if alone and not told.tells_fills:
        told.notes.append("no trades here: one fill an order, at its average price")
        for order, cells in alone:
            _average(order, cells)
    return told


def _is_table(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(".csv")


def _rows(path: Path, told: Told) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield (row, section, answer) of a file; a table's cells become what they were before it was saved."""
    if not _is_table(path):
        yield from json_rows(path, told)
        return
    for line, row in csv_rows(path, told):
        answer: dict[str, Any] = dict(row)
        for name in ("fee", "fees", "trades"):
            answer[name] = literal(row[name]) if row.get(name) else None
        for name in ("postOnly", "reduceOnly"):
            answer[name] = row.get(name) == "True"
        for cost, currency in (("fee.cost", "fee.currency"), ("fee_cost", "fee_currency")):
            if row.get(cost):
                answer["fee"] = {"cost": row[cost], "currency": row.get(currency)}
        yield line, "", answer


def _venue(row: Mapping[str, Any], fallback: str) -> str:
    return str(row.get("exchange") or "") or (fallback if fallback in _VENUES else "ccxt")


_VENUES = frozenset(
    {"binance", "binanceusdm", "bybit", "okx", "kraken", "krakenfutures", "kucoin", "gate", "bitget",
     "deribit", "hyperliquid", "coinbase", "bitmex", "htx", "mexc", "bitstamp", "bitfinex"}
)  # fmt: skip


def _row(cells: Cells, venue: str, alone: list[tuple[ToldOrder, Cells]]) -> None:
    kind, told = kind_of(cells.row), cells.told
    if kind == "order":
        told.tells_orders = True
        alone.append((_order(cells, venue), cells))
    elif kind == "trade":
        told.tells_fills = True
        _trade(cells, venue)
    elif kind == "funding":
        _funding(cells, venue)
    elif kind is None:
        told.odd("damaged_rows", cells.origin, "neither an order, a trade, a payment nor a ledger entry")


def market_of(symbol: str, venue: str) -> ToldMarket:
    """Return what a unified symbol says: BASE/QUOTE, BASE/QUOTE:SETTLE."""
    pair, _, settle = symbol.partition(":")
    settle = settle.partition("-")[0]
    base, _, quote = pair.partition("/")
    contract = Contract.SPOT
    if settle:
        contract = Contract.INVERSE if settle == base else Contract.LINEAR
    return ToldMarket(symbol, venue, contract, base, quote)


def _market(cells: Cells, venue: str) -> str:
    return cells.told.market(market_of(cells.text("symbol") or "?", venue))


def _fees(row: Mapping[str, Any], cells: Cells) -> tuple[ToldFee, ...] | None:
    """Return the fees: of `fees` where it says something, else of `fee`; a cost is positive when paid."""
    several = row.get("fees")
    listed: Iterable[Any] = several if several and isinstance(several, list) else [row.get("fee")]
    costs = [
        (Cells(one, cells.origin, cells.told).number("cost"), one.get("currency"))
        for one in listed
        if isinstance(one, Mapping)
    ]
    told = [(cost, currency) for cost, currency in costs if cost is not None]
    if not told or any(cost and not currency for cost, currency in told):
        return None
    return tuple(ToldFee(-cost, str(currency)) for cost, currency in told if cost)


def _trade(cells: Cells, venue: str) -> None:
    side, ts_ns = cells.side("side"), cells.ts_ns("timestamp", "datetime")
    if side is None or ts_ns is None:
        cells.lost_fill()
        return
    market, price, qty = _market(cells, venue), cells.positive("price"), cells.positive("amount")
    _learn_size(cells, market, price, qty)
    cells.told.fills.append(
        ToldFill(
            key=cells.text("id"),
            order=cells.text("order"),
            market=market,
            origin=cells.origin,
            side=side,
            ts_ns=ts_ns,
            price=price,
            qty=qty,
            liquidity=cells.liquidity("takerOrMaker"),
            fees=_fees(cells.row, cells),
        )
    )


def _order(cells: Cells, venue: str) -> ToldOrder:
    status = _STATUS.get((cells.text("status") or "").lower(), "unknown")
    created = cells.ts_ns("timestamp", "datetime")
    trades = cells.raw("trades")
    market = _market(cells, venue)
    order = ToldOrder(
        key=cells.text("id", "clientOrderId") or f"row {cells.origin.row}",
        market=market,
        origin=cells.origin,
        side=cells.side("side"),
        kind="market" if cells.text("type") == "market" else "limit",
        price=cells.some("price"),
        qty=cells.some("amount"),
        status=status,
        created_ns=created,
        ended_ns=cells.ts_ns("lastUpdateTimestamp", "lastTradeTimestamp"),
        tif="post_only" if cells.raw("postOnly") is True else cells.text("timeInForce"),
        reduce_only=cells.raw("reduceOnly") is True,
        filled_qty=cells.some("filled"),
    )
    cells.told.orders.append(order)
    for at, trade in enumerate(trades if isinstance(trades, list) else [], 1):
        if isinstance(trade, dict) and trade.get("price"):
            cells.told.tells_fills = True
            inner = {"order": order.key, "symbol": cells.text("symbol"), **trade}
            origin = Origin(f"{cells.origin.source} row {cells.origin.row} trades", at)
            _trade(Cells(inner, origin, cells.told), venue)
    return order


def _average(order: ToldOrder, cells: Cells) -> None:
    """Tell what was filled of an order as one fill at its average price."""
    if not order.filled_qty:
        return
    ts_ns = cells.ts_ns("lastTradeTimestamp", "lastUpdateTimestamp", "timestamp", "datetime")
    if order.side is None or ts_ns is None:
        cells.lost_fill()
        return
    price, fees = cells.positive("average", "price"), _fees(cells.row, cells)
    _learn_size(cells, order.market, price, order.filled_qty)
    cells.told.fills.append(
        ToldFill(
            None, order.key, order.market, order.origin, order.side, ts_ns, price, order.filled_qty, fees=fees
        )
    )


def _learn_size(cells: Cells, key: str, price: Decimal | None, qty: Decimal | None) -> None:
    """Take a contract's worth from a row that states its cost: amounts of derivatives are contracts."""
    market, cost = cells.told.markets[key], cells.some("cost")
    if market.contract is Contract.SPOT or not (cost and price and qty):
        return
    size = cost * price / qty if market.contract is Contract.INVERSE else cost / (price * qty)
    if size < _LEAST_SIZE:
        return
    rounded = +size.quantize(_LEAST_SIZE).normalize()
    known = cells.told.markets[key].contract_size
    if known == 1 and abs(rounded - 1) > _SIZE_NOISE:
        cells.told.markets[key] = replace(market, contract_size=rounded)


def _funding(cells: Cells, venue: str) -> None:
    ts_ns, amount = cells.ts_ns("timestamp", "datetime"), cells.number("amount")
    if ts_ns is not None and amount is not None:
        currency = cells.text("code") or ""
        cells.told.fundings.append(
            ToldFunding(_market(cells, venue), ts_ns, amount, currency, cells.number("rate"))
        )


BOT_FILES.add("ccxt", BotFiles("ccxt", claims, tell))
