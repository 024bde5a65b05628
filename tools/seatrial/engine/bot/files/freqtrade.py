"""
freqtrade's database (`tradesv3.sqlite`), of any of its versions.

Its `orders` are orders and not fills: one average price an order, and no word on maker or taker.
So an order that was filled is told as one fill, at its average. Fees are rates per trade, which
already value what was paid in a third coin; the coin itself is named beside the cost. Databases
from before there were orders hold trades only: their entry and exit are told as fills.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ....model.instrument import Contract
from ..told.cells import Cells
from ..told.database import Database, database, is_database
from ..told.telling import Origin, Side, Status, Told, ToldFee, ToldFill, ToldFunding, ToldMarket, ToldOrder
from .interface import BOT_FILES, BotFiles

_TRADES = {"pair", "open_rate", "open_date", "is_open"}
_STATUS: dict[str, Status] = {
    "closed": "filled", "canceled": "canceled", "cancelled": "canceled", "expired": "expired",
    "rejected": "rejected", "open": "open",
}  # fmt: skip
_ZERO = Decimal(0)


@dataclass(frozen=True)
class _Trade:
    """What a row of `trades` says about its orders."""

    market: str
    short: bool
    cells: Cells

    def is_entry(self, side: Side) -> bool:
        """Return whether an order of this side opens the trade."""
        return (side == "sell") == self.short


def claims(path: Path) -> bool:
    """Return whether a file is a freqtrade database."""
    if not is_database(path):
        return False
    with database(path) as opened:
        return opened.columns("trades").keys() >= _TRADES


def tell(paths: Sequence[Path]) -> Told:
    """Read each database from a copy, its write-ahead log included."""
    told = Told("freqtrade")
    for path in paths:
        with database(path) as opened:
            _database(opened, told)
    if not told.tells_orders:
        told.notes.append("a database without orders: entries and exits of its trades are told as fills")
    return told


def _database(opened: Database, told: Told) -> None:
    trades = dict(_trades(opened, told))
    if opened.lost_log and not trades:
        told.notes.append(
            f"{opened.path.name} keeps a write-ahead log, has no rows and no -wal file beside it: copy both"
        )
    if not opened.columns("orders"):
        told.tells_orders = False
        for number, trade in trades.items():
            _without_orders(number, trade, told)
        return
    entered = _entered(opened)
    for rowid, row in opened.rows("orders"):
        cells = Cells(row, Origin("orders", rowid), told)
        of = str(row.get("ft_trade_id"))
        _order(cells, trades.get(of), entered.get(of, {}))
    for trade in trades.values():
        _funding(trade, told)


def _trades(opened: Database, told: Told) -> list[tuple[str, _Trade]]:
    found = []
    for rowid, row in opened.rows("trades"):
        cells = Cells(row, Origin("trades", rowid), told)
        short = str(row.get("is_short") or 0) not in {"0", "False"}
        found.append((str(row.get("id") or rowid), _Trade(_market(cells, cells.text("pair")), short, cells)))
    return found


def _market(cells: Cells, pair: str | None) -> str:
    pair = pair or "?"
    symbol, _, settle = pair.partition(":")
    base, _, quote = symbol.partition("/")
    futures = (cells.text("trading_mode") or "").upper().rpartition(".")[2] == "FUTURES" or bool(settle)
    contract = Contract.SPOT
    if futures:
        contract = Contract.INVERSE if settle and settle == base else Contract.LINEAR
    # Amounts are coins here, whatever the venue's contract is worth: `contract_size` has no say.
    return cells.told.market(ToldMarket(pair, cells.text("exchange") or "", contract, base, quote))


def _entered(opened: Database) -> dict[str, dict[str, Decimal]]:
    """Return the filled notional of each trade by side, over which the trade's fee cost is spread."""
    sums: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    scratch = Told("freqtrade")
    for rowid, row in opened.rows("orders"):
        cells = Cells(row, Origin("orders", rowid), scratch)
        side, qty, price = _side(cells), cells.some("filled"), cells.some("average", "price")
        if side and qty and price:
            held = sums[str(row.get("ft_trade_id"))]
            held[side] = held.get(side, _ZERO) + qty * price
    return sums


def _side(cells: Cells) -> Side | None:
    """Return the side; `ft_order_side` may say stoploss, and then `side` says which way."""
    word = (cells.text("ft_order_side") or "").lower()
    return cells.side("ft_order_side") if word in {"buy", "sell"} else cells.side("side")


def _order(cells: Cells, trade: _Trade | None, entered: Mapping[str, Decimal]) -> None:
    told = cells.told
    key = cells.text("order_id") or f"row {cells.origin.row}"
    side, status = _side(cells), _STATUS.get((cells.text("status") or "").lower(), "unknown")
    market = trade.market if trade else _market(cells, cells.text("ft_pair", "symbol"))
    filled = cells.some("filled")
    ended = cells.ts_ns("order_filled_date") if filled else cells.ts_ns("order_update_date")
    created = cells.ts_ns("order_date")
    told.orders.append(
        ToldOrder(
            key=key,
            market=market,
            origin=cells.origin,
            side=side,
            kind="market" if "market" in (cells.text("order_type") or "").lower() else "limit",
            price=cells.some("price", "ft_price"),
            qty=cells.some("amount", "ft_amount"),
            status=status,
            created_ns=created,
            ended_ns=ended or cells.ts_ns("order_update_date"),
            reason=cells.text("ft_cancel_reason"),
            filled_qty=filled,
        )
    )
    if not filled:
        return
    ts_ns = cells.ts_ns("order_filled_date") or cells.ts_ns("order_update_date") or created
    if side is None or ts_ns is None:
        cells.lost_fill()
        return
    if trade is None:
        told.odd("orphan_fills", cells.origin, f"order {key} is filled and its trade is missing")
    price = cells.positive("average", "price")
    fees = _fees(cells, trade, side, (filled, price), entered)
    told.fills.append(ToldFill(key, key, market, cells.origin, side, ts_ns, price, filled, fees=fees))


def _fees(
    cells: Cells,
    trade: _Trade | None,
    side: Side,
    traded: tuple[Decimal, Decimal | None],
    entered: Mapping[str, Decimal],
) -> tuple[ToldFee, ...] | None:
    """Return the fee of an order: the trade's rate on its value, in the coin that the trade names."""
    qty, price = traded
    if trade is None or price is None:
        return None
    end = "open" if trade.is_entry(side) else "close"
    rate = trade.cells.number(f"fee_{end}")
    if not rate:
        return None if rate is None else ()
    facts = cells.told.markets[trade.market]
    notional, currency = qty * price, trade.cells.text(f"fee_{end}_currency") or facts.quote
    settled = -notional * rate
    if currency == facts.base and facts.contract is Contract.SPOT:
        return (ToldFee(-(cells.number("ft_fee_base") or qty * rate), currency, settled),)
    if currency == facts.quote:
        return (ToldFee(settled, currency, settled, assumed=trade.cells.raw(f"fee_{end}_currency") is None),)
    cost, whole = trade.cells.number(f"fee_{end}_cost"), entered.get(side)
    if cost is None or not whole:
        return (ToldFee(settled, facts.quote, settled, assumed=True),)
    return (ToldFee(-cost * notional / whole, currency, settled),)


def _funding(trade: _Trade, told: Told) -> None:
    """Tell a trade's funding as one payment at its end; freqtrade keeps the sum alone."""
    amount = trade.cells.number("funding_fees")
    ts_ns = trade.cells.ts_ns("close_date") or trade.cells.ts_ns("open_date")
    if amount and ts_ns is not None:
        told.fundings.append(ToldFunding(trade.market, ts_ns, amount, told.markets[trade.market].settle))


def _without_orders(number: str, trade: _Trade, told: Told) -> None:
    cells = trade.cells
    entry: Side = "sell" if trade.short else "buy"
    leave: Side = "buy" if trade.short else "sell"
    qty = cells.positive("amount")
    for side, rate, date in ((entry, "open_rate", "open_date"), (leave, "close_rate", "close_date")):
        if side == leave and cells.raw("close_date") is None and cells.raw("close_rate") is None:
            continue
        ts_ns = cells.ts_ns(date)
        if ts_ns is None:
            cells.lost_fill()
            continue
        price = cells.positive(rate)
        fees = _fees(cells, trade, side, (qty or _ZERO, price), {side: (qty or _ZERO) * (price or _ZERO)})
        key = f"trade {number} {side}"
        told.fills.append(ToldFill(key, key, trade.market, cells.origin, side, ts_ns, price, qty, fees=fees))


BOT_FILES.add("freqtrade", BotFiles("freqtrade", claims, tell))
