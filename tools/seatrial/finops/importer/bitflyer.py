"""
bitFlyer: the transaction history.

Fields: the venue's own headers. The amounts are cash in both currencies and already contain the
fee, which is written as paid in the first currency. Japanese accounts write times in Japan's zone,
which the export does not say: give it with the zone option.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import kind_of
from .interface import FORMATS, Format, each

KINDS = {
    "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "external withdrawal": Kind.TRANSFER,
    "receive": Kind.TRANSFER,
    "send": Kind.TRANSFER, "transfer": Kind.TRANSFER, "fee": Kind.FEE, "cancellation": Kind.OTHER,
    "earn": Kind.INTEREST,
    "deposit/withdrawal": Kind.TRANSFER, "gift": Kind.REFERRAL, "受取": Kind.TRANSFER, "入金": Kind.TRANSFER,
    "出金": Kind.TRANSFER,
    "外部送付": Kind.TRANSFER, "預入": Kind.TRANSFER, "送付": Kind.TRANSFER, "手数料": Kind.FEE,
}  # fmt: skip
SIDES = {"buy": "buy", "sell": "sell", "買い": "buy", "売り": "sell"}
JAPANESE = {
    "取引日時": "tradeDate", "通貨": "product", "取引種別": "tradeType", "取引価格": "tradedPrice",
    "通貨1": "currency1",
    "通貨1数量": "amount1", "手数料": "fee", "通貨2": "currency2", "通貨2数量": "amount2",
    "注文 ID": "orderId", "備考": "details",
}  # fmt: skip


def _row(record: Record) -> Row:
    word = record.text("tradeType")
    first, amount = record.currency("currency1"), record.amount("amount1")
    fee = -abs(record.amount_or_none("fee") or Decimal(0))
    side = SIDES.get(record.word("tradeType"))
    kind = Kind.TRADE if side else kind_of(KINDS, record.word("tradeType"))
    moved = [Movement(first, amount - fee, kind)] + ([Movement(first, fee, Kind.FEE)] if fee else [])
    fill = None
    if side:
        second, other = record.currency("currency2"), record.amount("amount2")
        if (amount > 0) != (side == "buy") or (other > 0) == (amount > 0):
            raise record.refuse("amount1", f"{amount} and {other} are no {side}")
        moved.append(Movement(second, other, Kind.TRADE))
        fill = FillRow(
            symbol=record.text("product"), side=side, price=record.positive("tradedPrice"),
            qty=abs(amount - fee),
            order_id=record.maybe("orderId"), fee=fee or None, fee_currency=first if fee else None,
        )  # fmt: skip
    elif record.maybe("currency2") and record.amount_or_none("amount2"):
        moved.append(Movement(record.currency("currency2"), record.amount("amount2"), kind))
    return Row(
        record.stamp("tradeDate"), record.source, tuple(moved), fill, record.maybe("orderId"), word=word
    )


FORMATS.add(
    "bitflyer-history",
    Format(
        name="bitflyer-history", venue="bitflyer", title="bitFlyer transaction history",
        needs=("tradeDate", "product", "tradeType", "tradedPrice", "currency1", "amount1", "fee",
        "currency2", "amount2"),
        also=("orderId", "details"),
        names={
            "Currency 1": "currency1", "Currency 2": "currency2", "Amount (Currency 1)": "amount1",
            "Amount (Currency 2)": "amount2",
            "Currency_1": "currency1", **JAPANESE,
        },
        comma="thousands", rows=each(_row),
    ),
)  # fmt: skip
