"""
Gate.io: spot and futures trades of the API.

Fields: Gate API v4 (`/spot/my_trades`, `/futures/{settle}/my_trades`). Spot fees are as paid, in their
own currency; points and GT that paid one stand in fields of their own. Futures sizes count contracts,
negative for a sale; their fee is as paid in the settlement coin, which the market's name does not
always tell.
"""

from ..entry import FillRow, Row
from ..record import Record
from .deal import charge, charged, largest, paid, swap
from .interface import BOTH, FORMATS, Format, each


def _spot(record: Record) -> Row:
    fee = paid(record, "fee", record.currency("fee_currency") if record.maybe("fee_currency") else None)
    others = (paid(record, "gt_fee", "GT"), paid(record, "point_fee", "POINT"))
    first, role = largest(fee, *others), record.word("role")
    fill = FillRow(
        symbol=record.text("currency_pair"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("amount"),
        trade_id=record.text("id"), order_id=record.maybe("order_id"), **charged(first),
        liquidity=role if role in {"maker", "taker"} else None,
    )  # fmt: skip
    when = "create_time_ms" if record.maybe("create_time_ms") else "create_time"
    moved = swap(record.market("currency_pair"), fill.side, fill.qty, fill.price * fill.qty)
    for one in (fee, *others):
        moved += charge(one)
    return Row(record.stamp(when), record.source, moved, fill, fill.trade_id, word="trade")


def _futures(record: Record) -> Row:
    size = record.amount("size")
    if not size:
        raise record.refuse("size", "is zero")
    pair = record.market("contract")
    fee = paid(record, "fee", "BTC" if pair[1] == "USD" else pair[1])
    role = record.word("role")
    fill = FillRow(
        symbol=record.text("contract"), side="buy" if size > 0 else "sell", price=record.positive("price"),
        qty=abs(size),
        trade_id=record.text("id"), order_id=record.maybe("order_id"), **charged(fee),
        liquidity=role if role in {"maker", "taker"} else None,
    )  # fmt: skip
    return Row(record.stamp("create_time"), record.source, charge(fee), fill, fill.trade_id, word="trade")


FORMATS.add(
    "gate-trades",
    Format(
        name="gate-trades", venue="gate", title="Gate.io spot trades (API answer)",
        needs=("id", "create_time", "currency_pair", "side", "price", "amount", "fee", "fee_currency"),
        also=("create_time_ms", "role", "order_id", "gt_fee", "point_fee"), rows=each(_spot), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "gate-futures-trades",
    Format(
        name="gate-futures-trades", venue="gate", title="Gate.io futures trades (API answer)",
        needs=("id", "create_time", "contract", "size", "price", "fee"), also=("role", "order_id",
        "close_size", "point_fee"),
        rows=each(_futures), shapes=BOTH,
    ),
)  # fmt: skip
