"""
Binance spot trades: the exports of five years and the API's account trades.

Fields: the venue's own headers. The first export has `Market` and `Fee Coin`; later ones write the
unit behind the number (`0.48SOL`) and, once, quoted each line as a whole. The headers follow the
user's language. API: `GET /api/v3/myTrades`. Fees are written as paid. Coins may begin with a
digit, so units are read against the market's own (`5.11INCH` is 5.1 of 1INCH).
"""

from ..entry import FillRow, Row
from ..record import Record
from .deal import charged, paid, spot
from .interface import BOTH, FORMATS, TABLE, Format, each

# The same export in the languages that are known.
LANGUAGES = {
    "Čas": "date", "Pár": "pair", "Strana": "side", "Cena": "price", "Provedeno": "executed",
    "Částka": "amount",
    "Poplatek": "fee", "Time": "date", "Quantity": "executed", "Symbol": "pair", "Fecha": "date",
    "Par": "pair", "Lado": "side",
    "Precio": "price", "Ejecutado": "executed", "Cantidad": "amount", "Tarifa": "fee", "Datum": "date",
    "Paar": "pair", "Seite": "side", "Preis": "price", "Ausgeführt": "executed", "Betrag": "amount",
    "Gebühr": "fee", "时间": "date", "交易对": "pair", "方向": "side", "价格": "price", "已成交": "executed",
    "成交额": "amount", "手续费": "fee", "Дата": "date", "Пара": "pair", "Сторона": "side", "Цена": "price",
    "Исполнено": "executed", "Сумма": "amount", "Комиссия": "fee",
}  # fmt: skip


def _with_fee_coin(record: Record) -> Row:
    coin = record.currency("feeCoin") if record.maybe("feeCoin") else None
    pair = record.market("market", coin)
    fee = paid(record, "fee", coin)
    fill = FillRow(
        symbol=record.text("market"), side=record.side("type"), price=record.positive("price"),
        qty=record.positive("amount"), **charged(fee),
    )  # fmt: skip
    return spot(record, fill, pair, record.positive("total"), stamp="date")


def _with_units(record: Record) -> Row:
    pair = record.market("pair")
    qty, base = record.worded("executed", pair)
    total, quote = record.worded("amount", pair)
    pair = (base or pair[0], quote or pair[1])
    fee, coin = record.worded("fee", pair) if record.maybe("fee") else (None, None)
    if fee and coin is None:
        raise record.refuse("fee", "has no currency")
    if not qty or not total:
        raise record.refuse("executed", "is zero")
    fill = FillRow(
        symbol=record.text("pair"), side=record.side("side"), price=record.positive("price"), qty=abs(qty),
        fee=-fee if fee else None, fee_currency=coin if fee else None,
    )  # fmt: skip
    return spot(record, fill, pair, total, stamp="date")


def _api(record: Record) -> Row:
    coin = record.currency("commissionAsset") if record.maybe("commissionAsset") else None
    pair = record.market("symbol", coin)
    fee = paid(record, "commission", coin)
    fill = FillRow(
        symbol=record.text("symbol"), side="buy" if record.flag("isBuyer") else "sell",
        price=record.positive("price"), qty=record.positive("qty"), trade_id=record.text("id"),
        order_id=record.maybe("orderId"), **charged(fee),
        liquidity="maker" if record.flag("isMaker") else "taker",
    )  # fmt: skip
    return spot(record, fill, pair, record.amount_or_none("quoteQty"), stamp="time")


FORMATS.add(
    "binance-trades",
    Format(
        name="binance-trades", venue="binance", title="Binance spot trade history with a fee coin",
        needs=("date", "market", "type", "price", "amount", "total", "fee", "feeCoin"), shapes=TABLE,
        comma="thousands", rows=each(_with_fee_coin),
    ),
)  # fmt: skip
FORMATS.add(
    "binance-trades-units",
    Format(
        name="binance-trades-units", venue="binance",
        title="Binance spot trade history with units in the cells",
        needs=("date", "pair", "side", "price", "executed", "amount", "fee"), names=LANGUAGES, shapes=TABLE,
        comma="thousands", rows=each(_with_units),
    ),
)  # fmt: skip
FORMATS.add(
    "binance-account-trades",
    Format(
        name="binance-account-trades", venue="binance", title="Binance spot account trades (API answer)",
        needs=("symbol", "id", "orderId", "price", "qty", "commission", "commissionAsset", "time", "isBuyer"),
        also=("isMaker", "quoteQty", "isBestMatch", "orderListId"), rows=each(_api), shapes=BOTH,
    ),
)  # fmt: skip
