"""
Deribit: user trades and the transaction log.

Fields: Deribit API (`get_user_trades_*`, `get_transaction_log`). A trade's fee is as paid in
`fee_currency`, and a trade moves its fee alone: profit is settled by the log. In the log `change` is the
whole change of the wallet, `commission` the fee as paid contained in it, and `cashflow` is the profit
of a session, not money that moved.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Row
from ..record import Record
from .deal import charge, charged, fee_kind, kind_of, paid, parted
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "trade": Kind.REALIZED, "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "transfer": Kind.TRANSFER,
    "settlement": Kind.REALIZED, "delivery": Kind.REALIZED, "swap": Kind.CONVERSION,
    "liquidation": Kind.LIQUIDATION,
    "usdc reward": Kind.INTEREST, "negative_balance_fee": Kind.INTEREST,
    "options_settlement_summary": Kind.REALIZED,
    "socialized_fund": Kind.INSURANCE,
}  # fmt: skip
LIQUIDITY = {"m": "maker", "t": "taker"}


def _trade(record: Record) -> Row:
    fee = paid(record, "fee", record.currency("fee_currency") if record.maybe("fee_currency") else None)
    fill = FillRow(
        symbol=record.text("instrument_name"), side=record.side("direction"), price=record.positive("price"),
        qty=record.positive("amount"), trade_id=record.text("trade_id"), order_id=record.maybe("order_id"),
        **charged(fee),
        liquidity=LIQUIDITY.get(record.word("liquidity")),
    )  # fmt: skip
    return Row(record.stamp("timestamp"), record.source, charge(fee), fill, fill.trade_id, word="trade")


def _log(record: Record) -> Row:
    word, coin, change = record.text("type"), record.currency("currency"), record.amount("change")
    fee = -(record.amount_or_none("commission") or Decimal(0))
    kind = kind_of(KINDS, record.word("type"))
    movements = parted(coin, [(change - fee, kind), (fee, fee_kind(fee))], record.amount_or_none("balance"))
    return Row(
        record.stamp("timestamp"), record.source, movements, None, record.maybe("id"),
        record.maybe("user_id") or "", word,
        record.maybe("instrument_name") or "",
    )  # fmt: skip


FORMATS.add(
    "deribit-trades",
    Format(
        name="deribit-trades", venue="deribit", title="Deribit user trades (API answer)",
        needs=("trade_id", "timestamp", "instrument_name", "direction", "amount", "price", "fee"),
        also=("fee_currency", "order_id", "liquidity", "trade_seq", "index_price"), rows=each(_trade),
        shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "deribit-log",
    Format(
        name="deribit-log", venue="deribit", title="Deribit transaction log (API answer)",
        needs=("id", "timestamp", "type", "currency", "change", "balance"),
        also=("commission", "cashflow", "equity", "instrument_name", "user_id"), rows=each(_log), shapes=BOTH,
    ),
)  # fmt: skip
