"""
Fills in the program's own columns: CSV or JSON lines, what a bot can write without knowing any venue.

    ts_ns,symbol,side,price,qty,trade_id,order_id,fee,fee_currency,liquidity

Times may be `ts_ns`, `ts_ms`, `ts` or `timestamp`; other names are read too, see NAMES. A fee is its
signed cash effect: paid is negative, a rebate is positive.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from . import stamps
from .entry import FillRow, Kind, Movement, Row, Source
from .text_file import open_text

NAMES: dict[str, tuple[str, ...]] = {
    "time": ("ts_ns", "ts_ms", "ts", "timestamp", "time", "datetime"),
    "symbol": ("symbol", "instrument", "market"),
    "side": ("side",),
    "price": ("price",),
    "qty": ("qty", "quantity", "size"),
    "trade_id": ("trade_id", "fill_id", "exec_id"),
    "order_id": ("order_id",),
    "fee": ("fee",),
    "fee_currency": ("fee_currency", "fee_asset"),
    "liquidity": ("liquidity", "role"),
    "notional": ("notional",),
    "inverse": ("inverse",),
    "account": ("account",),
}
NEEDED = ("time", "symbol", "side", "price", "qty")
SIDES = {"buy": "buy", "b": "buy", "bid": "buy", "sell": "sell", "s": "sell", "ask": "sell"}
ROLES = {"maker": "maker", "m": "maker", "taker": "taker", "t": "taker"}
TRUE = {"true", "1", "yes"}
MAX_DIGITS = 20


def columns_of(names: list[str]) -> dict[str, str] | None:
    """Return field -> column of a header, or None when it is not this form."""
    there = {name.strip().lower(): name for name in names}
    found = {
        field: there[name] for field, known in NAMES.items() for name in reversed(known) if name in there
    }
    return found if all(field in found for field in NEEDED) else None


def is_fill_table(path: Path) -> bool:
    """Return whether a file's first line has these columns."""
    if not path.is_file() or path.suffix == ".parquet":
        return False
    with open_text(path) as file:
        first = file.readline(65_536)
    if first.lstrip().startswith("{"):
        try:
            record = json.loads(first)
        except ValueError:
            return False
        return isinstance(record, dict) and columns_of([str(name) for name in record]) is not None
    return columns_of(next(csv.reader([first]), [])) is not None


def is_whole_table(path: Path) -> bool:
    """Return whether a file is a CSV of fills whose times are whole numbers in a named unit."""
    if not is_fill_table(path):
        return False
    with open_text(path) as file:
        columns = columns_of(next(csv.reader([file.readline()]), []))
    return columns is not None and columns["time"].strip().lower() in {"ts_ns", "ts_ms"}


def table_fills(path: Path) -> Iterator[Row]:
    """Yield the rows of such a file, streaming; InputError names the line and the field."""
    try:
        for line, record, columns in _records(path):
            yield _row(Cells(path.name, line, record, columns))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"is no text table: {error}", where=Where(path.name), fix="save it as UTF-8"
        ) from error


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any], dict[str, str]]]:
    with open_text(path) as file:
        first = file.readline()
        every = chain([first], file)
        if first.lstrip().startswith("{"):
            yield from _json_lines(path, every)
            return
        table = csv.reader(every)
        header = next(table)
        columns = columns_of(header) or {}
        for cells in table:
            if not cells or cells == header:
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"has {len(cells)} cells and the header {len(header)}",
                    where=Where(path.name, table.line_num),
                    fix="the line was cut or a comma is not quoted",
                )
            yield table.line_num, dict(zip(header, cells, strict=True)), columns


def _json_lines(path: Path, texts: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any], dict[str, str]]]:
    for line, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            # Numbers are money: read as text, never as floats.
            record = json.loads(text, parse_float=str, parse_int=str)
        except ValueError as error:
            raise InputError("is no JSON object", where=Where(path.name, line)) from error
        columns = columns_of([str(name) for name in record]) if isinstance(record, dict) else None
        if columns is None:
            raise InputError(
                "is no fill", where=Where(path.name, line), fix=f"a fill has {', '.join(NEEDED)}"
            )
        yield line, record, columns


class Cells:
    """One record of the table; each question is answered with a value, None, or one clear error."""

    def __init__(self, file: str, line: int, record: Mapping[str, Any], columns: Mapping[str, str]) -> None:
        self.source, self.columns = Source(file, line), columns
        self.record = record

    def refuse(self, field: str, what: str, fix: str | None = None) -> InputError:
        """Return the error about one cell."""
        return InputError(what, where=Where(self.source.file, self.source.line, self.columns[field]), fix=fix)

    def text(self, field: str) -> str | None:
        """Return a cell's text, None where it is empty or there is no such column."""
        name = self.columns.get(field)
        value = None if name is None else self.record.get(name)
        return None if value is None else str(value).strip() or None

    def needed(self, field: str) -> str:
        """Return the text of a cell that must not be empty."""
        value = self.text(field)
        if value is None:
            raise self.refuse(field, "is empty")
        return value

    def number(self, field: str) -> Decimal | None:
        """Return a cell's number."""
        value = self.text(field)
        if value is None:
            return None
        try:
            found = Decimal(value)
        except InvalidOperation:
            raise self.refuse(field, f"{value!r} is no number") from None
        if not found.is_finite() or abs(found.adjusted()) > MAX_DIGITS:
            raise self.refuse(field, f"{value!r} is no amount")
        return found

    def above_zero(self, field: str) -> Decimal:
        """Return the number of a cell that must be above zero."""
        self.needed(field)
        value = self.number(field)
        if value is None or value <= 0:
            raise self.refuse(field, "is not above zero", "the side says the direction")
        return value

    def word(self, field: str, words: Mapping[str, str]) -> str | None:
        """Return what a cell's word means."""
        value = self.text(field)
        if value is not None and value.lower() not in words:
            raise self.refuse(field, f"{value!r} is not {' or '.join(sorted(set(words.values())))}")
        return None if value is None else words[value.lower()]

    def time(self) -> int:
        """Return the time in nanoseconds UTC."""
        value, name = self.needed("time"), self.columns["time"].strip().lower()
        try:
            if name == "ts_ns":
                return int(value)
            return int(Decimal(value) * 1_000_000) if name == "ts_ms" else stamps.stamp(value)
        except (ValueError, InvalidOperation) as error:
            raise self.refuse("time", f"{value!r} is no time: {error}") from error


def _row(cells: Cells) -> Row:
    cells.needed("side")
    fill = FillRow(
        symbol=cells.needed("symbol"), side=cells.word("side", SIDES) or "", price=cells.above_zero("price"),
        qty=cells.above_zero("qty"), trade_id=cells.text("trade_id"), order_id=cells.text("order_id"),
        fee=cells.number("fee"), fee_currency=cells.text("fee_currency"),
        liquidity=cells.word("liquidity", ROLES), notional=cells.number("notional"),
        inverse=(cells.text("inverse") or "").lower() in TRUE,
    )  # fmt: skip
    charged: tuple[Movement, ...] = ()
    if fill.fee and fill.fee_currency:
        charged = (Movement(fill.fee_currency, fill.fee, Kind.FEE if fill.fee < 0 else Kind.REBATE),)
    return Row(cells.time(), cells.source, charged, fill, fill.trade_id, cells.text("account") or "", "fill")
