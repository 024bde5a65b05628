"""
Relai: the transaction history.

Fields: the venue's own header. The fiat amount is without the fee, which is as paid and comes on top.
"""

from ..entry import FillRow, Row
from ..record import Record
from .deal import charged, paid, spot
from .interface import FORMATS, Format, each


def _row(record: Record) -> Row:
    money = record.currency("fiatCurrency")
    pair = record.market("currencyPair")
    if pair[1] != money:
        raise record.refuse("fiatCurrency", f"{money} is not the money of {record.text('currencyPair')}")
    fee = paid(record, "fee", record.currency("feeCurrency") if record.maybe("feeCurrency") else None)
    fill = FillRow(
        symbol=record.text("currencyPair"), side=record.side("transactionType"),
        price=record.positive("btcPrice"),
        qty=record.positive("btcAmount"), trade_id=record.maybe("operationId"), **charged(fee),
    )  # fmt: skip
    return spot(record, fill, pair, record.positive("fiatAmount"), stamp="date")


FORMATS.add(
    "relai-history",
    Format(
        name="relai-history", venue="relai", title="Relai transaction history",
        needs=("date", "transactionType", "btcAmount", "btcPrice", "currencyPair", "fiatAmount",
        "fiatCurrency", "fee"),
        also=("feeCurrency", "operationId"), names={"Fiat Amount (excl. fees)": "fiatAmount"},
        rows=each(_row),
    ),
)  # fmt: skip
