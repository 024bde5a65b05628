"""
Bills: FOCUS 1.x and AWS Cost and Usage Report files, CSV or Parquet, to charges, a row at a time.

Only the columns that are asked for are read, because tag and product columns come and go from month
to month. Amounts are exact: text as written, floats by their shortest text. Times without a zone
are UTC, as both formats say.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ...model.errors import InputError, UsageError, Where
from ...model.profile import FinopsSettings
from .. import stamps
from ..interrupt import SAID, stoppable
from ..text_file import open_text

NOTHING = {"", "null", "none", "nan"}
UNTAGGED = "untagged"


@dataclass(frozen=True)
class Charge:
    """One line of a bill, over a half-open period."""

    from_ns: int
    until_ns: int
    cost: Decimal
    currency: str
    service: str
    environment: str
    run: str
    category: str
    identity: str


@dataclass(frozen=True)
class BillForm:
    """The columns of a form of bill, by what they mean."""

    name: str
    start: str
    end: str
    currency: str
    service: tuple[str, ...]
    category: str
    cost: Mapping[str, str]
    identity: tuple[str, ...] = ()


FOCUS = BillForm(
    "FOCUS", "chargeperiodstart", "chargeperiodend", "billingcurrency", ("servicename", "providername"),
    "chargecategory", {"billed": "billedcost", "effective": "effectivecost", "list": "listcost"},
)  # fmt: skip
CUR = BillForm(
    "AWS CUR", "line_item_usage_start_date", "line_item_usage_end_date", "line_item_currency_code",
    ("product_product_name", "line_item_product_code"), "line_item_line_item_type",
    {"billed": "line_item_unblended_cost"}, ("identity_line_item_id", "identity_time_interval"),
)  # fmt: skip
FORMS = (FOCUS, CUR)


def plain(column: str) -> str:
    """Return a column's name as either generation of a report writes it: lineItem/UsageType too."""
    if "/" in column:
        column = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return re.sub(r"[^a-z0-9]+", "_", column.strip().strip("\ufeff").lower()).strip("_")


@dataclass(frozen=True)
class BillFile:
    """One file: its form, its columns by plain name, and which of them are tags."""

    path: Path
    form: BillForm
    columns: Mapping[str, str]
    cost: str
    environment: tuple[str, ...]
    run: tuple[str, ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return the columns that are read, by plain name."""
        form = self.form
        every = (
            form.start, form.end, form.currency, *form.service, form.category, self.cost, *form.identity,
            *self.environment, *self.run, "tags", "resource_tags",
        )  # fmt: skip
        return tuple(dict.fromkeys(name for name in every if name in self.columns))


def read_bill(path: Path, settings: FinopsSettings, basis: str = "billed") -> Iterator[Charge]:
    """Yield the charges of a bill; InputError names file, line and column."""
    if path.suffix == ".parquet":
        yield from _parquet(path, settings, basis)
        return
    try:
        with open_text(path) as file:
            table = csv.reader(file)
            header = next(table, [])
            bill = recognise(path, header, settings, basis)
            places = [(name, header.index(bill.columns[name])) for name in bill.wanted]
            for cells in table:
                if not cells:
                    continue
                if len(cells) != len(header):
                    raise InputError(
                        f"has {len(cells)} cells and the header {len(header)}",
                        where=Where(path.name, table.line_num),
                    )
                yield _charge(bill, table.line_num, {name: cells[at] for name, at in places})
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"is no text table: {error}", where=Where(path.name), fix="save it as UTF-8"
        ) from error


def recognise(path: Path, header: Sequence[str], settings: FinopsSettings, basis: str) -> BillFile:
    """Return what a file's header says that it is."""
    columns = {plain(name): name for name in header}
    for form in FORMS:
        if form.start in columns and form.cost["billed"] in columns:
            break
    else:
        seen = ", ".join(list(columns.values())[:8])
        raise InputError(
            f"is no bill; seen: {seen or 'nothing'}", where=Where(path.name, 1),
            fix="give a FOCUS file or an AWS Cost and Usage Report",
        )  # fmt: skip
    if basis not in form.cost:
        raise UsageError(f"{form.name} has no {basis} cost here", fix=f"known: {', '.join(form.cost)}")
    lacking = [name for name in (form.end, form.currency, form.cost[basis]) if name not in columns]
    if lacking:
        raise InputError(f"{form.name} needs the column {lacking[0]}", where=Where(path.name, 1))
    return BillFile(
        path, form, columns, form.cost[basis], _tags(columns, settings.environment_tags),
        _tags(columns, settings.run_tags),
    )  # fmt: skip


def _tags(columns: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    forms = ("resource_tags_user_{}", "resource_tags_{}", "tag_{}")
    every = [form.format(plain(name)) for name in names for form in forms]
    return tuple(name for name in every if name in columns) + tuple(f"tag:{name}" for name in names)


def _parquet(path: Path, settings: FinopsSettings, basis: str) -> Iterator[Charge]:
    try:
        import duckdb
    except ImportError as error:
        raise UsageError("Parquet needs DuckDB", fix="pip install 'seatrial[data]'") from error
    place = "'" + str(path).replace("'", "''") + "'"
    with stoppable(), duckdb.connect() as db:
        try:
            header = [
                str(name)
                for name, *_ in db.execute(f"DESCRIBE SELECT * FROM read_parquet({place})").fetchall()
            ]
            bill = recognise(path, header, settings, basis)
            chosen = ", ".join(f'CAST("{bill.columns[name]}" AS VARCHAR)' for name in bill.wanted)
            cursor = db.execute(
                f"SELECT {chosen} FROM read_parquet({place}, file_row_number=true) ORDER BY file_row_number"
            )
            line = 0
            while batch := cursor.fetchmany(10_000):
                for values in batch:
                    line += 1
                    yield _charge(bill, line, dict(zip(bill.wanted, values, strict=True)))
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            if first.lower().startswith(SAID):
                raise
            raise InputError(f"cannot be read: {first}", where=Where(str(path))) from error


def _charge(bill: BillFile, line: int, cells: Mapping[str, str | None]) -> Charge:
    form = bill.form
    start, end = _time(bill, line, cells, form.start), _time(bill, line, cells, form.end)
    if end < start:
        raise InputError("ends before it begins", where=Where(bill.path.name, line, bill.columns[form.end]))
    tags = _tag_map(bill, line, cells)
    return Charge(
        start, end, _money(bill, line, cells), (_word(cells, form.currency) or "").upper(),
        next((word for name in form.service if (word := _word(cells, name))), "unknown"),
        _tag(cells, tags, bill.environment), _tag(cells, tags, bill.run), _word(cells, form.category) or "",
        "|".join(_word(cells, name) or "" for name in form.identity),
    )  # fmt: skip


def _word(cells: Mapping[str, str | None], name: str) -> str | None:
    text = (cells.get(name) or "").strip()
    return None if text.lower() in NOTHING else text


def _time(bill: BillFile, line: int, cells: Mapping[str, str | None], name: str) -> int:
    text = _word(cells, name)
    try:
        return stamps.stamp(text or "")
    except ValueError as error:
        raise InputError(
            f"{text or 'an empty cell'} is no time", where=Where(bill.path.name, line, bill.columns[name])
        ) from error


def _money(bill: BillFile, line: int, cells: Mapping[str, str | None]) -> Decimal:
    text = _word(cells, bill.cost)
    try:
        cost = Decimal(text or "")
    except InvalidOperation:
        cost = Decimal("NaN")
    if not cost.is_finite():
        raise InputError(
            f"{text or 'an empty cell'} is no amount",
            where=Where(bill.path.name, line, bill.columns[bill.cost]),
        )
    return cost


def _tag_map(bill: BillFile, line: int, cells: Mapping[str, str | None]) -> dict[str, str]:
    for name in ("tags", "resource_tags"):
        text = _word(cells, name)
        if text is None or text in {"{}", "[]"}:
            continue
        try:
            found: Any = json.loads(text)
        except ValueError as error:
            # DuckDB writes a map as {key=value, ...}.
            found = dict(part.strip().split("=", 1) for part in text.strip("{}").split(",") if "=" in part)
            if not found:
                raise InputError(
                    "is no JSON object of tags", where=Where(bill.path.name, line, bill.columns[name])
                ) from error
        if isinstance(found, dict):
            return {
                str(key).lower().removeprefix("user_").removeprefix("user:"): str(value)
                for key, value in found.items()
            }
    return {}


def _tag(cells: Mapping[str, str | None], tags: Mapping[str, str], names: Sequence[str]) -> str:
    for name in names:
        value = tags.get(name[4:].lower()) if name.startswith("tag:") else _word(cells, name)
        if value:
            return value
    return UNTAGGED
