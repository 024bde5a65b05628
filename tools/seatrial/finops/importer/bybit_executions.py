"""
Bybit's executions: what was filled, and what it cost.

Fields: Bybit API documentation, v5 order/execution (also the private stream `execution`, and the
contract API v3 whose answers have the same names). `execFee` positive is paid. An execution of a
contract moves its fee alone; its profit stands in the transaction log. `execType` Funding is a
funding payment, not a trade.
"""

from collections.abc import Iterable, Iterator

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import Fee, charge, charged, paid, swap
from .interface import BOTH, FORMATS, JSON, Format, each

FUNDING = "funding"
SETTLES_IN_MONEY = ("USDT", "USDC", "USDE", "PERP")
MAKERS = {
    "true": "maker", "false": "taker", "addedliquidity": "maker", "removedliquidity": "taker",
    "maker": "maker",
    "taker": "taker",
}  # fmt: skip


def _row(record: Record) -> Row:
    kind = record.word("execType") or "trade"
    fee = _fee(record)
    fill = None if kind == FUNDING else _fill(record, fee)
    if kind == FUNDING:
        moved: tuple[Movement, ...] = charge(fee, Kind.FUNDING)
    elif _category(record) == "spot" and fill is not None:
        value = record.amount_or_none("execValue")
        pair = record.market("symbol", record.maybe("feeCurrency"))
        moved = swap(pair, fill.side, fill.qty, value or fill.price * fill.qty) + charge(fee)
    else:
        moved = charge(fee)
    return Row(
        record.stamp("execTime"), record.source, moved, fill, record.maybe("execId"),
        word=record.maybe("execType") or "Trade", symbol=record.text("symbol"),
    )  # fmt: skip


def _is_inverse(record: Record) -> bool:
    symbol = record.text("symbol").upper()
    named = _category(record)
    return named == "inverse" if named else "USD" in symbol and not symbol.endswith(SETTLES_IN_MONEY)


def _category(record: Record) -> str:
    return record.word("category") or record.context.get("category", "")


def _fee(record: Record) -> Fee:
    return paid(record, "execFee", _fee_currency(record) if record.amount_or_none("execFee") else None)


def _fee_currency(record: Record) -> str:
    """Return the fee's currency: stated, or the one in which the contract settles."""
    for name in ("feeCurrency", "feeCoin", "feeTokenId"):
        if record.maybe(name):
            return record.currency(name)
    if _category(record) == "spot":
        pair = record.market("symbol")
        return pair[0] if record.side("side") == "buy" else pair[1]
    return "USDC" if _category(record) == "option" else settles_in(record)


def settles_in(record: Record) -> str:
    """Return what a contract settles in, as its symbol says: USDT, USDC, or the coin it is named after."""
    symbol = record.text("symbol").upper()
    if symbol.endswith(SETTLES_IN_MONEY[:3]):
        return symbol[-4:]
    if symbol.endswith("PERP") or "-USDC" in symbol:
        return "USDC"
    name = symbol.partition("-")[0]
    base = name.partition("USD")[0]
    if name.endswith("USDT"):
        return "USDT"
    if "USD" not in name or not base:
        raise record.refuse("symbol", f"{symbol!r} does not say what it settles in")
    return base


def _fill(record: Record, fee: Fee) -> FillRow:
    value = record.amount_or_none("execValue")
    # An inverse contract's value, and so its fee, is in the coin that it is named after.
    inverse = _is_inverse(record)
    liquidity = record.word("isMaker") or record.word("lastLiquidityInd")
    return FillRow(
        symbol=record.text("symbol"), side=record.side("side"), price=record.positive("execPrice"),
        qty=record.positive("execQty"), trade_id=record.maybe("execId"), order_id=record.maybe("orderId"),
        **charged(fee), liquidity=MAKERS.get(liquidity),
        notional=value if inverse else None,
        inverse=inverse,
    )  # fmt: skip


FORMATS.add(
    "bybit-executions",
    Format(
        name="bybit-executions", venue="bybit",
        title="Bybit executions (API answer, stream or CSV of the same)",
        needs=("symbol", "side", "execId", "execPrice", "execQty", "execTime"),
        also=("execFee", "execType", "orderId", "isMaker", "feeCurrency", "category", "execValue", "feeRate"),
        rows=each(_row), shapes=BOTH,
    ),
)  # fmt: skip


def _legs(records: Iterable[Record]) -> Iterator[Row]:
    """Return a row for each leg of a spread, which is where the money moves."""
    for record in records:
        legs = record.raw("legs")
        if not isinstance(legs, list) or not all(isinstance(leg, dict) for leg in legs):
            raise record.refuse("legs", "is no list of executions")
        for leg in legs:
            yield _row(Record(leg, record.source, record.reading, record.context))


FORMATS.add(
    "bybit-spreads",
    Format(
        name="bybit-spreads", venue="bybit", title="Bybit spread executions (API answer, stream)",
        needs=("symbol", "side", "execTime", "legs"),
        also=("orderId", "execId", "execPrice", "execQty", "execType"),
        rows=_legs, shapes=JSON,
    ),
)  # fmt: skip


def _spot_v1(record: Record) -> Row:
    buys = record.word("isBuyer") == "true"
    side = "buy" if buys else "sell"
    pair = record.market("symbol", record.maybe("commissionAsset"))
    fee = paid(
        record, "commission", record.currency("commissionAsset") if record.maybe("commissionAsset") else None
    )
    fill = FillRow(
        symbol=record.text("symbol"), side=side, price=record.positive("price"), qty=record.positive("qty"),
        trade_id=record.maybe("id"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity="maker" if record.word("isMaker") == "true" else "taker",
    )  # fmt: skip
    moved = swap(pair, side, fill.qty, fill.price * fill.qty) + charge(fee)
    return Row(record.stamp("time"), record.source, moved, fill, fill.trade_id, word="trade")


FORMATS.add(
    "bybit-spot-v1",
    Format(
        name="bybit-spot-v1", venue="bybit", title="Bybit spot trades of the first API",
        needs=("symbol", "orderId", "matchOrderId", "price", "qty", "commission", "commissionAsset", "time",
        "isBuyer"),
        also=("id", "isMaker", "makerRebate", "feeTokenId", "symbolName"), rows=each(_spot_v1), shapes=BOTH,
    ),
)  # fmt: skip
