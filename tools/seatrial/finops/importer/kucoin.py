"""
KuCoin: fills, spot and futures, as exported and as the API answers.

Fields: KuCoin API documentation (`/api/v1/fills`, futures `/api/v1/fills`), the exports' own headers
of three generations. Fees are written as paid. A fill of a futures contract counts contracts and
moves its fee alone.
"""

from ..entry import FillRow, Row
from ..record import Record
from .deal import charge, charged, is_done, paid, spot
from .interface import BOTH, FORMATS, Format, each

LIQUIDITY = {"maker": "maker", "taker": "taker"}


def _row(record: Record) -> Row:
    if not is_done(record, "status", blank=True) and not record.amount_or_none("size"):
        return Row(
            record.stamp("createdAt"), record.source, ref=record.maybe("orderId"), word=record.text("status")
        )
    pair = record.market("symbol")
    coin = record.currency("feeCurrency") if record.maybe("feeCurrency") else None
    fee = paid(record, "fee", coin)
    liquidity = record.word("liquidity")
    fill = FillRow(
        symbol=record.text("symbol"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("size"),
        trade_id=record.maybe("tradeId"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity=LIQUIDITY.get(liquidity),
    )  # fmt: skip
    row = spot(record, fill, pair, record.amount_or_none("funds"), stamp="createdAt")
    return Row(row.ts_ns, row.source, row.movements, fill, row.ref, record.maybe("uid") or "", row.word)


def _futures(record: Record) -> Row:
    coin = None
    for name in ("feeCurrency", "settleCurrency"):
        if coin is None and record.maybe(name):
            coin = record.currency(name)
    fee = paid(record, "fee", coin or _settles_in(record))
    fill = FillRow(
        symbol=record.text("symbol"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("size"),
        trade_id=record.maybe("tradeId"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity=LIQUIDITY.get(record.word("liquidity")),
        notional=record.amount_or_none("value"),
    )  # fmt: skip
    return Row(
        record.stamp("tradeTime"),
        record.source,
        charge(fee),
        fill,
        fill.trade_id,
        record.maybe("uid") or "",
        "trade",
    )


def _settles_in(record: Record) -> str | None:
    """Return what a contract settles in: XBTUSDTM in USDT, XBTUSDM in XBT."""
    symbol = record.text("symbol").upper().removesuffix("M")
    if symbol.endswith(("USDT", "USDC")):
        return symbol[-4:]
    return record.market("symbol")[0] if symbol.endswith("USD") else None


FORMATS.add(
    "kucoin-fills",
    Format(
        name="kucoin-fills", venue="kucoin", title="KuCoin spot fills (API answer)",
        needs=("symbol", "tradeId", "orderId", "side", "price", "size", "funds", "fee", "createdAt"),
        also=("feeCurrency", "liquidity", "counterOrderId", "feeRate"), rows=each(_row), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-trades-old",
    Format(
        name="kucoin-trades-old", venue="kucoin", title="KuCoin trade export, first form",
        needs=("createdAt", "symbol", "side", "price", "size", "funds", "fee", "feeCurrency"),
        also=("orderId", "tradeId"),
        names={"tradeCreatedAt": "createdAt"}, rows=each(_row),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-trades-coins",
    Format(
        name="kucoin-trades-coins", venue="kucoin", title="KuCoin trade export with coin columns",
        needs=("createdAt", "symbol", "side", "price", "size", "funds", "fee", "feeCurrency"),
        also=("filledPriceCoin", "amountCoin", "volumeCoin", "orderId"),
        names={
            "Time": "createdAt", "Pair": "symbol", "FilledPrice": "price", "Amount": "size",
            "Volume": "funds", "FeeCoin": "feeCurrency",
        },
        rows=each(_row),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-orders",
    Format(
        name="kucoin-orders", venue="kucoin", title="KuCoin filled orders (with or without splitting)",
        needs=("uid", "orderId", "symbol", "side", "price", "size", "funds", "createdAt", "fee",
        "feeCurrency"),
        also=("accountType", "orderType", "liquidity", "status", "tax"),
        names={
            "Avg. Filled Price": "price", "Filled Price": "price", "Filled Amount": "size",
            "Filled Volume": "funds",
            "Filled Time": "createdAt", "Time Filled": "createdAt", "Maker/Taker": "liquidity",
        },
        rows=each(_row),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-futures-fills",
    Format(
        name="kucoin-futures-fills", venue="kucoin", title="KuCoin futures fills (API answer)",
        needs=("symbol", "tradeId", "orderId", "side", "price", "size", "fee", "tradeTime"),
        also=("value", "settleCurrency", "feeCurrency", "liquidity", "fixFee", "tradeType"),
        rows=each(_futures), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-futures-orders",
    Format(
        name="kucoin-futures-orders", venue="kucoin", title="KuCoin futures filled orders",
        needs=("uid", "orderId", "symbol", "side", "price", "size", "tradeTime", "feeRate", "fee"),
        also=("accountType", "filledVolume", "orderType"),
        names={"Filled Price": "price", "Filled Amount": "size", "Filled Time": "tradeTime"},
        rows=each(_futures),
    ),
)  # fmt: skip
