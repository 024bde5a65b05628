"""
Bybit's trade histories as its site exports them: spot pairs, and contracts.

Fields: the venue's own headers. The fee is as paid, in `feeCoin` where the export has it; else a spot
purchase is charged in the coin bought and a sale in the money, a contract in what it settles in. A
row of `Filled Type` Funding is a funding payment. Times are written clock first.
"""

from ..entry import FillRow, Kind, Row
from ..record import Record
from .bybit_executions import settles_in
from .deal import Fee, charge, charged, paid, spot
from .interface import FORMATS, Format, each

SIDES = {"long": "buy", "short": "sell", "buy": "buy", "sell": "sell"}


def _fee(record: Record, name: str, otherwise: str) -> Fee:
    coin = record.currency("feeCoin") if record.maybe("feeCoin") else otherwise
    # The newer column is zero where the export left the fee in the older one.
    exact = "execFeeV2" if record.amount_or_none("execFeeV2") else name
    return paid(record, exact, coin)


def _spot(record: Record) -> Row:
    pair, side = record.market("symbol"), record.side("direction")
    fee = _fee(record, "fees", pair[0] if side == "buy" else pair[1])
    fill = FillRow(
        symbol=record.text("symbol"), side=side, price=record.positive("filledPrice"),
        qty=record.positive("filledQuantity"),
        trade_id=record.maybe("transactionId"), order_id=record.maybe("orderNo"), **charged(fee),
    )  # fmt: skip
    row = spot(record, fill, pair, record.positive("filledValue"), stamp="time")
    return Row(row.ts_ns, row.source, row.movements, fill, row.ref, record.maybe("uid") or "", row.word)


def _contract(record: Record) -> Row:
    kind, symbol = record.word("filledType"), record.text("symbol").upper()
    fee = _fee(record, "tradingFee", settles_in(record))
    ref, account = record.maybe("transactionId"), record.maybe("uid") or ""
    if kind == "funding":
        moved = charge(fee, Kind.FUNDING)
        return Row(record.stamp("time"), record.source, moved, None, ref, account, "Funding", symbol)
    side = SIDES.get(record.word("direction"))
    if side is None:
        raise record.refuse("direction", f"{record.maybe('direction') or ''!r} is neither long nor short")
    fill = FillRow(
        symbol=symbol, side=side, price=record.positive("filledPrice"),
        qty=record.positive("filledQuantity"), trade_id=ref,
        order_id=record.maybe("orderNo"), **charged(fee),
    )  # fmt: skip
    return Row(
        record.stamp("time"), record.source, charge(fee), fill, ref, account, record.text("filledType"),
        symbol,
    )  # fmt: skip


FORMATS.add(
    "bybit-spot-history",
    Format(
        name="bybit-spot-history", venue="bybit", title="Bybit spot trade history export",
        needs=("symbol", "direction", "filledValue", "filledPrice", "filledQuantity", "fees",
        "transactionId", "time"),
        also=("uid", "feeCoin", "execFeeV2", "orderNo", "orderType"),
        names={"Spot Pairs": "symbol", "Timestamp": "time"}, rows=each(_spot),
    ),
)  # fmt: skip
FORMATS.add(
    "bybit-contract-history",
    Format(
        name="bybit-contract-history", venue="bybit", title="Bybit derivatives trade history export",
        needs=("symbol", "filledType", "filledQuantity", "filledPrice", "tradingFee", "direction",
        "transactionId", "time"),
        also=("uid", "feeCoin", "execFeeV2", "orderNo", "feeRate"),
        names={
            "Market": "symbol", "Contracts": "symbol", "Transaction Time": "time",
            "Trasaction ID": "transactionId",
        },
        rows=each(_contract),
    ),
)  # fmt: skip
