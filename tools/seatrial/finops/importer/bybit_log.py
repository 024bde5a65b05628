"""
Bybit's transaction log of the unified account: every change of every wallet.

Fields and signs: Bybit API documentation, v5 account/transaction-log. `fee` positive is paid and
negative a rebate, `funding` positive is received, and `change = cashFlow + funding - fee`, which is
checked: a row for which it does not hold has been damaged. The export writes `Fee Paid` as cash.
Spot trades have a row per currency.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import fee_kind, kind_of, parted
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "trade": Kind.TRADE, "settlement": Kind.FUNDING, "delivery": Kind.REALIZED,
    "liquidation": Kind.LIQUIDATION,
    "adl": Kind.LIQUIDATION, "transfer_in": Kind.TRANSFER, "transfer_out": Kind.TRANSFER,
    "bonus": Kind.REFERRAL, "bonus_recollect": Kind.REFERRAL, "bonus_transfer_in": Kind.REFERRAL,
    "bonus_transfer_out": Kind.REFERRAL, "airdrop": Kind.REFERRAL, "fee_refund": Kind.REBATE,
    "interest": Kind.INTEREST,
    "currency_buy": Kind.CONVERSION, "currency_sell": Kind.CONVERSION, "spot_repayment_sell": Kind.CONVERSION,
    "spot_repayment_buy": Kind.CONVERSION, "borrowed_amount_ins_loan": Kind.TRANSFER,
    "principle_repayment_ins_loan": Kind.TRANSFER, "interest_repayment_ins_loan": Kind.INTEREST,
    "auto_deduction": Kind.INTEREST, "deposit": Kind.TRANSFER, "withdraw": Kind.TRANSFER,
}  # fmt: skip


def _row(record: Record) -> Row:
    word = record.text("type")
    kind = kind_of(KINDS, word.lower())
    currency = record.currency("currency") if record.maybe("currency") else _said_currency(record)
    fill = _fill(record, currency) if record.word("type") in {"trade", "liquidation", "adl"} else None
    return Row(
        record.stamp("transactionTime"), record.source, _movements(record, currency, kind), fill,
        record.maybe("id"), record.maybe("uid") or "", word, record.maybe("symbol") or "",
    )  # fmt: skip


def _said_currency(record: Record) -> str:
    """Return the currency that the answer states once for all its rows."""
    if "currency" not in record.context:
        raise record.refuse("currency", "is missing")
    return record.context["currency"].upper()


def _movements(record: Record, currency: str, kind: Kind) -> tuple[Movement, ...]:
    flow, funding, fee = _amount(record, "cashFlow"), _amount(record, "funding"), _cash_fee(record)
    # On a contract what flows is profit; on a spot market it is the other coin.
    is_profit = kind is Kind.FUNDING or (kind is Kind.TRADE and not _is_spot(record, flow))
    parts = [
        (flow, Kind.REALIZED if is_profit else kind),
        (funding, Kind.FUNDING),
        (fee, fee_kind(fee)),
    ]
    # Nothing moved: the row keeps its own kind, and its balance.
    return parted(
        currency,
        parts if any(part[0] for part in parts) else [(flow, kind)],
        record.amount_or_none("cashBalance"),
    )


def _amount(record: Record, name: str) -> Decimal:
    return record.amount_or_none(name) or Decimal(0)


def _cash_fee(record: Record) -> Decimal:
    """
    Return the fee in cash, which is what is left of the change.

    The API writes a fee as paid and the export as cash; the change tells which, and has to.
    """
    change, flow, funding = record.amount("change"), _amount(record, "cashFlow"), _amount(record, "funding")
    written = _amount(record, "fee")
    fee = change - flow - funding
    if abs(fee) != abs(written):
        told = f"{change} is not cashFlow {flow} + funding {funding} and a fee of {written}"
        raise record.refuse("change", told)
    return fee


def _is_spot(record: Record, flow: Decimal) -> bool:
    category = record.word("category") or record.context.get("category", "")
    if category:
        return category == "spot"
    return bool(flow) and abs(record.amount_or_none("qty") or Decimal(0)) == abs(flow)


def _fill(record: Record, currency: str) -> FillRow | None:
    """Return the fill, once: on a spot market the row of the bought or sold coin has it."""
    price, qty = _amount(record, "tradePrice"), _amount(record, "qty")
    symbol = record.maybe("symbol") or ""
    if not price or not qty or not symbol:
        return None
    if _is_spot(record, _amount(record, "cashFlow")) and not symbol.upper().startswith(currency):
        return None
    # Of a spot trade the fee may stand in the row of the other coin.
    fee = _cash_fee(record)
    known = bool(fee) or not _is_spot(record, _amount(record, "cashFlow"))
    # An inverse contract is one dollar, and so its fee is a share of coins.
    inverse = (record.word("category") or record.context.get("category", "")) == "inverse"
    return FillRow(
        symbol=symbol, side=record.side("side"), price=abs(price), qty=abs(qty),
        trade_id=record.maybe("tradeId"),
        order_id=record.maybe("orderId"), fee=fee if known else None,
        fee_currency=currency if known else None,
        notional=abs(qty) / abs(price) if inverse else None, inverse=inverse,
    )  # fmt: skip


FORMATS.add(
    "bybit-log",
    Format(
        name="bybit-log", venue="bybit", title="Bybit transaction log (API answer or its CSV)",
        needs=("transactionTime", "type", "change", "cashFlow", "cashBalance"),
        also=("currency", "symbol", "side", "funding", "fee", "qty", "tradePrice", "tradeId", "orderId",
        "id", "category"),
        rows=each(_row), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "bybit-uta",
    Format(
        name="bybit-uta", venue="bybit", title="Bybit unified account export (AssetChangeDetails)",
        needs=("transactionTime", "currency", "type", "cashFlow", "change", "cashBalance", "fee"),
        also=("uid", "symbol", "side", "qty", "tradePrice", "funding"),
        names={
            "Time": "transactionTime", "Fee Paid": "fee", "Contract": "symbol", "Direction": "side",
            "Quantity": "qty",
            "Filled Price": "tradePrice", "Wallet Balance": "cashBalance", "Trade ID": "tradeId",
            "Order ID": "orderId",
        },
        rows=each(_row),
    ),
)  # fmt: skip
