"""
A mapping file: what the columns of any other CSV mean, in YAML, closed and checked.

For the venue that no importer knows: the person who has the statement says once what its columns
are, and reading, errors and books are those of every other statement.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from ..config.refusal import refusal
from ..config.yaml_file import read_profile
from ..model.config import Config
from . import markets, stamps
from .amounts import Comma
from .entry import FillRow, Kind, Movement, Row
from .importer.deal import Fee, charge, paid, received, spot
from .importer.interface import TABLE, Format
from .record import Record
from .stamps import DateOrder

Column = Annotated[str, Field(min_length=1)]


class FillColumns(Config):
    """The columns of executions; `base` and `quote` where the market's name does not say them."""

    time: Column
    symbol: Column
    side: Column
    price: Column
    quantity: Column
    total: Column | None = None
    base: Column | None = None
    quote: Column | None = None
    fee: Column | None = None
    fee_currency: Column | None = None
    trade_id: Column | None = None
    order_id: Column | None = None
    liquidity: Column | None = None
    status: Column | None = None
    account: Column | None = None


class LedgerColumns(Config):
    """The columns of wallet movements; `balance` is the wallet after the row."""

    time: Column
    currency: Column
    amount: Column
    type: Column | None = None
    fee: Column | None = None
    fee_currency: Column | None = None
    balance: Column | None = None
    reference: Column | None = None
    status: Column | None = None
    account: Column | None = None


class Mapping(Config):
    """
    A statement's columns.

    Exactly one of `fills` and `ledger` is given. `fee_sign` says whether a positive fee is a cost
    (`paid`) or money received (`cash`); it is asked for when there is a fee column, for the wrong
    one would turn every fee into a rebate. `contract: derivative` moves only the fee of a fill.
    `done` are the words of the status column of rows that moved money; the others move none.
    `types` gives each kind the venue's words for it; any other word is `other`. `outgoing` are
    the words of rows whose amount is written positive though it leaves.
    """

    venue: Annotated[str, Field(min_length=1, max_length=40)]
    fills: FillColumns | None = None
    ledger: LedgerColumns | None = None
    contract: Literal["spot", "derivative"] = "spot"
    fee_sign: Literal["paid", "cash"] | None = None
    date_order: DateOrder = "ymd"
    comma: Comma = "refuse"
    zone: str = "UTC"
    done: tuple[str, ...] = ()
    types: dict[Kind, tuple[str, ...]] = Field(default_factory=dict)
    outgoing: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> "Mapping":
        if (self.fills is None) == (self.ledger is None):
            raise ValueError("exactly one of fills and ledger is needed")
        columns = self.fills or self.ledger
        assert columns is not None
        if columns.fee is not None and self.fee_sign is None:
            raise ValueError("fee_sign is needed with a fee column: paid or cash")
        if (columns.status is None) != (not self.done):
            raise ValueError("status and done go together: the words of rows that moved money")
        stamps.zone_of(self.zone)
        return self


def load_mapping(path: Path) -> Format:
    """Return the format that a mapping file describes; InputError with file, line and field."""
    tree = read_profile(path, path.name)
    try:
        told = Mapping.model_validate(tree.raw)
    except ValidationError as error:
        raise refusal(error, tree, [tree]) from error
    columns = told.fills or told.ledger
    assert columns is not None
    named = tuple(value for value in columns.model_dump().values() if value is not None)
    return Format(
        name=f"mapping:{told.venue}", venue=told.venue, title=f"{told.venue}, by {path.name}", needs=named,
        rows=_importer(told), shapes=TABLE, order=told.date_order, comma=told.comma,
        zone=stamps.zone_of(told.zone),
    )  # fmt: skip


def _importer(told: Mapping) -> Callable[[Iterable[Record]], Iterator[Row]]:
    def rows(records: Iterable[Record]) -> Iterator[Row]:
        for record in records:
            if told.fills is not None:
                yield _fill(record, told, told.fills)
            else:
                assert told.ledger is not None
                yield _line(record, told, told.ledger)

    return rows


def _is_done(record: Record, told: Mapping, status: str | None) -> bool:
    return status is None or record.word(status) in {word.lower() for word in told.done}


def _fee(record: Record, told: Mapping, column: str | None, currency: str | None) -> Fee:
    if column is None:
        return None
    return (paid if told.fee_sign == "paid" else received)(record, column, currency)


def _text(record: Record, column: str | None) -> str | None:
    return None if column is None else record.maybe(column)


def _fill(record: Record, told: Mapping, columns: FillColumns) -> Row:
    if not _is_done(record, told, columns.status):
        word = record.text(columns.status or "")
        return Row(record.stamp(columns.time), record.source, ref=_text(record, columns.trade_id), word=word)
    pair = _pair(record, told, columns)
    currency = _text(record, columns.fee_currency)
    fee = _fee(record, told, columns.fee, markets.currency(currency) if currency else pair[1] or None)
    price, qty = record.positive(columns.price), record.positive(columns.quantity)
    liquidity = (_text(record, columns.liquidity) or "").lower()
    fill = FillRow(
        symbol=record.text(columns.symbol), side=record.side(columns.side), price=price, qty=qty,
        trade_id=_text(record, columns.trade_id), order_id=_text(record, columns.order_id),
        fee=fee[0] if fee else None, fee_currency=fee[1] if fee else None,
        liquidity=liquidity if liquidity in {"maker", "taker"} else None,
    )  # fmt: skip
    account = _text(record, columns.account) or ""
    if told.contract == "derivative":
        moved = charge(fee)
        return Row(record.stamp(columns.time), record.source, moved, fill, fill.trade_id, account, "trade")
    total = None if columns.total is None else record.amount(columns.total)
    row = spot(record, fill, pair, total, stamp=columns.time)
    return Row(row.ts_ns, row.source, row.movements, fill, row.ref, account, row.word)


def _pair(record: Record, told: Mapping, columns: FillColumns) -> tuple[str, str]:
    if columns.base is not None and columns.quote is not None:
        return record.currency(columns.base), record.currency(columns.quote)
    if told.contract == "derivative":
        return "", ""
    return record.market(columns.symbol, _text(record, columns.fee_currency))


def _line(record: Record, told: Mapping, columns: LedgerColumns) -> Row:
    word = (_text(record, columns.type) or "").strip()
    ref, account = _text(record, columns.reference), _text(record, columns.account) or ""
    if not _is_done(record, told, columns.status):
        status = record.text(columns.status or "")
        return Row(record.stamp(columns.time), record.source, ref=ref, account=account, word=status)
    currency, amount = record.currency(columns.currency), record.amount(columns.amount)
    if word.lower() in {name.lower() for name in told.outgoing}:
        amount = -abs(amount)
    balance = None if columns.balance is None else record.amount_or_none(columns.balance)
    fee_currency = _text(record, columns.fee_currency)
    fee = charge(
        _fee(record, told, columns.fee, markets.currency(fee_currency) if fee_currency else currency)
    )
    moved = Movement(currency, amount, _kind(told, word), None if fee else balance)
    # The wallet after the row is the wallet after its last movement.
    last = tuple(Movement(part.currency, part.amount, part.kind, balance) for part in fee)
    return Row(record.stamp(columns.time), record.source, (moved, *last), None, ref, account, word)


def _kind(told: Mapping, word: str) -> Kind:
    for kind, words in told.types.items():
        if word.lower() in {name.lower() for name in words}:
            return kind
    return Kind.OTHER
