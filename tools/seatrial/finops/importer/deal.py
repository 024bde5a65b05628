"""
What every importer builds the same way: the movements of a trade, a fee, a ledger line.

Venues write fees as paid or as cash; here they have become cash, so that paid is negative.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import TypedDict

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record

Fee = tuple[Decimal, str] | None
PRICE = Context(prec=18)
# Words of a status column. One that is in neither list may hide money, and is refused.
DONE = frozenset(
    {
        "ok", "completed", "complete", "success", "successful", "succeeded", "done", "filled", "deal",
        "distributed",
        "confirmed", "settled", "finished", "paid", "executed", "credited", "transferred", "partially filled",
        "part_deal",
    }
)  # fmt: skip
NOT_DONE = frozenset(
    {
        "canceled", "cancelled", "cancel", "rejected", "failed", "failure", "fail", "error", "expired",
        "pending",
        "waiting", "new", "open", "unconfirmed", "processing", "in progress", "in_progress", "aborted",
        "declined",
        "void", "invalid", "n/a", "no", "none", "user cancelled", "wallet_processing", "awaiting approval",
        "review",
        "not_distributed", "requested", "sending", "created",
    }
)  # fmt: skip


def charge(fee: Fee, kind: Kind | None = None) -> tuple[Movement, ...]:
    """Return the movement of a fee in cash: paid is a fee, received a rebate, zero is none."""
    if fee is None or not fee[0]:
        return ()
    return (Movement(fee[1], fee[0], kind or fee_kind(fee[0])),)


class Charged(TypedDict):
    """The two fields of a fill that name its fee."""

    fee: Decimal | None
    fee_currency: str | None


def charged(fee: Fee) -> Charged:
    """Return a fee as the fields of a fill."""
    return {"fee": None, "fee_currency": None} if fee is None else {"fee": fee[0], "fee_currency": fee[1]}


def parted(
    currency: str, parts: Sequence[tuple[Decimal, Kind]], balance: Decimal | None
) -> tuple[Movement, ...]:
    """
    Return one wallet's change in its parts, of which those that are nothing are left out.

    The wallet after the row is the wallet after the last of them.
    """
    moved = [part for part in parts if part[0]] or [parts[0]]
    last = len(moved) - 1
    return tuple(
        Movement(currency, amount, kind, balance if place == last else None)
        for place, (amount, kind) in enumerate(moved)
    )


def fee_kind(fee: Decimal) -> Kind:
    """Return what a fee in cash is called: received it is a rebate."""
    return Kind.FEE if fee < 0 else Kind.REBATE


def paid(record: Record, name: str, currency: str | None) -> Fee:
    """
    Return a fee that the venue writes as paid: positive is a cost.

    A stated zero is a fee of nothing, whatever its currency: a rebate that did not come has to show.
    """
    amount = record.amount_or_none(name)
    if amount is None:
        return None
    if not amount:
        return Decimal(0), currency or ""
    if currency is None:
        raise record.refuse(name, "has a fee without a currency")
    return -amount, currency


def largest(*fees: Fee) -> Fee:
    """Return the fee to name in a fill of which several coins paid: the first that is not nothing."""
    told = [fee for fee in fees if fee is not None]
    return next((fee for fee in told if fee[0]), told[0] if told else None)


def received(record: Record, name: str, currency: str | None) -> Fee:
    """Return a fee that the venue writes as cash: negative is a cost."""
    fee = paid(record, name, currency)
    return None if fee is None else (0 - fee[0], fee[1])


def swap(pair: tuple[str, str], side: str, qty: Decimal, total: Decimal) -> tuple[Movement, ...]:
    """Return what a spot trade moves: the base one way, the quote the other."""
    sign = 1 if side == "buy" else -1
    return (
        Movement(pair[0], sign * abs(qty), Kind.TRADE),
        Movement(pair[1], -sign * abs(total), Kind.TRADE),
    )


def spot(
    record: Record, fill: FillRow, pair: tuple[str, str], total: Decimal | None = None, *, stamp: str
) -> Row:
    """Return the row of a spot trade; without a total it is price times quantity."""
    moved = swap(pair, fill.side, fill.qty, fill.price * fill.qty if total is None else total)
    fee = None if fill.fee is None or fill.fee_currency is None else (fill.fee, fill.fee_currency)
    return Row(
        ts_ns=record.stamp(stamp), source=record.source, movements=moved + charge(fee), fill=fill,
        ref=fill.trade_id, word="trade",
    )  # fmt: skip


def unit_price(total: Decimal, qty: Decimal) -> Decimal:
    """Return the price of one where a venue states the whole; nothing is added up from it."""
    return PRICE.divide(total, qty)


def is_done(record: Record, name: str, *, blank: bool = False) -> bool:
    """
    Say whether a row with this status moved money; InputError for a status that nobody knows.

    With `blank` a row without a status is done.
    """
    word = record.word(name)
    if word in DONE or (blank and not word):
        return True
    if word in NOT_DONE:
        return False
    raise record.refuse(name, f"{record.maybe(name) or ''!r} does not say whether money moved")


def kind_of(kinds: Mapping[str, Kind], word: str) -> Kind:
    """Return the kind of a venue's word; a word that is not in the table is `other`, and kept."""
    return kinds.get(word, Kind.OTHER)


def nothing(record: Record, stamp: str, word: str, ref: str | None = None) -> Row:
    """Return a row that moved no money: cancelled, pending, failed. It is kept, so that it can be counted."""
    return Row(ts_ns=record.stamp(stamp), source=record.source, ref=ref, word=word)
