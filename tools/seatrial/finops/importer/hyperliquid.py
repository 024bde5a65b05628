"""
Hyperliquid: fills, funding and the ledger's other updates.

Fields: Hyperliquid API documentation, info endpoint (`userFills`, `userFunding`,
`userNonFundingLedgerUpdates`), and the exports of its site. `fee` is paid when positive, in
`feeToken`; `closedPnl` is cash, before the fee; of a spot market (`@107`, `PURR/USDC`) the coins
change hands instead. Side B is a buy, A a sell. Funding's `usdc` is cash.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charge, charged, kind_of, paid, swap
from .interface import BOTH, FORMATS, JSON, Format, each

KINDS = {
    "deposit": Kind.TRANSFER, "withdraw": Kind.TRANSFER, "internaltransfer": Kind.TRANSFER,
    "subaccounttransfer": Kind.TRANSFER,
    "accountclasstransfer": Kind.TRANSFER, "spottransfer": Kind.TRANSFER, "vaultdeposit": Kind.TRANSFER,
    "send": Kind.TRANSFER,
    "vaultwithdraw": Kind.TRANSFER, "vaultdistribution": Kind.TRANSFER, "liquidation": Kind.LIQUIDATION,
    "rewardsclaim": Kind.REFERRAL, "spotgenesis": Kind.REFERRAL,
}  # fmt: skip
AMOUNTS = ("delta.usdc", "delta.amount", "delta.requestedUsd", "delta.netWithdrawnUsd")
LEAVES = frozenset({"withdraw", "vaultdeposit"})
SIDES = {
    "open long": "buy", "close short": "buy", "buy": "buy", "open short": "sell", "close long": "sell",
    "sell": "sell",
    "short > long": "buy", "long > short": "sell", "b": "buy", "a": "sell", "liquidated long": "sell",
    "liquidated short": "buy",
    "liquidated isolated long": "sell", "liquidated isolated short": "buy", "liquidated cross long": "sell",
    "liquidated cross short": "buy", "auto-deleveraging": "",
}  # fmt: skip


def _fill_row(record: Record) -> Row:
    coin = record.text("coin")
    token = record.currency("feeToken") if record.maybe("feeToken") else "USDC"
    fee = paid(record, "fee", token)
    said = "side" if record.maybe("side") else "dir"
    side = SIDES.get(record.word(said))
    if not side:
        raise record.refuse(said, f"{record.maybe(said) or ''!r} is neither buy nor sell")
    crossed = record.word("crossed")
    fill = FillRow(
        symbol=coin, side=side, price=record.positive("px"), qty=record.positive("sz"),
        trade_id=record.maybe("tid"),
        order_id=record.maybe("oid"), **charged(fee),
        liquidity={"true": "taker", "false": "maker"}.get(crossed),
    )  # fmt: skip
    moved = _moved(record, coin, fill) + charge(fee)
    return Row(
        record.stamp("time"), record.source, moved, fill, fill.trade_id, word=record.maybe("dir") or "trade"
    )


def _moved(record: Record, coin: str, fill: FillRow) -> tuple[Movement, ...]:
    if coin.startswith("@") or "/" in coin:
        base = coin.partition("/")[0].upper()
        return swap((base, "USDC"), fill.side, fill.qty, fill.price * fill.qty)
    profit = record.amount_or_none("closedPnl") or Decimal(0)
    return (Movement("USDC", profit, Kind.REALIZED),) if profit else ()


def _funding(record: Record) -> Row:
    usdc = record.amount("delta.usdc")
    return Row(
        record.stamp("time"), record.source, (Movement("USDC", usdc, Kind.FUNDING),), None,
        record.maybe("hash"),
        word="funding", symbol=record.text("delta.coin"),
    )  # fmt: skip


def _update(record: Record) -> Row:
    word = record.text("delta.type")
    name = word.lower()
    token = record.currency("delta.token") if record.maybe("delta.token") else "USDC"
    amount_name = next((name for name in AMOUNTS if record.maybe(name)), AMOUNTS[0])
    amount = record.amount(amount_name)
    if name == "liquidation":
        return Row(record.stamp("time"), record.source, ref=record.maybe("hash"), word=word)
    fee = record.amount_or_none("delta.fee") or Decimal(0)
    if name in LEAVES:
        amount = -abs(amount)
    if name == "accountclasstransfer" and record.word("delta.toPerp") == "false":
        amount = -abs(amount)
    moved = (Movement(token, amount, kind_of(KINDS, name)), *charge((-abs(fee), "USDC") if fee else None))
    return Row(record.stamp("time"), record.source, moved, None, record.maybe("hash"), word=word)


def _funding_export(record: Record) -> Row:
    moved = (Movement("USDC", record.amount("payment"), Kind.FUNDING),)
    return Row(record.stamp("time"), record.source, moved, None, word="funding", symbol=record.text("coin"))


FORMATS.add(
    "hyperliquid-fills",
    Format(
        name="hyperliquid-fills", venue="hyperliquid", title="Hyperliquid fills (API answer or CSV)",
        needs=("coin", "px", "sz", "time", "fee"),
        also=("side", "dir", "closedPnl", "oid", "tid", "feeToken", "crossed", "hash", "startPosition",
        "ntl"), locale_dates=True,
        order="dmy", stamp_field="time", rows=each(_fill_row), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "hyperliquid-funding",
    Format(
        name="hyperliquid-funding", venue="hyperliquid", title="Hyperliquid funding (API answer)",
        needs=("time", "hash", "delta"), shapes=JSON, rows=each(_funding),
        check=lambda record: record.word("delta.type") == "funding",
    ),
)  # fmt: skip
FORMATS.add(
    "hyperliquid-updates",
    Format(
        name="hyperliquid-updates", venue="hyperliquid", title="Hyperliquid ledger updates (API answer)",
        needs=("time", "hash", "delta"), shapes=JSON, rows=each(_update),
        check=lambda record: record.word("delta.type") not in {"", "funding"},
    ),
)  # fmt: skip
FORMATS.add(
    "hyperliquid-funding-export",
    Format(
        name="hyperliquid-funding-export", venue="hyperliquid", title="Hyperliquid funding export",
        needs=("time", "coin", "payment", "rate"), also=("sz", "side"), locale_dates=True, order="dmy",
        stamp_field="time",
        rows=each(_funding_export),
    ),
)  # fmt: skip
