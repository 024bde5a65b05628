"""The sieve for large books: what it sets aside agrees, what it leaves is whole, and nothing slips by."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.finops.desk import COLUMNS, HOUR, book, fill, planted, with_fill, write_table

from seatrial.finops.entry import Row
from seatrial.finops.matching.tolerance import Tolerance
from seatrial.finops.reconcile import ReconcileAsk, reconcile
from seatrial.finops.reconcile_answer import document, judge
from seatrial.model.errors import InputError, UsageError
from seatrial.model.profile import FinopsSettings

duckdb = pytest.importorskip("duckdb")
from seatrial.finops.columnar import Sieve  # noqa: E402 -- only where DuckDB is installed

SETTINGS = FinopsSettings()
TOLERANCE = Tolerance.of(SETTINGS)
D = Decimal


@pytest.fixture
def sieve(tmp_path: Path) -> Iterator[Sieve]:
    """A sieve with its own scratch folder."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    made = Sieve(folder)
    yield made
    made.close()


def compared(folder: Path, ours: list[Row], theirs: list[Row], big_bytes: int, **more: object) -> str:
    """Everything that a comparison says."""
    paths = [write_table(folder / f"{at}.csv", rows) for at, rows in enumerate((ours, theirs))]
    ask = ReconcileAsk(paths[0], paths[1:], date(2025, 8, 1), big_bytes=big_bytes, **more)  # type: ignore[arg-type]
    return str(document(judge(reconcile(ask, SETTINGS), SETTINGS)))


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6))
def test_both_paths_say_the_same_of_tangled_books(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Ids that are missing or shared, rows said three times, fees of nothing: one answer."""
    import random

    rng = random.Random(seed)
    folder = tmp_path_factory.mktemp("tangled")

    def tangled() -> list[Row]:
        rows = []
        for row in book(40, seed % 5):
            for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3))):
                changes: dict[str, object] = {}
                if rng.random() < 0.15:
                    changes["trade_id"] = rng.choice((None, "T0000001", "T0000002"))
                if rng.random() < 0.1:
                    changes["fee"] = rng.choice((None, D(0), D("-0.5")))
                if rng.random() < 0.1:
                    changes["symbol"] = "BTC/USDT:USDT"
                rows.append(with_fill(row, **changes))
        return rows

    ours, theirs = tangled(), tangled()

    assert compared(folder, ours, theirs, 0) == compared(folder, ours, theirs, 10**9)


def test_a_slice_at_a_time_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A book that is taken in parts has the same breaks."""
    desk = planted(400, each=2)
    whole = compared(tmp_path, desk.ours, desk.theirs, 0)
    monkeypatch.setattr("seatrial.finops.columnar.SLICE_ROWS", 70)

    assert compared(tmp_path, desk.ours, desk.theirs, 0) == whole


def test_what_is_set_aside_and_what_is_left_are_all_rows(sieve: Sieve, tmp_path: Path) -> None:
    """Every row is counted: agreed, or back as a row."""
    desk = planted(300, each=2)
    tables = [
        sieve.table(write_table(tmp_path / f"{at}.csv", rows))
        for at, rows in enumerate((desk.ours, desk.theirs))
    ]

    found = sieve.sift(tables[0], tables[1], TOLERANCE)

    assert found.agreed + len(found.ours) == len(desk.ours)
    assert found.agreed + len(found.theirs) == len(desk.theirs)
    assert found.agreed == 300 - 2 * 12


def test_parquet_of_any_number_type_is_read_exactly(tmp_path: Path) -> None:
    """Decimals, floats and text of one amount are one amount."""
    source = write_table(tmp_path / "source.csv", book(50))
    paths = []
    for name, kind in (("decimal", "DECIMAL(18,8)"), ("double", "DOUBLE"), ("text", "VARCHAR")):
        paths.append(tmp_path / f"{name}.parquet")
        duckdb.connect().execute(
            f"COPY (SELECT * REPLACE (price::{kind} AS price, qty::{kind} AS qty, fee::{kind} AS fee) "
            f"FROM read_csv('{source}', all_varchar=true)) TO '{paths[-1]}'"
        )

    found = [
        reconcile(ReconcileAsk(paths[0], [path], date(2025, 8, 1)), SETTINGS) for path in (*paths, source)
    ]

    assert [(one.matched, one.breaks) for one in found] == [(50, [])] * 4


def test_large_books_in_other_columns_are_read_row_by_row(tmp_path: Path) -> None:
    """Times as text are not for DuckDB to guess; the answer is the same, later."""
    rows = book(20)
    text = write_table(tmp_path / "ours.csv", rows).read_text().replace("ts_ns", "timestamp")
    (tmp_path / "dated.csv").write_text(text)
    theirs = write_table(tmp_path / "theirs.csv", rows)

    found = reconcile(ReconcileAsk(tmp_path / "dated.csv", [theirs], date(2025, 8, 1), big_bytes=0), SETTINGS)

    assert (found.matched, found.breaks) == (20, [])


@pytest.mark.parametrize(
    ("column", "value"),
    [("price", "much"), ("qty", "-1"), ("side", "long"), ("symbol", ""), ("price", ""), ("fee", "abc")],
)
def test_a_damaged_cell_of_a_large_book_is_named(tmp_path: Path, column: str, value: str) -> None:
    """Speed is no excuse: file, line and field, as for a small book."""
    good = write_table(tmp_path / "good.csv", book(20))
    lines = good.read_text().splitlines()
    cells = lines[7].split(",")
    cells[COLUMNS.index(column)] = value
    lines[7] = ",".join(cells)
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(lines) + "\n")

    with pytest.raises(InputError) as refused:
        reconcile(ReconcileAsk(good, [bad], date(2025, 8, 1), big_bytes=0), SETTINGS)

    assert (refused.value.where.file, refused.value.where.line, refused.value.where.field) == (
        "bad.csv",
        8,
        column,
    )


def test_a_bad_row_of_a_parquet_file_is_named(tmp_path: Path) -> None:
    """A Parquet file has rows instead of lines."""
    good = write_table(tmp_path / "good.csv", book(20))
    bad = tmp_path / "bad.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT * REPLACE (CASE WHEN trade_id = 'T0000004' THEN -qty ELSE qty END AS qty) "
        f"FROM read_csv('{good}')) TO '{bad}'"
    )

    with pytest.raises(InputError) as refused:
        reconcile(ReconcileAsk(good, [bad], date(2025, 8, 1)), SETTINGS)

    assert (refused.value.where.file, refused.value.where.line) == ("bad.parquet", 5)


def test_an_id_that_is_none_is_refused_and_not_multiplied(tmp_path: Path) -> None:
    """A column of zeros would pair every row with every row."""
    rows = [fill(at, trade_id="0") for at in range(60)]

    with pytest.raises(UsageError) as refused:
        compared(tmp_path, rows, rows, 0)

    assert "it is no id" in str(refused.value)


def test_a_late_row_of_a_large_book_is_late(tmp_path: Path) -> None:
    """The sieve's tolerance of time is the profile's."""
    from dataclasses import replace

    ours = book(20)
    theirs = [replace(row, ts_ns=row.ts_ns + (2 * HOUR if at == 3 else 10**8)) for at, row in enumerate(ours)]

    said = compared(tmp_path, ours, theirs, 0)

    assert said.count("'class': 'late'") == 1
    assert "'matched': 20" in said


def test_several_files_of_a_large_book_say_the_same(tmp_path: Path) -> None:
    """A year in twelve files, one of them restated, is the same large or small."""
    desk = planted(200, each=1)
    ours = write_table(tmp_path / "ours.csv", desk.ours)
    half = len(desk.theirs) // 2
    again = desk.theirs[:30]
    again[9] = with_fill(again[9], fee=D(-3))
    parts = [desk.theirs[:half], desk.theirs[half:], again]
    files = [write_table(tmp_path / f"{at}.csv", rows) for at, rows in enumerate(parts)]

    asks = [ReconcileAsk(ours, files, date(2025, 8, 1), big_bytes=size) for size in (0, 10**9)]
    said = [str(document(judge(reconcile(one, SETTINGS), SETTINGS))) for one in asks]

    assert said[0] == said[1]
    assert "'copies': 29" in said[0]
