"""
Coinbase Advanced, Exchange and Pro: fills and the account, as exported and as the API answers.

Fields: Coinbase API documentation (`List Fills`; Exchange `fills`), the Pro exports' own headers. A
fee is written as paid, in the quote. In the Pro account export each row is one wallet's change
with the balance after it.
"""

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charged, kind_of, paid, spot
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "match": Kind.TRADE, "fee": Kind.FEE, "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER,
    "transfer": Kind.TRANSFER,
    "conversion": Kind.CONVERSION, "rebate": Kind.REBATE, "match conversion": Kind.CONVERSION,
    "rfq": Kind.TRADE,
}  # fmt: skip
LIQUIDITY = {"maker": "maker", "taker": "taker", "m": "maker", "t": "taker"}


def _fill(record: Record, names: dict[str, str]) -> FillRow:
    pair = record.market(names["market"])
    unit = record.currency(names["unit"]) if names.get("unit") and record.maybe(names["unit"]) else pair[1]
    fee = paid(record, names["fee"], unit)
    return FillRow(
        symbol=record.text(names["market"]), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("size"), trade_id=record.maybe(names["id"]),
        order_id=record.maybe(names["order"]),
        **charged(fee),
        liquidity=LIQUIDITY.get(record.word(names["liquidity"])),
    )  # fmt: skip


ADVANCED = {
    "market": "product_id", "fee": "commission", "id": "trade_id", "order": "order_id",
    "liquidity": "liquidity_indicator",
}  # fmt: skip
EXCHANGE = ADVANCED | {"fee": "fee", "liquidity": "liquidity"}
PRO = {
    "market": "product", "fee": "fee", "id": "tradeId", "order": "orderId", "liquidity": "liquidity",
    "unit": "price/fee/totalUnit",
}  # fmt: skip


def _advanced(record: Record) -> Row:
    fill = _fill(record, ADVANCED)
    if record.word("size_in_quote") == "true":
        qty = fill.qty / fill.price
        raise record.refuse(
            "size", f"is in the quote currency (about {qty:.8f} of the base)", "export the account instead"
        )
    return spot(record, fill, record.market("product_id"), stamp="trade_time")


def _exchange(record: Record) -> Row:
    return spot(record, _fill(record, EXCHANGE), record.market("product_id"), stamp="created_at")


def _pro(record: Record) -> Row:
    fill, pair = _fill(record, PRO), record.market("product")
    for name, unit in (("sizeUnit", pair[0]), ("price/fee/totalUnit", pair[1])):
        if record.maybe(name) and record.currency(name) != unit:
            raise record.refuse(name, f"{record.text(name)!r} does not belong to the market {fill.symbol}")
    return spot(record, fill, pair, stamp="createdAt")


def _account(record: Record) -> Row:
    word = record.text("type")
    moved = Movement(
        record.currency("amount/balanceUnit"), record.amount("amount"), kind_of(KINDS, record.word("type")),
        record.amount_or_none("balance"),
    )  # fmt: skip
    ref = record.maybe("transferId") or record.maybe("tradeId")
    return Row(
        record.stamp("time"), record.source, (moved,), None, ref, record.maybe("portfolio") or "", word
    )


FORMATS.add(
    "coinbase-fills",
    Format(
        name="coinbase-fills", venue="coinbase", title="Coinbase Advanced fills (API answer)",
        needs=("trade_id", "order_id", "trade_time", "price", "size", "commission", "product_id", "side"),
        also=("entry_id", "liquidity_indicator", "size_in_quote", "trade_type"), rows=each(_advanced),
        shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "coinbase-exchange-fills",
    Format(
        name="coinbase-exchange-fills", venue="coinbase", title="Coinbase Exchange fills (API answer)",
        needs=("trade_id", "product_id", "order_id", "price", "size", "fee", "created_at", "side"),
        also=("liquidity", "settled", "usd_volume", "profile_id"), rows=each(_exchange), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "coinbase-pro-fills",
    Format(
        name="coinbase-pro-fills", venue="coinbase", title="Coinbase Pro fills export",
        needs=("tradeId", "product", "side", "createdAt", "size", "price", "fee", "price/fee/totalUnit"),
        also=("portfolio", "sizeUnit", "total"), rows=each(_pro),
    ),
)  # fmt: skip
FORMATS.add(
    "coinbase-pro-account",
    Format(
        name="coinbase-pro-account", venue="coinbase", title="Coinbase Pro account export",
        needs=("type", "time", "amount", "balance", "amount/balanceUnit"),
        also=("portfolio", "transferId", "tradeId", "orderId"), names={"Timestamp": "time"},
        rows=each(_account),
    ),
)  # fmt: skip
