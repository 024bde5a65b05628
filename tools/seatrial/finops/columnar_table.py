"""
A file of fills as DuckDB sees it: its columns as expressions, and its rows as rows of ours.

Amounts are exact: decimals as they stand, floats by their shortest text, text as it is written.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..model.errors import InputError, UsageError, Where
from .entry import FillRow, Row, Source
from .fill_table import ROLES, SIDES

COLUMNS = (
    "ts_ns", "symbol", "side", "price", "qty", "trade_id", "order_id", "fee", "fee_currency", "liquidity",
    "notional", "inverse", "account", "source", "line",
)  # fmt: skip
DECIMAL = "DECIMAL(38,18)"


@dataclass(frozen=True)
class Table:
    """
    One side as a Parquet file: its fields as expressions, its rows, and where a row stood.

    `exact` are the fields that stand in the file as they are meant (amounts as decimals, words in one
    spelling), by the column's type: reading them as they are is what makes the sieve fast.
    """

    path: Path
    name: str
    rows: int
    fields: dict[str, str]
    first_line: int
    market: str = "symbol"
    exact: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Return the file as SQL, with the number of each row."""
        return f"read_parquet({text(self.path)}, file_row_number=true)"

    def scan(self, *names: str) -> str:
        """Return the query of these fields and the row's number."""
        chosen = ", ".join(f"{self.fields.get(name, 'NULL')} AS {name}" for name in names)
        return f"SELECT {chosen}, file_row_number AS nr FROM {self.source}"

    def scan_plain(self, *names: str) -> str:
        """Return the query of these fields as they stand, where that is what they mean."""
        chosen = ", ".join(f"{self.plain(name, self)} AS {name}" for name in names)
        return f"SELECT {chosen}, file_row_number AS nr FROM {self.source}"

    def plain(self, name: str, other: "Table") -> str:
        """Return a field as it stands where both sides write it alike, else in the one common form."""
        mine, theirs = self.exact.get(name), other.exact.get(name)
        if mine is not None and theirs is not None and mine[1] == theirs[1]:
            return mine[0]
        told = self.fields.get(name, "NULL")
        return f"upper({told})" if name == "fee_currency" else told


def text(value: object) -> str:
    """Return a value as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(column: str) -> str:
    """Return a column's name as SQL."""
    return '"' + column.replace('"', '""') + '"'


def expression(name: str, column: str, kind: str) -> str:
    """Return a field as SQL: amounts exact, words in one spelling, empty as NULL."""
    plain = quoted(column)
    if name in {"price", "qty", "fee", "notional"}:
        # A float's shortest text is what its writer meant; its binary value is not.
        return (
            f"CAST(CAST({plain} AS VARCHAR) AS {DECIMAL})"
            if kind in {"DOUBLE", "FLOAT"}
            else _decimal(plain, kind)
        )
    if name == "side":
        return _words(plain, SIDES)
    if name == "liquidity":
        return _words(plain, ROLES)
    return f"nullif(CAST({plain} AS VARCHAR), '')"


def _decimal(plain: str, kind: str) -> str:
    return f"CAST(nullif({plain}, '') AS {DECIMAL})" if kind == "VARCHAR" else f"CAST({plain} AS {DECIMAL})"


def _words(plain: str, words: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {text(word)} THEN {text(meaning)}" for word, meaning in words.items())
    return f"CASE lower(CAST({plain} AS VARCHAR)) {cases} ELSE lower(CAST({plain} AS VARCHAR)) END"


def time_expression(column: str, kind: str) -> str:
    """Return a time in nanoseconds as SQL."""
    plain, name = quoted(column), column.strip().lower()
    if name == "ts_ns":
        return f"CAST({plain} AS BIGINT)"
    if name == "ts_ms":
        return f"CAST(CAST({plain} AS DECIMAL(24,6)) * 1000000 AS BIGINT)"
    if kind.startswith("TIMESTAMP"):
        return f"epoch_ns({plain})"
    raise UsageError(
        f"times in the column {column!r} are text", fix="call it ts_ns or ts_ms, as a whole number"
    )


def cells_of(row: Row) -> tuple[object, ...]:
    """Return a fill as the cells of a spooled table."""
    fill = row.fill
    assert fill is not None, "only fills are spooled"
    return (
        row.ts_ns,
        fill.symbol,
        fill.side,
        f"{fill.price:f}",
        f"{fill.qty:f}",
        fill.trade_id,
        fill.order_id,
        None if fill.fee is None else f"{fill.fee:f}",
        fill.fee_currency,
        fill.liquidity,
        None if fill.notional is None else f"{fill.notional:f}",
        int(fill.inverse),
        row.account,
        row.source.file,
        row.source.line,
    )


def row_of(table: Table, values: dict[str, Any]) -> Row:
    """Return a record of the table as a row; one that is no fill is an InputError with its place."""
    needed = [values.get(name) for name in ("ts_ns", "symbol", "side", "price", "qty")]
    line = int(values.get("line") or values["nr"] + table.first_line)
    if None in needed or min(values["ts_ns"], values["price"], values["qty"]) <= 0:
        raise InputError(
            "is no fill: time, symbol, side, price and quantity are needed, and above zero",
            where=Where(table.name, line),
        )

    def word(name: str) -> str | None:
        return None if values.get(name) is None else str(values[name])

    def money(name: str) -> Decimal | None:
        return None if values.get(name) is None else Decimal(values[name])

    fill = FillRow(
        symbol=word("symbol") or "", side=word("side") or "", price=Decimal(values["price"]),
        qty=Decimal(values["qty"]), trade_id=word("trade_id"), order_id=word("order_id"), fee=money("fee"),
        fee_currency=word("fee_currency"), liquidity=word("liquidity"), notional=money("notional"),
        inverse=word("inverse") in {"1", "true"},
    )  # fmt: skip
    source = Source(word("source") or table.name, line)
    return Row(int(values["ts_ns"]), source, (), fill, fill.trade_id, word("account") or "", "fill")
