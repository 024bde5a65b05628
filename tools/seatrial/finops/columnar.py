"""
The sieve for books of millions of fills: DuckDB sets aside what agrees beyond doubt, by trade id.

It knows no rule of its own but equality and the absolute tolerances: a row that is set aside has
exactly one partner of its id, equal in everything and near enough in time and fee. All others come
back as rows, whole groups of an id together, and go through the same matching as small books do.
Every row is counted by its number, so that none is lost. Memory is bounded: DuckDB spills to disk
above its limit, and large books are taken in slices of the ids' hashes.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from ..model.errors import BugError, InputError, UsageError, Where
from .columnar_table import COLUMNS, Table, cells_of, expression, quoted, row_of, text, time_expression
from .entry import Row
from .fill_table import NEEDED, SIDES, columns_of
from .interrupt import stoppable
from .matching.rules import market_of
from .matching.tolerance import Tolerance

SLICE_ROWS = 8_000_000
MAX_WORDS = 10_000
MEMORY = "1GB"
MAX_SUSPECTS = 3_000_000


@dataclass
class Sieved:
    """What the sieve set aside, what it left, and the sums of both sides."""

    agreed: int = 0
    rounding: dict[str, Decimal] = field(default_factory=dict)
    ours: list[Row] = field(default_factory=list)
    theirs: list[Row] = field(default_factory=list)
    rows: tuple[int, int] = (0, 0)
    spans: tuple[tuple[int | None, int | None], ...] = ()
    currencies: tuple[str, ...] = ()


class Sieve:
    """One DuckDB database with bounded memory; close it to remove what it spilled."""

    def __init__(self, scratch: Path, memory: str = MEMORY) -> None:
        import duckdb

        self.scratch = scratch
        self.db = duckdb.connect()
        self.db.execute(f"SET memory_limit={text(memory)}")
        self.db.execute(f"SET temp_directory={text(scratch / 'spill')}")
        self.db.execute("SET threads=2")

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()

    # -- tables -----------------------------------------------------------------------------------

    def table(self, path: Path) -> Table:
        """Return a fills file as a table; CSV is turned into Parquet first, once."""
        import duckdb

        try:
            with stoppable():
                return self._table(path)
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise InputError(
                f"cannot be read as a table of fills: {first}", where=Where(str(path))
            ) from error

    def _table(self, path: Path) -> Table:
        if path.suffix == ".parquet":
            return self._parquet(path, path.name, 1)
        place = self.scratch / f"{len(list(self.scratch.iterdir()))}.parquet"
        self.db.execute(
            f"COPY (SELECT * FROM read_csv({text(path)}, all_varchar=true, header=true, delim=',', "
            f"quote='\"', null_padding=false)) TO {text(place)} (FORMAT parquet)"
        )
        return self._parquet(place, path.name, 2)

    def spool(self, rows: Iterable[Row], name: str) -> Table:
        """Write rows to disk as a table, so that no side of a large book is held in memory."""
        path = self.scratch / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(cells_of(row) for row in rows)
        return self.table(path)

    def check(self, table: Table) -> None:
        """
        Refuse a table that holds a row which is no fill; an amount that cannot be read is one.

        Where every column stands as it is meant nothing can fail to be read, and a row that is no
        fill stays in the sieve as one without a partner; it is refused when it comes back.
        """
        import duckdb

        if {"price", "qty", "side", "symbol", "fee"} & table.fields.keys() <= table.exact.keys():
            return
        sound = "price > 0 AND qty > 0 AND side IN ('buy', 'sell') AND symbol <> '' AND ts_ns > 0"
        names = ("price", "qty", "side", "symbol", "ts_ns", "fee")
        # The fee is looked at in every row too: what is no amount must be found here.
        first_bad = f"min(nr) FILTER (NOT coalesce({sound}, false))"
        query = f"SELECT {first_bad}, max(fee) FROM ({table.scan_plain(*names)})"
        try:
            with stoppable():
                ((first, _),) = self.db.execute(query).fetchall()
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise InputError(f"cannot be read as fills: {said}", where=Where(table.name)) from error
        if first is not None:
            raise InputError(
                "is no fill: time, symbol, side, price and quantity are needed, and above zero",
                where=Where(table.name, int(first) + table.first_line),
            )

    def _parquet(self, path: Path, name: str, first_line: int) -> Table:
        about = self.db.execute(f"DESCRIBE SELECT * FROM read_parquet({text(path)})").fetchall()
        types = {str(column): str(kind) for column, kind, *_ in about}
        columns = columns_of(list(types))
        if columns is None:
            raise InputError(
                f"is no table of fills; seen: {', '.join(types)}", where=Where(name),
                fix=f"a fill has {', '.join(NEEDED)}",
            )  # fmt: skip
        columns |= {extra: extra for extra in ("source", "line") if extra in types}
        ((rows,),) = self.db.execute(f"SELECT count(*) FROM read_parquet({text(path)})").fetchall()
        fields = {
            one: expression(one, column, types[column]) for one, column in columns.items() if one != "time"
        }
        fields["ts_ns"] = time_expression(columns["time"], types[columns["time"]])
        exact = {
            one: (quoted(column), types[column])
            for one, column in columns.items()
            if one != "time" and self._is_exact(path, one, column, types[column])
        }
        table = Table(path, name, int(rows), fields, first_line, exact=exact)
        return replace(table, market=self._market(table))

    def _is_exact(self, path: Path, name: str, column: str, kind: str) -> bool:
        """Return whether a column says what it means without being converted."""
        if name in {"price", "qty", "fee"}:
            return kind.startswith("DECIMAL")
        if kind == "VARCHAR" and name == "trade_id":
            return True
        if kind != "VARCHAR" or name not in {"side", "fee_currency", "symbol"}:
            return False
        rows = self.db.execute(
            f"SELECT DISTINCT {quoted(column)} FROM read_parquet({text(path)}) LIMIT {MAX_WORDS}"
        ).fetchall()
        words = {word for (word,) in rows}
        if name == "side":
            return words <= set(SIDES.values())
        return len(words) < MAX_WORDS and all(word and word == word.upper() for word in words)

    def _market(self, table: Table) -> str:
        """Return the expression of a row's market; symbols are few, so each is written out."""
        rows = self.db.execute(f"SELECT DISTINCT symbol FROM ({table.scan('symbol')}) ORDER BY 1").fetchall()
        odd = {str(name): market_of(str(name)) for (name,) in rows if str(name) != market_of(str(name))}
        cases = " ".join(f"WHEN {text(name)} THEN {text(market)}" for name, market in odd.items())
        return f"CASE symbol {cases} ELSE symbol END" if odd else "symbol"

    # -- the sieve --------------------------------------------------------------------------------

    def sift(self, ours: Table, theirs: Table, tolerance: Tolerance) -> Sieved:
        """Set aside what agrees; return the rest as rows."""
        found = Sieved(rows=(ours.rows, theirs.rows), spans=(self._span(ours), self._span(theirs)))
        self.db.execute("CREATE OR REPLACE TABLE doubtful_ours (nr BIGINT)")
        self.db.execute("CREATE OR REPLACE TABLE doubtful_theirs (nr BIGINT)")
        slices = max(1, -(-max(ours.rows, theirs.rows) // SLICE_ROWS))
        self.db.execute("SET preserve_insertion_order=false")
        for part in range(slices):
            self._slice(ours, theirs, tolerance, (part, slices))
        self.db.execute("SET preserve_insertion_order=true")
        found.ours = list(self._doubtful(ours, "doubtful_ours"))
        found.theirs = list(self._doubtful(theirs, "doubtful_theirs"))
        found.agreed = found.rows[0] - len(found.ours)
        # Each row set aside has one partner set aside: two different counts would mean a lost row.
        if found.agreed != found.rows[1] - len(found.theirs):
            raise BugError(
                f"the sieve lost rows: {found.agreed} of ours, {found.rows[1] - len(found.theirs)}"
            )
        self._money(ours, theirs, found)
        return found

    def _slice(self, ours: Table, theirs: Table, tolerance: Tolerance, part: tuple[int, int]) -> None:
        """Join one slice of the ids; keep the numbers of all rows that are not one clear pair."""
        shared = ours.fields.keys() & theirs.fields.keys()
        conditions = ["o.p = t.p", f"abs(o.ts_ns - t.ts_ns) <= {tolerance.time_ns}"]
        if "fee" in shared:
            conditions.append(f"abs(o.fee - t.fee) <= {tolerance.fee:f}")
        limit = 2 * (ours.rows + theirs.rows) + 1
        joined = self.db.execute(f"""
            SELECT coalesce(o.nr, -1)::INTEGER AS o, coalesce(t.nr, -1)::INTEGER AS t,
                   coalesce({" AND ".join(conditions)}, false) AS equal
            FROM ({self._keyed(ours, theirs, part)}) o FULL JOIN ({self._keyed(theirs, ours, part)}) t
            ON o.k = t.k LIMIT {limit}""").fetchnumpy()
        if len(joined["o"]) >= limit:
            raise UsageError(
                "a trade id stands on thousands of rows: it is no id",
                fix="leave the column out of one of the files",
            )
        # All rows of an id meet each other here, so a row that comes twice has an id that does.
        bad = ~joined["equal"] | _repeated(joined["o"]) | _repeated(joined["t"])
        self._note(joined["o"][bad], "doubtful_ours", ours.rows)
        self._note(joined["t"][bad], "doubtful_theirs", theirs.rows)

    def _note(self, numbers: "np.ndarray[Any, Any]", name: str, rows: int) -> None:
        unique = np.unique(numbers[numbers >= 0])
        if len(unique) > MAX_SUSPECTS:
            raise UsageError(
                f"{len(unique):,} of {rows:,} fills do not agree by trade id: not two books of one account",
                fix="check that the ids, the market and the period are the same",
            )
        for at in range(0, len(unique), 50_000):
            values = ",".join(f"({number})" for number in unique[at : at + 50_000].tolist())
            self.db.execute(f"INSERT INTO {name} VALUES {values}")

    def _keyed(self, table: Table, other: Table, part: tuple[int, int]) -> str:
        """Return the query of a side's rows: hashed id, hashed content, time, fee, number."""
        content = [table.plain(name, other) for name in ("side", "price", "qty")]
        if "fee_currency" in table.fields and "fee_currency" in other.fields:
            content.append(table.plain("fee_currency", other))
        columns = ("symbol", "trade_id", "ts_ns", "fee", "price", "qty")
        chosen = ", ".join(f"{table.plain(name, other)} AS {name}" for name in columns)
        # A row without an id has a key of its own and stays alone.
        alone = f"hash({text(table.path)}, nr)"
        sound = "trade_id <> '' AND price > 0 AND qty > 0 AND ts_ns > 0"
        key = f"CASE WHEN {sound} THEN hash({table.market}, trade_id) ELSE {alone} END"
        where = f"WHERE k % {part[1]} = {part[0]}" if part[1] > 1 else ""
        return (
            f"SELECT k, p, ts_ns, fee, nr FROM (SELECT {key} AS k, p, ts_ns, fee, nr FROM (SELECT {chosen}, "
            f"hash({', '.join(content)}) AS p, file_row_number AS nr FROM {table.source})) {where}"
        )

    def _money(self, ours: Table, theirs: Table, found: Sieved) -> None:
        """Add up what the fees of the rows set aside differ by: all of theirs and ours but the doubtful."""
        names: set[str] = set()
        for table, rows, sign in ((ours, found.ours, -1), (theirs, found.theirs, 1)):
            sums = self.db.execute(
                f"SELECT fee_currency, sum(fee) FROM ({table.scan_plain('fee_currency', 'fee')}) GROUP BY 1"
            ).fetchall()
            for code, value in sums:
                name = str(code or "")
                names |= {name} - {""}
                found.rounding[name] = found.rounding.get(name, Decimal(0)) + sign * Decimal(value or 0)
            for row in rows:
                fill = row.fill
                if fill is not None and fill.fee:
                    name = (fill.fee_currency or "").upper()
                    found.rounding[name] = found.rounding.get(name, Decimal(0)) - sign * fill.fee
        found.rounding = {name: value for name, value in found.rounding.items() if value}
        found.currencies = tuple(sorted(names))

    def _doubtful(self, table: Table, name: str) -> Iterator[Row]:
        return self._read(table, f"WHERE file_row_number IN (SELECT nr FROM {name})")

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield every row of a table, in its order."""
        return self._read(table, "")

    def _read(self, table: Table, where: str) -> Iterator[Row]:
        names = [name for name in COLUMNS if name in table.fields]
        cursor = self.db.cursor().execute(f"{table.scan(*names)} {where} ORDER BY nr")
        while batch := cursor.fetchmany(10_000):
            for values in batch:
                yield row_of(table, dict(zip([*names, "nr"], values, strict=True)))

    def _span(self, table: Table) -> tuple[int | None, int | None]:
        query = f"SELECT min(ts_ns), max(ts_ns) FROM ({table.scan('ts_ns')})"
        ((first, last),) = self.db.execute(query).fetchall()
        return first, last


def _repeated(numbers: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Return where a row's number comes more than once."""
    if len(numbers) == 0:
        return np.zeros(0, dtype=bool)
    # One place more than there are numbers, for -1: a row without a partner is not a repetition.
    counts = np.bincount(numbers + 1)
    counts[0] = 0
    twice: np.ndarray[Any, Any] = (counts > 1)[numbers + 1]
    return twice
