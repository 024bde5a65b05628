"""
NautilusTrader's reports as CSV: fills, order fills, orders and account state.

The reports of one run lie in one folder. A report of single fills is the truth about executions;
where there is none, the report of order fills (or the orders themselves) gives one average an
order. Times are nanoseconds or dates, amounts of money carry their currency ("0.12 USDT").
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from ....model.instrument import Contract
from ..told.cells import Cells, decimal_of
from ..told.sheets import csv_rows, header_of
from ..told.telling import Origin, Status, Told, ToldFee, ToldFill, ToldMarket, ToldOrder
from .interface import BOT_FILES, BotFiles

_FILLS = {"trade_id", "last_px", "last_qty", "order_side", "instrument_id"}
_ORDERS = {"instrument_id", "status", "filled_qty", "quantity", "side"}
_OTHERS = ({"position_id", "avg_px_open", "realized_pnl"}, {"account_id", "total", "free", "locked"})
# The reports' index is the client's id; saved without its name, the column has none.
_ORDER_ID = ("client_order_id", "venue_order_id", "")
_STATUS: dict[str, Status] = {
    "FILLED": "filled", "CANCELED": "canceled", "EXPIRED": "expired", "REJECTED": "rejected",
    "DENIED": "rejected", "INITIALIZED": "open", "SUBMITTED": "open", "ACCEPTED": "open",
    "TRIGGERED": "open", "PENDING_UPDATE": "open", "PENDING_CANCEL": "open", "PARTIALLY_FILLED": "open",
    "EMULATED": "open", "RELEASED": "open",
}  # fmt: skip
_QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB", "JPY", "GBP")
_INVERSE = ("USD", "USD_PERP")


def claims(path: Path) -> bool:
    """Return whether a file is one of the reports."""
    header = header_of(path)
    return any(header >= wanted for wanted in (_FILLS, _ORDERS, *_OTHERS))


def tell(paths: Sequence[Path]) -> Told:
    """Read the orders first, then the executions of each."""
    told = Told("nautilus", tells_orders=False)
    fills = [path for path in paths if header_of(path) >= _FILLS]
    orders = [path for path in paths if header_of(path) >= _ORDERS and path not in fills]
    told.tells_fills = bool(fills)
    for path in orders:
        told.tells_orders = True
        for line, row in csv_rows(path, told):
            _order(Cells(row, Origin(path.name, line), told), alone=not fills)
    for path in fills:
        for line, row in csv_rows(path, told):
            _fill(Cells(row, Origin(path.name, line), told))
    if orders and not fills:
        told.notes.append("no report of fills: one fill an order, at its average price")
    return told


def market_of(instrument: str, currency: str | None) -> ToldMarket:
    """Return what an instrument id says: `BTCUSDT-PERP.BINANCE`, `ETH/USDT.SIM`, `XBTUSD.BITMEX`."""
    symbol, _, venue = instrument.rpartition(".")
    symbol, venue = (symbol, venue) if symbol else (venue, "")
    pair, _, kind = symbol.partition("-")
    pair = pair.removesuffix("_PERP").replace("_", "/")
    base, _, quote = pair.partition("/")
    if not quote:
        quote = next((one for one in _QUOTES if pair.endswith(one) and pair != one), currency or "")
        base = pair.removesuffix(quote)
    swap = kind.upper() in {"PERP", "LINEAR", "INVERSE", "SWAP"} or symbol.endswith("_PERP")
    contract = Contract.LINEAR if swap else Contract.SPOT
    if kind.upper() == "INVERSE" or (
        currency == base and quote in _INVERSE and currency is not None and swap
    ):
        contract = Contract.INVERSE
    return ToldMarket(symbol, venue, contract, base, quote)


def _market(cells: Cells) -> str:
    instrument = cells.text("instrument_id") or "?"
    known = next(
        (key for key, one in cells.told.markets.items() if f"{one.symbol}.{one.venue}" == instrument), None
    )
    if known is not None:
        return known
    fee = _money(cells.text("commission", "commissions"), cells.text("currency"))
    return cells.told.market(market_of(instrument, fee[1] if fee else cells.text("currency")))


def _money(text: str | None, currency: str | None) -> tuple[Decimal, str] | None:
    """Return amount and currency of `0.12 USDT`, of `['0.12 USDT']`, or of a bare number."""
    words = (text or "").strip("[]'\" ").split()
    try:
        amount = decimal_of(words[0].replace("_", "")) if words else None
    except ValueError:
        return None
    unit = words[1].strip("'\",") if len(words) > 1 else currency
    return None if amount is None or unit is None else (amount, unit)


def _fees(cells: Cells) -> tuple[ToldFee, ...] | None:
    text = cells.text("commission", "commissions")
    if text is None:
        return None
    # Their sign: a commission paid is positive.
    found = [_money(part, cells.text("currency")) for part in text.strip("[]").split(",")]
    return tuple(ToldFee(-amount, unit) for one in found if one for amount, unit in (one,) if amount)


def _fill(cells: Cells) -> None:
    side, ts_ns = cells.side("order_side", "side"), cells.ts_ns("ts_event", "ts_init")
    if side is None or ts_ns is None:
        cells.lost_fill()
        return
    cells.told.fills.append(
        ToldFill(
            key=cells.text("trade_id"),
            order=cells.text(*_ORDER_ID),
            market=_market(cells),
            origin=cells.origin,
            side=side,
            ts_ns=ts_ns,
            price=cells.positive("last_px"),
            qty=cells.positive("last_qty"),
            liquidity=cells.liquidity("liquidity_side"),
            fees=_fees(cells),
        )
    )


def _order(cells: Cells, *, alone: bool) -> None:
    key = cells.text(*_ORDER_ID) or f"row {cells.origin.row}"
    side, filled = cells.side("side"), cells.some("filled_qty")
    status = _STATUS.get((cells.text("status") or "").upper().rpartition(".")[2], "unknown")
    created, last = cells.ts_ns("ts_init", "ts_submitted"), cells.ts_ns("ts_last", "ts_event")
    kind = (cells.text("type", "order_type") or "").lower().rpartition(".")[2]
    post_only = (cells.text("is_post_only") or "").lower() == "true"
    market = _market(cells)
    cells.told.orders.append(
        ToldOrder(
            key=key,
            market=market,
            origin=cells.origin,
            side=side,
            kind="market" if kind == "market" else "limit",
            price=cells.some("price"),
            qty=cells.some("quantity"),
            status=status,
            created_ns=created,
            ended_ns=last,
            tif="post_only" if post_only else cells.text("time_in_force"),
            reduce_only=(cells.text("is_reduce_only") or "").lower() == "true",
            filled_qty=filled,
        )
    )
    if not alone or not filled:
        return
    if side is None or (last or created) is None:
        cells.lost_fill()
        return
    price = cells.positive("avg_px", "price")
    ts_ns = last or created or 0
    liquidity = cells.liquidity("liquidity_side")
    cells.told.fills.append(
        ToldFill(key, key, market, cells.origin, side, ts_ns, price, filled, liquidity, _fees(cells))
    )


BOT_FILES.add("nautilus", BotFiles("nautilus", claims, tell))
