"""
Huobi (HTX): the old trade list, the newer trades, deposits and withdrawals, the API's matches.

Fields: the venue's own headers, HTX API `/v1/order/matchresults`. Fees are written as paid; in the
old list with their unit. Points that pay a fee are a movement of their own coin.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import Fee, charge, charged, largest, paid, spot, swap
from .interface import BOTH, FORMATS, Format, each


def _old(record: Record) -> Row:
    if record.word("type") not in {"exchange", "spot", "margin"}:
        raise record.refuse("type", f"{record.text('type')!r} is no kind of trade")
    pair = record.market("pair")
    cost, coin = record.worded("fee", pair) if record.maybe("fee") else (Decimal(0), None)
    if cost and coin is None:
        raise record.refuse("fee", "has no currency")
    fill = FillRow(
        symbol=record.text("pair"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("amount"),
        fee=-cost if cost else None, fee_currency=coin if cost else None,
    )  # fmt: skip
    # The total is rounded to four decimals here, price times amount is not.
    return spot(record, fill, pair, stamp="time")


def _new(record: Record) -> Row:
    fee = paid(
        record, "fee_amount", record.currency("fee_currency") if record.maybe("fee_currency") else None
    )
    points: Fee = None
    if record.amount_or_none("fee_point_volume"):
        points = paid(record, "fee_point_volume", record.currency("fee_point_currency"))
    first = largest(fee, points)
    fill = FillRow(
        symbol=record.text("symbol"), side=record.side("deal_type"), price=record.positive("price"),
        qty=record.positive("volume"),
        **charged(first),
    )  # fmt: skip
    moved = (
        swap(record.market("symbol"), fill.side, fill.qty, record.positive("amount"))
        + charge(fee)
        + charge(points)
    )
    return Row(
        record.stamp("deal_time"), record.source, moved, fill, account=record.maybe("uid") or "", word="trade"
    )


def _deposit(record: Record) -> Row:
    moved = Movement(record.currency("currency"), abs(record.amount("amount")), Kind.TRANSFER)
    return Row(
        record.stamp("deposit_time"), record.source, (moved,), None, record.maybe("tx_hash"),
        record.maybe("uid") or "", "deposit",
    )  # fmt: skip


def _withdrawal(record: Record) -> Row:
    coin = record.currency("currency")
    moved = Movement(coin, -abs(record.amount("amount")), Kind.TRANSFER)
    return Row(
        record.stamp("withdraw_time"), record.source, (moved, *charge(paid(record, "fee", coin))), None,
        record.maybe("tx_hash"),
        record.maybe("uid") or "", "withdrawal",
    )  # fmt: skip


FORMATS.add(
    "huobi-trades-old",
    Format(
        name="huobi-trades-old", venue="huobi", title="Huobi trade list",
        needs=("time", "type", "pair", "side", "price", "amount", "total", "fee"), rows=each(_old),
    ),
)  # fmt: skip
FORMATS.add(
    "huobi-trades",
    Format(
        name="huobi-trades", venue="huobi", title="Huobi (HTX) trades export",
        needs=("symbol", "deal_type", "price", "volume", "amount", "fee_amount", "fee_currency", "deal_time"),
        also=("uid", "account_type", "fee_point_currency", "fee_point_volume"), rows=each(_new),
    ),
)  # fmt: skip


def _match(record: Record) -> Row:
    side, _, _ = record.word("type").partition("-")
    if side not in {"buy", "sell"}:
        raise record.refuse("type", f"{record.maybe('type') or ''!r} is neither a buy nor a sell order")
    pair = record.market("symbol")
    coin = (
        record.currency("fee-currency") if record.maybe("fee-currency") else pair[0 if side == "buy" else 1]
    )
    fee = paid(record, "filled-fees", coin)
    points: Fee = None
    if record.amount_or_none("filled-points"):
        points = paid(record, "filled-points", record.currency("fee-deduct-currency"))
    first = largest(fee, points)
    role = record.word("role")
    fill = FillRow(
        symbol=record.text("symbol"), side=side, price=record.positive("price"),
        qty=record.positive("filled-amount"),
        trade_id=record.maybe("trade-id") or record.maybe("id"), order_id=record.maybe("order-id"),
        **charged(first),
        liquidity=role if role in {"maker", "taker"} else None,
    )  # fmt: skip
    moved = swap(pair, side, fill.qty, fill.price * fill.qty) + charge(fee) + charge(points)
    return Row(record.stamp("created-at"), record.source, moved, fill, fill.trade_id, word="trade")


FORMATS.add(
    "huobi-matches",
    Format(
        name="huobi-matches", venue="huobi", title="Huobi (HTX) match results (API answer)",
        needs=("symbol", "type", "price", "filled-amount", "filled-fees", "created-at", "order-id"),
        also=("id", "trade-id", "role", "fee-currency", "filled-points", "fee-deduct-currency"),
        rows=each(_match), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "huobi-deposits",
    Format(
        name="huobi-deposits", venue="huobi", title="Huobi (HTX) deposits export",
        needs=("currency", "amount", "deposit_time"),
        also=("uid", "tx_hash", "to_address"), rows=each(_deposit),
    ),
)  # fmt: skip
FORMATS.add(
    "huobi-withdrawals",
    Format(
        name="huobi-withdrawals", venue="huobi", title="Huobi (HTX) withdrawals export",
        needs=("currency", "amount", "fee", "withdraw_time"), also=("uid", "tx_hash", "to_address"),
        rows=each(_withdrawal),
    ),
)  # fmt: skip
