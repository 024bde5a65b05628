"""
ccxt's unified records: trades, ledger entries and funding payments of any of its venues.

Fields: ccxt manual (trade, ledger entry, funding history structures). `fee.cost` is paid when
positive; a ledger entry's amount has no sign, `direction` is in or out, and its fee comes on top.
A market with a colon (`BTC/USDT:USDT`) is a contract: its fill moves its fee alone.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..markets import currency as code
from ..record import Record
from .deal import Fee, charge, charged, is_done, kind_of, swap
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "trade": Kind.TRADE, "fee": Kind.FEE, "rebate": Kind.REBATE, "cashback": Kind.REBATE,
    "referral": Kind.REFERRAL,
    "transaction": Kind.TRANSFER, "transfer": Kind.TRANSFER, "deposit": Kind.TRANSFER,
    "withdrawal": Kind.TRANSFER, "margin": Kind.REALIZED,
    "funding": Kind.FUNDING, "funding_fee": Kind.FUNDING, "settlement": Kind.REALIZED, "pnl": Kind.REALIZED,
    "liquidation": Kind.LIQUIDATION,
    "interest": Kind.INTEREST, "reward": Kind.INTEREST, "conversion": Kind.CONVERSION,
    "convert": Kind.CONVERSION,
    "insurance": Kind.INSURANCE, "bonus": Kind.REFERRAL, "airdrop": Kind.REFERRAL,
}  # fmt: skip


def _fees(record: Record) -> list[Fee]:
    """Return the fees in cash; ccxt gives one, or a list where a venue takes several."""
    listed = record.raw("fees")
    if isinstance(listed, list) and listed:
        told = [Record(part, record.source, record.reading) for part in listed if isinstance(part, dict)]
        found = [_one(part, "cost", "currency") for part in told]
    else:
        found = [_one(record, "fee.cost", "fee.currency")]
    return [fee for fee in found if fee is not None]


def _one(record: Record, cost: str, currency: str) -> Fee:
    amount = record.amount_or_none(cost)
    if amount is None:
        return None
    named = record.text(currency) if amount else record.maybe(currency)
    return 0 - amount, code(named or "")


def _trade(record: Record) -> Row:
    fees = _fees(record)
    symbol = record.text("symbol")
    first = fees[0] if fees else None
    role = record.word("takerOrMaker")
    fill = FillRow(
        symbol=symbol, side=record.side("side"), price=record.positive("price"),
        qty=record.positive("amount"),
        trade_id=record.maybe("id"), order_id=record.maybe("order"), **charged(first),
        liquidity=role if role in {"maker", "taker"} else None,
    )  # fmt: skip
    moved: tuple[Movement, ...] = ()
    if ":" not in symbol:
        cost = record.amount_or_none("cost")
        moved = swap(record.market("symbol"), fill.side, fill.qty, cost or fill.price * fill.qty)
    for fee in fees:
        moved += charge(fee)
    return Row(record.stamp(_when(record)), record.source, moved, fill, fill.trade_id, word="trade")


def _when(record: Record) -> str:
    return "timestamp" if record.maybe("timestamp") else "datetime"


def _ledger(record: Record) -> Row:
    word, status = record.maybe("type") or "", record.word("status")
    account = record.maybe("account") or ""
    when = record.stamp(_when(record))
    if not is_done(record, "status", blank=True):
        return Row(when, record.source, ref=record.maybe("id"), account=account, word=f"{word} {status}")
    currency, direction = record.currency("currency"), record.word("direction")
    if direction not in {"in", "out"}:
        raise record.refuse("direction", f"{direction!r} is neither in nor out")
    fee = _one(record, "fee.cost", "fee.currency")
    amount = abs(record.amount("amount"))
    change = amount if direction == "in" else -amount
    before, after = record.amount_or_none("before"), record.amount_or_none("after")
    own_fee = fee[0] if fee and fee[1] == currency else Decimal(0)
    if before is not None and after is not None and after - before not in {change, change + own_fee}:
        raise record.refuse("amount", f"{change} is not the change from {before} to {after}")
    if before is not None and after is not None and own_fee and after - before == change:
        # The venue counted the fee into the amount.
        change -= own_fee
    costs = charge(fee)
    moved = Movement(currency, change, kind_of(KINDS, word.lower()), None if costs else after)
    last = tuple(
        Movement(part.currency, part.amount, part.kind, after if part.currency == currency else None)
        for part in costs
    )
    return Row(when, record.source, (moved, *last), None, record.maybe("id"), account, word)


def _funding(record: Record) -> Row:
    moved = Movement(record.currency("code"), record.amount("amount"), Kind.FUNDING)
    return Row(
        record.stamp(_when(record)), record.source, (moved,), None, record.maybe("id"),
        word="funding",
        symbol=record.text("symbol"),
    )  # fmt: skip


FORMATS.add(
    "ccxt-trades",
    Format(
        name="ccxt-trades", venue="ccxt", title="ccxt unified trades",
        needs=("timestamp", "symbol", "side", "price", "amount", "order"),
        also=("id", "datetime", "cost", "takerOrMaker", "fee", "fees", "info", "type"), shapes=BOTH,
        rows=each(_trade),
    ),
)  # fmt: skip
FORMATS.add(
    "ccxt-ledger",
    Format(
        name="ccxt-ledger", venue="ccxt", title="ccxt unified ledger",
        needs=("id", "timestamp", "direction", "currency", "amount", "type"),
        also=("datetime", "account", "referenceId", "before", "after", "status", "fee", "info"),
        shapes=BOTH, rows=each(_ledger),
    ),
)  # fmt: skip
FORMATS.add(
    "ccxt-funding",
    Format(
        name="ccxt-funding", venue="ccxt", title="ccxt unified funding history",
        needs=("timestamp", "symbol", "code", "amount"), also=("id", "datetime", "rate", "info"),
        shapes=BOTH, rows=each(_funding),
    ),
)  # fmt: skip
